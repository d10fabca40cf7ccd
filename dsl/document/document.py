"""The sections of a rule file, and the shape of every entry they can have.

`ruleset` is one mapping; the others have named entries: promotions and stack groups of the shapes
below, tests of those in `cases`, loyalty rules of those in modules of their own; the entries of
`define` are expressions and lists of texts.
"""

from enum import Enum
from functools import lru_cache
from typing import Annotated, ClassVar, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from iso4217 import Currency
from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from ..kinds import PPM, Basis, Kind, Measure, Mode, Per, Pick, Policy, Rounding, Scope, Stage
from ..problems import did_you_mean
from ..ruleset import Window
from ..tree.nodes import Sequence
from .shape import (
    Active,
    Amount,
    AnyMapping,
    AnyNode,
    Bool,
    Count,
    Coupon,
    Expression,
    Percent,
    Priority,
    Quantity,
    Refused,
    Shape,
    SomeWords,
    Text,
    Word,
    Words,
    choice_of,
    list_some,
    noun_of,
    scalar_of,
    words_of,
)

LANGUAGE_VERSION = 1

SECTIONS = (
    "ruleset",
    "define",
    "stack_groups",
    "promotions",
    "programs",
    "earning_rules",
    "stamp_cards",
    "burning_rules",
    "campaigns",
    "tests",
)

STAGES = {stage.name.lower(): stage for stage in Stage} | {str(int(s)): s for s in Stage}
EnumT = TypeVar("EnumT", bound=Enum)

ENFORCEMENTS = {"deny_invalid_for_order": False, "allow_warn_on_invalid": True}


def read_currency(node: object) -> tuple[str, int]:
    """A currency, and how many decimals its amounts have."""
    text = scalar_of(node).text
    known = currency_exponents()
    if text not in known:
        help = did_you_mean(text.strip().upper(), known) or "write a code like `EUR`"
        raise Refused("R211", text=text, help=help)
    return text, known[text]


@lru_cache(maxsize=1)
def currency_exponents() -> dict[str, int]:
    """The decimals of every currency that ISO 4217 gives minor units."""
    return {c.code: c.exponent for c in Currency if c.exponent is not None}


def read_zone(node: object) -> ZoneInfo:
    """A time zone by its name in the IANA data."""
    text = scalar_of(node).text
    try:
        # `localtime` would differ from machine to machine.
        zone = ZoneInfo(text) if text != "localtime" else None
    except (KeyError, ValueError, OSError):
        zone = None
    if zone is None:
        help = did_you_mean(text, zone_names()) or "write a name like `Europe/Madrid`"
        raise Refused("R212", text=text, help=help)
    return zone


@lru_cache(maxsize=1)
def zone_names() -> list[str]:
    """The names of all time zones, for suggestions."""
    return sorted(available_timezones() - {"localtime", "Factory"})


def read_version(node: object) -> int:
    """The version of the rule language that a rule set is written in."""
    text = scalar_of(node).text
    if text != str(LANGUAGE_VERSION):
        raise Refused("R213", text=text, help=f"this version reads `dsl: {LANGUAGE_VERSION}`")
    return LANGUAGE_VERSION


def of_words(noun: str, kind: type[EnumT]) -> PlainValidator:
    """Reads a member of a text enumeration."""
    return PlainValidator(choice_of(noun, words_of(kind)))


IsSoft = Annotated[bool, PlainValidator(choice_of("value of `enforcement`", ENFORCEMENTS))]
StageName = Annotated[Stage, PlainValidator(choice_of("stage", STAGES))]
BasisName = Annotated[Basis, of_words("value of `basis`", Basis)]


class AttributeShape(Shape):
    """One entry of `attributes`."""

    noun: ClassVar[str] = "an attribute"
    sample: ClassVar[str] = "{type: string}"

    type: Annotated[Kind, of_words("type of attribute", Kind)]
    default: AnyNode = None


class RulesetShape(Shape):
    """The section `ruleset`."""

    noun: ClassVar[str] = "a rule set"

    dsl: Annotated[int, PlainValidator(read_version)] = LANGUAGE_VERSION
    currency: Annotated[tuple[str, int], PlainValidator(read_currency)] | None = None
    timezone: Annotated[ZoneInfo, PlainValidator(read_zone)] | None = None
    rounding: Annotated[Rounding, of_words("value of `rounding`", Rounding)] = Rounding.HALF_UP
    line_floor: AnyNode = None
    max_promotions: Count | None = None
    basis: BasisName = Basis.ADDITIVE
    attributes: AnyMapping | None = None


class StackGroupShape(Shape):
    """One entry of `stack_groups`."""

    noun: ClassVar[str] = "a stack group"

    policy: Annotated[Policy, of_words("value of `policy`", Policy)] = Policy.PRIORITY
    scope: Annotated[bool, PlainValidator(choice_of("scope of a stack group", {"line": True}))] = (
        False
    )


