"""The tiers of a program and what earns in it in, tiers that nobody reaches out.

A tier that was set by hand (`tier_floor`) is always possible; what is said here is about earning.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ..formula import Formula, Member, children
from ..kinds import AwardForm, AwardKind, QualifyAt, TierMeasure
from ..loyalty import Duration, EarningRule, Level, Tiers
from ..ruleset import Ruleset
from .periods import Length, days_of, meet, most_in
from .scene import ProgramRules, Rule, Scene, show_duration

MEMBER_TIER = "member.tier"
TIER_FIELDS = (MEMBER_TIER, "customer.tier")


@dataclass(frozen=True, slots=True)
class Unreached:
    """The lowest tier that nobody reaches, so that nobody reaches those above it either.

    `most` is what can be earned in its time; None when nothing can, or nothing that counts.
    """

    level: Level
    most: int | None = None
    is_late: bool = False


def check_tiers(scene: Scene) -> None:
    """Warn of tiers nobody reaches, and of rules that speak of tiers there are not."""
    for rules in scene.programs:
        found = find_unreached(rules)
        if found is not None:
            report_unreached(scene, rules, found)
        check_cashback(scene, rules)
    check_names(scene)
    note_idle_tiers(scene)


def find_unreached(rules: ProgramRules) -> Unreached | None:
    """The lowest tier that cannot be reached by earning."""
    tiers = rules.program.tiers
    levels = [level for level in tiers.levels if level.threshold > 0] if tiers else []
    if tiers is None or not levels:
        return None
    sources = [rule for rule in earners(rules) if counts(rule, tiers)]
    if not sources:
        return Unreached(levels[0])
    if is_late(rules, tiers):
        return Unreached(levels[0], is_late=True)
    if tiers.measure is TierMeasure.SPEND:
        return None
    most = most_points(rules, tiers.window)
    level = next((one for one in levels if most is not None and one.threshold > most), None)
    return None if level is None else Unreached(level, most)


def earners(rules: ProgramRules) -> list[EarningRule]:
    """The rules that can give something while their program is active."""
    return [rule for rule in rules.earning if meet(rules.program.window, rule.window) is not None]


def counts(rule: EarningRule, tiers: Tiers) -> bool:
    """Whether what a rule gives can lead to a tier; of spend every rule may have a base."""
    kinds = [one.kind for one in (rule.award, rule.friend_award) if one is not None]
    return AwardKind.POINTS in kinds or (tiers.measure is TierMeasure.SPEND and bool(kinds))


def is_late(rules: ProgramRules, tiers: Tiers) -> bool:
    """Whether points are past the time a tier looks at when they begin to count for it."""
    delay = rules.program.points.activate_after
    if delay is None or tiers.window is None or tiers.qualify_at is QualifyAt.EARN:
        return False
    if isinstance(tiers.window, Duration) and (tiers.window.days, delay.days) == (0, 0):
        return delay.months > tiers.window.months
    return days_of(delay)[0] > days_of(tiers.window)[1]


def most_points(rules: ProgramRules, time: Length | None) -> int | None:
    """The most points that can be earned in some time, None when that is not bounded."""
    if any(one.bonus is not None for one in rules.campaigns):
        return None
    total = 0
    for rule in earners(rules):
        most = most_of(rule, time)
        if most is None:
            return None
        total += most
    return total


def most_of(rule: EarningRule, time: Length | None) -> int | None:
    """The most points that one rule can give a member in some time."""
    awards = [one for one in (rule.award, rule.friend_award) if one is not None]
    if not any(award.kind is AwardKind.POINTS for award in awards):
        return 0
    if rule.friend_award is not None or rule.award is None:  # a friend has limits of its own
        return None
    bounds = []
    if rule.points_quota is not None:
        bounds.append(most_in(rule.points_quota, time))
    if rule.per_member is not None and rule.award.form is AwardForm.FIXED:
        times = most_in(rule.per_member, time)
        if times is not None and not rule.is_multiplied:
            quantity = rule.award.quantity
            bounds.append(times * quantity.numerator // quantity.denominator)
    return min((bound for bound in bounds if bound is not None), default=None)


def report_unreached(scene: Scene, rules: ProgramRules, found: Unreached) -> None:
    """Say why a tier is out of reach."""
    level = found.level
    place = ("programs", rules.id, "tiers", "levels", level.id)
    above = "; the tiers above it are out of reach too" if is_followed(rules, level) else ""
    if found.is_late:
        delay = rules.program.points.activate_after
        assert delay is not None
        help = (
            f"it counts for tiers from its activation, {show_duration(delay)} after it was earned; "
            "`qualify_at: earn` counts it at once"
        )
        scene.concerns.add("W543", *place, program=rules.id, help=help)
    elif found.most is None:
        scene.concerns.add(
            "W541", *place, program=rules.id, tier=level.id, help=f"no rule gives points{above}"
        )
    else:
        needed, most = rules.points(level.threshold), rules.points(found.most)
        help = f"`limits` of the earning rules allow no more{above}"
        scene.concerns.add("W542", *place, tier=level.id, needed=needed, most=most, help=help)


def is_followed(rules: ProgramRules, level: Level) -> bool:
    """Whether a program has a tier above this one."""
    return rules.program.tiers is not None and rules.program.tiers.levels[-1] is not level


def check_cashback(scene: Scene, rules: ProgramRules) -> None:
    """Note tiers whose cashback no rule gives."""
    levels = rules.program.tiers.levels if rules.program.tiers else ()
    giving = [level for level in levels if level.cashback_ppm]
    forms = {rule.award.form for rule in rules.earning if rule.award}
    if giving and AwardForm.TIER not in forms:
        place = ("programs", rules.id, "tiers", "levels", giving[0].id, "cashback")
        help = "an earning rule with `award: {cashback: tier}` gives it"
        scene.concerns.add("N546", *place, program=rules.id, help=help)


def check_names(scene: Scene) -> None:
    """Warn of conditions that ask for a tier their program does not have.

    A definition may serve several programs: one that names a tier of this program may name tiers
    of others beside it.
    """
    tiers_of = {rules.id: ids_of(rules) for rules in scene.programs}
    anywhere = set[str]().union(*tiers_of.values())
    for rules in scene.programs:
        known = tiers_of[rules.id]
        for section, rule in rules.owned:
            for asked in sets_in((one.formula for one in rule.conditions), (MEMBER_TIER,)):
                wrong = set(asked) - (anywhere if known & set(asked) else known)
                for tier in sorted(wrong):
                    tiers = ", ".join(f"`{one}`" for one in sorted(known))
                    place = (section, rule.id, "when")
                    words = {"tier": tier, "program": rules.id}
                    help = f"its tiers are {tiers}" if tiers else "it has no tiers"
                    scene.concerns.add("W544", *place, help=help, **words)


def ids_of(rules: ProgramRules) -> set[str]:
    """The names of a program's tiers."""
    return {level.id for level in rules.program.tiers.levels} if rules.program.tiers else set()


