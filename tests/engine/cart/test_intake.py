"""The door: what a good cart becomes, and how every bad one is refused."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.kinds import Kind
from tallystick.dsl.ruleset import Attribute, Ruleset
from tallystick.engine.cart.checked import CheckedCart
from tallystick.engine.cart.errors import MESSAGES, CartError
from tallystick.engine.cart.intake import Intake
from tallystick.engine.engine import Engine

DECLARED = {f"line.attributes.{kind.value}": Attribute(kind) for kind in Kind}
DECLARED["cart.attributes.note"] = Attribute(Kind.STRING)
DECLARED["customer.attributes.is_staff"] = Attribute(Kind.BOOL, default=False)
RULESET = Ruleset(timezone="Europe/Madrid", attributes=DECLARED)
INTAKE = Intake(RULESET)
BIGGEST = 10**12


def cart(**fields: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [],
    }
    whole.update(fields)
    return whole


def line(**fields: Any) -> dict[str, Any]:
    return {"sku": "A", "quantity": 1, "unit_price": 100, **fields}


def read(**fields: Any) -> CheckedCart:
    """A cart read from JSON, which must come out the same from a dict."""
    sent = cart(**fields)
    checked = INTAKE.read_cart(json.dumps(sent))
    assert INTAKE.read_cart(sent) == checked
    return checked


def refused(source: Any) -> CartError:
    with pytest.raises(CartError) as caught:
        INTAKE.read_cart(source)
    return caught.value


def attribute(kind: str, sent: object) -> dict[str, Any]:
    return cart(lines=[line(), line(attributes={kind: sent})])


# What is sent, the code, the path and the message of its refusal: from JSON and as a dict alike.
TOUR: list[tuple[dict[str, Any], str, str, str]] = [
    (cart(id=5), "wrong_type", "id", "expected text, got 5"),
    (cart(id=""), "empty", "id", "expected text, got an empty text"),
    (cart(colour=1), "unknown_field", "colour", "expected a known field, got `colour`"),
    (
        cart(lines=[line(quantty=1)]),
        "unknown_field",
        "lines[0].quantty",
        "expected a known field, got `quantty`; did you mean `quantity`?",
    ),
    (
        cart(lines=[{"sku": "A", "quantity": 1}]),
        "missing_field",
        "lines[0].unit_price",
        "expected the field `unit_price`, got nothing",
    ),
    (
        {"id": "c1", "currency": "USD", "lines": []},
        "missing_field",
        "placed_at",
        "expected the field `placed_at`, got nothing",
    ),
    (cart(shipments=[{}]), "missing_field", "shipments[0].amount", ""),
    (cart(lines=None), "wrong_type", "lines", "expected a list, got null"),
    (cart(lines={}), "wrong_type", "lines", "expected a list, got an object"),
    (cart(lines=[[]]), "wrong_type", "lines[0]", "expected an object, got a list"),
    (cart(payment="card"), "wrong_type", "payment", "expected an object, got the text `card`"),
    (cart(attributes=[]), "wrong_type", "attributes", "expected an object, got a list"),
    (
        cart(lines=[line(), line(quantity=2.5)]),
        "wrong_type",
        "lines[1].quantity",
        "expected a whole number, got 2.5",
    ),
    (
        cart(lines=[line(quantity=5.0)]),
        "wrong_type",
        "lines[0].quantity",
        "expected a whole number, got 5.0",
    ),
    (
        cart(lines=[line(quantity=True)]),
        "wrong_type",
        "lines[0].quantity",
        "expected a whole number, got true",
    ),
    (
        cart(lines=[line(unit_price="30.00")]),
        "wrong_type",
        "lines[0].unit_price",
        "expected a whole number of minor units, got the text `30.00`",
    ),
    (
        cart(lines=[line(min_price=0.5)]),
        "wrong_type",
        "lines[0].min_price",
        "expected a whole number of minor units, got 0.5",
    ),
    (
        cart(lines=[line(categories="toys")]),
        "wrong_type",
        "lines[0].categories",
        "expected a list, got the text `toys`",
    ),
    (
        cart(lines=[line(tags=["a", None])]),
        "wrong_type",
        "lines[0].tags[1]",
        "expected text, got null",
    ),
    (
        cart(lines=[line(quantity=0)]),
        "out_of_range",
        "lines[0].quantity",
        "expected a whole number from 1 to 1000000, got 0",
    ),
    (cart(lines=[line(quantity=1_000_001)]), "out_of_range", "lines[0].quantity", ""),
    (
        cart(lines=[line(unit_price=-1)]),
        "out_of_range",
        "lines[0].unit_price",
        "expected a whole number of minor units from 0 to 1000000000000, got -1",
    ),
    (cart(lines=[line(unit_price=BIGGEST + 1)]), "out_of_range", "lines[0].unit_price", ""),
    (cart(lines=[line(min_price=10**30)]), "out_of_range", "lines[0].min_price", ""),
    (cart(shipments=[{"amount": -5}]), "out_of_range", "shipments[0].amount", ""),
    (cart(tax_total=10 * BIGGEST + 1), "out_of_range", "tax_total", ""),
    (cart(store_credit=-1), "out_of_range", "store_credit", ""),
    (cart(customer={"orders": -1}), "out_of_range", "customer.orders", ""),
    (
        cart(lines=[line(quantity=10, unit_price=BIGGEST), line(unit_price=1)]),
        "out_of_range",
        "lines",
        "expected quantities times unit prices of at most 10000000000000 minor units, "
        "got 10000000000001",
    ),
    (
        cart(lines=[line()] * 10_001),
        "too_many",
        "lines",
        "expected at most 10000 lines, got 10001",
    ),
    (
        cart(shipments=[{"amount": 1}] * 1_001),
        "too_many",
        "shipments",
        "expected at most 1000 shipments, got 1001",
    ),
    (
        cart(coupons=["A"] * 101),
        "too_many",
        "coupons",
        "expected at most 100 codes, got 101",
    ),
    (
        cart(lines=[line(id="x"), line(), line(id="x")]),
        "duplicate_id",
        "lines[2].id",
        "expected an id of its own, got `x`, which lines[0] has",
    ),
    (
        cart(lines=[line(id="2"), line()]),
        "duplicate_id",
        "lines[0].id",
        "expected an id of its own, got `2`, which lines[1] has",
    ),
    (
        cart(lines=[line(), line(id="1")]),
        "duplicate_id",
        "lines[1].id",
        "expected an id of its own, got `1`, which lines[0] has",
    ),
    (
        cart(shipments=[{"id": "s", "amount": 1}] * 2),
        "duplicate_id",
        "shipments[1].id",
        "expected an id of its own, got `s`, which shipments[0] has",
    ),
    (
        cart(currency="EUR"),
        "wrong_currency",
        "currency",
        "expected `USD`, the currency of the rules, got `EUR`",
    ),
    (cart(currency="usd"), "wrong_currency", "currency", ""),
    (
        cart(placed_at="2026-07-10T12:00:00"),
        "bad_instant",
        "placed_at",
        "expected an instant such as 2026-07-10T12:00:00Z, got the text `2026-07-10T12:00:00`, "
        "which has no offset such as Z or +02:00",
    ),
    (
        cart(placed_at="2026-02-29T12:00:00Z"),
        "bad_instant",
        "placed_at",
        "expected an instant such as 2026-07-10T12:00:00Z, got the text `2026-02-29T12:00:00Z`, "
        "which no calendar and clock show",
    ),
    (
        cart(placed_at="9999-12-31T23:30:00Z"),
        "bad_instant",
        "placed_at",
        "expected an instant such as 2026-07-10T12:00:00Z, got the text `9999-12-31T23:30:00Z`, "
        "which is outside the years 1 to 9999",
    ),
    (cart(placed_at="yesterday"), "bad_instant", "placed_at", ""),
    (cart(placed_at=1783684800), "wrong_type", "placed_at", "expected text, got 1783684800"),
    (cart(placed_at="2026-07-10 12:00:00Z"), "bad_instant", "placed_at", ""),
    (cart(placed_at="2026-07-10T12:00Z"), "bad_instant", "placed_at", ""),
    (cart(placed_at="2026-07-10T24:00:00Z"), "bad_instant", "placed_at", ""),
    (cart(placed_at="2026-07-10T12:00:60Z"), "bad_instant", "placed_at", ""),
    (cart(placed_at="2026-07-10T12:00:00+24:00"), "bad_instant", "placed_at", ""),
    (cart(placed_at="2026-07-10T12:00:00+0200"), "bad_instant", "placed_at", ""),
    (cart(placed_at="٢٠٢٦-07-10T12:00:00Z"), "bad_instant", "placed_at", ""),
    (cart(placed_at="0000-07-10T12:00:00Z"), "bad_instant", "placed_at", ""),
    (
        cart(customer={"birthday": "1990-02-30"}),
        "bad_date",
        "customer.birthday",
        "expected a date such as 2026-07-10, got the text `1990-02-30`",
    ),
    (cart(customer={"birthday": "19900228"}), "bad_date", "customer.birthday", ""),
    (cart(customer={"signed_up": "2026-W01-1"}), "bad_date", "customer.signed_up", ""),
    (cart(customer={"signed_up": "2026-01-01T1"}), "bad_instant", "customer.signed_up", ""),
    (cart(coupons=[""]), "empty", "coupons[0]", "expected text, got an empty text"),
    (cart(coupons=["A", " \t"]), "empty", "coupons[1]", "expected a code, got an empty text"),
    (cart(lines=[line(sku="")]), "empty", "lines[0].sku", ""),
    (cart(lines=[line(id="")]), "empty", "lines[0].id", ""),
    (cart(shipments=[{"id": "", "amount": 1}]), "empty", "shipments[0].id", ""),
    (
        cart(redeem=[{"points": 5}]),
        "not_supported",
        "redeem",
        "this rule set has no loyalty program to redeem from",
    ),
    (
        cart(redeem=[{"rule": "x", "time": 2}]),
        "unknown_field",
        "redeem[0].time",
        "expected a known field, got `time`; did you mean `times`?",
    ),
    (cart(redeem=["x"]), "wrong_type", "redeem[0]", "expected an object, got the text `x`"),
    (
        cart(redeem=[{"program": "club", "points": "most"}]),
        "bad_format",
        "redeem[0].points",
        "expected `max`, got the text `most`",
    ),
    (
        cart(redeem=[{"program": "club", "points": 1.5}]),
        "wrong_type",
        "redeem[0].points",
        "expected a whole number of points, or `max`, got 1.5",
    ),
    (
        cart(redeem=[{"program": "club", "points": 0}]),
        "out_of_range",
        "redeem[0].points",
        "expected a whole number of points, or `max` from 1 to 1000000000000, got 0",
    ),
    (cart(redeem=[{"rule": "x", "times": 0}]), "out_of_range", "redeem[0].times", ""),
    (cart(redeem=[{"rule": "x", "times": 10**6 + 1}]), "out_of_range", "redeem[0].times", ""),
    (cart(redeem=[{"rule": ""}]), "empty", "redeem[0].rule", ""),
    (
        cart(redeem=[{"rule": "x", "if_short": "no"}]),
        "bad_format",
        "redeem[0].if_short",
        "expected `clip` or `reject`, got the text `no`",
    ),
    (
        cart(redeem=[{"rule": "x"}] * 101),
        "too_many",
        "redeem",
        "expected at most 100 requests, got 101",
    ),
    (
        cart(lines=[line(stored_value=1)]),
        "wrong_type",
        "lines[0].stored_value",
        "expected true or false, got 1",
    ),
    (
        attribute("bool", 1),
        "wrong_type",
        "lines[1].attributes.bool",
        "expected true or false, got 1",
    ),
    (
        attribute("integer", True),
        "wrong_type",
        "lines[1].attributes.integer",
        "expected a whole number, got true",
    ),
    (attribute("integer", BIGGEST + 1), "out_of_range", "lines[1].attributes.integer", ""),
    (
        attribute("decimal", 1.5),
        "wrong_type",
        "lines[1].attributes.decimal",
        "expected a whole number, or text with a decimal such as `1.5`, got 1.5",
    ),
    (attribute("decimal", "1,5"), "bad_format", "lines[1].attributes.decimal", ""),
    (attribute("decimal", "1" * 14), "out_of_range", "lines[1].attributes.decimal", ""),
    (attribute("decimal", BIGGEST + 1), "out_of_range", "lines[1].attributes.decimal", ""),
    (
        attribute("percent", "12.5"),
        "bad_format",
        "lines[1].attributes.percent",
        "expected text with a percentage from 0% to 100%, got the text `12.5`",
    ),
    (attribute("percent", 12), "wrong_type", "lines[1].attributes.percent", ""),
    (attribute("percent", "101%"), "out_of_range", "lines[1].attributes.percent", ""),
    (
        attribute("money", 0.5),
        "wrong_type",
        "lines[1].attributes.money",
        "expected a whole number of minor units, got 0.5",
    ),
    (attribute("money", -1), "out_of_range", "lines[1].attributes.money", ""),
    (attribute("string", 5), "wrong_type", "lines[1].attributes.string", "expected text, got 5"),
    (attribute("date", "2026-02-30"), "bad_date", "lines[1].attributes.date", ""),
    (attribute("date", 5), "wrong_type", "lines[1].attributes.date", ""),
    (attribute("time", "25:00"), "bad_format", "lines[1].attributes.time", ""),
    (attribute("datetime", "2026-01-31"), "bad_instant", "lines[1].attributes.datetime", ""),
    (attribute("duration", "30"), "bad_format", "lines[1].attributes.duration", ""),
    (attribute("set", "a"), "wrong_type", "lines[1].attributes.set", ""),
    (attribute("set", ["a", 1]), "wrong_type", "lines[1].attributes.set[1]", ""),
    (cart(attributes={"note": 1}), "wrong_type", "attributes.note", "expected text, got 1"),
    (
        cart(customer={"attributes": {"is_staff": "yes"}}),
        "wrong_type",
        "customer.attributes.is_staff",
        "expected true or false, got the text `yes`",
    ),
]


@pytest.mark.parametrize("form", [json.dumps, dict], ids=["json", "dict"])
@pytest.mark.parametrize(
    ("sent", "code", "path", "message"), TOUR, ids=[f"{row[1]}-{row[2]}" for row in TOUR]
)
def test_bad_carts(
    sent: dict[str, Any], code: str, path: str, message: str, form: Callable[[Any], Any]
) -> None:
    error = refused(form(sent))
    assert (error.code, error.path) == (code, path)
    assert error.message == (message or error.message)
    usable_id = sent["id"] if sent["id"] not in (5, "") else None
    assert error.cart_id == usable_id


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


# JSON text, the code, the path, the message and the cart's id of its refusal.
JSON_TOUR: list[tuple[bytes | str, str, str, str, str | None]] = [
    (b"", "invalid_json", "", "expected JSON, got a text that ends too early", None),
    (b'{"id":"c1"', "invalid_json", "", "expected JSON, got a text that ends too early", None),
    (b"{'id': 1}", "invalid_json", "", "expected JSON, got object keys must be strings", None),
    (b'\xef\xbb\xbf{"id":"c1"}', "invalid_json", "", "", None),
    (b'{"id":"\xff"}', "invalid_json", "", "expected JSON, got bytes that are not UTF-8", None),
    (b'{"id":"c1","lines":5,"x":[}', "invalid_json", "", "", None),
    (b'{"id":"c1","tax_total":NaN}', "invalid_json", "", "", None),
    (b'{"id":"c1","lines":5,"tax_total":NaN}', "invalid_json", "", "", None),
    (b'{"id":"c1"} {}', "invalid_json", "", "", None),
    (b"null", "wrong_type", "", "expected an object, got null", None),
    (b"[]", "wrong_type", "", "expected an object, got a list", None),
    (
        b'{"id":"c1","id":"c2","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[]}',
        "duplicate_field",
        "id",
        "expected every field once, got `id` twice",
        "c2",
    ),
    (
        b'{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":'
        b'[{"sku":"A","quantity":1,"unit_price":5,"unit_price":3}]}',
        "duplicate_field",
        "lines[0].unit_price",
        "expected every field once, got `unit_price` twice",
        "c1",
    ),
    (  # an escaped colon does not make up for the one of the field that came twice
        b'{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00\\u003a00Z","lines":[],'
        b'"tax_total":5,"tax_total":0}',
        "duplicate_field",
        "tax_total",
        "",
        "c1",
    ),
    (
        b'{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[],'
        b'"attributes":{"other":{"a":1,"a":2}}}',
        "duplicate_field",
        "attributes.other.a",
        "",
        "c1",
    ),
    (
        b'{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[],'
        b'"channel":"a","channel":null}',
        "duplicate_field",
        "channel",
        "",
        "c1",
    ),
    (
        b'{"id":"c1","channel":"a\\ud800","lines":[]}',
        "bad_text",
        "channel",
        "expected text that UTF-8 can hold, got half of a surrogate pair",
        "c1",
    ),
    (b'{"id":"\\udc00"}', "bad_text", "id", "", None),
    ('{"id":"\ud800"}', "bad_text", "", "", None),
    (b'{"id":"c1","a\\ud800":1}', "bad_text", '["a?"]', "", "c1"),
    (
        f'{{"id":"c1","attributes":{nested(100_000)}}}',
        "too_deep",
        "",
        "expected at most 64 levels of lists and objects, got more",
        None,
    ),
    (
        '{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[],'
        f'"attributes":{{"x":{nested(65)}}}}}',
        "too_deep",
        "attributes.x",
        "",
        "c1",
    ),
    (
        b'{"id":"c1","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[],'
        b'"attributes":{"x":1e999}}',
        "out_of_range",
        "attributes[...]",
        "expected a number, got one too large",
        "c1",
    ),
    (
        b'{"id":"c1","tax_total":' + b"9" * 5000 + b"}",
        "out_of_range",
        "tax_total",
        "",
        "c1",
    ),
]


@pytest.mark.parametrize(
    ("sent", "code", "path", "message", "cart_id"),
    JSON_TOUR,
    ids=[f"{index}-{row[1]}" for index, row in enumerate(JSON_TOUR)],
)
def test_bad_json(
    sent: bytes | str, code: str, path: str, message: str, cart_id: str | None
) -> None:
    error = refused(sent)
    assert (error.code, error.path, error.cart_id) == (code, path, cart_id)
    assert error.message.startswith(message)


def test_the_tours_meet_every_code() -> None:
    met = {row[1] for row in TOUR} | {row[1] for row in JSON_TOUR}
    met |= {"too_large"}  # below
    met |= {"conflicting_code", "wrong_cart", "unknown_tier"}  # in the tests of facts
    met |= {"one_of", "out_of_place"}  # in those of requests
    met |= {"wrong_event", "wrong_rules"}  # in those of events and refunds
    assert met == set(MESSAGES)


def test_a_field_repeated_after_many_others_is_found_at_once() -> None:
    many = "".join(f'"a{index}":0,' for index in range(100_000))
    head = json.dumps(cart())[:-1]
    error = refused(f'{head},"attributes":{{{many}"a99999":1}}}}')
    assert (error.code, error.path) == ("duplicate_field", "attributes.a99999")


def test_json_has_a_largest_size() -> None:
    error = refused(b" " * (16 * 1024 * 1024 + 1))
    assert (error.code, error.path) == ("too_large", "")
    assert error.message == "expected at most 16777216 bytes of JSON, got 16777217"


def test_huge_json_that_does_not_fit_is_refused_without_being_taken_apart() -> None:
    sent = b'{"id":"c1","lines":7,"tags":[' + b"1," * 7_000_000 + b"1]}"
    error = refused(sent)
    assert (error.code, error.path, error.cart_id) == ("wrong_type", "lines", "c1")


@pytest.mark.parametrize("sent", [None, 5, [], [("id", "c1")], object(), 1.5])
def test_a_cart_is_json_or_an_object(sent: object) -> None:
    error = refused(sent)
    assert (error.code, error.path, error.cart_id) == ("wrong_type", "", None)
    assert error.message.startswith("expected a cart as JSON or as an object, got ")


HOLDS_ITSELF: dict[str, Any] = {}
HOLDS_ITSELF["again"] = HOLDS_ITSELF


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        (cart(lines=[{1: 2, **line()}]), "wrong_type", "lines[0]"),
        (dict([*cart().items(), (1, 2)]), "wrong_type", ""),
        (cart(attributes={1: 2}), "wrong_type", "attributes"),
        (cart(lines=[line(quantity=Decimal(5))]), "wrong_type", "lines[0].quantity"),
        (cart(lines=[line(sku=b"A")]), "wrong_type", "lines[0].sku"),
        (cart(tax_total=float("nan")), "wrong_type", "tax_total"),
        (cart(channel="a\ud800"), "bad_text", "channel"),
        (cart(lines=[line(tags=["\ud800"])]), "bad_text", "lines[0].tags[0]"),
        (cart(attributes={"note": "\ud800"}), "bad_text", "attributes.note"),
        (cart(attributes=HOLDS_ITSELF), "too_deep", "attributes.again"),
        (cart(placed_at=datetime(2026, 7, 10)), "bad_instant", "placed_at"),
    ],
)
def test_bad_carts_that_only_python_can_send(sent: Any, code: str, path: str) -> None:
    error = refused(sent)
    assert (error.code, error.path, error.cart_id) == (code, path, "c1")


def test_smallest_cart() -> None:
    assert read() == CheckedCart(
        id="c1",
        currency="USD",
        placed_at_us=1_783_684_800_000_000,
        date_days=20_644,
        time_us=14 * 3_600_000_000,
        hour=14,
        weekday="fri",
        channel=None,
        location=None,
        lines=(),
        shipments=(),
        country=None,
        region=None,
        postal_code=None,
        payment_method=None,
        tax_total_minor=0,
        store_credit_minor=0,
        codes=(),
        customer_id=None,
        account=None,
        groups=frozenset(),
        segments=frozenset(),
        tier=None,
        orders=None,
        birthday_days=None,
        signed_up_days=None,
        attributes={},
        customer_attributes={},
        subtotal_minor=0,
        quantity=0,
        shipping_amount_minor=0,
    )


def test_lines_and_shipments_are_counted_up() -> None:
    checked = read(
        lines=[
            line(quantity=3, unit_price=50, tags=["a", "a"], categories=["c"], brand="b"),
            line(id="x", min_price=7),
        ],
        shipments=[{"amount": 5}, {"amount": 6, "method": "express"}],
    )
    first, second = checked.lines
    assert (first.index, first.id, first.gross_minor, first.min_price_minor) == (0, "1", 150, 0)
    assert (sorted(first.tags), sorted(first.categories), first.brand) == (["a"], ["c"], "b")
    assert (second.index, second.id, second.gross_minor, second.min_price_minor) == (1, "x", 100, 7)
    assert [shipment.id for shipment in checked.shipments] == ["1", "2"]
    assert checked.shipments[1].method == "express"
    assert (checked.subtotal_minor, checked.quantity, checked.shipping_amount_minor) == (250, 4, 11)


def test_null_means_absent() -> None:
    names = (
        "channel location shipments shipping_address payment tax_total store_credit coupons "
        "customer redeem attributes"
    )
    assert read(**dict.fromkeys(names.split())) == read()
    names = "id account groups segments tier orders birthday signed_up attributes"
    assert read(customer=dict.fromkeys(names.split())) == read()
    names = "id categories brand tags min_price stored_value attributes"
    assert read(lines=[line(**dict.fromkeys(names.split()))]) == read(lines=[line()])
    assert read(attributes={"note": None}) == read()


def test_the_largest_cart_is_taken() -> None:
    lines = [line(quantity=1_000_000, unit_price=1_000)] * 10_000
    shipments = [{"amount": BIGGEST}] * 1_000
    limit = 10 * BIGGEST
    checked = read(lines=lines, shipments=shipments, tax_total=limit, store_credit=limit)
    assert checked.subtotal_minor == limit
    assert (checked.tax_total_minor, checked.store_credit_minor) == (limit, limit)
    assert checked.shipping_amount_minor == 1_000 * BIGGEST
    assert read(coupons=["a"] * 100).codes == ("A",)


def test_codes_are_trimmed_raised_and_kept_once_in_order() -> None:
    assert read(coupons=[" b ", "straße", "A", "B", "STRASSE"]).codes == ("B", "STRASSE", "A")


@pytest.mark.parametrize(
    ("sent", "instant_us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-01T00:00:00.0000019Z", 1),
        ("1969-12-31T23:59:59.9999999Z", -1),
        ("1970-01-01T00:00:00." + "9" * 50 + "Z", 999_999),
        ("0001-01-02T00:00:00Z", -62_135_510_400_000_000),
    ],
)
def test_instants(sent: str, instant_us: int) -> None:
    assert read(placed_at=sent).placed_at_us == instant_us


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-03-29T00:59:59.5Z", ("2026-03-29", 1, "sun", 7_199_500_000)),
        ("2026-03-29T01:00:00Z", ("2026-03-29", 3, "sun", 10_800_000_000)),
        ("2026-10-25T00:30:00Z", ("2026-10-25", 2, "sun", 9_000_000_000)),
        ("2026-10-25T01:30:00Z", ("2026-10-25", 2, "sun", 9_000_000_000)),
        ("2026-12-31T23:00:00Z", ("2027-01-01", 0, "fri", 0)),
    ],
)
def test_calendar_and_clock_are_those_of_the_rule_set(
    sent: str, shown: tuple[str, int, str, int]
) -> None:
    checked = read(placed_at=sent)
    day = datetime.fromisoformat(shown[0]).toordinal() - datetime(1970, 1, 1).toordinal()
    assert checked.date_days == day
    assert (checked.hour, checked.weekday, checked.time_us) == shown[1:]


def test_local_date_of_an_instant_must_exist_in_the_zone() -> None:
    sent = cart(placed_at="9999-12-31T23:30:00Z")
    assert Intake(Ruleset()).read_cart(sent).hour == 23
    assert refused(sent).code == "bad_instant"


def test_sign_up_is_a_date_or_the_local_date_of_an_instant() -> None:
    assert read(customer={"signed_up": "1970-01-02"}).signed_up_days == 1
    assert read(customer={"signed_up": "1970-01-01T23:30:00Z"}).signed_up_days == 1
    assert read(customer={"birthday": "1969-12-31"}).birthday_days == -1


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("bool", True, True),
        ("integer", -BIGGEST, -BIGGEST),
        ("decimal", "-1.5", -1_500_000),
        ("decimal", 2, 2_000_000),
        ("percent", "12.5%", 125_000),
        ("money", BIGGEST, BIGGEST),
        ("string", "", ""),
        ("date", "1970-01-02", 1),
        ("time", "00:01", 60_000_000),
        ("time", "00:01:01", 61_000_000),
        ("datetime", "1970-01-01T00:00:01Z", 1_000_000),
        ("duration", "2 days", 172_800_000_000),
        ("set", ["a", "b", "a"], frozenset({"a", "b"})),
    ],
)
def test_attributes_are_typed(kind: str, sent: object, value: object) -> None:
    checked = read(lines=[line(attributes={kind: sent})])
    assert checked.lines[0].attributes == {kind: value}


def test_attributes_of_cart_and_customer_stand_apart() -> None:
    checked = read(
        attributes={"note": "n", "is_staff": 5},
        customer={"attributes": {"note": 5, "is_staff": True}},
    )
    assert checked.attributes == {"note": "n"}
    assert checked.customer_attributes == {"is_staff": True}


def test_undeclared_attributes_may_hold_any_json() -> None:
    deep = json.loads(nested(64))
    sent = {"a": 1.5, "b": {"c": [None, {}]}, "d": deep, "e": 10**30, "f:g": "h:i"}
    assert read(lines=[line(attributes=sent)]).lines[0].attributes == {}


def test_escapes_and_colons_in_texts_are_no_repeated_fields() -> None:
    sent = json.dumps(cart(channel='a:"b":c', location="é:\u2028")).encode()
    checked = INTAKE.read_cart(sent.replace(b":c", b"\\u003ac"))
    assert (checked.channel, checked.location) == ('a:"b":c', "é:\u2028")


def test_any_mapping_is_an_object() -> None:
    sent = MappingProxyType(cart(lines=(MappingProxyType(line()),)))
    assert INTAKE.read_cart(sent) == read(lines=[line()])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["id", "currency", "placed_at", "lines", "coupons", "customer", "redeem"])


@given(sent=JSON | st.binary() | st.text())
def test_anything_at_all_is_read_or_refused(sent: Any) -> None:
    for source in (sent, json.dumps(sent) if not isinstance(sent, bytes) else sent):
        with pytest.raises(CartError):
            INTAKE.read_cart(source)


@given(
    changes=st.dictionaries(FIELDS, JSON),
    line_changes=st.dictionaries(st.sampled_from([*line(), "id", "tags", "attributes", "x"]), JSON),
)
def test_almost_good_carts_are_read_or_refused_alike_in_every_form(
    changes: dict[str, Any], line_changes: dict[str, Any]
) -> None:
    sent = {**cart(lines=[line(**line_changes)]), **changes}
    answers: list[object] = []
    for source in (sent, json.dumps(sent, allow_nan=True)):
        try:
            answers.append(INTAKE.read_cart(source))
        except CartError as error:
            answers.append(error.code)
    if "NaN" not in json.dumps(sent) and "Infinity" not in json.dumps(sent):
        assert answers[0] == answers[1]


class Label(str):
    """A text of a type of its own, as numpy has one."""


def test_texts_of_other_types_are_texts() -> None:
    line = {"sku": Label("A"), "quantity": 1, "unit_price": 100, "tags": [Label("new")]}
    sent = {
        "id": Label("c1"),
        "currency": Label("USD"),
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [line],
    }
    quote = Engine(Ruleset()).quote(sent)
    assert b'"cart":"c1"' in quote.to_json()
    assert type(quote.cart.lines[0].sku) is str
