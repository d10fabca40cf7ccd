"""What can earn together in, the best that one minor unit of spend can earn out.

The best case is one line of an order: rules that see it and whose conditions can hold together, the
campaigns over them, the member's tier. Which of them that is, is searched for by leaving each one
in or out, the most promising first; a branch that cannot beat the best one so far is cut.

The search is bounded. What it found by then is possible too, only maybe not the best, so whoever
says "can" about it says the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..formula import ALWAYS, Formula, Member, Term
from ..kinds import AwardForm, AwardKind, Kind, Multipliers
from ..loyalty import Campaign, EarningRule, Level
from ..rule import Condition
from .scene import Effort, ProgramRules, fraction_of, show_fraction
from .together import EVERYTHING, Box, narrow, narrow_all

RATES_MAX = 50  # LIMIT: rules, and campaigns, looked at together, the largest first
CHOICES_MAX = 25  # LIMIT: of each, those that may or may not hold
STEPS_MAX = 500  # LIMIT: of one search
WORK_OF_RATE = 20  # what it takes to work out or sort one rule or campaign

MULTIPLIED = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)
NONE = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rate:
    """What one minor unit of base is worth by a rule, before multipliers."""

    rule: EarningRule
    kind: AwardKind
    size: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule gives in the best case, and how it was multiplied."""

    rate: Rate
    factor: Fraction
    tier: Fraction = Fraction(1)
    campaigns: tuple[Campaign, ...] = ()


@dataclass(frozen=True, slots=True)
class Best:
    """The best case found: what it comes to, and at which tier."""

    total: Fraction = NONE
    level: Level | None = None
    parts: tuple[Part, ...] = ()


def is_multiplied(rule: EarningRule) -> bool:
    """Whether multipliers change what a rule gives."""
    award = rule.award
    if award is None or award.kind is AwardKind.STAMPS:
        return False
    return award.form in MULTIPLIED or rule.is_multiplied


def formulas_of(conditions: Sequence[Condition], on: Formula) -> tuple[Formula, ...]:
    """What must hold, without what always does and what only warns."""
    hard = [condition.formula for condition in conditions if not condition.is_soft]
    return tuple(formula for formula in (*hard, on) if formula != ALWAYS)


def formulas_of_rule(rule: EarningRule) -> tuple[Formula, ...]:
    """What must hold for a rule to see a line."""
    return formulas_of(rule.conditions, ALWAYS if rule.award is None else rule.award.on)


def formulas_of_campaign(campaign: Campaign) -> tuple[Formula, ...]:
    """What must hold for a campaign to touch a line."""
    return formulas_of(campaign.conditions, campaign.on)


def box_of(level: Level | None) -> Box:
    """The carts of members of a tier."""
    if level is None:
        return EVERYTHING
    tier = Member(Term("member.tier", Kind.STRING), (level.id,))
    return narrow(EVERYTHING, tier) or EVERYTHING


def combine(policy: Multipliers, factors: Sequence[Fraction]) -> Fraction:
    """The multiplier of a line, by the policy of its program."""
    match policy:
        case Multipliers.MULTIPLY:
            product = ONE
            for factor in factors:
                product *= factor
            return product
        case Multipliers.ADD:
            return max(NONE, ONE + sum((factor - ONE for factor in factors), NONE))
        case Multipliers.MAX:
            return max(factors)


