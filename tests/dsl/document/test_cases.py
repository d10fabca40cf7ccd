"""Tests in rule files: carts as checkout would send them, in minor units and UTC."""

import textwrap

import pytest

from tallystick.dsl.ruleset import Case

from ..loading import codes_of, load

RULES = """
ruleset:
  timezone: Europe/Madrid
  attributes:
    line.attributes.colour: {type: string}
    line.attributes.deposit: {type: money}
    line.attributes.labels: {type: set}
    line.attributes.weight: {type: decimal}
    customer.attributes.vip: {type: bool}
    cart.attributes.due: {type: datetime}
    cart.attributes.size: {type: integer}
promotions:
  summer: {then: {percent_off: 20%}}
  winter: {then: {percent_off: 20%}}
tests:
"""


def case(body: str) -> Case:
    (only,) = load(RULES + "  first:\n" + textwrap.indent(textwrap.dedent(body), "    ")).cases
    return only


def codes(body: str) -> list[str]:
    return codes_of(RULES + "  first:\n" + textwrap.indent(textwrap.dedent(body), "    "))


CART = "cart: {placed_at: 2026-07-10T12:00, lines: []}\n"
NOTHING = "expect: {applied: []}\n"


def test_the_least_a_test_says() -> None:
    made = case(CART + NOTHING)
    assert made.name == "first"
    assert made.cart == {
        "id": "first",
        "currency": "USD",
        "placed_at": "2026-07-10T10:00:00Z",
        "lines": [],
    }
    assert made.facts is None
    assert made.expect == {"applied": []}
    assert made.place.source.text[made.place.start : made.place.end] == "first"


FULL = """
description: all there is
cart:
  id: c1
  currency: USD
  placed_at: 2026-07-10T12:00:00+02:00
  channel: web
  location: madrid
  lines:
    - {id: l1, sku: A, quantity: 25, unit_price: 30.00 USD, categories: [x, y], brand: b,
       tags: new, min_price: 10 USD,
       attributes: {colour: red, deposit: 0.25 USD, labels: [z, a], weight: 1.5}}
  shipments: [{id: s1, method: standard, amount: 5 USD}]
  shipping_address: {country: ES, region: MD, postal_code: 028001}
  payment: {method: card}
  tax_total: 10000000000.01 USD
  store_credit: 1 USD
  coupons: [summer20, OLD]
  customer: {id: u1, account: a9, groups: [gold], segments: [], tier: silver, orders: 1,
             birthday: 1990-01-31, signed_up: 2020-01-01T00:00, attributes: {vip: true}}
  attributes: {due: 2026-07-11T00:00, size: 3}
expect: {applied: []}
"""
FULL_CART = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T10:00:00Z",
    "channel": "web",
    "location": "madrid",
    "lines": [
        {
            "id": "l1",
            "sku": "A",
            "quantity": 25,
            "unit_price": 3000,
            "categories": ["x", "y"],
            "brand": "b",
            "tags": ["new"],
            "min_price": 1000,
            "attributes": {
                "colour": "red",
                "deposit": 25,
                "labels": ["a", "z"],
                "weight": "1.5",
            },
        }
    ],
    "shipments": [{"id": "s1", "method": "standard", "amount": 500}],
    "shipping_address": {"country": "ES", "region": "MD", "postal_code": "028001"},
    "payment": {"method": "card"},
    "tax_total": 1_000_000_000_001,
    "store_credit": 100,
    "coupons": ["summer20", "OLD"],
    "customer": {
        "id": "u1",
        "account": "a9",
        "groups": ["gold"],
        "segments": [],
        "tier": "silver",
        "orders": 1,
        "birthday": "1990-01-31",
        "signed_up": "2019-12-31T23:00:00Z",
        "attributes": {"vip": True},
    },
    "attributes": {"due": "2026-07-10T22:00:00Z", "size": 3},
}


def test_every_key_of_a_cart() -> None:
    assert case(FULL).cart == FULL_CART


def test_facts() -> None:
    made = case(
        CART
        + NOTHING
        + """facts:
  uses: {summer: {total: 12, customer: 1, account: 0, location: 3, day: 2, group: {gold: 7}}}
  codes: {X7KQ: pool}
"""
    )
    assert made.facts == {
        "uses": {
            "summer": {
                "total": 12,
                "customer": 1,
                "account": 0,
                "location": 3,
                "day": 2,
                "group": {"gold": 7},
            }
        },
        "codes": {"X7KQ": "pool"},
    }


