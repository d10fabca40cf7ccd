"""What a false condition is told to be: observed, needed, and how far apart they are."""

from collections.abc import Mapping
from typing import Any

import pytest

import tallystick
from tallystick.dsl.formula import (
    ALWAYS,
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Number,
    Op,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from tallystick.dsl.kinds import DAY_US, Kind
from tallystick.dsl.ruleset import Attribute, Condition, Ruleset
from tallystick.engine.cart.intake import Intake
from tallystick.engine.quote.finding import Finding, finding_of
from tallystick.engine.reference.meaning import Scene

ATTRIBUTES = {
    "customer.attributes.is_staff": Attribute(Kind.BOOL),
    "customer.attributes.home": Attribute(Kind.STRING),
    "cart.attributes.weight": Attribute(Kind.DECIMAL),
    "cart.attributes.share": Attribute(Kind.PERCENT),
}
RULESET = Ruleset(timezone="Europe/Madrid", attributes=ATTRIBUTES)
CART: Mapping[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "channel": "web",
    "location": "madrid",
    "lines": [
        {"sku": "TEA", "quantity": 3, "unit_price": 1000, "categories": ["tea"]},
        {"sku": "MUG", "quantity": 1, "unit_price": 4},
    ],
    "shipments": [{"method": "standard", "amount": 500}],
    "shipping_address": {"postal_code": "28001"},
    "customer": {
        "orders": 1,
        "groups": ["bronze", "press"],
        "tier": "silver",
        "signed_up": "2026-07-01",
        "attributes": {"home": "bilbao"},
    },
    "attributes": {"weight": "2.5", "share": "12.5%"},
}

SUBTOTAL = Term("cart.subtotal", Kind.MONEY)
ORDERS = Term("customer.orders", Kind.INTEGER, 0)
TIER = Term("customer.tier", Kind.STRING)
GROUPS = Term("customer.groups", Kind.SET)
BRAND = Term("line.brand", Kind.STRING)
CHANNEL = Term("cart.channel", Kind.STRING)
TEA = Has(Term("line.categories", Kind.SET), ("tea",))
TEA_UNITS = Aggregate("qty", TEA, Kind.INTEGER)
TEA_NET = Aggregate("net", TEA, Kind.MONEY)


def compare(number: Number, op: Op, bound: int) -> Compare:
    """A comparison of one number."""
    return Compare(((1, number),), op, bound)


def find(
    formula: Formula, text: str = "the condition", ruleset: Ruleset = RULESET, **changes: Any
) -> Finding:
    """The finding of a formula that is false on the cart above."""
    cart = Intake(ruleset).read_cart({**CART, **changes})
    scene = Scene(cart, [line.gross_minor for line in cart.lines])
    assert not scene.holds(formula)
    return finding_of(ruleset, Condition(text, formula), scene)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (compare(ORDERS, ">=", 3), "customer.orders is 1, needs 3"),
        (compare(ORDERS, ">", 3), "customer.orders is 1, needs more than 3"),
        (compare(ORDERS, "==", 3), "customer.orders is 1, needs 3"),
        (compare(SUBTOTAL, "<=", 3000), "cart.subtotal is 30.04 USD, needs at most 30.00 USD"),
        (compare(SUBTOTAL, "<", 3004), "cart.subtotal is 30.04 USD, needs less than 30.04 USD"),
        (compare(TEA_UNITS, ">=", 20), 'qty(categories has "tea") is 3, needs 20'),
        (Member(TIER, ("gold", "platinum")), "customer.tier is silver, needs gold or platinum"),
        (Has(GROUPS, ("gold",)), "customer.groups is bronze and press, needs gold"),
        (
            Has(GROUPS, ("gold", "press"), every=True),
            "customer.groups is bronze and press, needs gold and press",
        ),
        (
            StartsWith(Term("shipping.postal_code", Kind.STRING), "08"),
            "shipping.postal_code is 28001, needs to start with 08",
        ),
        (
            Flag(Term("customer.attributes.is_staff", Kind.BOOL, False)),
            "customer.attributes.is_staff is false, needs true",
        ),
        (
            Same(Term("cart.location", Kind.STRING), Term("customer.attributes.home", Kind.STRING)),
            "cart.location is madrid, needs customer.attributes.home, which is bilbao",
        ),
        (AnyLine(Member(BRAND, ("acme",))), '0 of 2 lines fit `brand == "acme"`, needs one'),
        (Truth(False), "`the condition` is false"),
    ],
)
def test_each_kind_of_leaf(formula: Formula, text: str) -> None:
    assert find(formula).text == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (compare(SUBTOTAL, ">=", 1), "cart.subtotal is 30.04 USD, needs less than 0.01 USD"),
        (compare(ORDERS, "==", 1), "customer.orders is 1, needs anything but 1"),
        (Member(TIER, ("silver",)), "customer.tier is silver, needs anything but silver"),
        (
            Has(GROUPS, ("bronze", "tin")),
            "customer.groups is bronze and press, needs anything but bronze or tin",
        ),
        (
            StartsWith(CHANNEL, "w"),
            "cart.channel is web, needs anything but a start with w",
        ),
        (Same(CHANNEL, CHANNEL), "cart.channel is web, needs anything but cart.channel"),
        (AnyLine(TEA), '1 of 2 lines fit `categories has "tea"`, needs none'),
        (AnyLine(Not(TEA)), '1 of 2 lines fit `categories has "tea"`, needs all'),
        (
            And((compare(ORDERS, "<=", 2), Member(TIER, ("silver",)))),
            "customer.orders is 1, needs more than 2; or "
            "customer.tier is silver, needs anything but silver",
        ),
        (
            Or((compare(ORDERS, ">=", 2), Member(TIER, ("silver",)))),
            "customer.tier is silver, needs anything but silver",
        ),
        (Not(compare(ORDERS, ">=", 3)), "customer.orders is 1, needs 3"),
        (Truth(True), "`the condition` is false"),
    ],
)
def test_what_should_not_be(formula: Formula, text: str) -> None:
    assert find(Not(formula)).text == text


