"""Rules for stored value and for orders in, warnings about money that earns twice out.

Who buys a gift card or tops up earns by the rules with `stored_value: true`. When that value pays,
the order earns by the ordinary rules, and only two things lower what it earns on: `store_credit`
and redeemed points, both only under `earn_on: net`, the points only under `redeeming_orders: net`.
"""

from ..kinds import AwardForm, AwardKind, EarnOn, RedeemingOrders, RewardKind
from ..loyalty import EarningRule
from .best import NONE
from .payouts import list_payouts
from .periods import meet
from .scene import ProgramRules, Scene
from .worth import HALF, rate_of, worth_of_point

CASH = (AwardKind.POINTS, AwardKind.CASHBACK)
IN_CARTS = (RewardKind.DISCOUNT, RewardKind.PERCENT)


def check_stored_value(scene: Scene) -> None:
    """Warn of programs in which money earns when it is put into stored value and when it pays."""
    for rules in scene.programs:
        last = max(earners(rules, is_stored_value=False), key=end_of, default=None)
        for bought in earners(rules, is_stored_value=True):
            if last is not None and follows(last, bought):
                report(scene, rules, bought, last)
                break


def earners(rules: ProgramRules, *, is_stored_value: bool) -> list[EarningRule]:
    """The rules for purchases that give points or money while their program is active."""
    return [
        rule
        for rule in rules.purchases(is_stored_value=is_stored_value)
        if rule.award is not None
        and rule.award.kind in CASH
        and meet(rules.program.window, rule.window) is not None
    ]


def end_of(rule: EarningRule) -> tuple[bool, int]:
    """Until when a rule gives something, for comparison; for ever is the latest."""
    ends_at = rule.window.ends_at
    return ends_at is None, ends_at or 0


def follows(spent: EarningRule, bought: EarningRule) -> bool:
    """Whether what was bought under one rule can be spent under the other."""
    ends_at, starts_at = spent.window.ends_at, bought.window.starts_at
    return ends_at is None or starts_at is None or ends_at > starts_at


def report(scene: Scene, rules: ProgramRules, bought: EarningRule, spent: EarningRule) -> None:
    """Say what earns twice and why."""
    code = "W511"
    pair = f"`{bought.id}` earns when it is bought, `{spent.id}` when it pays"
    if rules.program.earn_on is EarnOn.GROSS:
        why = "under `earn_on: gross` nothing that pays is subtracted"
    elif is_redeemed_in_full(rules, bought):
        why = "under `redeeming_orders: full` points that pay are not subtracted"
    elif is_wallet(rules, bought):
        return  # its stored value is its points, and they lower what an order earns on
    else:
        code = "N512"
        why = (
            "only what the shop sends as `store_credit` is subtracted, a gift card as tender is not"
        )
    place = ("earning_rules", bought.id, "stored_value")
    scene.concerns.add(code, *place, program=rules.id, help=f"{pair}: {why}")


def is_redeemed_in_full(rules: ProgramRules, bought: EarningRule) -> bool:
    """Whether points that were bought can pay in a cart that earns as though they had not."""
    is_full = rules.program.redeeming_orders is RedeemingOrders.FULL
    pays = rules.program.redemption is not None or any(
        rule.cost and rule.reward.kind in IN_CARTS for rule in rules.burning
    )
    assert bought.award is not None
    return is_full and pays and bought.award.kind is AwardKind.POINTS


def is_wallet(rules: ProgramRules, bought: EarningRule) -> bool:
    """Whether the points a rule gives are themselves the value that was bought."""
    award = bought.award
    assert award is not None
    if award.kind is not AwardKind.POINTS or award.form not in (AwardForm.RATE, AwardForm.STEPS):
        return False
    payouts = list_payouts(rules)
    return worth_of_point(payouts) > NONE and rate_of(bought, None, payouts).size >= HALF