@dataclass(slots=True)
class Search:
    """One search: at one tier, with the rules and campaigns of one moment."""

    policy: Multipliers
    effort: Effort
    level: Level | None
    rates: Sequence[Rate]
    campaigns: Sequence[Campaign]
    best: Best = field(default_factory=Best)
    steps: int = 0

    def run(self, floor: Fraction = NONE) -> Best:
        """The best case that beats `floor`, an empty one when there is none."""
        if not self.effort.spend(WORK_OF_RATE * (len(self.rates) + len(self.campaigns))):
            return Best()
        rates = sorted(self.rates, key=lambda rate: -rate.size)[:RATES_MAX]
        names = {rate.rule.id for rate in rates}
        over = [
            one for one in self.campaigns if one.rules is None or not names.isdisjoint(one.rules)
        ]
        campaigns = sorted(over, key=lambda one: -factor_of(one))[:RATES_MAX]
        fixed_rates = [rate for rate in rates if not formulas_of_rule(rate.rule)]
        fixed = [one for one in campaigns if not formulas_of_campaign(one)]
        free_rates = [rate for rate in rates if formulas_of_rule(rate.rule)]
        # A campaign that lowers something and may not hold is left out of the best case.
        free = [one for one in campaigns if formulas_of_campaign(one) and factor_of(one) > 1]
        choices: list[Rate | Campaign] = [*free_rates[:CHOICES_MAX], *free[:CHOICES_MAX]]
        self.best = Best(floor)
        self.walk(box_of(self.level), choices, fixed_rates, fixed)
        return self.best if self.best.parts else Best()

    def walk(
        self,
        box: Box,
        choices: Sequence[Rate | Campaign],
        rates: list[Rate],
        campaigns: list[Campaign],
    ) -> None:
        """Look at every way to go on from what was chosen so far."""
        self.steps += 1
        all_rates = [*rates, *(one for one in choices if isinstance(one, Rate))]
        all_campaigns = [*campaigns, *(one for one in choices if isinstance(one, Campaign))]
        work = WORK_OF_RATE + len(all_rates) * (1 + len(all_campaigns))
        if self.steps > STEPS_MAX or not self.effort.spend(work):
            return
        case = self.weigh(all_rates, all_campaigns)
        if case.total <= self.best.total:
            return
        if not choices:
            self.best = case
            return
        first, *rest = choices
        if isinstance(first, Rate):
            inside = narrow_all(box, formulas_of_rule(first.rule))
            if inside is not None:
                self.walk(inside, rest, [*rates, first], campaigns)
        else:
            inside = narrow_all(box, formulas_of_campaign(first))
            if inside is not None:
                self.walk(inside, rest, rates, [*campaigns, first])
        self.walk(box, rest, rates, campaigns)

    def weigh(self, rates: Sequence[Rate], campaigns: Sequence[Campaign]) -> Best:
        """What some rules come to under some campaigns."""
        parts = tuple(self.part_of(rate, campaigns) for rate in rates)
        total = sum((part.rate.size * part.factor for part in parts), NONE)
        return Best(total, self.level, parts)

    def part_of(self, rate: Rate, campaigns: Sequence[Campaign]) -> Part:
        """What one rule comes to under some campaigns."""
        if not is_multiplied(rate.rule):
            return Part(rate, ONE)
        over = tuple(
            one
            for one in campaigns
            if one.multiply is not None and (one.rules is None or rate.rule.id in one.rules)
        )
        is_tiered = rate.kind is AwardKind.POINTS
        tier = fraction_of(self.level.multiplier) if self.level and is_tiered else ONE
        factors = [tier, *(factor_of(one) for one in over)]
        return Part(rate, combine(self.policy, factors), tier, over)


def factor_of(campaign: Campaign) -> Fraction:
    """By what a campaign multiplies."""
    return ONE if campaign.multiply is None else fraction_of(campaign.multiply)


def levels_of(rules: ProgramRules) -> list[Level | None]:
    """The tiers a member can have, the highest first; None for a member without one."""
    tiers = rules.program.tiers
    return [None] if tiers is None else [*reversed(tiers.levels), None]


def tell_factors(best: Best, part: Part) -> str:
    """The multipliers of what one rule gives, with their names."""
    shown = [f"times {show_fraction(factor_of(one))} by `{one.id}`" for one in part.campaigns]
    if best.level is not None and part.tier != 1:
        shown.insert(0, f"times {show_fraction(part.tier)} at `{best.level.id}`")
    return ", ".join(shown)
