"""One entry of `promotions` in, a checked promotion out."""

import re

from .._maker import maker_of
from ..expression.checker import Checker
from ..expression.literals import LiteralError
from ..expression.shorthand import SHORT_FORMS
from ..kinds import Scope
from ..problems import Problems
from ..ruleset import Condition, Limits, Promotion, Stacking
from ..tree.breakage import report_cut
from ..tree.nodes import Mapping, Node, Scalar, Sequence
from .actions import ActionBuilder
from .diagnosis import read_shape, report_refusal
from .document import ENFORCEMENTS, PromotionShape, StackingShape
from .sections import Entry
from .settings import Settings
from .shape import Refused, choice_of, keys_help, list_items, noun_of, read_expression, read_node

CONDITION_KEYS = ("if", *SHORT_FORMS)
UNLIMITED = Limits()
make_condition = maker_of(Condition)
make_promotion = maker_of(Promotion)
read_enforcement = choice_of("value of `enforcement`", ENFORCEMENTS)


class PromotionBuilder:
    """Builds the promotions of one rule set."""

    def __init__(self, settings: Settings, checker: Checker, problems: Problems) -> None:
        self.settings = settings
        self.checker = checker
        self.problems = problems
        self.actions = ActionBuilder(checker, problems)
        self.stackings = {Stacking(): Stacking()}  # thousands of promotions share a few of them

    def build(self, entry: Entry) -> Promotion | None:
        """The promotion of an entry; None when problems were added instead."""
        key = entry.key
        shape = read_shape(PromotionShape, key, entry.node, self.settings.terms, self.problems)
        if shape is None:
            self.check_expressions(entry.node)
            return None
        conditions: tuple[Condition, ...] = ()
        if shape.when is not None:
            conditions = self.build_conditions(shape.when, shape.enforcement)
        then = shape.node.keys["then"]
        action = self.actions.build(shape.then, shape.stage, then)
        if action is None:
            self.check_predicates(shape.then.node)
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
        stacking = Stacking() if shape is None else build_stacking(shape)
        return self.stackings.setdefault(stacking, stacking)

    def list_coupons(self, shape: PromotionShape) -> tuple[str, ...]:
        """The codes, upper-cased, sorted, distinct."""
        if shape.coupon is not None and shape.coupons is not None:
            span = shape.node.keys["coupons"].span
            self.problems.add("R308", span, help="write all codes under `coupons`")
        written = shape.coupons or ([] if shape.coupon is None else [shape.coupon])
        return tuple(sorted({code.strip().upper() for code in written}))

    def build_conditions(self, node: Node, is_soft: bool) -> tuple[Condition, ...]:
        """The conditions of `when`, one alone or a list of them."""
        conditions = (self.build_condition(item, is_soft) for item in list_items(node))
        return tuple(condition for condition in conditions if condition is not None)

    def build_condition(self, node: Node, is_soft: bool) -> Condition | None:
        """One condition; None when problems were added instead."""
        if isinstance(node, Sequence):
            self.problems.add("R205", node.span, expected="a condition", found=noun_of(node))
            return None
        try:
            if isinstance(node, Mapping):
                return self.build_keyed_condition(node, is_soft)
            checked = self.checker.condition(read_expression(node))
        except (LiteralError, Refused) as error:
            report_refusal(error, node.span, node, self.problems)
            return None
        return checked and make_condition(*checked, is_soft)

    def build_keyed_condition(self, node: Mapping, is_soft: bool) -> Condition | None:
        """A condition with `if` or a short form, and maybe with an enforcement of its own."""
        names = [name for name in node.keys if name != "enforcement"]
        known = [name for name in names if name in CONDITION_KEYS]
        for name in names:
            if name not in CONDITION_KEYS:
                self.report_unknown(node, name)
        if not known:
            if not names:
                self.problems.add("R204", node.span, owner="a condition", key="if")
            return None
        if len(known) > 1:
            span = node.keys[known[1]].span
            help = "write each as an item of its own: all of them must hold"
            self.problems.add("R217", span, first=known[0], second=known[1], help=help)
            return None
        soft = node.get("enforcement")
        if soft is not None:
            is_soft = self.read_enforcement(node.keys["enforcement"], soft, is_soft)
        key, value = node.keys[known[0]], node.values[known[0]]
        try:
            if known[0] == "if":
                checked = self.checker.condition(read_expression(value))
            else:
                refuse_comments(read_node(value))
                checked = self.checker.short_form(known[0], value)
        except (LiteralError, Refused) as error:
            report_refusal(error, key.span, value, self.problems)
            return None
        return checked and make_condition(*checked, is_soft)

    def read_enforcement(self, key: Scalar, node: Node, is_soft: bool) -> bool:
        """Whether a condition only warns; as its promotion says, when the word is wrong."""
        try:
            return read_enforcement(node)
        except Refused as error:
            report_refusal(error, key.span, node, self.problems)
            return is_soft

    def report_unknown(self, node: Mapping, name: str) -> None:
        """Add the problem of a key that is no condition; an expression with a colon in it shows."""
        key = node.keys[name]
        value = node.values[name]
        is_line = "\n" not in key.source.text[key.start : value.end]
        if key.is_plain and not node.is_flow and is_line and re.search(r"[^\w-]", name):
            report_cut(type(key.span)(key.source, key.start, value.end), self.problems)
            return
        is_beside = any(other in CONDITION_KEYS for other in node.keys)
        known = ["enforcement"] if is_beside else list(CONDITION_KEYS)
        help = keys_help(name, known)
        self.problems.add("R203", key.span, key=name, owner="a condition", help=help)

    def check_expressions(self, node: Node) -> None:
        """Check what can be checked of a promotion whose shape is wrong, for more problems."""
        if not isinstance(node, Mapping):
            return
        when, then = node.get("when"), node.get("then")
        if when is not None and not (isinstance(when, Scalar) and when.is_empty):
            self.build_conditions(when, is_soft=False)
        if isinstance(then, Mapping):
            self.check_predicates(then)

    def check_predicates(self, node: Node) -> None:
        """Check every `on` below a node."""
        if isinstance(node, Sequence):
            for item in node.items:
                self.check_predicates(item)
        elif isinstance(node, Mapping):
            for name, value in node.values.items():
                if not isinstance(value, Scalar):
                    self.check_predicates(value)
                elif name == "on" and not value.is_empty and value.comment_after() is None:
                    self.checker.line_predicate(value)


def refuse_comments(node: Node) -> None:
    """Raise `Refused` for a comment behind the predicate of a short form."""
    on = node.get("on") if isinstance(node, Mapping) else None
    if isinstance(on, Scalar):
        read_expression(on)


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
