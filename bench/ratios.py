"""What one run measured in, ratios out: against u, against another task, against a smaller set.

u is what any checkout in Python pays before it has priced anything: the time `orjson.loads` takes
for the line of one cart, measured in the same run. Seconds mean little on another machine; ratios
travel better. They are numbers seen, and nothing is asserted about them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["u", "x", "ms", "B"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured."""

    task: str
    rules: int = 0  # promotions in the rule set; 0 when there is none
    evaluator: str = ""  # `kernel` or `reference`; empty when nobody prices


@dataclass(frozen=True, slots=True)
class Measurement:
    """A subject and what each round took: seconds, per cart where it has carts; or bytes."""

    subject: Subject
    samples: Sequence[float]

    def quantile(self, percent: int) -> float:
        """What so many of 100 rounds stay under."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Pick:
    """A quantile of a task, for the size of rule set that is asked about or one `step` smaller."""

    task: str
    evaluator: str = ""
    percent: int = 50
    step: int = 1


YARDSTICK = Subject("u")
U = Pick("u", percent=0)  # the best round: what else the machine did is in none of it
SCALES: Mapping[Unit, float] = {"u": 1, "x": 1, "ms": 1e3, "B": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a pick over another, and what it should be by size of rule set."""

    name: str
    over: Pick
    under: Pick | None = U
    unit: Unit = "u"
    limits: Mapping[int, float] = field(default_factory=dict)
    is_floor: bool = False  # the limits are the least, not the most

    def is_met(self, rules: int, ratio: float) -> bool | None:
        """Whether a ratio is as it should be; None without a target."""
        limit = self.limits.get(rules)
        if limit is None:
            return None
        return ratio >= limit if self.is_floor else ratio <= limit


class Board:
    """The measurements of a run, by what was measured."""

    def __init__(self, measurements: Iterable[Measurement]) -> None:
        self._found = {one.subject: one for one in measurements}
        self.sizes = sorted({subject.rules for subject in self._found if subject.rules})
        self.u_seconds = self.read(U, 0)

    def read(self, pick: Pick, rules: int) -> float | None:
        """One number; None when it was not measured. What has no rule set stands for all sizes."""
        for size in (rules // pick.step, 0):
            found = self._found.get(Subject(pick.task, size, pick.evaluator))
            if found is not None:
                return found.quantile(pick.percent)
        return None

    def ratio(self, row: Row, rules: int) -> float | None:
        """A cell of the table; None when a side is missing."""
        over = self.read(row.over, rules)
        if over is None or row.under is None:
            return None if over is None else over * SCALES[row.unit]
        under = self.read(row.under, rules)
        return None if not under else over / under * SCALES[row.unit]

    def ratios(
        self, rows: Iterable[Row], sizes: Sequence[int] | None = None
    ) -> dict[str, dict[str, float]]:
        """Every cell that was measured, by name of row and size: what is stored."""
        found: dict[str, dict[str, float]] = {}
        for row in rows:
            asked = self.sizes if sizes is None else sizes
            cells = {str(size): self.ratio(row, size) for size in asked}
            if known := {size: cell for size, cell in cells.items() if cell is not None}:
                found[row.name] = known
        return found
