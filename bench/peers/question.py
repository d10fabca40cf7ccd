"""Checked promotions and carts in, one plain question for engines of every kind out.

The question: *which promotions match this cart?* A promotion matches when it is active, the cart
shows its code, its conditions hold, and its action has units to act on. It is asked of everybody
in the same neutral words: a `Demand` a promotion, a `Shelf` a cart. Only the shapes of the
standard workload have such words; anything else is refused here, not left out.

`print_rules` asks our own engine: the same conditions, each promotion giving a free gift, which
nothing forbids and nothing changes, so that what is applied is what matches.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tallystick import Ruleset
from tallystick.dsl.formula import Aggregate, And, Compare, Formula, Has, Member, Term, Truth
from tallystick.dsl.ruleset import AmountOff, BuyGet, PercentOff, Promotion, Volume

SECOND_US = 1_000_000
GOODS = {"line.sku": "skus", "line.categories": "categories", "line.brand": "brands"}
WORDS = {
    "cart.channel": "channel",
    "customer.tier": "tier",
    "shipping.country": "country",
    "payment.method": "method",
}
PAIR = "{}/{}"  # a category and a brand, as one name


@dataclass(frozen=True, slots=True)
class Units:
    """At least so many units with one of these names; a line has one name of each kind of goods."""

    goods: str  # `skus`, `categories`, `brands` or `pairs` of the last two
    names: tuple[str, ...]
    quantity: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What a cart must have for a promotion to match."""

    id: str
    starts_at: int | None  # seconds since 1970, in
    ends_at: int | None  # out
    codes: tuple[str, ...]  # any of them; empty: none is needed
    minimum_minor: int | None
    words: Mapping[str, tuple[str, ...]]  # `channel`, `tier`, `country`, `method`: one of them
    groups: tuple[tuple[str, ...], ...]  # any of each
    units: tuple[Units, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A cart with everything looked up that a demand can ask for."""

    cart: Mapping[str, Any]  # as a checkout sends it
    now: int  # seconds since 1970
    subtotal_minor: int
    words: Mapping[str, str]  # a customer without a tier has the empty one
    groups: tuple[str, ...]
    codes: tuple[str, ...]
    units: Mapping[str, Mapping[str, int]]  # quantities by goods, then by name


def units_of(where: Formula, quantity: int) -> Units:
    """A line formula and the units of it that are needed."""
    match where:
        case Member(Term(name), names) | Has(Term(name), names, False):
            return Units(GOODS[name], names, quantity)
        case And((Has(Term("line.categories"), (category,)), Member(_, (brand,)))):
            return Units("pairs", (PAIR.format(category, brand),), quantity)
        case And((Member(_, (brand,)), Has(Term("line.categories"), (category,)))):
            return Units("pairs", (PAIR.format(category, brand),), quantity)
    raise ValueError(f"the peers have no words for {where}")


def action_units(promotion: Promotion) -> Units | None:
    """The units that an action needs to act on; None when every cart has them."""
    match promotion.action:
        case PercentOff(on=on) | AmountOff(on=on):
            return None if isinstance(on, Truth) else units_of(on, 1)
        case Volume(tiers=tiers, on=on):
            return units_of(on, tiers[0].threshold)
        case BuyGet(buy_quantity=bought, get_quantity=given, buy_on=on):
            return units_of(on, bought + given)
    return None


def demand_of(promotion: Promotion) -> Demand:
    """A promotion of the standard workload in neutral words."""
    minimum_minor: int | None = None
    words: dict[str, tuple[str, ...]] = {}
    groups: list[tuple[str, ...]] = []
    units: dict[tuple[str, tuple[str, ...]], Units] = {}
    wanted = [action_units(promotion)]
    for condition in promotion.conditions:
        match condition.formula:
            case Compare(((1, Term("cart.subtotal")),), ">=", bound):
                minimum_minor = bound
            case Compare(((1, Aggregate("qty", where)),), ">=", bound):
                wanted.append(units_of(where, bound))
            case Member(Term(name), values):
                words[WORDS[name]] = values
            case Has(Term("customer.groups"), values, False):
                groups.append(values)
            case other:
                raise ValueError(f"the peers have no words for {other}")
    for one in wanted:
        if one is not None:
            key = one.goods, one.names
            units[key] = max(one, units.get(key, one), key=lambda found: found.quantity)
    window = promotion.window
    starts_at = None if window.starts_at is None else window.starts_at // SECOND_US
    ends_at = None if window.ends_at is None else window.ends_at // SECOND_US
    return Demand(
        promotion.id,
        starts_at,
        ends_at,
        promotion.coupons,
        minimum_minor,
        words,
        tuple(groups),
        tuple(units.values()),
    )


def demands_of(ruleset: Ruleset) -> list[Demand]:
    """Every promotion of a rule set, by id."""
    found = [demand_of(promotion) for promotion in ruleset.promotions]
    return sorted(found, key=lambda demand: demand.id)


def shelf_of(cart: Mapping[str, Any]) -> Shelf:
    """A cart of the standard workload, everything looked up."""
    units: dict[str, dict[str, int]] = {"skus": {}, "categories": {}, "brands": {}, "pairs": {}}
    for line in cart["lines"]:
        category, brand = line["categories"][0], line["brand"]
        names = (line["sku"], category, brand, PAIR.format(category, brand))
        for counted, name in zip(units.values(), names, strict=True):
            counted[name] = counted.get(name, 0) + line["quantity"]
    return Shelf(
        cart=cart,
        now=int(datetime.fromisoformat(cart["placed_at"]).timestamp()),
        subtotal_minor=sum(line["quantity"] * line["unit_price"] for line in cart["lines"]),
        words={
            "channel": cart["channel"],
            "tier": cart["customer"].get("tier", ""),
            "country": cart["shipping_address"]["country"],
            "method": cart["payment"]["method"],
        },
        groups=tuple(cart["customer"]["groups"]),
        codes=tuple(cart["coupons"]),
        units=units,
    )


def print_units(units: Units) -> str:
    """Units as a condition of the rule language."""
    names = json.dumps(list(units.names))
    match units.goods:
        case "skus":
            where = f"sku in {names}"
        case "brands":
            where = f"brand in {names}"
        case "categories":
            where = f"categories has any {names}"
        case _:
            category, brand = units.names[0].split("/")
            where = f'categories has "{category}" and brand == "{brand}"'
    return f"qty({where}) >= {units.quantity}"


def print_demand(demand: Demand) -> Iterator[str]:
    """One promotion as lines of YAML: the demand, and a gift that shows it was met."""
    yield f"  {demand.id}:"
    ends = [
        "" if end is None else f"{datetime.fromtimestamp(end, UTC):%Y-%m-%dT%H:%M:%SZ}"
        for end in (demand.starts_at, demand.ends_at)
    ]
    if any(ends):
        yield f"    active: {'..'.join(ends)}"
    if demand.codes:
        yield f"    coupons: {json.dumps(list(demand.codes))}"
    fields = {word: name for name, word in WORDS.items()}
    conditions = [print_units(units) for units in demand.units]
    conditions += [f"customer.groups has any {json.dumps(list(names))}" for names in demand.groups]
    conditions += [f"{fields[w]} in {json.dumps(list(v))}" for w, v in demand.words.items()]
    if demand.minimum_minor is not None:
        whole, cents = divmod(demand.minimum_minor, 100)
        conditions.append(f"cart.subtotal >= {whole}.{cents:02d} USD")
    if conditions:
        yield "    when:"
        yield from (f"      - '{condition}'" for condition in conditions)
    yield "    then: {gift: {sku: HIT, quantity: 1}}"


def print_rules(demands: Sequence[Demand]) -> str:
    """The demands as a rule file."""
    lines = (line for demand in demands for line in print_demand(demand))
    return "ruleset:\n  currency: USD\n\npromotions:\n" + "\n".join(lines) + "\n"
