"""What one run measured in, a table of ratios out: against u, and of the reference to the kernel.

u is what any checkout in Python pays before it has priced anything: the time `orjson.loads` takes
for the line of one cart, measured in the same run. Seconds mean little on another machine; ratios
travel better. They are numbers seen, and nothing is asserted about them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLUMN = 12  # characters of a number
NAME = 38  # characters of a row's name


@dataclass(frozen=True, slots=True)
class Subject:
    """What is timed."""

    task: str
    rules: int = 0  # promotions in the rule set; 0 when there is none
    evaluator: str = ""  # `kernel` or `reference`; empty when nobody prices


@dataclass(frozen=True, slots=True)
class Measurement:
    """A subject and its time in each round; per cart where it has carts."""

    subject: Subject
    seconds: Sequence[float]

    def quantile(self, percent: int) -> float:
        """The time that so many of 100 rounds stay under."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a quantile of a task."""

    name: str
    task: str
    evaluator: str = ""
    percent: int = 50


YARDSTICK = Subject("u")
PRICED = (
    Row("JSON lines to result lines, kernel", "batch", "kernel"),
    Row("  reference", "same batch", "reference"),
    Row("quote(dict).result, kernel, p50", "quote dict", "kernel"),
    Row("  p99", "quote dict", "kernel", 99),
    Row("  reference, p50", "quote dict", "reference"),
    Row("quote(bytes).result, kernel, p50", "quote bytes", "kernel"),
    Row("  p99", "quote bytes", "kernel", 99),
    Row("  reference, p50", "quote bytes", "reference"),
)
COMPARED = {
    "reference / kernel, the same lines": "same batch",
    "  quote(dict).result, p50": "quote dict",
    "  quote(bytes).result, p50": "quote bytes",
}
COMPILED = (
    Row("YAML text to rule set", "load"),
    Row("rule set to plan", "lower"),
)


class Board:
    """The measurements of a run, by what was timed."""

    def __init__(self, measurements: Iterable[Measurement]) -> None:
        self._found = {one.subject: one for one in measurements}
        self.sizes = sorted({subject.rules for subject in self._found if subject.rules})
        self.u_seconds = self.quantile(YARDSTICK, 50)

    def quantile(self, subject: Subject, percent: int) -> float | None:
        """A time of a subject; None when it was not measured."""
        found = self._found.get(subject)
        return None if found is None else found.quantile(percent)

    def seconds(self, row: Row) -> list[float | None]:
        """What a row shows for each size of rule set."""
        return [
            self.quantile(Subject(row.task, size, row.evaluator), row.percent)
            for size in self.sizes
        ]


def ratio_of(over: float | None, under: float | None) -> float | None:
    """A quotient; None when either side is missing."""
    return None if over is None or not under else over / under


def round_off(number: float) -> str:
    """A number to three digits, larger ones to the unit."""
    digits = 0 if number >= 100 else 1 if number >= 10 else 2
    return f"{number:,.{digits}f}"


def print_line(name: str, cells: Sequence[float | None], unit: str) -> str:
    """One line of numbers; a dash where nothing was measured."""
    shown = ("-" if cell is None else f"{round_off(cell)} {unit}" for cell in cells)
    return f"{name:<{NAME}}" + "".join(f"{cell:>{COLUMN}}" for cell in shown)


def print_ratios(measurements: Iterable[Measurement]) -> list[str]:
    """The table, line by line; empty when nothing was measured."""
    board = Board(measurements)
    if not board.sizes:
        return []
    lines = [f"{'promotions':<{NAME}}" + "".join(f"{size:>{COLUMN},}" for size in board.sizes)]
    for row in PRICED:
        ratios = [ratio_of(spent, board.u_seconds) for spent in board.seconds(row)]
        lines.append(print_line(row.name, ratios, "u"))
    for name, task in COMPARED.items():
        slow, fast = (board.seconds(Row(name, task, who)) for who in ("reference", "kernel"))
        lines.append(print_line(name, list(map(ratio_of, slow, fast)), "x"))
    for row in COMPILED:
        spent_ms = [None if spent is None else spent * 1e3 for spent in board.seconds(row)]
        lines.append(print_line(row.name, spent_ms, "ms"))
    if board.u_seconds is not None:
        lines.append(f"u = {board.u_seconds * 1e6:.2f} us, `orjson.loads` of the line of one cart")
    return lines