def sets_in(formulas: Iterable[Formula], fields: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The texts that some fields are compared with, comparison by comparison."""
    for formula in formulas:
        if isinstance(formula, Member) and formula.term.name in fields:
            yield formula.values
        yield from sets_in(children(formula), fields)


def note_idle_tiers(scene: Scene) -> None:
    """Note tiers that give nothing more than the one below, and that no rule asks for."""
    idle = []
    for rules in scene.programs:
        levels = rules.program.tiers.levels if rules.program.tiers else ()
        for below, level in pairwise(levels):
            same = (below.multiplier, below.cashback_ppm) == (level.multiplier, level.cashback_ppm)
            if same:
                idle.append((rules, level))
    used = list_used_tiers(scene.ruleset) if idle else set()
    for rules, level in idle:
        if level.id not in used:
            place = ("programs", rules.id, "tiers", "levels", level.id)
            help = "no `min_tier` and no condition asks for it"
            scene.concerns.add("N545", *place, tier=level.id, help=help)


def list_used_tiers(ruleset: Ruleset) -> set[str]:
    """The names of tiers that any rule asks for."""
    loyalty = ruleset.loyalty
    used = {rule.min_tier for rule in loyalty.burning_rules if rule.min_tier is not None}
    rules: tuple[Rule, ...] = (*loyalty.earning_rules, *loyalty.burning_rules, *loyalty.campaigns)
    for owner in (*rules, *ruleset.promotions):
        formulas = (one.formula for one in owner.conditions)
        used.update(name for names in sets_in(formulas, TIER_FIELDS) for name in names)
    return used
