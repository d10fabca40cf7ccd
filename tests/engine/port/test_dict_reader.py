"""Carts as dicts: the fast walk takes what the plain way takes, to the same bytes, or nothing.

Half of the carts come from a fixed seed, half from a fresh one, which is in the name of the test:
`TALLYSTICK_SEED=N` repeats it.
"""

import os
import secrets
from collections import OrderedDict
from copy import deepcopy
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

import tallystick
from tallystick.engine.quote.quote import Quote

from .noise import draw_cart, rules_text

FIXED_SEED = 20261124
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
CARTS = 600
RULES = """\
promotions:
  tenth: {when: cart.subtotal >= 1 USD, then: {percent_off: 10%}}
  red: {then: {percent_off: 20%, on: 'attributes.strings == "red"'}}
  coded: {coupon: SAVE, stage: order, then: {amount_off: 1 USD}}
"""
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
}
LINE: dict[str, Any] = CART["lines"][0]


class Word(str):
    """A text of a type of its own."""


class Count(int):
    """A number of a type of its own."""


ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.0, 1.5, 10**6 + 1, 10**12 + 1, 10**13 + 1, 10**30),
    *("", "a", "ключ", "\ud800", Word("a"), Count(1), b"bytes", object()),
    *([], [1], [None], [""], ["a", "b"], ("a",), {"a"}, frozenset(), [["a"]]),
    *({}, {"a": 1}, {1: "a"}, {"\ud800": 1}, OrderedDict(), datetime(2026, 7, 10, tzinfo=UTC)),
)


@pytest.fixture(scope="module")
def engines() -> tuple[tallystick.Engine, tallystick.Engine]:
    """The kernel and the reference, under rules that declare attributes of every kind."""
    ruleset = tallystick.load_text(rules_text() + RULES)
    return tallystick.Engine(ruleset), tallystick.Engine(ruleset, "reference")


Engines = tuple[tallystick.Engine, tallystick.Engine]


def answer(engine: tallystick.Engine, cart: Any) -> bytes | tuple[str, ...]:
    """The bytes of a quote, or what a refusal says."""
    try:
        return engine.quote(cart).to_json()
    except tallystick.CartError as error:
        return error.code, error.path, error.message, str(error.cart_id)


def is_fast(engine: tallystick.Engine, cart: Any) -> bool:
    """Whether the fast way takes a cart."""
    pricer = engine._till.pricer
    assert pricer is not None
    quote = pricer.quote(cart)
    assert quote is None or isinstance(quote, Quote)
    return quote is not None