def test_every_expectation() -> None:
    made = case(
        """
        cart:
          placed_at: 2026-07-10T12:00
          lines:
            - {sku: A, quantity: 1, unit_price: 5 USD}
            - {id: l2, sku: A, quantity: 1, unit_price: 5 USD}
          shipments: [{amount: 5 USD}]
        expect:
          applied: [summer]
          not_applied: {winter: condition}
          warnings: summer
          applied_coupons: [summer20]
          rejected_coupons: {old: unknown}
          gifts: {MUG: 2}
          lines:
            1: {gross: 5 USD, discount: 1 USD, net: 4 USD, allocations: {summer: 1 USD}}
            l2: {net: 5 USD}
          shipments: {1: {net: 0 USD}}
          payment_adjustment: -3.50 USD
          discount_total: 1 USD
          subtotal: 10 USD
          shipping_total: 5 USD
          tax_total: 0 USD
          grand_total: 9.50 USD
        """
    )
    assert made.expect == {
        "applied": ["summer"],
        "not_applied": {"winter": "condition"},
        "warnings": ["summer"],
        "applied_coupons": ["SUMMER20"],
        "rejected_coupons": {"OLD": "unknown"},
        "gifts": {"MUG": 2},
        "lines": {
            "1": {"gross": 500, "discount": 100, "net": 400, "allocations": {"summer": 100}},
            "l2": {"net": 500},
        },
        "shipments": {"1": {"net": 0}},
        "payment_adjustment": -350,
        "discount_total": 100,
        "subtotal": 1000,
        "shipping_total": 500,
        "tax_total": 0,
        "grand_total": 950,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (NOTHING, ["R305"]),
        (CART, ["R204"]),
        (CART + "expect: {}", ["R402"]),
        (CART + "expect: {aplied: []}", ["R203"]),
        ("cart: {lines: []}\n" + NOTHING, ["R204"]),
        ("cart: {placed_at: 2026-07-10T12:00}\n" + NOTHING, ["R204"]),
        ("cart: {placed_at: 2026-07-10, lines: []}\n" + NOTHING, ["R135"]),
        ("cart: {placed_at: 2026-07-10T12:00, lines: [], refund: []}\n" + NOTHING, ["R203"]),
        (CART + "expect: {applied: [sumer]}", ["R401"]),
        (CART + "expect: {not_applied: {sumer: condition}}", ["R401"]),
        (CART + "expect: {not_applied: [summer]}", ["R205"]),
        (CART + "expect: {warnings: [sumer]}", ["R401"]),
        (CART + "expect: {applied: [summer], not_applied: {summer: condition}}", ["R406"]),
        (CART + "expect: {lines: {1: {net: 5 USD}}}", ["R404"]),
        (CART + "expect: {shipments: {1: {net: 5 USD}}}", ["R404"]),
        (CART + "expect: {subtotal: 5}", ["R121"]),
        (CART + "expect: {payment_adjustment: -5 EUR}", ["R122"]),
        (CART + NOTHING + "facts: {uses: {sumer: {total: 1}}}", ["R401"]),
        (CART + NOTHING + "facts: {uses: {summer: {total: 1.5}}}", ["R129"]),
        (CART + NOTHING + "facts: {balances: {}}", ["R203"]),
    ],
)
def test_what_is_wrong_with_a_test(body: str, expected: list[str]) -> None:
    assert codes(body) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{sku: A, quantity: 1}", ["R204"]),
        ("{sku: A, quantity: 0, unit_price: 5 USD}", ["R130"]),
        ("{sku: A, quantity: 1, unit_price: -5 USD}", ["R125"]),
        ("{sku: A, quantity: 1, unit_price: 5 EUR}", ["R122"]),
        ("{sku: A, quantity: 1, unit_price: 5 USD, colour: red}", ["R203"]),
        ("{sku: A, quantity: 1, unit_price: 5 USD, attributes: {color: red}}", ["R403"]),
        ("{sku: A, quantity: 1, unit_price: 5 USD, attributes: {deposit: 5}}", ["R121"]),
        ("{sku: A, quantity: 1, unit_price: 5 USD, attributes: {weight: [5]}}", ["R205"]),
        ("{sku: A, quantity: 1, unit_price: 5 USD, attributes: {colour: }}", ["R207"]),
    ],
)
def test_what_is_wrong_with_a_line(line: str, expected: list[str]) -> None:
    body = f"cart: {{placed_at: 2026-07-10T12:00, lines: [{line}]}}\n{NOTHING}"
    assert codes(body) == expected


def test_another_currency() -> None:
    body = f"cart: {{placed_at: 2026-07-10T12:00, lines: [], currency: EUR}}\n{NOTHING}"
    assert codes(body) == ["R405"]


def test_a_misspelt_reason_is_a_problem() -> None:
    text = """
promotions: {p: {then: {percent_off: 1%}}}
tests:
  t:
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: []}
    expect: {not_applied: {p: conditon}}
"""
    assert codes_of(text) == ["R206"]
