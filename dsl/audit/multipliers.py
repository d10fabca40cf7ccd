"""The multipliers of a program in, a warning about a stack of them without a bound out."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from ..kinds import AwardKind, Multipliers
from ..loyalty import Campaign, EarningRule
from .best import (
    ONE,
    RATES_MAX,
    Best,
    Part,
    Rate,
    Search,
    factor_of,
    is_multiplied,
    levels_of,
    tell_factors,
)
from .periods import list_overlaps, meet
from .scene import Effort, ProgramRules, Scene, show_fraction

STACK_MAX = Fraction(10)  # what several multipliers together may come to before somebody is told


def check_multipliers(scene: Scene) -> None:
    """Warn of each program in which multipliers that nobody meant together come to too much."""
    for rules in scene.programs:
        best = find_stack(rules, scene.effort)
        if best is None:
            continue
        (part,) = best.parts
        is_points = part.rate.kind is AwardKind.POINTS
        bound = "`max_per_order` or `multipliers: max`" if is_points else "`multipliers: max`"
        scene.concerns.add(
            "W521",
            *("programs", rules.id, "multipliers"),
            rule=part.rate.rule.id,
            factor=show_fraction(part.factor),
            help=f"in one order: {tell_factors(best, part)}; {bound} would bound it",
        )


def find_stack(rules: ProgramRules, effort: Effort) -> Best | None:
    """The worst case of a program, if it is worse than one may expect."""
    if rules.program.multipliers is Multipliers.MAX:  # then nothing stacks
        return None
    worst: Best | None = None
    floor = STACK_MAX
    largest = sorted(rules.campaigns, key=lambda one: -factor_of(one))
    open_rules = [rule for rule in rules.earning if is_multiplied(rule)]
    for rule in [rule for rule in open_rules if not is_capped(rules, rule)][:RATES_MAX]:
        best = worst_of(rules, effort, rule, largest, floor)
        if best is not None:
            worst, floor = best, best.total
    return worst


def is_capped(rules: ProgramRules, rule: EarningRule) -> bool:
    """Whether a limit bounds what an order can get from a rule, however it is multiplied."""
    is_points = rule.award is not None and rule.award.kind is AwardKind.POINTS
    return is_points and (rules.program.max_per_order is not None or rule.points_quota is not None)


def worst_of(
    rules: ProgramRules,
    effort: Effort,
    rule: EarningRule,
    largest: Sequence[Campaign],
    floor: Fraction,
) -> Best | None:
    """The largest multiplier above `floor` that a rule can have."""
    assert rule.award is not None
    worst: Best | None = None
    rate = Rate(rule, rule.award.kind, ONE)
    for campaigns in list_meetings(rules, rule, largest):
        for level in levels_of(rules):
            best = Search(rules.program.multipliers, effort, level, [rate], campaigns).run(floor)
            if best.parts and is_stack(best.parts[0]):
                worst, floor = best, best.total
    return worst


def list_meetings(
    rules: ProgramRules, rule: EarningRule, largest: Sequence[Campaign]
) -> list[list[Campaign]]:
    """The campaigns that can multiply a rule at the same time, for each such time.

    `largest` are those of its program, the largest multipliers first.
    """
    over = []
    named = (one for one in largest if one.rules is None or rule.id in one.rules)
    for campaign in islice(named, 2 * RATES_MAX):
        window = meet(rules.program.window, rule.window, campaign.window)
        if campaign.multiply is not None and window is not None:
            over.append((campaign, window))
    meetings = list_overlaps([window for _, window in over])
    return [[over[index][0] for index in indices] for _, indices in meetings]


def is_stack(part: Part) -> bool:
    """Whether more than one multiplier raises what a rule gives: one alone is meant as it is."""
    return sum(factor > 1 for factor in factors_of(part)) > 1


def factors_of(part: Part) -> Sequence[Fraction]:
    """The multipliers of one rule, the tier's first."""
    return [part.tier, *(factor_of(one) for one in part.campaigns)]
