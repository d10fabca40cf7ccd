"""Rules and programs in, warnings about those that do nothing out."""

from collections.abc import Iterator

from ..formula import ALWAYS, Formula
from ..kinds import AwardForm, AwardKind, ExpireFrom, ExpireRound
from ..loyalty import EarningRule
from ..rule import Window
from .best import factor_of, formulas_of, formulas_of_campaign, formulas_of_rule
from .periods import days_of
from .scene import PURCHASE, Place, ProgramRules, Scene, fraction_of, show_duration
from .together import EVERYTHING, narrow_all
from .worth import always_gives

EXCLUSIVE_MAX = 20  # LIMIT: exclusive rules that others are held against
# What can give something only where a rate over all lines does.
UNDER_RATE = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)


def check_idle(scene: Scene) -> None:
    """Warn of what never holds, never counts, or is never used."""
    for section, name, formulas in list_formulas(scene):
        if formulas and narrow_all(EVERYTHING, formulas) is None:
            scene.concerns.add("W571", section, name, "when", rule=name)
    for rules in scene.programs:
        check_exclusive(scene, rules)
        check_program(scene, rules)
        check_expiry(scene, rules)
        for rule in rules.earning:
            check_limits(scene, rules, rule)


def list_formulas(scene: Scene) -> Iterator[tuple[str, str, tuple[Formula, ...]]]:
    """All that must hold for each rule: its section, its name, the formulas."""
    for promotion in scene.ruleset.promotions:
        if promotion.is_enabled:
            yield "promotions", promotion.id, formulas_of(promotion.conditions, ALWAYS)
    for rules in scene.programs:
        for earning in rules.earning:
            yield "earning_rules", earning.id, formulas_of_rule(earning)
        for burning in rules.burning:
            formulas = formulas_of(burning.conditions, burning.on)
            yield "burning_rules", burning.id, formulas
        for campaign in rules.campaigns:
            yield "campaigns", campaign.id, formulas_of_campaign(campaign)


def check_exclusive(scene: Scene, rules: ProgramRules) -> None:
    """Warn of rules that an exclusive one always keeps from counting."""
    if can_lower(rules):
        return
    sure = [
        rule
        for rule in rules.earning
        if rule.is_exclusive and rule.event == PURCHASE and always_gives(rule)
    ]
    for rule in rules.earning:
        for other in sure[:EXCLUSIVE_MAX]:
            if rule is not other and is_shadowed(rule, other):
                place = ("earning_rules", rule.id)
                scene.concerns.add("W572", *place, rule=rule.id, other=other.id)
                break


def can_lower(rules: ProgramRules) -> bool:
    """Whether a multiplier could leave less of an award than it was, maybe nothing."""
    tiers = rules.program.tiers
    factors = [fraction_of(level.multiplier) for level in (tiers.levels if tiers else ())]
    factors += [factor_of(campaign) for campaign in rules.campaigns]
    return any(factor < 1 for factor in factors)


def is_shadowed(rule: EarningRule, other: EarningRule) -> bool:
    """Whether an exclusive rule that always gives something comes before a rule wherever it holds.

    A fixed award gives something for every order with a line, a rate for every order with
    something to pay, which another rate needs too.
    """
    if rule.award is None or other.award is None or rule.event != other.event:
        return False
    if rule.award.kind is not other.award.kind or rule.is_stored_value != other.is_stored_value:
        return False
    if rule.is_exclusive and (rule.priority, rule.id) < (other.priority, other.id):
        return False
    is_sure = other.award.form is AwardForm.FIXED or rule.award.form in UNDER_RATE
    return is_sure and covers(other.window, rule.window)


def covers(outer: Window, inner: Window) -> bool:
    """Whether one window is open whenever another is."""
    begins = outer.starts_at is None or (
        inner.starts_at is not None and outer.starts_at <= inner.starts_at
    )
    ends = outer.ends_at is None or (inner.ends_at is not None and outer.ends_at >= inner.ends_at)
    return begins and ends


def check_program(scene: Scene, rules: ProgramRules) -> None:
    """Note programs that nothing belongs to, and points that are good for nothing."""
    program = rules.program
    has_terms = program.redemption is not None or program.tiers is not None
    if not (rules.earning or rules.burning or rules.cards or has_terms):
        scene.concerns.add("N573", "programs", rules.id, program=rules.id)
        return
    gives_points = any(
        award is not None and award.kind is AwardKind.POINTS
        for rule in rules.earning
        for award in (rule.award, rule.friend_award)
    )
    buys = program.redemption is not None or any(rule.cost is not None for rule in rules.burning)
    if gives_points and not buys and program.tiers is None:
        help = "give the program a `redemption` or `tiers`, or write a burning rule"
        scene.concerns.add("N574", "programs", rules.id, program=rules.id, help=help)


def check_limits(scene: Scene, rules: ProgramRules, rule: EarningRule) -> None:
    """Warn of a fixed award that is larger than what its limits ever let through."""
    award = rule.award
    if award is None or (award.kind, award.form) != (AwardKind.POINTS, AwardForm.FIXED):
        return
    if rule.is_multiplied:  # by less than 1, maybe
        return
    limits: list[tuple[int, Place]] = []
    if rule.points_quota is not None and rule.points_quota.count:
        limits.append((rule.points_quota.count, ("earning_rules", rule.id, "limits", "points")))
    if rule.event == PURCHASE and rules.program.max_per_order is not None:
        limits.append((rules.program.max_per_order, ("earning_rules", rule.id, "award")))
    for most, place in limits:
        if fraction_of(award.quantity) > most:
            given = rules.points(fraction_of(award.quantity))
            words = {"rule": rule.id, "given": given, "most": rules.points(most)}
            scene.concerns.add("W575", *place, help="so it never gives all of it", **words)
            return


def check_expiry(scene: Scene, rules: ProgramRules) -> None:
    """Warn of points whose life, counted from the earn, is over before it begins."""
    points = rules.program.points
    delay, life = points.activate_after, points.expire_after
    if delay is None or life is None or points.expire_from is not ExpireFrom.EARN:
        return
    is_exact = points.expire_round in (ExpireRound.NONE, ExpireRound.DAY)
    is_longer = days_of(delay)[0] > days_of(life)[1]
    if delay.days == life.days == 0:
        is_longer = delay.months > life.months
    if is_exact and is_longer:
        help = (
            f"they are active {show_duration(delay)} after the earn and gone {show_duration(life)} "
            "after it; `expire_from: activation` counts from later"
        )
        place = ("programs", rules.id, "points", "expire_after")
        scene.concerns.add("W576", *place, program=rules.id, help=help)
