"""Every rule of the types, each with what it takes and what it refuses."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from tallystick.dsl.kinds import DAY_US, Kind

from .checking import Bench, scalar

YES, NO = Truth(True), Truth(False)
SUBTOTAL = Term("cart.subtotal", Kind.MONEY)
NET = Term("cart.net_subtotal", Kind.MONEY)
QUANTITY = Term("cart.quantity", Kind.INTEGER)
COUNT = Term("cart.line_count", Kind.INTEGER)
DATE = Term("cart.date", Kind.DATE)
TIME = Term("cart.time", Kind.TIME)
PLACED = Term("cart.placed_at", Kind.DATETIME)
ORDERS = Term("customer.orders", Kind.INTEGER)
BIRTHDAY = Term("customer.birthday", Kind.DATE)
CHANNEL = Term("cart.channel", Kind.STRING)
TIER = Term("customer.tier", Kind.STRING)
GROUPS = Term("customer.groups", Kind.SET)
SKU = Term("line.sku", Kind.STRING)
VIP = Term("customer.attributes.vip", Kind.BOOL)
STAFF = Term("customer.attributes.staff", Kind.BOOL, False)
TEA = Has(Term("line.categories", Kind.SET), ("tea",))
HOUR_US = DAY_US // 24


def one(term: Term | Aggregate, op: str, bound: int, by: int = 1) -> Formula:
    return Compare(((by, term),), op, bound)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        # Money
        ("cart.subtotal >= 500 USD", one(SUBTOTAL, ">=", 50_000)),
        ("500 USD <= cart.subtotal", one(SUBTOTAL, ">=", 50_000)),
        ("500 USD > cart.subtotal", one(SUBTOTAL, "<", 50_000)),
        ("cart.subtotal != 5 USD", Not(one(SUBTOTAL, "==", 500))),
        ("cart.subtotal * 2 > 5 USD", one(SUBTOTAL, ">", 250)),
        ("3 * cart.subtotal > 5 USD", one(SUBTOTAL, ">", 500, 3)),
        ("cart.subtotal * 1.5 > 1 USD", one(SUBTOTAL, ">", 200, 3)),
        ("cart.subtotal * 12.5% > 1 USD", one(SUBTOTAL, ">", 800)),
        ("cart.subtotal / 3 > 1 USD", one(SUBTOTAL, ">", 300)),
        ("cart.subtotal / 2 USD > 1.25", one(SUBTOTAL, ">", 250)),
        ("-cart.subtotal < -5 USD", one(SUBTOTAL, ">", 500)),
        (
            "cart.subtotal / 3 >= 10 USD + cart.net_subtotal",
            Compare(((1, SUBTOTAL), (-3, NET)), ">=", 3000),
        ),
        (
            "cart.subtotal - cart.net_subtotal > 5 USD - 1 USD",
            Compare(((1, SUBTOTAL), (-1, NET)), ">", 400),
        ),
        ("cart.subtotal + cart.subtotal > 5 USD", one(SUBTOTAL, ">", 250)),
        ("cart.subtotal > cart.attributes.limit * 10%", None),
        # Numbers
        ("cart.quantity >= 3", one(QUANTITY, ">=", 3)),
        ("cart.quantity * 2 == 3", one(QUANTITY, "==", 3, 2)),
        ("cart.quantity > 1.5", one(QUANTITY, ">", 3, 2)),
        ("cart.quantity * 50% > 1.5", one(QUANTITY, ">", 3)),
        ("cart.quantity / 4 >= 0.25", one(QUANTITY, ">=", 1)),
        ("cart.quantity - cart.line_count > 0", Compare(((1, QUANTITY), (-1, COUNT)), ">", 0)),
        ("cart.quantity + 1.5 > 2", one(QUANTITY, ">", 1, 2)),
        ("cart.hour in [9, 10, 9.5]", None),
        # Percentages
        ("cart.attributes.rate == 12.5%", None),
        ("default(cart.attributes.rate, 0%) + 5% > 10%", None),
        # Dates and times
        ("cart.date >= 2026-01-31", one(DATE, ">=", 20_484)),
        ("cart.date + 2 days > 2026-01-31", one(DATE, ">", 20_482)),
        ("2 days + cart.date > 2026-01-31", one(DATE, ">", 20_482)),
        ("cart.date - 24 hours > 2026-01-31", one(DATE, ">", 20_485)),
        ("cart.date - 2026-01-31 >= 1 day", one(DATE, ">=", 20_485)),
        ("(cart.date - 2026-01-31) / 1 day > 1.5", one(DATE, ">", 40_971, 2)),
        ("(cart.date - 2026-01-31) * 2 > 1 day", one(DATE, ">", 40_969, 2)),
        ("cart.time - 2 hours >= 09:00", one(TIME, ">=", 11 * HOUR_US)),
        ("cart.time - 09:00 > 90 minutes", one(TIME, ">", 21 * HOUR_US // 2)),
        ("cart.placed_at < 2026-01-31T01:00", one(PLACED, "<", 20_484 * DAY_US)),
        ("cart.placed_at < 2026-01-31T01:00Z", one(PLACED, "<", 20_484 * DAY_US + HOUR_US)),
        ("cart.placed_at + 1 hour < 2026-01-31T01:00Z", one(PLACED, "<", 20_484 * DAY_US)),
        ("cart.placed_at == cart.attributes.due", None),
        (
            "cart.time between 09:00 and 17:00",
            And((one(TIME, ">=", 9 * HOUR_US), one(TIME, "<=", 17 * HOUR_US))),
        ),
        ("cart.quantity in [1, 2]", Or((one(QUANTITY, "==", 1), one(QUANTITY, "==", 2)))),
        ("cart.quantity not in [2]", Not(one(QUANTITY, "==", 2))),
        ("cart.date in [2026-01-31]", one(DATE, "==", 20_484)),
        # Texts
        ('cart.channel == "web"', Member(CHANNEL, ("web",))),
        ('"web" == cart.channel', Member(CHANNEL, ("web",))),
        ('cart.channel != "web"', Not(Member(CHANNEL, ("web",)))),
        ('cart.channel in ["b", "a", "b"]', Member(CHANNEL, ("a", "b"))),
        ('cart.channel not in ["a"]', Not(Member(CHANNEL, ("a",)))),
        ("cart.channel == customer.tier", Same(CHANNEL, TIER)),
        ("cart.channel != customer.tier", Not(Same(CHANNEL, TIER))),
        ('cart.channel starts_with "we"', StartsWith(CHANNEL, "we")),
        ('default(cart.channel, "web") == "web"', None),
        ('cart.weekday in ["tue", "mon"]', None),
        # Sets
        ('customer.groups has "a"', Has(GROUPS, ("a",))),
        ('customer.groups has any ["b", "a"]', Has(GROUPS, ("a", "b"))),
        ('customer.groups has all ["b", "a"]', Has(GROUPS, ("a", "b"), True)),
        ('customer.groups has all ["a"]', Has(GROUPS, ("a",))),
        ('customer.groups has any "a"', Has(GROUPS, ("a",))),
        ('cart.coupons has any [" ab ", "AB"]', Has(Term("cart.coupons", Kind.SET), ("AB",))),
        # Truth values
        ("customer.attributes.vip", Flag(VIP)),
        ("not customer.attributes.vip", Not(Flag(VIP))),
        ("customer.attributes.vip == true", Flag(VIP)),
        ("customer.attributes.vip != true", Not(Flag(VIP))),
        ("customer.attributes.vip == false", Flag(VIP, expected=False)),
        ("customer.attributes.vip != false", Not(Flag(VIP, expected=False))),
        ("default(customer.attributes.vip, true)", Flag(Term(VIP.name, Kind.BOOL, True))),
        ("customer.attributes.staff == false", Not(Flag(STAFF))),
        ("(cart.quantity > 1) == true", one(QUANTITY, ">", 1)),
        # Optional fields
        ("customer.orders == 0", one(ORDERS, "==", 0)),
        ("customer.orders != 0", Not(one(ORDERS, "==", 0))),
        ("customer.orders in [0]", one(ORDERS, "==", 0)),
        ("customer.orders == cart.quantity", Compare(((1, ORDERS), (-1, QUANTITY)), "==", 0)),
        (
            "default(customer.orders, 1 + 1) >= 3",
            one(Term(ORDERS.name, Kind.INTEGER, 2), ">=", 3),
        ),
        (
            "cart.date - default(customer.birthday, 2000-01-01) > 18 * 365 days",
            Compare(((1, DATE), (-1, Term(BIRTHDAY.name, Kind.DATE, 10_957))), ">", 18 * 365),
        ),
        # Lines
        ('any(categories has "tea")', AnyLine(TEA)),
        ('all(categories has "tea")', Not(AnyLine(Not(TEA)))),
        ('all(not categories has "tea")', Not(AnyLine(TEA))),
        ('qty(categories has "tea") >= 2', one(Aggregate("qty", TEA, Kind.INTEGER), ">=", 2)),
        ("amount(true) >= 2 USD", one(Aggregate("amount", YES, Kind.MONEY), ">=", 200)),
        ("net(true) >= 2 USD", one(Aggregate("net", YES, Kind.MONEY), ">=", 200)),
        ("lines(true) == 2", one(Aggregate("lines", YES, Kind.INTEGER), "==", 2)),
        ("distinct_skus(true) == 2", one(Aggregate("distinct_skus", YES, Kind.INTEGER), "==", 2)),
        ("min_price(true) == 5 USD", one(Aggregate("min_price", YES, Kind.MONEY), "==", 500)),
        (
            "default(max_price(true), 1 USD) > 5 USD",
            one(Aggregate("max_price", YES, Kind.MONEY, 100), ">", 500),
        ),
        (
            'qty(cart.channel == "web" and quantity > 1) > 0',
            one(
                Aggregate(
                    "qty",
                    And(
                        (
                            Member(CHANNEL, ("web",)),
                            one(Term("line.quantity", Kind.INTEGER), ">", 1),
                        )
                    ),
                    Kind.INTEGER,
                ),
                ">",
                0,
            ),
        ),
        # Constants fold
        ("1 + 2 * 3 == 7", YES),
        ("1 / 3 + 1 / 3 + 1 / 3 == 1", YES),
        ("50% * 50% == 0.25", YES),
        ('"a" == "b"', NO),
        ('"a" in ["a", "b"]', YES),
        ('"abc" starts_with "ab"', YES),
        ("1 in [2, 3]", NO),
        ("cart.channel in []", NO),
        ("cart.channel not in []", YES),
        ("customer.groups has any []", NO),
        ("customer.groups has all []", YES),
        ("cart.subtotal - cart.subtotal >= 0 USD", YES),
        ("any(false)", NO),
        ("all(true)", YES),
        ("any(true)", AnyLine(YES)),
        ("qty(false) > 0", NO),
        # Normal form
        ("true and cart.quantity > 1", one(QUANTITY, ">", 1)),
        ("false and cart.quantity > 1", NO),
        ("true or cart.quantity > 1", YES),
        ("false or cart.quantity > 1", one(QUANTITY, ">", 1)),
        ("not not customer.attributes.vip", Flag(VIP)),
        ("not (not customer.attributes.vip and true)", Flag(VIP)),
    ],
)
def test_a_good_condition_has_its_formula(text: str, formula: Formula | None) -> None:
    checked = Bench().condition(text)
    if formula is not None:
        assert checked == formula


@pytest.mark.parametrize(
    ("text", "code", "found", "help"),
    [
        # Names
        ("cart.subtotl > 1 USD", "R104", "cart.subtotl", "`cart.subtotal`"),
        ("cart.groups has 'a'", "R104", "cart.groups", "`customer.groups`"),
        ("groups has 'a'", "R104", "groups", "`customer.groups`"),
        ("cart.channel == web", "R104", "web", '`"web"`'),
        ("cart.channel in [web]", "R104", "web", '`"web"`'),
        ("any(line.sku == 'A')", "R104", "line.sku", "`sku`"),
        ("qty > 1", "R104", "qty", "`qty(...)`"),
        ("payment == 'card'", "R104", "payment", "`payment.method`"),
        ("sum(true) > 1", "R140", "sum", "`amount` to add up"),
        ("qtty(true) > 1", "R140", "qtty", "`qty`"),
        ("qty() > 1", "R141", "qty()", "`qty(true)`"),
        ("qty(true, true) > 1", "R141", "qty(true, true)", ""),
        ("default(customer.orders) > 1", "R141", "default(customer.orders)", ""),
        ("sku == 'A'", "R142", "sku", "any(sku"),
        ("subtotal > 1 USD", "R142", "subtotal", "`cart.subtotal`"),
        ("any(qty(true) > 1)", "R144", "qty", ""),
        ("member.tier == 'a'", "R145", "member.tier", ""),
        ("event.amount > 1 USD", "R145", "event.amount", ""),
        ("cart.attributes.rat == 1%", "R146", "cart.attributes.rat", "`cart.attributes.rate`"),
        ("any(attributes.size == 'L')", "R146", "attributes.size", "line.attributes.size"),
        # Kinds that do not compare
        ("cart.subtotal >= 500", "R147", "cart.subtotal >= 500", "`500 USD`"),
        ("12.5 < cart.subtotal", "R147", "12.5 < cart.subtotal", "`12.5 USD`"),
        ("cart.quantity > 5 USD", "R147", "cart.quantity > 5 USD", ""),
        ("cart.quantity > 5%", "R147", "cart.quantity > 5%", ""),
        ("cart.attributes.rate == 20", "R147", "cart.attributes.rate == 20", "`20%`"),
        ("cart.channel == 5", "R147", "cart.channel == 5", '`"5"`'),
        ("cart.quantity == '5'", "R147", "cart.quantity == '5'", "only texts"),
        ("cart.date == '2026-01-31'", "R147", "cart.date == '2026-01-31'", "only texts"),
        ("cart.date == cart.placed_at", "R147", "cart.date == cart.placed_at", "`cart.date`"),
        ("cart.attributes.wait > 5", "R147", "cart.attributes.wait > 5", "`5 days`"),
        ("cart.quantity in ['a']", "R147", "cart.quantity in ['a']", ""),
        ("cart.channel in [1]", "R147", "cart.channel in [1]", ""),
        ("customer.groups has 5", "R147", "customer.groups has 5", '`"5"`'),
        ("cart.quantity between 1 and 5 USD", "R147", "cart.quantity between 1 and 5 USD", ""),
        ("true == 1", "R147", "true == 1", ""),
        # Conditions, order, sets
        ("cart.subtotal", "R148", "cart.subtotal", "`cart.subtotal >= 0 USD`"),
        ("not cart.channel", "R148", "cart.channel", '`cart.channel == "..."`'),
        ("customer.groups or true", "R148", "customer.groups", "has"),
        ("qty(quantity) > 1", "R148", "quantity", ""),
        ("5 and true", "R148", "5", ""),
        ("cart.channel < 'a'", "R149", "cart.channel", ""),
        ("customer.attributes.vip > false", "R149", "customer.attributes.vip", ""),
        ("cart.channel between 'a' and 'b'", "R149", "cart.channel", ""),
        ("customer.groups == 'a'", "R150", "customer.groups", '`customer.groups has "a"`'),
        ("'a' != customer.groups", "R150", "customer.groups", "has"),
        ("customer.groups == ['a']", "R150", "customer.groups", "has any"),
        ("cart.channel == ['a']", "R150", "['a']", "in"),
        ("customer.groups in ['a']", "R150", "customer.groups", "has any"),
        ("'a' in customer.groups", "R160", "customer.groups", '`customer.groups has "a"`'),
        ("cart.channel in 'a'", "R160", "'a'", '`cart.channel in ["a"]`'),
        ("cart.channel in customer.tier", "R160", "customer.tier", "brackets"),
        ("cart.channel has 'a'", "R161", "cart.channel", '`cart.channel in ["a"]`'),
        ("cart.quantity has any [1]", "R161", "cart.quantity", ""),
        ("customer.groups has ['a']", "R162", "['a']", "`has any` or `has all`"),
        ("cart.hour in [1, 'a']", "R163", "'a'", ""),
        ("cart.hour in [1, 5%]", "R163", "5%", ""),
        ("cart.hour in [true]", "R163", "true", ""),
        ("cart.hour in [[1]]", "R163", "[1]", ""),
        ("cart.quantity starts_with 'a'", "R165", "cart.quantity", ""),
        ("cart.channel starts_with 5", "R165", "5", ""),
        # Constants
        ("customer.groups has customer.tier", "R156", "customer.tier", "quotes"),
        ("cart.channel in [customer.tier]", "R156", "customer.tier", "literals"),
        ("cart.channel starts_with customer.tier", "R156", "customer.tier", "quotes"),
        ("default(customer.orders, cart.hour) > 1", "R156", "cart.hour", "`0`"),
        # Arithmetic
        ("cart.subtotal + 5 > 5 USD", "R151", "cart.subtotal + 5", "`5 USD`"),
        ("cart.subtotal * cart.subtotal > 1 USD", "R151", "cart.subtotal * cart.subtotal", ""),
        ("cart.date + cart.date > 1 day", "R151", "cart.date + cart.date", ""),
        ("cart.date * 2 > 1 day", "R151", "cart.date * 2", ""),
        ("5 / cart.subtotal > 1", "R151", "5 / cart.subtotal", ""),
        ("-cart.date > 1 day", "R151", "-cart.date", ""),
        ("1 day - cart.date > 1 day", "R151", "1 day - cart.date", ""),
        ("cart.quantity + 5% > 1", "R151", "cart.quantity + 5%", ""),
        ("cart.quantity * cart.hour > 1", "R152", "cart.quantity * cart.hour", ""),
        ("cart.quantity / cart.hour > 1", "R168", "cart.quantity / cart.hour", ""),
        ("cart.quantity / (2 - 2) > 1", "R153", "cart.quantity / (2 - 2)", ""),
        ("cart.quantity * 0 > 1", "R153", "cart.quantity * 0", ""),
        ("cart.hour + 'a' == 1", "R164", "'a'", ""),
        ("-customer.groups == 1", "R164", "customer.groups", ""),
        ("cart.date + 1 hour > 2026-01-31", "R166", "cart.date + 1 hour", "cart.placed_at"),
        ("cart.date + cart.attributes.wait > 2026-01-31", "R166", None, ""),
        ("cart.quantity * 99999999 * 99999999 * 99999 > 0.1", "R157", None, "smaller"),
        ("cart.quantity < 1" + " * 1000000000000000000" * 10, "R157", None, "smaller"),
        # Optional fields
        ("customer.orders > 1", "R154", "customer.orders", "`default(customer.orders, 0)`"),
        ("customer.orders + 1 == 2", "R154", "customer.orders", "default"),
        ("customer.orders between 1 and 2", "R154", "customer.orders", "default"),
        ("-customer.orders == 2", "R154", "customer.orders", "default"),
        ("min_price(true) > 5 USD", "R154", "min_price(true)", "`default(min_price(true), 0 USD)`"),
        ("1 day < cart.date - customer.birthday", "R154", "customer.birthday", "decide what"),
        ("customer.orders == customer.orders", "R158", "customer.orders == customer.orders", ""),
        ("default(cart.quantity, 1) > 1", "R155", "cart.quantity", "`cart.quantity` alone"),
        ("default(customer.attributes.staff, true)", "R155", "customer.attributes.staff", ""),
        ("default(customer.groups, 'a') has 'a'", "R155", "customer.groups", ""),
        ("default(qty(true), 1) > 1", "R155", "qty(true)", ""),
        ("default(5, 1) > 1", "R169", "5", "default(customer.orders, 0)"),
        ("default(customer.orders, 1.5) > 1", "R167", "1.5", ""),
        ("default(customer.orders, 1 USD) > 1", "R167", "1 USD", ""),
        ("default(customer.tier, 5) == 'a'", "R167", "5", '`"5"`'),
        ("default(min_price(true), 1 USD / 3) > 1 USD", "R167", "1 USD / 3", ""),
        # Literals
        ("cart.weekday == 'monday'", "R159", "'monday'", "`mon`"),
        ("cart.weekday in ['mon', 'Tue']", "R159", "'Tue'", "`tue`"),
        ("cart.weekday != 'x'", "R159", "'x'", "mon, tue"),
        ("cart.subtotal > 5 EUR", "R122", "EUR", "USD"),
        # Shapes of other languages
        ("cart.channel == 'a' or 'b'", "R148", "'b'", '`cart.channel in ["a", "b"]`'),
        ("cart.channel != 'a' and 'b'", "R148", "'b'", '`cart.channel not in ["a", "b"]`'),
        ("cart.hour == 9 or 10", "R148", "10", "`cart.hour in [9, 10]`"),
        ("customer.groups has 'a' or 'b'", "R148", "'b'", '`customer.groups has any ["a", "b"]`'),
        ("customer.groups has 'a' and 'b'", "R148", "'b'", '`customer.groups has all ["a", "b"]`'),
        ("cart.coupons == []", "R150", "cart.coupons", "`not cart.coupons has any ["),
        ("cart.coupons != []", "R150", "cart.coupons", "`cart.coupons has any ["),
        ("customer.groups != 'a'", "R150", None, '`not customer.groups has "a"`'),
        ("customer.groups not in ['a']", "R150", None, '`not customer.groups has any ["a"]`'),
        ("'a' not in customer.groups", "R160", None, '`not customer.groups has "a"`'),
        ("cart.attributes.rate == 0.2", "R147", None, "a percentage is written like `20%`"),
        ("cart.attributes.rate == 20", "R147", None, "`20%`"),
        ("cart.subtotal > USD 50", "R102", "50", "`50 USD`"),
        ("cart.subtotal > 50 dollars", "R102", "dollars", "`50 USD`"),
        ("cart.weekday == 'weekend'", "R159", "'weekend'", "the days are"),
        ("cart.subtotal > 5.001 USD", "R123", "5.001", "2 decimals"),
        ("cart.subtotal > 10000000001 USD", "R125", "10000000001 USD", ""),
    ],
)
def test_a_bad_condition_is_explained(text: str, code: str, found: str | None, help: str) -> None:
    problems = Bench().refuse(text)
    assert [problem[0] for problem in problems] == [code]
    if found is not None:
        assert problems[0][1] == found
    assert help in problems[0][2]


def test_a_line_predicate_speaks_of_lines_and_the_cart() -> None:
    bench = Bench()
    assert bench.line('sku == "A"') == Member(SKU, ("A",))
    assert bench.line('cart.channel == "web"') == Member(CHANNEL, ("web",))
    assert bench.line("attributes.weight * 2 > 3.5") == one(
        Term("line.attributes.weight", Kind.DECIMAL, 0), ">", 1_750_000
    )
    colour = Term("line.attributes.colour", Kind.STRING)
    assert bench.line('attributes.colour == "red"') == Member(colour, ("red",))
    labels = Term("line.attributes.labels", Kind.SET)
    assert bench.line('attributes.labels has "x"') == Has(labels, ("x",))
    assert bench.refuse("qty(true) > 1", in_line=True)[0][:2] == ("R144", "qty")
    assert bench.refuse("skuu == 'A'", in_line=True)[0] == (
        "R104",
        "skuu",
        "did you mean `sku`?",
    )


def test_all_that_is_wrong_is_found_at_once() -> None:
    problems = Bench().refuse(
        "cart.subtotl > 1 USD and (cart.hour == 'a' or not cart.qantity > hou)"
    )
    assert [code for code, _, _ in problems] == ["R104", "R147", "R104", "R104"]


def test_other_currencies_have_other_decimals() -> None:
    assert Bench(currency="JPY", exponent=0).condition("cart.subtotal > 500 JPY") == one(
        SUBTOTAL, ">", 500
    )
    assert Bench(currency="KWD", exponent=3).condition("cart.subtotal > 0.125 KWD") == one(
        SUBTOTAL, ">", 125
    )


def test_conditions_come_with_their_canonical_text() -> None:
    checked = Bench().checker.condition(scalar("(cart.quantity)>1"))
    assert checked is not None
    assert checked[0] == "cart.quantity > 1"


class TestDefinitions:
    def test_a_predicate_stands_for_itself(self) -> None:
        bench = Bench({"tea": 'categories has "tea"', "many": "qty(tea) > 5"})
        assert bench.condition("any(tea)") == AnyLine(TEA)
        assert bench.condition("many") == one(Aggregate("qty", TEA, Kind.INTEGER), ">", 5)
        assert bench.line("not tea") == Not(TEA)

    def test_the_order_of_definitions_does_not_matter(self) -> None:
        forth = Bench({"b": "a and cart.quantity > 1", "a": "cart.hour > 1"})
        back = Bench({"a": "cart.hour > 1", "b": "a and cart.quantity > 1"})
        assert forth.condition("b") == back.condition("b")

    def test_a_value_is_typed(self) -> None:
        bench = Bench({"big": "500 USD", "half": "cart.net_subtotal / 2"})
        assert bench.condition("half > big") == one(NET, ">", 100_000)
        assert bench.refuse("half > 5")[0][0] == "R147"

    def test_an_optional_field_keeps_being_optional(self) -> None:
        bench = Bench({"orders": "customer.orders", "vip": "customer.attributes.vip"})
        assert bench.condition("default(orders, 0) > 1") == one(
            Term(ORDERS.name, Kind.INTEGER, 0), ">", 1
        )
        assert bench.condition("default(vip, true)") == Flag(Term(VIP.name, Kind.BOOL, True))
        assert bench.refuse("orders > 1")[0] == (
            "R154",
            "orders",
            "say what stands in for it: `default(orders, 0)`",
        )

    def test_a_list_is_a_set_of_texts(self) -> None:
        bench = Bench({"skus": ["B", "A", "B"], "days": '["mon"]', "none": []})
        assert bench.line("sku in skus") == Member(SKU, ("A", "B"))
        assert bench.condition("customer.groups has any skus") == Has(GROUPS, ("A", "B"))
        assert bench.condition("customer.groups has all skus") == Has(GROUPS, ("A", "B"), True)
        assert bench.line("sku in none") == NO
        assert bench.refuse("cart.weekday in skus")[0][0] == "R159"
        assert bench.refuse("skus")[0][0] == "R148"

    def test_what_is_said_of_a_line_needs_one(self) -> None:
        bench = Bench({"tea": 'categories has "tea"', "tea_too": "tea"})
        assert bench.refuse("tea_too")[0] == (
            "R143",
            "tea_too",
            "put it inside a function over lines: `any(tea_too)`",
        )

    def test_functions_over_lines_do_not_nest_through_definitions(self) -> None:
        bench = Bench({"many": "qty(true) > 5"})
        assert bench.refuse("any(many)")[0][:2] == ("R144", "many")
        assert Bench({"odd": 'sku == "A" and qty(true) > 1'}).codes() == ["R144"]

    def test_unused_ones_are_checked(self) -> None:
        assert Bench({"a": "cart.subtotl > 1 USD"}).codes() == ["R104"]
        assert Bench({"a": "1 +"}).codes() == ["R113"]

    def test_a_broken_one_is_reported_once(self) -> None:
        bench = Bench({"a": "cart.subtotl > 1 USD", "b": "a or a"})
        assert bench.refuse("a and b") == []
        assert bench.codes() == ["R104"]

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("a.b", "R170"),
            ("a-b", "R170"),
            ("1a", "R170"),
            ("", "R170"),
            ("sku", "R171"),
            ("qty", "R171"),
            ("and", "R171"),
            ("cart", "R171"),
        ],
    )
    def test_some_names_are_refused(self, name: str, code: str) -> None:
        assert Bench({name: "true"}).codes() == [code]

    def test_a_name_is_defined_once(self) -> None:
        bench = Bench({"a": "true"})
        bench.checker.declare(scalar("a"), scalar("false"))
        assert bench.codes() == ["R172"]

    def test_a_mapping_is_no_definition(self) -> None:
        assert Bench({"a": {"b": "c"}}).codes() == ["R176"]
        assert Bench({"a": ["b", ["c"]]}).codes() == ["R176"]

    def test_circles_are_refused(self) -> None:
        bench = Bench({"a": "b", "b": "c and true", "c": "not a", "d": "c", "e": "e"})
        assert [(p.code, p.help) for p in bench.problems] == [
            ("R173", "`a` -> `b` -> `c` -> `a`"),
            ("R173", "`e` -> `e`"),
        ]
        assert bench.refuse("d") == []

    def test_circles_do_not_depend_on_the_order(self) -> None:
        defines = {"a": "b or c", "b": "a", "c": "a", "d": "c"}
        helps = {
            tuple(p.help for p in Bench({name: defines[name] for name in order}).problems)
            for order in ("abcd", "dcba", "cadb")
        }
        assert len(helps) == 1

    def test_levels_are_bounded_in_any_order(self) -> None:
        chain = {f"a{i:03}": f"not a{i - 1:03}" if i else "cart.hour > 1" for i in range(500)}
        for defines in (chain, dict(reversed(chain.items()))):
            bench = Bench(defines)
            assert [(p.code, p.message.split("`")[1]) for p in bench.problems] == [("R174", "a032")]
            assert bench.condition("a031") is not None

    def test_a_nest_that_doubles_is_refused(self) -> None:
        defines: dict[str, str] = {"a00": "cart.hour > 1"}
        for i in range(1, 30):
            defines[f"a{i:02}"] = f"a{i - 1:02} and not a{i - 1:02}"
        assert set(Bench(defines).codes()) == {"R175"}

    def test_numbers_that_square_are_refused(self) -> None:
        defines: dict[str, str] = {"a00": "1.000001"}
        for i in range(1, 30):
            defines[f"a{i:02}"] = f"a{i - 1:02} * a{i - 1:02}"
        assert set(Bench(defines).codes()) == {"R157"}

    def test_comparing_claims_that_doubles_is_refused(self) -> None:
        text = "customer.attributes.vip"
        for _ in range(30):
            text = f"({text}) == (cart.hour > 1)"
        assert Bench().refuse(text)[0][0] == "R175"

    def test_a_wide_row_of_wide_definitions_is_refused(self) -> None:
        defines: dict[str, str] = {"a": " or ".join(f"cart.hour == {i}" for i in range(400))}
        defines["b"] = " and ".join(["not a"] * 20)
        bench = Bench(defines)
        assert bench.codes() == []
        assert bench.refuse(" and ".join(["not b"] * 1000))[0][0] == "R175"


@given(
    st.fractions(-1000, 1000, max_denominator=1000).filter(bool),
    st.integers(1, 1000),
    st.integers(1, 1000),
    st.sampled_from(["<", "<=", "==", ">=", ">"]),
    st.integers(0, 10**6),
)
def test_comparisons_are_exact(
    factor: Fraction, over: int, bound: int, op: str, quantity: int
) -> None:
    sign = "-" if factor < 0 else ""
    size = abs(factor)
    text = f"cart.quantity * {sign}{size.numerator} / {size.denominator} {op} {bound} / {over}"
    formula = Bench().condition(text)
    assert isinstance(formula, Compare)
    ((by, term),) = formula.terms
    assert term == QUANTITY

    def holds(left: Fraction | int, op: str, right: Fraction | int) -> bool:
        return {
            "<": left < right,
            "<=": left <= right,
            "==": left == right,
            ">=": left >= right,
            ">": left > right,
        }[op]

    meant = holds(quantity * factor, op, Fraction(bound, over))
    assert holds(by * quantity, formula.op, formula.bound) == meant


@pytest.mark.parametrize(
    "condition",
    [
        "default(customer.orders, 9500000000 * 1000000000) < 5",
        'default(max_price(sku == "Q"), 9500000 USD * 10000000000) > 5 USD',
    ],
)
def test_what_stands_in_for_a_missing_value_is_in_the_range_of_values(condition: str) -> None:
    bench = Bench()
    assert bench.checker.condition(scalar(condition)) is None
    assert bench.codes() == ["R157"]
