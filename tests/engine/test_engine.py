"""The face that checkout calls: what it shows, and mistakes that would switch limits off."""

from typing import Any

import pytest

import tallystick
from tallystick.engine.engine import EVALUATORS

RULES = """\
ruleset: {currency: EUR}
promotions:
  first-uses: {limits: {total: 10}, then: {percent_off: 10%}}
"""
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "EUR",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
}
USED_UP = {"uses": {"first-uses": {"total": 10}}}


@pytest.fixture(params=EVALUATORS)
def engine(request: pytest.FixtureRequest) -> tallystick.Engine:
    """An engine of each kind."""
    return tallystick.Engine(tallystick.load_text(RULES), request.param)


def test_a_quote_shows_what_is_to_be_paid(engine: tallystick.Engine) -> None:
    assert repr(engine.quote(CART)) == "<Quote of cart 'c1': 18.00 EUR>"


def test_a_quote_shows_a_currency_without_decimals() -> None:
    engine = tallystick.Engine(tallystick.load_text("ruleset: {currency: JPY}"))
    assert str(engine.quote(CART | {"currency": "JPY"})) == "<Quote of cart 'c1': 2000 JPY>"


@pytest.mark.parametrize("name", [None, "c1"])
def test_facts_of_this_cart_are_used(engine: tallystick.Engine, name: str | None) -> None:
    assert engine.quote(CART, {"cart": name, **USED_UP}).discount_total == 0


def test_facts_of_another_cart_are_refused(engine: tallystick.Engine) -> None:
    with pytest.raises(tallystick.CartError) as caught:
        engine.quote(CART, {"cart": "other", **USED_UP})
    error = caught.value
    assert (error.code, error.path, error.cart_id) == ("wrong_cart", "facts.cart", "c1")
    assert error.message == "expected facts of the cart `c1`, got those of `other`"


def test_facts_of_another_cart_are_refused_in_their_place(engine: tallystick.Engine) -> None:
    facts = {"c1": {"cart": "c2", **USED_UP}, "c2": {"cart": "c2", **USED_UP}}
    first, second = engine.quote_batch([CART, CART | {"id": "c2"}], facts)
    assert isinstance(first, tallystick.CartError)
    assert isinstance(second, tallystick.Quote) and second.discount_total == 0


@pytest.mark.parametrize(
    "facts", [[USED_UP], "{}", b"{}", tallystick.Facts(), [("c1", USED_UP)]], ids=repr
)
def test_facts_of_a_batch_are_a_mapping(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(TypeError, match="facts of a batch are a mapping by cart id"):
        engine.quote_batch([CART], facts)


@pytest.mark.parametrize(
    "facts",
    [
        USED_UP,
        {"cart": "c1", **USED_UP},
        {"cart": "c1"},
        {"codes": {"X": "pool"}},
        {"uses": {"first-uses": {"totl": 10}}},
        {"cart": None, "uses": {}, "codes": {"X": "pool"}},
    ],
    ids=repr,
)
def test_facts_of_one_cart_are_no_facts_of_a_batch(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(ValueError, match="these are the facts of one cart"):
        engine.quote_batch([CART], facts)


@pytest.mark.parametrize("name", ["cart", "uses", "codes"])
def test_a_cart_may_be_called_like_a_field_of_facts(engine: tallystick.Engine, name: str) -> None:
    (quote,) = engine.quote_batch([CART | {"id": name}], {name: USED_UP})
    assert isinstance(quote, tallystick.Quote) and quote.discount_total == 0


@pytest.mark.parametrize(
    "cart", [CART, b"{}", "{}", bytearray(b"{}"), memoryview(b"{}")], ids=lambda one: type(one)
)
def test_one_cart_is_no_batch(engine: tallystick.Engine, cart: Any) -> None:
    with pytest.raises(TypeError, match=r"not one cart: call quote, or pass \[cart\]"):
        engine.quote_batch(cart)


def test_a_batch_has_at_least_one_thread(engine: tallystick.Engine) -> None:
    with pytest.raises(ValueError, match="threads is at least 1, not 0"):
        engine.quote_batch([CART], threads=0)
