"""Rewards in, warnings about those that nobody can have out."""

from collections.abc import Iterator

from ..kinds import AwardKind, ExpireRound
from ..loyalty import Award, BurningRule, Duration, EarningRule
from .scene import Place, ProgramRules, Scene
from .tiers import earners, find_unreached, most_points

# The most days that the rounding of an expiry can add.
ROUND_DAYS = {
    ExpireRound.NONE: 0,
    ExpireRound.DAY: 1,
    ExpireRound.MONTH: 31,
    ExpireRound.QUARTER: 92,
    ExpireRound.YEAR: 366,
}


def check_rewards(scene: Scene) -> None:
    """Warn of rewards out of reach, of limits that let nothing through, of cards for nothing."""
    for rules in scene.programs:
        check_steps(scene, rules)
        check_tiers_asked(scene, rules)
        check_costs(scene, rules)
        if rules.program.max_per_order == 0:
            place = ("programs", rules.id, "max_per_order")
            help = "delete it, or write how many points an order can give"
            scene.concerns.add("W553", *place, name=rules.id, key="max_per_order", help=help)
        for earning in rules.earning:
            warn_zero(scene, "earning_rules", earning)
        for burning in rules.burning:
            warn_zero(scene, "burning_rules", burning)
        check_cards(scene, rules)
        check_issued(scene, rules)


def check_steps(scene: Scene, rules: ProgramRules) -> None:
    """Warn when no whole number of steps lies between the least and the most points."""
    terms = rules.program.redemption
    if terms is None or terms.max_points is None:
        return
    most = terms.max_points // terms.points * terms.points
    if most < max(terms.points, terms.min_points or 0):
        scene.concerns.add(
            "W551",
            *("programs", rules.id, "redemption", "max_points"),
            least=rules.points(terms.min_points or 0),
            most=rules.points(terms.max_points),
            step=rules.points(terms.points),
            help="a step is never split, so nothing can be redeemed",
        )


def check_tiers_asked(scene: Scene, rules: ProgramRules) -> None:
    """Warn of rewards for tiers that nobody reaches."""
    unreached = find_unreached(rules)
    if unreached is None or rules.program.tiers is None:
        return
    least = unreached.level.threshold
    out = {one.id for one in rules.program.tiers.levels if one.threshold >= least}
    for rule in rules.burning:
        if rule.min_tier in out:
            place = ("burning_rules", rule.id, "min_tier")
            scene.concerns.add("W552", *place, rule=rule.id, tier=rule.min_tier)


def check_costs(scene: Scene, rules: ProgramRules) -> None:
    """Warn of costs above what a member can have, or say that nothing earns any points."""
    wanted = list_wanted(rules)
    if not wanted:
        return
    if all(award.kind is not AwardKind.POINTS for award in awards_of(rules)):
        help = "only an adjustment or a transfer can bring some"
        scene.concerns.add("N555", "programs", rules.id, program=rules.id, help=help)
        return
    most = most_at_once(rules)
    for place, name, points in wanted:
        if most is not None and points > most:
            words = {"name": name, "cost": rules.points(points), "most": rules.points(most)}
            help = "`limits` of the earning rules allow no more in the time that points live"
            scene.concerns.add("W554", *place, help=help, **words)


def list_wanted(rules: ProgramRules) -> list[tuple[Place, str, int]]:
    """What needs points at once: its place, its name, how many."""
    wanted: list[tuple[Place, str, int]] = []
    terms = rules.program.redemption
    if terms is not None:
        key = "points" if (terms.min_points or 0) < terms.points else "min_points"
        wanted.append(
            (
                ("programs", rules.id, "redemption", key),
                key,
                max(terms.points, terms.min_points or 0),
            )
        )
    for rule in rules.burning:
        if rule.cost is not None:
            wanted.append((("burning_rules", rule.id, "cost"), rule.id, rule.cost))
    return wanted


def most_at_once(rules: ProgramRules) -> int | None:
    """The most points a member can have earned and not yet lost, None when nothing bounds it.

    An order state can activate any number of old points on one day, and sliding points stay.
    """
    points = rules.program.points
    expiry = points.expire_after
    if points.activate_on is not None or points.is_sliding:
        return None
    if expiry is None:
        return most_points(rules, None)
    days = expiry.days + ROUND_DAYS[points.expire_round]
    return most_points(rules, Duration(expiry.months, days))


def warn_zero(scene: Scene, section: str, rule: EarningRule | BurningRule) -> None:
    """Warn of each limit that lets nothing through."""
    for key in zero_limits(rule):
        help = "switch the rule off with `enabled: false`, or raise the limit"
        scene.concerns.add(
            "W553", section, rule.id, "limits", key, name=rule.id, key=key, help=help
        )


def zero_limits(rule: EarningRule | BurningRule) -> Iterator[str]:
    """The keys of the limits that are 0."""
    if rule.per_member is not None and not rule.per_member.count:
        yield "per_member"
    if isinstance(rule, EarningRule):
        if rule.points_quota is not None and not rule.points_quota.count:
            yield "points"
        return
    if rule.stock == 0:
        yield "stock"
    if rule.per_order == 0:
        yield "per_order"


def check_cards(scene: Scene, rules: ProgramRules) -> None:
    """Warn of cards that nothing stamps, note those that are full for nothing."""
    stamped = {award.card for award in awards_of(rules)}
    rewards = {rule.id for rule in rules.burning}
    for card in rules.cards:
        if card.id not in stamped:
            scene.concerns.add("W556", "stamp_cards", card.id, card=card.id)
        if card.reward not in rewards:
            is_off = card.reward is not None
            help = f"`{card.reward}` is switched off" if is_off else "give it a `reward`"
            scene.concerns.add("N557", "stamp_cards", card.id, "reward", card=card.id, help=help)


def check_issued(scene: Scene, rules: ProgramRules) -> None:
    """Note rewards that can only be issued, where no card issues them."""
    issued = {card.reward for card in rules.cards}
    for rule in rules.burning:
        if rule.cost is None and rule.id not in issued:
            help = "write `cost: 500 points`, or make it the `reward` of a stamp card"
            scene.concerns.add("N558", "burning_rules", rule.id, name=rule.id, help=help)


def awards_of(rules: ProgramRules) -> list[Award]:
    """All that a program can give while it is active."""
    sides = (side for rule in earners(rules) for side in (rule.award, rule.friend_award))
    return [award for award in sides if award is not None]
