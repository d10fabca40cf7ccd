"""One entry of `earning_rules` in, a checked earning rule out."""

import re
from typing import Annotated, ClassVar

from pydantic import PlainValidator

from ..expression.portions import Portion, ratio_of
from ..formula import ALWAYS, Formula
from ..kinds import AwardForm, AwardKind, OnCap
from ..loyalty import Award, EarningRule
from ..problems import did_you_mean
from ..tree.nodes import Mapping, Node, Scalar
from .document import of_words
from .loyalty_rule import LoyaltyRuleBuilder, LoyaltyRuleShape
from .quantities import (
    CashbackGiven,
    PointsGiven,
    PointsQuota,
    SomeAmount,
    StampsGiven,
    Times,
)
from .sections import Entry
from .shape import (
    Bool,
    Expression,
    Priority,
    Refused,
    Shape,
    Word,
    choice_of,
    list_words,
    quote_all,
    scalar_of,
)

PURCHASE, REFERRAL = "purchase", "referral"
EVENTS = (PURCHASE, "signup", "birthday", REFERRAL, "check-in", "evidence.approved")
EXTERNAL = re.compile(r"external\.[\w.:-]+")
KINDS = tuple(kind.value for kind in AwardKind)
SIDES = ("referrer", "friend")
RATE_FORMS = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)
# The keys of a rule that go with one event only.
EVENT_KEYS = {"stored_value": PURCHASE, "min_order": REFERRAL}


def read_event(node: object) -> str:
    """What a rule waits for."""
    text = scalar_of(node).text
    if text in EVENTS or EXTERNAL.fullmatch(text):
        return text
    help = did_you_mean(text, EVENTS) or list_words([*EVENTS, "external.<name>"])
    raise Refused("R206", text=text, noun="event", help=help)


IsWhole = Annotated[
    bool, PlainValidator(choice_of("value of `step`", {"proportional": False, "whole": True}))
]


class GivenShape(Shape):
    """What one side of a referral gets."""

    noun: ClassVar[str] = "an award"
    sample: ClassVar[str] = "{points: 500}"

    points: PointsGiven | None = None
    cashback: CashbackGiven | None = None
    stamps: StampsGiven | None = None
    step: IsWhole | None = None
    card: Word | None = None


class AwardShape(GivenShape):
    """What a rule gives."""

    sample: ClassVar[str] = "award: {points: 1 per 1 USD}"

    on: Expression | None = None
    referrer: GivenShape | None = None
    friend: GivenShape | None = None


class EarningLimitsShape(Shape):
    """How often a rule gives, and how many points."""

    noun: ClassVar[str] = "`limits`"
    sample: ClassVar[str] = "limits: {per_member: 1 per day}"

    per_member: Times | None = None
    points: PointsQuota | None = None


class EarningRuleShape(LoyaltyRuleShape):
    """One entry of `earning_rules`."""

    noun: ClassVar[str] = "an earning rule"

    event: Annotated[str, PlainValidator(read_event)]
    priority: Priority | None = None
    exclusive: Bool = False
    award: AwardShape
    multiplied: Bool | None = None
    stored_value: Bool = False
    min_order: SomeAmount | None = None
    limits: EarningLimitsShape | None = None
    on_cap: Annotated[OnCap, of_words("value of `on_cap`", OnCap)] | None = None


