"""Times by number of promotions in, a picture of them as SVG out.

Both axes are logarithmic. The picture has no background and takes its ink from the page's colour
scheme, so it can be read on white and on black. The same numbers give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 860, 520
LEFT, TOP, RIGHT, BOTTOM = 70, 44, 200, 50  # margins around the plot
GAP = 17  # pixels between the names of two curves
# Told apart by people who see colours differently, on white and on black.
COLOURS = (
    *("#d1495b", "#2e86ab", "#e08e2b", "#3a9b6b", "#8a63b8"),
    *("#b5752c", "#5c8f22", "#c2569b", "#6c7a89", "#1f9e9e", "#7d7d2a"),
)
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.grid{stroke:#8884;stroke-width:1}"
    ".title{font-size:15px;font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}}"
)


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and its (promotions, microseconds) points, by promotions."""

    name: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic scale from one power of ten to another, on pixels."""

    low: int
    high: int
    start: float
    end: float

    def place(self, number: float) -> float:
        """The pixel of a number, to a tenth."""
        part = (log10(number) - self.low) / (self.high - self.low)
        return round(self.start + part * (self.end - self.start), 1)


def span_of(numbers: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around some numbers."""
    low, high = floor(log10(min(numbers))), floor(log10(max(numbers)))
    return low, high + 1 if 10**high < max(numbers) else max(high, low + 1)


def spread_names(places: Sequence[float]) -> list[float]:
    """Heights for names, near their curves' ends and a gap apart. Given and returned in order."""
    order = sorted(range(len(places)), key=lambda n: (places[n], n))
    heights = list(places)
    below = float("-inf")
    for n in order:
        heights[n] = below = max(places[n], below + GAP)
    overflow = max(0.0, max(heights, default=0.0) - (HEIGHT - BOTTOM))
    return [height - overflow for height in heights]


def print_time(exponent: int) -> str:
    """A power of ten of microseconds in words."""
    if exponent >= 6:
        return f"{10 ** (exponent - 6):g} s"
    return f"{10 ** (exponent - 3):g} ms" if exponent >= 3 else f"{10**exponent:g} us"


def draw_grid(across: Axis, up: Axis) -> list[str]:
    """Lines and labels at the powers of ten."""
    drawn = []
    for power in range(up.low, up.high + 1):
        y = up.place(10**power)
        drawn.append(f'<path class="grid" d="M{across.start} {y}H{across.end}"/>')
        drawn.append(
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{print_time(power)}</text>'
        )
    for power in range(across.low, across.high + 1):
        x = across.place(10**power)
        drawn.append(f'<path class="grid" d="M{x} {up.start}V{up.end}"/>')
        drawn.append(
            f'<text x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>'
        )
    return drawn


def draw_curve(curve: Curve, colour: str, across: Axis, up: Axis, name_y: float) -> list[str]:
    """A curve, its points, and its name at the right."""
    places = [(across.place(rules), up.place(us)) for rules, us in curve.points]
    path = "L".join(f"{x} {y}" for x, y in places)
    drawn = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>']
    drawn += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in places]
    end_x, end_y = places[-1]
    name_x = WIDTH - RIGHT + 14
    drawn.append(
        f'<path d="M{end_x} {end_y}L{name_x - 4} {name_y:.1f}" stroke="{colour}" '
        f'stroke-dasharray="2 3" fill="none"/>'
    )
    drawn.append(
        f'<text x="{name_x}" y="{name_y + 4:.1f}" style="fill:{colour}">{escape(curve.name)}</text>'
    )
    return drawn


def draw_chart(title: str, curves: Sequence[Curve]) -> str:
    """The picture."""
    rules = [float(point[0]) for curve in curves for point in curve.points]
    times = [point[1] for curve in curves for point in curve.points]
    across = Axis(*span_of(rules), LEFT, WIDTH - RIGHT)
    up = Axis(*span_of(times), HEIGHT - BOTTOM, TOP)
    names = spread_names([up.place(curve.points[-1][1]) for curve in curves])
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>',
        *draw_grid(across, up),
    ]
    for n, (curve, name_y) in enumerate(zip(curves, names, strict=True)):
        drawn += draw_curve(curve, COLOURS[n % len(COLOURS)], across, up, name_y)
    middle = (LEFT + WIDTH - RIGHT) // 2
    drawn.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">promotions</text>')
    drawn.append("</svg>")
    return "\n".join(drawn) + "\n"
