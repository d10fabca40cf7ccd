"""What rules of every kind have: conditions, and a window in which they are active."""

from dataclasses import dataclass

from .formula import Formula


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `when:`; a soft one warns instead of stopping its promotion."""

    text: str  # canonical expression, for people
    formula: Formula
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """When something is active: from `starts_at` (in) to `ends_at` (out); None is open."""

    starts_at: int | None = None
    ends_at: int | None = None


OPEN = Window()
