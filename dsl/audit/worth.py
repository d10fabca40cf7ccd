"""What money earns and what points buy in, warnings about what comes back to too much out.

The rates of a program at its best: rules that can hold together on one line, its campaigns, the
best tier. A point is worth what the best reward with a value in money gives for it.

    1 point per 1 USD, 1.5 at gold, a double campaign; 200 points are 2 USD off
    100 USD -> 300 points -> 3 USD: 3 % come back
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ..kinds import PPM, AwardForm, AwardKind
from ..loyalty import EarningRule, Level
from .best import (
    NONE,
    WORK_OF_RATE,
    Best,
    Part,
    Rate,
    Search,
    formulas_of_rule,
    levels_of,
    tell_factors,
)
from .payouts import Payout, list_payouts
from .periods import list_overlaps
from .scene import Effort, Place, ProgramRules, Scene, fraction_of, show_fraction

WHOLE = Fraction(1)
HALF = Fraction(1, 2)
SPENT_MAJOR = 100  # what examples spend
PARTS_SHOWN = 4
SIDES_MAX = 20  # LIMIT: exclusive rules tried, one after the other

RATED = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)
SURE = (AwardForm.RATE, AwardForm.FIXED)  # they always give something, when nothing is asked


@dataclass(frozen=True, slots=True)
class Return:
    """What comes back of spend in the best case, and the rewards there are then."""

    best: Best
    payouts: Sequence[Payout]

    def of_kind(self, kind: AwardKind) -> Fraction:
        """The part of it in points (what they are worth) or in cashback."""
        parts = self.best.parts
        return sum((p.rate.size * p.factor for p in parts if p.rate.kind is kind), NONE)


def check_worth(scene: Scene) -> None:
    """Warn of rewards that are worth more than it costs to earn them."""
    for rules in scene.programs:
        for is_stored_value in (False, True):
            found = find_return(rules, scene.effort, is_stored_value)
            if found is not None:
                report_return(scene, rules, found, WHOLE if is_stored_value else HALF)


def find_return(rules: ProgramRules, effort: Effort, is_stored_value: bool) -> Return | None:
    """The best case over all times, tiers and exclusive rules, None when nothing earns."""
    sources = rules.purchases(is_stored_value=is_stored_value)
    campaigns = [one for one in rules.campaigns if one.multiply is not None]
    found: Return | None = None
    floor = NONE
    windows = [rule.window for rule in sources] + [one.window for one in campaigns]
    for since, indices in list_overlaps(windows):
        payouts = list_payouts(rules, since)
        active = [sources[i] for i in indices if i < len(sources)]
        over = [campaigns[i - len(sources)] for i in indices if i >= len(sources)]
        for level, side in product(levels_of(rules), list_sides(active)):
            if not effort.spend(WORK_OF_RATE * (1 + len(side) + len(indices))):
                return found
            rates = [rate_of(rule, level, payouts) for rule in side]
            search = Search(
                rules.program.multipliers,
                effort,
                level,
                [rate for rate in rates if rate.size > 0],
                over,
            )
            best = search.run(floor)
            if best.parts:
                found, floor = Return(best, payouts), best.total
    return found


def list_sides(active: Sequence[EarningRule]) -> Iterator[list[EarningRule]]:
    """The rules that can count together: all that are not exclusive, or one that is, by kind."""
    sides = [sides_of(active, kind) for kind in (AwardKind.POINTS, AwardKind.CASHBACK)]
    for points, cashback in product(*sides):
        yield [one for one in (*points, *cashback) if one.award and one.award.form in RATED]


def sides_of(active: Sequence[EarningRule], kind: AwardKind) -> list[list[EarningRule]]:
    """The same for awards of one kind."""
    rules = [one for one in active if one.award is not None and one.award.kind is kind]
    exclusive = [one for one in rules if one.is_exclusive]
    sure = next((i for i, rule in enumerate(exclusive) if always_gives(rule)), None)
    if sure is not None:
        return [[rule] for rule in exclusive[: sure + 1]][-SIDES_MAX:]
    others = [rule for rule in rules if not rule.is_exclusive]
    return [others, *([rule] for rule in exclusive[:SIDES_MAX])]


def always_gives(rule: EarningRule) -> bool:
    """Whether a rule gives something for every order with something to pay."""
    award = rule.award
    is_free = not formulas_of_rule(rule) and rule.per_member is None and rule.points_quota is None
    return is_free and award is not None and award.form in SURE and award.quantity.numerator > 0


def rate_of(rule: EarningRule, level: Level | None, payouts: Sequence[Payout]) -> Rate:
    """What one minor unit of base is worth by a rule."""
    award = rule.award
    assert award is not None
    if award.form is AwardForm.TIER:
        size = Fraction(level.cashback_ppm if level else 0, PPM)
    else:
        size = fraction_of(award.quantity) / award.per_minor
    if award.kind is AwardKind.POINTS:
        size *= worth_of_point(payouts)
    return Rate(rule, award.kind, size)


def worth_of_point(payouts: Sequence[Payout]) -> Fraction:
    """What a smallest unit of points is worth at best, in minor units."""
    return max((payout.worth for payout in payouts), default=NONE)


def report_return(scene: Scene, rules: ProgramRules, found: Return, limit: Fraction) -> None:
    """Warn of every reward by which more than `limit` comes back, or of cashback that does it."""
    cashback = found.of_kind(AwardKind.CASHBACK)
    if cashback > limit:
        rule = next(p.rate.rule for p in found.best.parts if p.rate.kind is AwardKind.CASHBACK)
        report(scene, ("earning_rules", rule.id, "award"), cashback, tell(scene, rules, found))
        return
    best = worth_of_point(found.payouts)
    points = found.of_kind(AwardKind.POINTS)
    for payout in found.payouts if points else ():
        total = points / best * payout.worth + cashback
        if total > limit:
            told = f"{tell(scene, rules, found)}; {payout.tell(scene, rules)}"
            report(scene, payout.place, total, told)


def report(scene: Scene, place: Place, total: Fraction, told: str) -> None:
    """Add the warning, or the note, of so much coming back."""
    spent = spent_minor(scene)
    shown = show_fraction(Fraction(int(total * 1000), 10))
    scene.concerns.add(
        "W501" if total > WHOLE else "N502",
        *place,
        spent=scene.money(spent),
        back=scene.money(spent * total),
        help=f"{shown} % may come back: {told}",
    )


def spent_minor(scene: Scene) -> int:
    """What examples spend, enough minor units to show a rate by."""
    return SPENT_MAJOR * int(10 ** max(2, scene.ruleset.exponent))


def tell(scene: Scene, rules: ProgramRules, found: Return) -> str:
    """How it comes to that, rule by rule."""
    parts = sorted(found.best.parts, key=lambda part: -part.rate.size * part.factor)
    shown = [tell_part(scene, rules, found, part) for part in parts[:PARTS_SHOWN]]
    more = [f"{len(parts) - PARTS_SHOWN} more"] if len(parts) > PARTS_SHOWN else []
    return ", ".join(shown + more)


def tell_part(scene: Scene, rules: ProgramRules, found: Return, part: Part) -> str:
    """What one rule gives for the money of the example, and by which multipliers."""
    size = part.rate.size * part.factor * spent_minor(scene)
    if part.rate.kind is AwardKind.POINTS:
        size /= worth_of_point(found.payouts)
    factors = tell_factors(found.best, part)
    given = scene.given(rules, part.rate.kind, size)
    return f"`{part.rate.rule.id}` gives {given}" + (f" ({factors})" if factors else "")
