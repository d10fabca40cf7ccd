"""Awards of a fixed size in, notes about those that are worth more than their order out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..formula import ALWAYS, Aggregate, And, Compare, Formula
from ..kinds import AwardForm, AwardKind
from ..loyalty import Award, Campaign, EarningRule
from ..rule import Condition
from .best import NONE, WORK_OF_RATE
from .payouts import list_payouts
from .periods import meet
from .scene import Place, ProgramRules, Scene, fraction_of
from .together import range_of
from .worth import worth_of_point

REFERRAL = "referral"
TOTALS = ("cart.subtotal", "cart.net_subtotal")


def check_gifts(scene: Scene) -> None:
    """Note fixed awards and bonuses that an order of little money earns, and referrals."""
    for rules in scene.programs:
        gifts = Gifts(scene, rules)
        for rule in rules.earning:
            gifts.check_rule(rule)
        for campaign in rules.campaigns:
            gifts.check_bonus(campaign)


class Gifts:
    """What one program gives for little money."""

    def __init__(self, scene: Scene, rules: ProgramRules) -> None:
        self.scene = scene
        self.rules = rules
        self.worth = worth_of_point(list_payouts(rules))
        orders = {rule.id: least_order(rule) for rule in rules.purchases(is_stored_value=False)}
        self.orders = {name: least for name, least in orders.items() if least is not None}

    def check_rule(self, rule: EarningRule) -> None:
        """Note a fixed award that is worth more than the order it comes with."""
        place = ("earning_rules", rule.id, "award")
        if rule.id in self.orders and rule.award is not None:
            self.check("N503", place, [rule.award], self.orders[rule.id])
        elif rule.event == REFERRAL and not rule.conditions and rule.per_member is None:
            awards = [one for one in (rule.award, rule.friend_award) if one is not None]
            self.check("N504", place, awards, rule.min_order_minor)

    def check(self, code: str, place: Place, awards: Sequence[Award], least: int) -> None:
        """Add a note when fixed awards are worth more than the least order that earns them."""
        fixed = [award for award in awards if award.form is AwardForm.FIXED]
        sizes = {
            kind: sum((fraction_of(one.quantity) for one in fixed if one.kind is kind), NONE)
            for kind in (AwardKind.POINTS, AwardKind.CASHBACK)
        }
        value = sizes[AwardKind.POINTS] * self.worth + sizes[AwardKind.CASHBACK]
        if value > least:
            sized = [(kind, size) for kind, size in sizes.items() if size]
            given = [self.scene.given(self.rules, kind, size) for kind, size in sized]
            self.add(code, place, least, " and ".join(given), value)

    def check_bonus(self, campaign: Campaign) -> None:
        """The same for the bonus of a campaign: some rule it names must give something too."""
        least = least_of(campaign.conditions)
        if campaign.bonus is None or least is None:
            return
        lowest = min(self.list_orders(campaign), default=None)
        value = campaign.bonus * self.worth
        if lowest is not None and value > max(least, lowest):
            given = self.rules.points(campaign.bonus)
            place = ("campaigns", campaign.id, "bonus")
            self.add("N503", place, max(least, lowest), given, value)

    def list_orders(self, campaign: Campaign) -> Iterator[int]:
        """The least orders of the rules that can give something while a campaign is active."""
        for rule in self.rules.rules_of(campaign):
            if not self.scene.effort.spend(WORK_OF_RATE):
                return
            windows = (self.rules.program.window, rule.window, campaign.window)
            if rule.id in self.orders and meet(*windows) is not None:
                yield self.orders[rule.id]

    def add(self, code: str, place: Place, least: int, given: str, value: Fraction) -> None:
        """Add the note."""
        key = "min_order" if code == "N504" else "when: cart.net_subtotal"
        self.scene.concerns.add(
            code,
            *place,
            least=self.scene.money(least) if least else "any size",
            given=given,
            value=self.scene.money(value),
            help=f"`{key}` can ask for more",
        )


def least_order(rule: EarningRule) -> int | None:
    """The least order for which a rule gives something again and again, None if that is unclear."""
    award = rule.award
    is_bounded = rule.per_member is not None or rule.points_quota is not None
    return None if award is None or award.on != ALWAYS or is_bounded else least_of(rule.conditions)


def least_of(conditions: Sequence[Condition]) -> int | None:
    """The least order that some conditions let through, None when they ask for something else."""
    least = 0
    for condition in conditions:
        bound = 0 if condition.is_soft else bound_of(condition.formula)
        if bound is None:
            return None
        least = max(least, bound)
    return least


def bound_of(formula: Formula) -> int | None:
    """The least sum of lines that a formula asks for, None when it asks for something else."""
    match formula:
        case And(items):
            bounds = [bound_of(item) for item in items]
            known = [bound for bound in bounds if bound is not None]
            return max(known) if len(known) == len(bounds) else None
        case Compare(((factor, number),)):
            is_sum = isinstance(number, Aggregate) and number.function in ("amount", "net")
            if not is_sum and getattr(number, "name", "") not in TOTALS:
                return None
            return range_of(formula, factor)[0]
        case _:
            return None
