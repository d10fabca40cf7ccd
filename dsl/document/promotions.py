"""One entry of `promotions` in, a checked promotion out."""

from .._maker import maker_of
from ..expression.checker import Checker
from ..kinds import Scope
from ..problems import Problems
from ..ruleset import Limits, Promotion, Stacking
from .actions import ActionBuilder
from .conditions import ConditionBuilder
from .diagnosis import read_shape
from .document import PromotionShape, StackingShape
from .sections import Entry
from .settings import Settings

UNLIMITED = Limits()
make_promotion = maker_of(Promotion)


class PromotionBuilder:
    """Builds the promotions of one rule set."""

    def __init__(self, settings: Settings, checker: Checker, problems: Problems) -> None:
        self.settings = settings
        self.problems = problems
        self.actions = ActionBuilder(checker, problems)
        self.conditions = ConditionBuilder(checker, problems)
        self.stackings: dict[object, Stacking] = {}  # thousands of promotions share a few of them
        self.alone = self.share_stacking(Stacking())

    def build(self, entry: Entry) -> Promotion | None:
        """The promotion of an entry; None when problems were added instead."""
        key = entry.key
        shape = read_shape(PromotionShape, key, entry.node, self.settings.terms, self.problems)
        if shape is None:
            self.conditions.check_expressions(entry.node)
            return None
        conditions = self.conditions.build(shape.when, shape.enforcement)
        then = shape.node.keys["then"]
        action = self.actions.build(shape.then, shape.stage, then)
        if action is None:
            self.conditions.check_predicates(shape.then.node)
            return None
        return make_promotion(
            id=key.text,
            stage=shape.stage,
            action=action,
            name=shape.name,
            description=shape.description,
            is_enabled=shape.enabled,
            priority=shape.priority,
            window=shape.active,
            coupons=self.list_coupons(shape),
            coupon_pool=shape.coupon_pool,
            conditions=conditions,
            stacking=self.build_stacking(shape.stacking),
            limits=build_limits(shape),
            basis=shape.basis or self.settings.basis,
        )

    def build_stacking(self, shape: StackingShape | None) -> Stacking:
        """How a promotion stands to the others."""
        if shape is None:
            return self.alone
        if shape.excludes:
            return self.share_stacking(build_stacking(shape))
        # Members of enumerations are there once; their hash would take longer.
        written = (id(shape.mode), id(shape.scope), shape.group, shape.max_in_cart)
        stacking = self.stackings.get(written)
        if stacking is None:
            stacking = self.stackings[written] = self.share_stacking(build_stacking(shape))
        return stacking

    def share_stacking(self, stacking: Stacking) -> Stacking:
        """One object for all that are equal."""
        return self.stackings.setdefault(stacking, stacking)

    def list_coupons(self, shape: PromotionShape) -> tuple[str, ...]:
        """The codes, upper-cased, sorted, distinct."""
        if shape.coupon is not None and shape.coupons is not None:
            span = shape.node.keys["coupons"].span
            self.problems.add("R308", span, help="write all codes under `coupons`")
        written = shape.coupons or ([] if shape.coupon is None else [shape.coupon])
        if not written:
            return ()
        return tuple(sorted({code.strip().upper() for code in written}))


def build_stacking(shape: StackingShape) -> Stacking:
    """How a promotion stands to the others."""
    return Stacking(
        shape.mode,
        shape.scope or Scope.CART,
        shape.group,
        frozenset(shape.excludes),
        shape.max_in_cart,
    )


def build_limits(shape: PromotionShape) -> Limits:
    """The limits of a promotion."""
    limits = shape.limits
    if limits is None:
        return UNLIMITED
    return Limits(
        limits.total,
        limits.per_customer,
        limits.per_account,
        limits.per_location,
        limits.per_group,
        limits.per_day,
        limits.max_discount,
    )