@pytest.mark.parametrize(
    ("number", "op", "bound", "text", "distance"),
    [
        (SUBTOTAL, ">=", 4244, "cart.subtotal is 30.04 USD, needs 42.44 USD", "12.40 USD"),
        (SUBTOTAL, "<", 3004, "cart.subtotal is 30.04 USD, needs less than 30.04 USD", "0.01 USD"),
        (TEA_UNITS, ">=", 6, 'qty(categories has "tea") is 3, needs 6', "3 units"),
        (Term("cart.quantity", Kind.INTEGER), ">", 4, "cart.quantity is 4, needs more than 4",
         "1 unit"),
        (Aggregate("lines", ALWAYS, Kind.INTEGER), ">=", 4, "lines(true) is 2, needs 4",
         "2 lines"),
        (Aggregate("distinct_skus", ALWAYS, Kind.INTEGER), "==", 1,
         "distinct_skus(true) is 2, needs 1", "1 SKU"),
        (Term("cart.hour", Kind.INTEGER), ">=", 18, "cart.hour is 14, needs 18", "4"),
        (Term("cart.time", Kind.TIME), ">=", 17 * DAY_US // 24 + 30_000_000,
         "cart.time is 14:00, needs 17:00:30 or later", "3 hours 30 seconds"),
        (Term("cart.date", Kind.DATE), "<=", 20_642, "cart.date is 2026-07-10, "
         "needs 2026-07-08 or earlier", "2 days"),
        (Term("cart.placed_at", Kind.DATETIME), ">", 1_783_684_800 * 1_000_000,
         "cart.placed_at is 2026-07-10 14:00, needs after 2026-07-10 14:00", ""),
        (Term("cart.attributes.weight", Kind.DECIMAL), "<", 500_000,
         "cart.attributes.weight is 2.5, needs less than 0.5", "2"),
        (Term("cart.attributes.share", Kind.PERCENT), ">=", 200_000,
         "cart.attributes.share is 12.5%, needs 20%", "7.5%"),
    ],
)  # fmt: skip
def test_every_unit_has_its_words(
    number: Number, op: Op, bound: int, text: str, distance: str
) -> None:
    finding = find(compare(number, op, bound))
    assert (finding.text, finding.distance) == (text, distance)


