"""An award and the bases of its lines in, what it comes to out: exact, by line, before any cap.

Nothing here is rounded. 1 point per 2 EUR on a base of 3.33 is 333/200 of a point, and stays that
until all that an order earns in a program is rounded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...dsl.formula import ALWAYS
from ...dsl.kinds import PPM, AwardForm, AwardKind
from ...dsl.loyalty import ONE, Award, EarningRule, Level, Ratio
from ..cart.checked import CheckedCart, CheckedLine
from ..outcome import NoAward

BASE_FORMS = (AwardForm.RATE, AwardForm.STEPS)  # the base phase, of points
MULTIPLIED_FORMS = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)
NOUGHT = Fraction(0)


def fraction_of(ratio: Ratio) -> Fraction:
    """A ratio to count with."""
    return Fraction(ratio.numerator, ratio.denominator)


@dataclass(frozen=True, slots=True)
class Exact:
    """An exact amount by the position of lines; `loose` is what is on no line."""

    lines: Mapping[int, Fraction] = field(default_factory=dict)
    loose: Fraction = NOUGHT

    @property
    def total(self) -> Fraction:
        """All of it."""
        return sum(self.lines.values(), self.loose)

    def scaled(self, factor: Fraction) -> "Exact":
        """So many times as much, everywhere."""
        lines = {i: amount * factor for i, amount in self.lines.items()}
        return Exact(lines, self.loose * factor)


NOTHING = Exact()


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies an award on one line: of a tier, or of a campaign, by its number."""

    multiplier: Fraction
    campaign: int | None = None


@dataclass(slots=True)
class Accrual:
    """What one earning rule, or a campaign's bonus, comes to in an order, phase by phase."""

    id: str  # of the rule or campaign
    kind: AwardKind
    rule: int | None = None
    bonus: int | None = None
    card: str | None = None
    bases: Mapping[int, int] = field(default_factory=dict)  # of the lines it saw, minor units
    plain: Exact = NOTHING  # before multipliers
    factors: Mapping[int, Sequence[Factor]] = field(default_factory=dict)  # by line
    multiplied: Exact = NOTHING
    own: Exact = NOTHING  # within the rule's own cap
    exact: Exact = NOTHING  # within all caps
    is_clipped: bool = False
    reason: NoAward | None = None
    amount: int = 0
    shares: Mapping[int, int] = field(default_factory=dict)

    @property
    def multiplier(self) -> Ratio:
        """How many times as much it became by multipliers."""
        before, after = self.plain.total, self.multiplied.total
        if not before or not self.factors:
            return ONE
        return Ratio(*(after / before).as_integer_ratio())

    @property
    def campaigns(self) -> tuple[int, ...]:
        """The campaigns that multiplied something, rising."""
        found = {
            factor.campaign
            for i, factors in self.factors.items()
            for factor in factors
            if factor.campaign is not None and self.plain.lines.get(i)
        }
        return tuple(sorted(found))


def count_award(
    award: Award,
    lines: Sequence[CheckedLine],
    bases: Sequence[int],
    cart: CheckedCart,
    level: Level | None,
) -> Exact:
    """The exact amounts of an award for its lines, before multipliers.

    `level` is the tier at which the order earns. What is given once is split by the bases.
    """
    quantity = fraction_of(award.quantity)
    own = {line.index: bases[line.index] for line in lines}
    match award.form:
        case AwardForm.RATE:
            return Exact({i: base * quantity / award.per_minor for i, base in own.items()})
        case AwardForm.TIER:
            rate = Fraction(level.cashback_ppm if level is not None else 0, PPM)
            return Exact({i: base * rate for i, base in own.items()})
        case AwardForm.STEPS:
            return split(sum(own.values()) // award.per_minor * quantity, own)
        case AwardForm.PER_UNIT:
            priced = [line for line in lines if line.unit_price_minor > 0]
            return Exact({line.index: line.quantity * quantity for line in priced})
        case AwardForm.EVENT:
            points = cart.event.points if cart.event is not None else None
            quantity = Fraction(points or 0)
    if not own and not cart.lines and award.on == ALWAYS:
        return Exact(loose=quantity)  # a cart without lines still earns what is given once
    return split(quantity, own)


def split(total: Fraction, bases: Mapping[int, int]) -> Exact:
    """An exact amount over lines by their bases, in equal parts where all of them are 0."""
    whole = sum(bases.values())
    if whole:
        return Exact({i: total * base / whole for i, base in bases.items()})
    return Exact({i: total / len(bases) for i in bases})


def is_multiplied(rule: EarningRule, award: Award) -> bool:
    """Whether multipliers touch what a rule gives: rates, and what says so, but never stamps."""
    if award.kind is AwardKind.STAMPS:
        return False
    return rule.is_multiplied or award.form in MULTIPLIED_FORMS