class TierShape(Shape):
    """One tier of `volume`."""

    noun: ClassVar[str] = "a tier"
    sample: ClassVar[str] = "volume: [{min_quantity: 10, percent_off: 5%}]"

    min_quantity: Quantity | None = None
    min_amount: Amount | None = None
    percent_off: Percent | None = None
    amount_off: Amount | None = None


class BuyShape(Shape):
    """What has to be bought."""

    noun: ClassVar[str] = "`buy`"
    sample: ClassVar[str] = "{buy: {quantity: 2}, get: {quantity: 1}}"

    quantity: Quantity
    on: Expression | None = None


class GetShape(Shape):
    """What is given for it."""

    noun: ClassVar[str] = "`get`"
    sample: ClassVar[str] = "{buy: {quantity: 2}, get: {quantity: 1}}"

    quantity: Quantity
    on: Expression | None = None
    percent_off: Percent = PPM


class ComponentShape(Shape):
    """One component of `bundle`."""

    noun: ClassVar[str] = "a component of a bundle"
    sample: ClassVar[str] = "bundle: [{quantity: 1}, {quantity: 2}]"

    quantity: Quantity
    on: Expression | None = None


class GiftShape(Shape):
    """What is given away."""

    noun: ClassVar[str] = "`gift`"
    sample: ClassVar[str] = "gift: {sku: MUG, quantity: 1}"

    sku: Word
    quantity: Quantity


class FreeShippingShape(Shape):
    """Which shipments are free."""

    noun: ClassVar[str] = "`free_shipping`"
    sample: ClassVar[str] = "free_shipping: {methods: [standard]}"

    methods: SomeWords | None = None


class ActionShape(Shape):
    """`then`: every key of every action. Which of them go together is said in `actions`."""

    noun: ClassVar[str] = "an action"
    sample: ClassVar[str] = "then: {percent_off: 20%}"

    percent_off: Percent | None = None
    amount_off: Amount | None = None
    fixed_price: Amount | None = None
    volume: Annotated[list[TierShape], BeforeValidator(list_some)] | None = None
    buy: BuyShape | None = None
    get: GetShape | None = None
    bundle: Annotated[list[ComponentShape], BeforeValidator(list_some)] | None = None
    gift: GiftShape | None = None
    free_shipping: FreeShippingShape | None = None
    percent_surcharge: Percent | None = None
    amount_surcharge: Amount | None = None

    on: Expression | None = None
    max_units: Quantity | None = None
    pick: Annotated[Pick, of_words("value of `pick`", Pick)] | None = None
    per: Annotated[Per, of_words("value of `per`", Per)] | None = None
    measure: Annotated[Measure, of_words("value of `measure`", Measure)] | None = None
    repeat: Quantity | None = None
    partial: Bool | None = None
    price: Amount | None = None
    methods: SomeWords | None = None

    @model_validator(mode="before")
    @classmethod
    def refuse_list(cls, node: object) -> object:
        """Raise `Refused` for several actions: a promotion has one."""
        if isinstance(node, Sequence):
            help = f"a promotion has one action, as `{cls.sample}`; make a promotion for each"
            raise Refused("R205", help=help, expected="an action", found=noun_of(node))
        return node


class StackingShape(Shape):
    """How a promotion stands to the others."""

    noun: ClassVar[str] = "`stacking`"
    sample: ClassVar[str] = "stacking: {mode: exclusive}"

    group: Word | None = None
    mode: Annotated[Mode, of_words("value of `mode`", Mode)] = Mode.STACKABLE
    scope: Annotated[Scope, of_words("value of `scope`", Scope)] | None = None
    excludes: Words = Field(default_factory=list)
    max_in_cart: Count | None = None


class LimitsShape(Shape):
    """How often a promotion can be used, and for how much at a time."""

    noun: ClassVar[str] = "`limits`"
    sample: ClassVar[str] = "limits: {total: 1000, per_customer: 1}"

    total: Count | None = None
    per_customer: Count | None = None
    per_account: Count | None = None
    per_location: Count | None = None
    per_group: Count | None = None
    per_day: Count | None = None
    max_discount: Amount | None = None


class PromotionShape(Shape):
    """One entry of `promotions`."""

    noun: ClassVar[str] = "a promotion"

    name: Text = ""
    description: Text = ""
    enabled: Bool = True
    stage: StageName = Stage.CART
    priority: Priority = 100
    active: Active = Window()
    coupon: Coupon | None = None
    coupons: SomeWords | None = None
    coupon_pool: Word | None = None
    when: AnyNode = None
    then: ActionShape
    stacking: StackingShape | None = None
    limits: LimitsShape | None = None
    enforcement: IsSoft = False
    basis: BasisName | None = None