def test_observed_and_needed_stand_apart() -> None:
    assert find(compare(SUBTOTAL, ">=", 4244)) == Finding(
        text="cart.subtotal is 30.04 USD, needs 42.44 USD",
        observed="30.04 USD",
        needed="42.44 USD",
        distance="12.40 USD",
    )


def test_missing_values_are_said_to_be_missing() -> None:
    tier = find(Member(TIER, ("gold", "silver")), customer={})
    assert tier == Finding(
        "customer.tier is missing, needs gold or silver", "missing", "gold or silver", ""
    )
    dearest = Aggregate("max_price", Member(BRAND, ("acme",)), Kind.MONEY)
    assert find(compare(dearest, ">=", 5)).text == (
        'max_price(brand == "acme") is missing, needs 0.05 USD'
    )
    assert find(Has(GROUPS, ("gold",)), customer={}).observed == "empty"


def test_a_default_is_observed_in_place_of_a_missing_value() -> None:
    assert find(compare(ORDERS, ">=", 3), customer={}).text == "customer.orders is 0, needs 3"


def test_the_first_false_part_of_an_and_is_told() -> None:
    both = And((compare(SUBTOTAL, ">=", 1), compare(ORDERS, ">=", 3), Member(TIER, ("gold",))))
    assert find(both).text == "customer.orders is 1, needs 3"


def test_all_parts_of_an_or_are_told() -> None:
    either = Or((compare(ORDERS, ">=", 3), Member(TIER, ("gold",))))
    assert find(either) == Finding(
        text="customer.orders is 1, needs 3; or customer.tier is silver, needs gold",
        observed="customer.orders is 1, customer.tier is silver",
        needed="customer.orders 3 or customer.tier gold",
        distance="2 orders",
    )


def test_alternatives_of_one_value_become_one_list() -> None:
    hour = Term("cart.hour", Kind.INTEGER)
    nine_to_eleven = Or(tuple(compare(hour, "==", h) for h in (9, 10, 11)))
    assert find(nine_to_eleven) == Finding(
        "cart.hour is 14, needs 9, 10 or 11", "14", "9, 10 or 11", "3"
    )


def test_a_factor_is_divided_out_to_whole_units() -> None:
    assert find(Compare(((2, SUBTOTAL),), ">=", 6009)).text.endswith("needs 30.05 USD")
    assert find(Compare(((2, TEA_UNITS),), ">", 7)).text.endswith("is 3, needs 4")
    assert find(Compare(((2, TEA_UNITS),), "<", 3)).text.endswith("is 3, needs at most 1")
    assert find(Compare(((-1, TEA_UNITS),), "<=", -5)).text.endswith("is 3, needs 5")
    assert find(Compare(((2, TEA_UNITS),), "==", 5), "qty(tea) * 2 == 5").text == (
        "`qty(tea) * 2 == 5` is off by 1 unit"
    )


def test_a_sum_says_how_much_is_missing() -> None:
    formula = Compare(((2, SUBTOTAL), (-1, TEA_NET)), ">=", 4248)
    text = "cart.subtotal * 2 >= 42.48 USD + net(tea)"
    assert find(formula, text) == Finding(
        text=f"`{text}` is short by 12.40 USD",
        observed="cart.subtotal is 30.04 USD, net(tea) is 30.00 USD",
        needed=text,
        distance="12.40 USD",
    )
    inside = And((compare(SUBTOTAL, ">=", 1), formula))
    assert find(inside, "cart.subtotal >= 0.01 USD and tea_deal").text == (
        '`cart.subtotal * 2 >= net(categories has "tea") + 42.48 USD` is short by 12.40 USD'
    )


