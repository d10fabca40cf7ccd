"""The checked rule set: everything the rules say, with nothing left to look up.

The builder makes it, the engine reads it. `promotions` stand in order of evaluation: stage, then
priority, then id by code point; a promotion's index in that tuple is its number everywhere below.
Money is in minor units of `currency`, percentages in parts per million, instants in microseconds
since 1970 UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .formula import ALWAYS, Formula, Value
from .kinds import Basis, Kind, Measure, Mode, Per, Pick, Policy, Rounding, Scope, Stage, Threshold
from .loyalty import NO_LOYALTY, Loyalty
from .rule import OPEN
from .rule import Condition as Condition
from .rule import Window as Window
from .source import Span


@dataclass(frozen=True, slots=True)
class Limits:
    """Usage limits, compared with the counters of the facts, and the cap of one use."""

    total: int | None = None
    per_customer: int | None = None
    per_account: int | None = None
    per_location: int | None = None
    per_group: int | None = None
    per_day: int | None = None
    max_discount_minor: int | None = None

    @property
    def counted(self) -> tuple[int, ...]:
        """The usage limits that are set."""
        limits = (
            self.total,
            self.per_customer,
            self.per_account,
            self.per_location,
            self.per_group,
            self.per_day,
        )
        return tuple(limit for limit in limits if limit is not None)


@dataclass(frozen=True, slots=True)
class Stacking:
    """How a promotion stands to the others."""

    mode: Mode = Mode.STACKABLE
    scope: Scope = Scope.CART
    group: str | None = None
    excludes: frozenset[str] = frozenset()
    max_in_cart: int | None = None


@dataclass(frozen=True, slots=True)
class PercentOff:
    """Stage cart: a percentage of each line, or of some of its units."""

    percent_ppm: int
    on: Formula = ALWAYS
    max_units: int | None = None
    pick: Pick = Pick.CHEAPEST


@dataclass(frozen=True, slots=True)
class AmountOff:
    """Stage cart: a fixed amount per line, per unit, or once over all target lines."""

    amount_minor: int
    per: Per = Per.LINE
    on: Formula = ALWAYS
    max_units: int | None = None  # only with per unit
    pick: Pick = Pick.CHEAPEST


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """Stage cart: the target lines cost this much a unit."""

    price_minor: int
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold` (units or minor units) on: a percentage or an amount, one of the two."""

    threshold: int
    percent_ppm: int | None = None
    amount_minor: int | None = None  # stage cart: per unit; stage order: once


@dataclass(frozen=True, slots=True)
class Volume:
    """Stage cart: the highest tier reached by the target lines together, or by each line."""

    tiers: tuple[Tier, ...]  # thresholds strictly rising
    threshold: Threshold
    measure: Measure = Measure.TOTAL
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Stage cart: for every `buy_quantity` units, `get_quantity` others at a percentage off."""

    buy_quantity: int
    get_quantity: int
    buy_on: Formula = ALWAYS
    get_on: Formula = ALWAYS
    percent_ppm: int = 1_000_000
    repeat: int | None = None
    pick: Pick = Pick.CHEAPEST
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """So many units of these lines go into each bundle."""

    quantity: int
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class Bundle:
    """Stage cart: complete bundles at a percentage off, an amount off each, or a price each."""

    components: tuple[Component, ...]
    percent_ppm: int | None = None
    amount_minor: int | None = None
    price_minor: int | None = None
    repeat: int | None = None
    pick: Pick = Pick.CHEAPEST


@dataclass(frozen=True, slots=True)
class Gift:
    """Stage cart: units given away."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderPercent:
    """Stage order: a percentage of the target lines together, spread over them."""

    percent_ppm: int
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class OrderAmount:
    """Stage order: an amount, spread over the target lines."""

    amount_minor: int
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class OrderVolume:
    """Stage order: the highest tier reached by the target lines together."""

    tiers: tuple[Tier, ...]
    threshold: Threshold
    on: Formula = ALWAYS


@dataclass(frozen=True, slots=True)
class ShippingPercent:
    """Stage shipping: a percentage of each shipment; free shipping is 100 %."""

    percent_ppm: int
    methods: tuple[str, ...] | None = None  # None: every shipment


@dataclass(frozen=True, slots=True)
class ShippingAmount:
    """Stage shipping: an amount, shared over the shipments."""

    amount_minor: int
    methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PaymentPercent:
    """Stage payment: a percentage of what is to be paid, off it or onto it."""

    percent_ppm: int
    is_surcharge: bool = False


@dataclass(frozen=True, slots=True)
class PaymentAmount:
    """Stage payment: an amount, off what is to be paid or onto it."""

    amount_minor: int
    is_surcharge: bool = False


CartAction = PercentOff | AmountOff | FixedPrice | Volume | BuyGet | Bundle | Gift
OrderAction = OrderPercent | OrderAmount | OrderVolume
ShippingAction = ShippingPercent | ShippingAmount
PaymentAction = PaymentPercent | PaymentAmount
Action = CartAction | OrderAction | ShippingAction | PaymentAction


@dataclass(frozen=True, slots=True)
class StackGroup:
    """A named group of promotions and who of them wins."""

    policy: Policy = Policy.PRIORITY
    is_line_scoped: bool = False


@dataclass(frozen=True, slots=True)
class Promotion:
    """One checked promotion."""

    id: str
    stage: Stage
    action: Action
    name: str = ""
    description: str = ""
    is_enabled: bool = True
    priority: int = 100
    window: Window = OPEN
    coupons: tuple[str, ...] = ()  # upper-cased, sorted, distinct
    coupon_pool: str | None = None
    conditions: tuple[Condition, ...] = ()
    stacking: Stacking = Stacking()
    limits: Limits = Limits()
    basis: Basis = Basis.ADDITIVE  # resolved: the promotion's own, else the rule set's

    @property
    def needs_code(self) -> bool:
        """Whether the cart must carry a code for this promotion to be a candidate."""
        return bool(self.coupons) or self.coupon_pool is not None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A declared attribute: `default` (in the units of `kinds`) stands in for a missing value."""

    kind: Kind
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a rule file: plain JSON-like data, amounts already in minor units."""

    name: str
    cart: Mapping[str, object]  # a whole cart, as checkout would send it; empty beside an event
    facts: Mapping[str, object] | None
    expect: Mapping[str, object]
    place: Span
    event: Mapping[str, object] | None = None  # a whole event, as the shop would send it


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that a set of rule files says. `hash` is semantic: see `fingerprint`."""

    currency: str = "USD"
    exponent: int = 2  # decimals of the currency
    timezone: str = "UTC"
    rounding: Rounding = Rounding.HALF_UP
    line_floor_minor: int = 0
    max_promotions: int | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)  # by full name
    stack_groups: Mapping[str, StackGroup] = field(default_factory=dict)
    promotions: tuple[Promotion, ...] = ()
    loyalty: Loyalty = NO_LOYALTY
    cases: tuple[Case, ...] = ()
    hash: str = ""