def places_in(plain: Any, trail: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything inside a cart."""
    items = plain.items() if isinstance(plain, dict) else enumerate(plain)
    found: list[tuple[Any, ...]] = []
    for name, item in items:
        found.append((*trail, name))
        if isinstance(item, (dict, list)):
            found += places_in(item, (*trail, name))
    return found


def spoil(cart: dict[str, Any], dice: Random) -> None:
    """Change a cart in one place, for better or worse."""
    *trail, name = dice.choice(places_in(cart))
    inside: Any = cart
    for step in trail:
        inside = inside[step]
    what = dice.randrange(4)
    if what == 0 and isinstance(inside, dict):
        inside[dice.choice((*inside, "nobody", "id", "sku", "method", "groups"))] = deepcopy(
            dice.choice(ODD)
        )
    elif what == 1:
        del inside[name]
    else:
        inside[name] = deepcopy(dice.choice(ODD))


@pytest.mark.parametrize("seed", [FIXED_SEED, SEED])
def test_carts_without_a_fault_are_taken(engines: Engines, seed: int) -> None:
    dice = Random(seed)
    kernel, reference = engines
    fast = 0
    for _ in range(CARTS):
        cart = draw_cart(dice)
        expected = answer(reference, cart)
        assert answer(kernel, cart) == expected, cart
        fast += is_fast(kernel, cart)
    assert fast > CARTS * 9 // 10


@pytest.mark.parametrize("seed", [FIXED_SEED, SEED])
def test_carts_with_faults_get_the_same_answer(engines: Engines, seed: int) -> None:
    dice = Random(seed)
    kernel, reference = engines
    fast = refused = 0
    for _ in range(CARTS * 2):
        cart = deepcopy(draw_cart(dice))  # they share what they hold
        for _ in range(dice.randint(1, 2)):
            spoil(cart, dice)
        expected = answer(reference, cart)
        assert answer(kernel, cart) == expected, cart
        is_refused = isinstance(expected, tuple)
        assert not (is_refused and is_fast(kernel, cart)), cart
        refused += is_refused
        fast += is_fast(kernel, cart)
    assert fast > CARTS // 10 and refused > CARTS // 10


GOOD: list[dict[str, Any]] = [
    {},
    {"lines": []},
    {"lines": (LINE,)},
    {"lines": [LINE | {"id": "ж", "brand": None, "tags": (), "categories": ["a", "a"]}]},
    {"lines": [LINE | {"attributes": {"strings": "red", "nobody": 1.5}, "min_price": 0}]},
    {"shipments": None, "customer": None, "payment": None, "shipping_address": None},
    {"shipments": [{"amount": 0}], "customer": {}, "payment": {}, "shipping_address": {}},
    {"customer": {"id": "u", "groups": ["g"], "segments": (), "orders": 0, "tier": ""}},
    {"coupons": [" save ", "SAVE"], "redeem": [], "tax_total": 10**13, "store_credit": 0},
    {"attributes": None, "channel": "web", "location": None},
    {"lines": [LINE | {"stored_value": False}, LINE | {"stored_value": None}]},
]


@pytest.mark.parametrize("changes", GOOD, ids=repr)
def test_common_carts_are_fast(engines: Engines, changes: dict[str, Any]) -> None:
    kernel, reference = engines
    assert is_fast(kernel, CART | changes)
    assert answer(kernel, CART | changes) == answer(reference, CART | changes)


def test_keys_need_not_be_the_same_objects(engines: Engines) -> None:
    far = {"".join(name): value for name, value in CART.items()}
    assert is_fast(engines[0], far)


RARE: list[Any] = [
    OrderedDict(CART),
    CART | {"id": Word("c1")},
    CART | {"placed_at": datetime(2026, 7, 10, tzinfo=UTC)},
    CART | {"lines": [LINE | {"tags": {"a"}}]},
    CART | {"lines": [LINE | {"quantity": Count(1)}]},
    CART | {"attributes": {"nobody": [1]}},
    CART | {"lines": [LINE | {"stored_value": True}]},
]


@pytest.mark.parametrize("cart", RARE, ids=repr)
def test_rare_forms_are_read_the_plain_way(engines: Engines, cart: Any) -> None:
    kernel, reference = engines
    assert not is_fast(kernel, cart)
    assert answer(kernel, cart) == answer(reference, cart)
    assert isinstance(answer(kernel, cart), bytes)


BAD: list[dict[str, Any]] = [
    {"id": None},
    {"id": ""},
    {"lines": None},
    {"lines": {}},
    {"nobody": 1},
    {"lines": [LINE | {"quantity": True}]},
    {"lines": [LINE | {"quantity": 0}]},
    {"lines": [LINE | {"quantity": 10**6 + 1}]},
    {"lines": [LINE | {"unit_price": -1}]},
    {"lines": [LINE | {"unit_price": 10**30}]},
    {"lines": [{"sku": "MUG", "quantity": 1}]},
    {"lines": [LINE, LINE | {"id": "1"}]},
    {"lines": [LINE] * 10_001},
    {"shipments": [{}]},
    {"shipments": [{"amount": 1}] * 1_001},
    {"coupons": ["A"] * 101},
    {"coupons": [" "]},
    {"redeem": [1]},
    {"redeem": [{"rule": "x"}]},
    {"lines": [LINE | {"stored_value": 1}]},
    {"customer": {"id": ""}},
    {"channel": "\ud800"},
    {"attributes": {"\ud800": 1}},
    {"attributes": {"bools": 1}},
    {"attributes": {"sets": "a"}},
    {"attributes": []},
    {"tax_total": 10**13 + 1},
]


@pytest.mark.parametrize("changes", BAD, ids=lambda one: repr(one)[:60])
def test_faults_are_worded_the_plain_way(engines: Engines, changes: dict[str, Any]) -> None:
    kernel, reference = engines
    assert not is_fast(kernel, CART | changes)
    assert answer(kernel, CART | changes) == answer(reference, CART | changes)


def test_keys_are_known_by_their_text_whichever_object_they_are(engines: Engines) -> None:
    """Keys that were seen before are known by their address, where others come to stand."""
    engine = engines[0]
    expected = engine.quote(CART).to_json()
    for number in range(2_000):
        cart = {"".join(list(key)): value for key, value in CART.items()}
        assert not is_fast(engine, cart | {f"other{number % 7}": 1})
        assert is_fast(engine, cart) and engine.quote(cart).to_json() == expected