class EarningBuilder(LoyaltyRuleBuilder):
    """Builds the earning rules of one rule set."""

    def build(self, entry: Entry) -> EarningRule | None:
        """The rule of an entry; None when problems were added instead."""
        shape = self.read(EarningRuleShape, entry)
        if shape is None:
            return None
        self.register.is_known("program", scalar_of(shape.node.values["program"]))
        limits = shape.limits
        award, friend_award = self.build_awards(shape)
        self.check_keys(shape, [one for one in (award, friend_award) if one is not None])
        return EarningRule(
            id=entry.key.text,
            program=shape.program,
            event=shape.event,
            award=award,
            friend_award=friend_award,
            name=shape.name,
            description=shape.description,
            is_enabled=shape.enabled,
            window=shape.active,
            conditions=self.conditions.build(shape.when),
            priority=100 if shape.priority is None else shape.priority,
            is_exclusive=shape.exclusive,
            is_multiplied=shape.multiplied or False,
            is_stored_value=shape.stored_value,
            on_cap=shape.on_cap or OnCap.CLIP,
            per_member=None if limits is None else limits.per_member,
            points_quota=None if limits is None else limits.points,
            min_order_minor=shape.min_order or 0,
        )

    # Awards.

    def build_awards(self, shape: EarningRuleShape) -> tuple[Award | None, Award | None]:
        """What a rule gives; of a referral what the referrer gets, and the friend."""
        award = shape.award
        key = shape.node.keys["award"]
        sides = [name for name in SIDES if name in award.node.keys]
        if shape.event != REFERRAL:
            help = f"only a referral has two sides: write `{{{KINDS[0]}: ...}}`"
            self.refuse(award.node, sides, f"the event `{shape.event}`", help)
            return self.build_award(award, key, shape), None
        plain = [name for name in award.node.keys if name not in SIDES]
        help = "write `{referrer: {points: 500}, friend: {points: 250}}`"
        if not sides:
            owner = "the award of a referral"
            self.problems.add("R204", key.span, owner=owner, key=SIDES[0], help=help)
            return None, None
        self.refuse(award.node, plain, "the two sides of a referral", help)
        built: list[Award | None] = []
        for name in SIDES:
            given: GivenShape | None = getattr(award, name)
            side = None if given is None else self.build_award(given, award.node.keys[name], shape)
            built.append(side)
        return built[0], built[1]

    def build_award(self, shape: GivenShape, key: Scalar, rule: EarningRuleShape) -> Award | None:
        """One award; None when problems were added instead."""
        kinds = [name for name in shape.node.keys if name in KINDS]
        if len(kinds) != 1:
            place = shape.node.keys[kinds[1]].span if kinds else key.span
            self.problems.add("R305", place, owner="an award", keys=quote_all(KINDS))
            return None
        kind = AwardKind(kinds[0])
        portion: Portion = getattr(shape, kind)
        self.check_award(shape, kind, portion, rule)
        form, quantity, per_minor = portion.form, portion.quantity, portion.per_minor
        if form is AwardForm.RATE and shape.step:
            form = AwardForm.STEPS
        elif form is AwardForm.RATE:  # 2 per 2 USD is 1 per 1 USD
            quantity = ratio_of(quantity.numerator, quantity.denominator * per_minor)
            per_minor = 1
        return Award(kind, form, quantity, per_minor, self.read_on(shape), shape.card)

    def read_on(self, shape: GivenShape) -> Formula:
        """The lines that an award counts. A wrong predicate is reported and stands for all."""
        on = shape.on if isinstance(shape, AwardShape) else None
        return ALWAYS if on is None else self.conditions.predicate(on)

    def check_award(
        self, shape: GivenShape, kind: AwardKind, portion: Portion, rule: EarningRuleShape
    ) -> None:
        """Report what does not go together in an award, and with its rule."""
        node, form = shape.node, portion.form
        if kind is AwardKind.STAMPS:
            if "card" in node.keys:
                self.register.is_in_program(
                    "stamp card", scalar_of(node.values["card"]), rule.program
                )
            else:
                help = "say which card gets the stamps"
                owner = "an award of stamps"
                self.problems.add("R204", node.keys[kind].span, owner=owner, key="card", help=help)
            self.refuse(node, ["step"], "stamps", "they always come in whole steps: delete it")
        else:
            self.refuse(node, ["card"], f"`{kind}`", "only stamps go on a card")
            if form is not AwardForm.RATE or kind is AwardKind.CASHBACK:
                what = "an award that has no steps"
                self.refuse(node, ["step"], what, "steps are those of `10 per 2 USD`")
        if form is AwardForm.TIER:
            self.check_tier_award(node.values[kind], rule)
        if rule.event in (PURCHASE, REFERRAL) and form is AwardForm.EVENT:
            help = f"a {rule.event} brings no points with it: say how many"
            self.refuse_value(node, kind, f"the event `{rule.event}`", help)
        if rule.event != PURCHASE:
            if form is AwardForm.PER_UNIT:
                help = "only a purchase has units"
                self.refuse_value(node, kind, f"the event `{rule.event}`", help)
            self.refuse(node, ["on"], f"the event `{rule.event}`", "only a purchase has lines")

    def check_tier_award(self, place: Node, rule: EarningRuleShape) -> None:
        """Report cashback by tier where no tier gives any."""
        home = self.register.homes.get(rule.program)
        if home is None:  # then that is reported
            return
        if home.tiers is None:
            self.problems.add("R322", place.span, name=rule.program, help="give it `tiers`")

    # The rule around them.

    def check_keys(self, shape: EarningRuleShape, awards: list[Award]) -> None:
        """Report keys of a rule that would do nothing."""
        node, event = shape.node, shape.event
        for key, needed in EVENT_KEYS.items():
            if event != needed:
                help = f"it is for `event: {needed}`"
                self.refuse(node, [key], f"the event `{event}`", help)
        if shape.multiplied and any(award.kind is AwardKind.STAMPS for award in awards):
            help = "they are never multiplied: delete it"
            self.refuse(node, ["multiplied"], "stamps", help)
        elif shape.multiplied is False and any(award.form in RATE_FORMS for award in awards):
            help = "it is always multiplied: delete it"
            self.refuse(node, ["multiplied"], "a rate", help)
        limits = shape.limits
        has_points = not awards or any(award.kind is AwardKind.POINTS for award in awards)
        if limits is not None and limits.points is not None and not has_points:
            help = "limit how often it gives, with `per_member`"
            self.refuse(limits.node, ["points"], "an award without points", help)

    def refuse(self, node: Mapping, keys: list[str], action: str, help: str) -> None:
        """Add the problems of those keys, if written, that do not go with something."""
        for key in keys:
            if key in node.keys:
                self.problems.add("R304", node.keys[key].span, key=key, action=action, help=help)

    def refuse_value(self, node: Mapping, key: str, action: str, help: str) -> None:
        """Add the problem of a value that does not go with something."""
        value = scalar_of(node.values[key])
        self.problems.add("R304", value.span, key=value.text, action=action, help=help)
