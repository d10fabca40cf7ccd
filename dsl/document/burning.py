"""One entry of `burning_rules` in, a checked burning rule out."""

from typing import Annotated, ClassVar

from pydantic import PlainValidator, ValidationInfo

from ..expression.literals import PERCENT
from ..formula import ALWAYS
from ..kinds import RewardKind
from ..loyalty import BurningRule, Reward
from .loyalty_rule import LoyaltyRuleBuilder, LoyaltyRuleShape
from .quantities import Length, SomeAmount, SomePoints, Times, read_some_amount, read_some_share
from .sections import Entry
from .shape import (
    Count,
    Expression,
    Quantity,
    Shape,
    Word,
    quote_all,
    scalar_of,
)

# The keys that name a reward, and what may stand beside each.
OPTIONS: dict[str, tuple[str, ...]] = {
    "product": ("quantity", "expires_after"),
    "gift_card": ("provider", "expires_after"),
    "coupon_pool": ("expires_after",),
    "cashback": (),
    "discount": ("max_discount", "expires_after"),
    "donation": ("to",),
}
KINDS = {
    "product": RewardKind.PRODUCT,
    "gift_card": RewardKind.GIFT_CARD,
    "coupon_pool": RewardKind.COUPON,
    "cashback": RewardKind.CASHBACK,
    "donation": RewardKind.DONATION,
}


def read_discount(node: object, info: ValidationInfo) -> tuple[RewardKind, int]:
    """What comes off the cart: an amount in minor units, or a percentage in parts per million."""
    if PERCENT.fullmatch(scalar_of(node).text):
        return RewardKind.PERCENT, read_some_share(node)
    return RewardKind.DISCOUNT, read_some_amount(node, info)


class RewardShape(Shape):
    """What a burning rule gives."""

    noun: ClassVar[str] = "a reward"
    sample: ClassVar[str] = "reward: {discount: 2 USD}"

    product: Word | None = None
    gift_card: SomeAmount | None = None
    coupon_pool: Word | None = None
    cashback: SomeAmount | None = None
    discount: Annotated[tuple[RewardKind, int], PlainValidator(read_discount)] | None = None
    donation: SomeAmount | None = None

    quantity: Quantity | None = None
    max_discount: SomeAmount | None = None
    provider: Word | None = None
    to: Word | None = None
    expires_after: Length | None = None


class BurningLimitsShape(Shape):
    """How often a reward can be had."""

    noun: ClassVar[str] = "`limits`"
    sample: ClassVar[str] = "limits: {stock: 200, per_member: 1 per day}"

    stock: Count | None = None
    per_member: Times | None = None
    per_order: Count | None = None


class BurningRuleShape(LoyaltyRuleShape):
    """One entry of `burning_rules`."""

    noun: ClassVar[str] = "a burning rule"

    min_tier: Word | None = None
    cost: SomePoints | None = None
    reward: RewardShape
    on: Expression | None = None
    limits: BurningLimitsShape | None = None


class BurningBuilder(LoyaltyRuleBuilder):
    """Builds the burning rules of one rule set."""

    def build(self, entry: Entry) -> BurningRule | None:
        """The rule of an entry; None when problems were added instead."""
        shape = self.read(BurningRuleShape, entry)
        if shape is None:
            return None
        is_known = self.register.is_known("program", scalar_of(shape.node.values["program"]))
        if shape.min_tier is not None and is_known:
            self.register.is_tier(scalar_of(shape.node.values["min_tier"]), shape.program)
        reward = self.build_reward(shape)
        on = ALWAYS if shape.on is None else self.conditions.predicate(shape.on)
        conditions = self.conditions.build(shape.when)
        if reward is None:
            return None
        limits = shape.limits
        return BurningRule(
            id=entry.key.text,
            program=shape.program,
            reward=reward,
            cost=shape.cost,
            name=shape.name,
            description=shape.description,
            is_enabled=shape.enabled,
            window=shape.active,
            conditions=conditions,
            on=on,
            min_tier=shape.min_tier,
            stock=None if limits is None else limits.stock,
            per_member=None if limits is None else limits.per_member,
            per_order=None if limits is None else limits.per_order,
        )

    def build_reward(self, rule: BurningRuleShape) -> Reward | None:
        """What the rule gives; None when problems were added instead."""
        shape = rule.reward
        node = shape.node
        names = [name for name in node.keys if name in OPTIONS]
        if len(names) != 1:
            place = node.keys[names[1]].span if names else rule.node.keys["reward"].span
            self.problems.add("R305", place, owner="a reward", keys=quote_all(OPTIONS))
            return None
        (name,) = names
        for key in node.keys:
            if key != name and key not in OPTIONS[name]:
                allowed = OPTIONS[name]
                help = f"{quote_all(allowed)} can stand beside it" if allowed else "it stands alone"
                words = {"key": key, "action": f"the reward `{name}`"}
                self.problems.add("R304", node.keys[key].span, help=help, **words)
        if name != "discount" and rule.on is not None:
            words = {"key": "on", "action": f"the reward `{name}`"}
            help = "only a discount has lines that it is for"
            self.problems.add("R304", rule.node.keys["on"].span, help=help, **words)
        kind, amount = shape.discount or (KINDS.get(name, RewardKind.DISCOUNT), 0)
        if kind is RewardKind.DISCOUNT and "max_discount" in node.keys:
            words = {"key": "max_discount", "action": "an amount"}
            help = "it is for a percentage"
            self.problems.add("R304", node.keys["max_discount"].span, help=help, **words)
        money = shape.gift_card or shape.cashback or shape.donation or 0
        return Reward(
            kind=kind,
            sku=shape.product,
            quantity=shape.quantity or 1,
            amount_minor=amount if kind is RewardKind.DISCOUNT else money,
            percent_ppm=amount if kind is RewardKind.PERCENT else 0,
            max_discount_minor=shape.max_discount,
            pool=shape.coupon_pool,
            provider=shape.provider,
            to=shape.to,
            expires_after=shape.expires_after,
        )
