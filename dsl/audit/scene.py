"""A checked rule set in, its programs with all that is enabled in them out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeVar

from ..expression.literals import format_money, format_scaled
from ..kinds import PPM, AwardKind
from ..loyalty import (
    BurningRule,
    Campaign,
    Duration,
    EarningRule,
    Program,
    Ratio,
    StampCard,
)
from ..ruleset import Ruleset
from .concerns import Concerns

PURCHASE = "purchase"
EFFORT_MAX = 5_000_000  # LIMIT: of one check: rules looked at under campaigns, in some seconds
Place = tuple[str, ...]  # a section, a name in it, keys below that
Rule = EarningRule | BurningRule | Campaign


class Belonging(Protocol):
    """Whatever is part of a program."""

    @property
    def program(self) -> str:
        """The program's name."""


T = TypeVar("T", bound=Belonging)


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """An enabled program and what is enabled in it."""

    program: Program
    earning: tuple[EarningRule, ...]
    burning: tuple[BurningRule, ...]
    campaigns: tuple[Campaign, ...]
    cards: tuple[StampCard, ...]
    by_id: dict[str, EarningRule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id.update((rule.id, rule) for rule in self.earning)

    @property
    def id(self) -> str:
        """The program's name."""
        return self.program.id

    def purchases(self, *, is_stored_value: bool) -> list[EarningRule]:
        """What earns on orders: on what lies in them, or on the stored value that they buy."""
        return [
            rule
            for rule in self.earning
            if rule.event == PURCHASE and rule.is_stored_value == is_stored_value
        ]

    @property
    def owned(self) -> Iterator[tuple[str, Rule]]:
        """All rules of the program, with their sections."""
        yield from (("earning_rules", rule) for rule in self.earning)
        yield from (("burning_rules", rule) for rule in self.burning)
        yield from (("campaigns", campaign) for campaign in self.campaigns)

    def rules_of(self, campaign: Campaign) -> Sequence[EarningRule]:
        """The enabled rules that a campaign changes."""
        if campaign.rules is None:
            return self.earning
        return [self.by_id[name] for name in campaign.rules if name in self.by_id]

    def points(self, units: int | Fraction) -> str:
        """Smallest units of points as an author writes them, rounded down: `1200 points`."""
        scale = self.program.points.scale
        text = format_scaled(int(units), scale)
        return f"{text} point{'' if text == '1' else 's'}"


@dataclass(slots=True)
class Effort:
    """How much searching is left. What is not found then is not told; nothing wrong is.

    A unit is one rule looked at under one campaign, about a microsecond.
    """

    left: int = EFFORT_MAX

    def spend(self, units: int) -> bool:
        """Take some of it; whether there was that much."""
        self.left -= units
        return self.left >= 0


@dataclass(slots=True)
class Scene:
    """A rule set under a look: its programs, and where to put what was found."""

    ruleset: Ruleset
    concerns: Concerns
    effort: Effort = field(default_factory=Effort)
    programs: list[ProgramRules] = field(init=False)

    def __post_init__(self) -> None:
        self.programs = list_programs(self.ruleset)

    def money(self, minor: int | Fraction) -> str:
        """An amount, rounded down to a minor unit."""
        return format_money(int(minor), self.ruleset.currency, self.ruleset.exponent)

    def given(self, rules: ProgramRules, kind: AwardKind, size: int | Fraction) -> str:
        """What an award of some size is called."""
        return self.money(size) if kind is AwardKind.CASHBACK else rules.points(size)


def list_programs(ruleset: Ruleset) -> list[ProgramRules]:
    """The enabled programs with what is enabled in them."""
    loyalty = ruleset.loyalty
    earning = by_program(rule for rule in loyalty.earning_rules if rule.is_enabled)
    burning = by_program(rule for rule in loyalty.burning_rules if rule.is_enabled)
    campaigns = by_program(one for one in loyalty.campaigns if one.is_enabled)
    cards = by_program(loyalty.stamp_cards)
    return [
        ProgramRules(
            program,
            tuple(earning[program.id]),
            tuple(burning[program.id]),
            tuple(campaigns[program.id]),
            tuple(cards[program.id]),
        )
        for program in loyalty.programs
        if program.is_enabled
    ]


def by_program(items: Iterable[T]) -> dict[str, list[T]]:
    """Parts of programs, by program."""
    found: dict[str, list[T]] = defaultdict(list)
    for item in items:
        found[item.program].append(item)
    return found


def fraction_of(ratio: Ratio) -> Fraction:
    """A ratio as a number to calculate with."""
    return Fraction(ratio.numerator, ratio.denominator)


def show_fraction(number: Fraction) -> str:
    """A number as a person reads it: exact with few decimals, else a ratio.

    >>> show_fraction(Fraction(3, 2)), show_fraction(Fraction(1, 3))
    ('1.5', '1/3')
    """
    millionths = number * PPM
    return format_scaled(int(millionths), 6) if millionths.denominator == 1 else str(number)


def show_duration(duration: Duration) -> str:
    """A length of time as an author writes it: `12 months`, `30 days`."""
    parts = [(duration.months, "month"), (duration.days, "day")]
    shown = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return " and ".join(shown) or "0 days"
