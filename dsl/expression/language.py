"""What the expressions of one rule set have in common: its names, its currency, its clock."""

from dataclasses import dataclass, field
from datetime import tzinfo

from .meaning import Meaning
from .vocabulary import Vocabulary


@dataclass(slots=True)
class Needs:
    """What an expression needs around it."""

    line: bool = False
    lines: bool = False  # it has a function over lines in it
    loyalty: bool = False  # it speaks of a member or an event

    def add(self, other: "Needs") -> None:
        """Need what another expression needs too."""
        self.line = self.line or other.line
        self.lines = self.lines or other.lines
        self.loyalty = self.loyalty or other.loyalty


@dataclass(slots=True)
class Definition:
    """What a definition means, None when that is unknown, and what it needs around it."""

    meaning: Meaning | None = None
    needs: Needs = field(default_factory=Needs)


@dataclass(frozen=True, slots=True)
class Language:
    """What the expressions of one rule set have in common."""

    vocabulary: Vocabulary
    currency: str  # empty when the rule set names one that is not known
    exponent: int
    zone: tzinfo
    definitions: dict[str, Definition] = field(default_factory=dict)
