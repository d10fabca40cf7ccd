"""A seed in, carts out, some of them refused, with rules that have something to say about them."""

import random
from typing import Any

import msgspec

import tallystick

RULES = """\
define:
  tea: categories has "tea"

promotions:
  tenth:
    then: {percent_off: 10%, on: tea}
  loyal:
    when: {if: "default(customer.orders, 0) >= 3", enforcement: allow_warn_on_invalid}
    then: {percent_off: 5%}
  third-free:
    then: {buy: {quantity: 2, on: brand == "Zest"}, get: {quantity: 1}}
  saver:
    stage: order
    coupon: SAVE5
    when: cart.subtotal >= 20 USD
    then: {amount_off: 5 USD}
  pot:
    when: cart.subtotal >= 60 USD
    then: {gift: {sku: POT, quantity: 1}}
  first-hundred:
    stage: order
    limits: {total: 100}
    then: {amount_off: 1 USD}
  free-delivery:
    stage: shipping
    when: cart.net_subtotal >= 30 USD
    then: {free_shipping: {}}
  card-fee:
    stage: payment
    when: payment.method == "card"
    then: {percent_surcharge: 1%}
"""
FAULTS: list[dict[str, Any]] = [
    {"currency": "EUR"},
    {"placed_at": "yesterday"},
    {"lines": [{"sku": "MUG", "quantity": 0, "unit_price": 1}]},
    {"lines": [{"sku": "MUG", "quantity": 1, "unit_price": 10**13}]},
    {"lines": [{"id": "a", "sku": "X", "quantity": 1, "unit_price": 1}] * 2},
    {"lines": [{"sku": "", "quantity": 1, "unit_price": 1}]},
]


def draw_cart(dice: random.Random, name: str) -> dict[str, Any]:
    """One cart; one in twenty has a fault."""
    lines = [
        {
            "id": f"l{place}",
            "sku": f"SKU-{dice.randrange(50)}",
            "quantity": dice.randint(1, 6),
            "unit_price": dice.randrange(3000),
            "categories": dice.sample(["tea", "pots", "té verde"], dice.randrange(3)),
            "brand": dice.choice(["Zest", "Brisa", None]),
        }
        for place in range(dice.randrange(7))
    ]
    cart: dict[str, Any] = {
        "id": name,
        "currency": "USD",
        "placed_at": f"2026-07-{dice.randint(1, 31):02}T{dice.randrange(24):02}:30:00Z",
        "channel": dice.choice(["web", "store", None]),
        "lines": lines,
        "shipments": [{"id": "s1", "method": "standard", "amount": dice.randrange(900)}],
        "shipping_address": {"country": dice.choice(["ES", "PT"])},
        "payment": {"method": dice.choice(["card", "cash"])},
        "coupons": dice.choice([[], ["save5"], ["OLD", "SAVE5"], None]),
        "customer": {"groups": ["gold"], "orders": dice.choice([None, 0, 7])},
    }
    return cart | dice.choice(FAULTS) if dice.randrange(20) == 0 else cart


def draw_carts(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """So many carts, the same for a seed."""
    dice = random.Random(seed)
    return [draw_cart(dice, f"c{number}") for number in range(count)]


def lines_for(carts: list[dict[str, Any]], facts: Any = None) -> list[bytes]:
    """What the engine says of each: its result, or its error, as JSON."""
    engine = tallystick.Engine(tallystick.load_text(RULES))
    return [
        msgspec.json.encode(answer.as_record())
        if isinstance(answer, tallystick.CartError)
        else answer.to_json()
        for answer in engine.quote_batch(carts, facts)
    ]