def test_a_sum_can_be_over_and_off() -> None:
    terms = ((1, SUBTOTAL), (-1, TEA_NET))
    assert find(Compare(terms, "<", 4)).text.endswith("is over by 0.01 USD")
    assert find(Compare(terms, "==", 1)).text.endswith("is off by 0.03 USD")
    assert find(Not(Compare(terms, "==", 4))).text.endswith("is true, needs it to be false")


def test_a_sum_with_a_missing_term_has_no_distance() -> None:
    signed_up = Term("customer.signed_up", Kind.DATE)
    age = Compare(((1, Term("cart.date", Kind.DATE)), (-1, signed_up)), ">=", 30)
    assert find(age).text == "`the condition` is short by 21 days"
    missing = find(age, customer={})
    assert (missing.text, missing.distance) == ("customer.signed_up is missing, needs a value", "")


def test_a_define_keeps_its_name_where_it_is_certain() -> None:
    few = compare(TEA_UNITS, ">=", 20)
    assert find(few, "qty(safety) >= 20").text == "qty(safety) is 3, needs 20"
    assert find(few, 'qty(sku == "a)" or safety) >= 20').text == (
        'qty(sku == "a)" or safety) is 3, needs 20'
    )
    other = compare(Aggregate("qty", ALWAYS, Kind.INTEGER), ">=", 1)
    assert find(And((other, few)), "enough and qty(safety) >= 20").text == (
        'qty(categories has "tea") is 3, needs 20'
    )


def test_long_lists_and_long_predicates_are_cut() -> None:
    tiers = tuple(f"tier-{i}" for i in range(20))
    assert find(Member(TIER, tiers)).needed == ("tier-0, tier-1, tier-2, tier-3, tier-4 or 15 more")
    long = Member(BRAND, tuple(f"brand-{i}" for i in range(90)))
    units = find(compare(Aggregate("qty", long, Kind.INTEGER), ">=", 1)).text
    assert units == (
        'qty(brand in ["brand-0", "brand-1", "brand … nd-88", "brand-89"]) is 0, needs 1'
    )


@pytest.mark.parametrize(
    ("currency", "exponent", "text"),
    [
        ("JPY", 0, "cart.subtotal is 3004 JPY, needs 4000 JPY"),
        ("KWD", 3, "cart.subtotal is 3.004 KWD, needs 4.000 KWD"),
    ],
)
def test_money_has_the_decimals_of_its_currency(currency: str, exponent: int, text: str) -> None:
    ruleset = Ruleset(currency=currency, exponent=exponent, attributes=ATTRIBUTES)
    finding = find(compare(SUBTOTAL, ">=", 4000), ruleset=ruleset, currency=currency)
    assert finding.text == text


def test_instants_are_told_on_the_clock_of_the_rule_set() -> None:
    placed_at = compare(Term("cart.placed_at", Kind.DATETIME), "<", 0)
    assert "is 2026-07-10 14:00, needs before 1970-01-01 01:00" in find(placed_at).text
    in_tokyo = Ruleset(timezone="Asia/Tokyo", attributes=ATTRIBUTES)
    assert "is 2026-07-10 21:00" in find(placed_at, ruleset=in_tokyo).text


def test_a_missing_bool_that_should_be_false_is_missing() -> None:
    ruleset = tallystick.load_text(
        "ruleset: {attributes: {customer.attributes.staff: {type: bool}}}\n"
        "promotions:\n"
        "  p:\n"
        "    when: {if: customer.attributes.staff == false, enforcement: allow_warn_on_invalid}\n"
        "    then: {percent_off: 10%}\n"
    )
    cart = {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"sku": "A", "quantity": 1, "unit_price": 100}],
    }
    (warning,) = tallystick.Engine(ruleset).quote(cart).result.warnings
    assert warning.text == "customer.attributes.staff is missing, needs false"
