"""A quote writes its JSON when it is asked, the same whatever became of cart and engine."""

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import tallystick

RULES = """\
promotions:
  tenth: {then: {percent_off: 10%, on: sku == "MUG"}}
  present: {then: {gift: {sku: SOCKS, quantity: 1}}}
  coded: {stage: order, coupons: [SAVE, SAVE2], then: {amount_off: 5 USD}}
  coded-too: {stage: order, coupon: SAVE, then: {amount_off: 100 USD}}
  pooled: {stage: order, coupon_pool: pots, then: {amount_off: 1 USD}}
  freight: {stage: shipping, then: {percent_off: 50%}}
  by-card: {stage: payment, when: payment.method == "card", then: {percent_off: 1%}}
"""
OTHER_RULES = "promotions: {all: {then: {percent_off: 100%}}}"
LOYALTY = """\
programs: {club: {}}
earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}}
"""
CODES: tuple[list[str], ...] = (["save", " SAVE ", "NOBODY", "POT-1"], ["SAVE2"], [])
FACTS = {"codes": {"POT-1": "pots"}}


def cart(number: int) -> dict[str, Any]:
    """A cart with texts of many sizes, some with escapes, some without ids."""
    texts = (
        "a",
        "of-more-than-sixteen-bytes",
        'q"\\ж',
        "eight-by",
        "five5",
        "xy",
        "fifteen-bytes-lo",
    )
    made: dict[str, Any] = {
        "id": texts[number % 7],
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [
            {"sku": ("MUG", "CUP")[i % 2], "quantity": 1 + i, "unit_price": 99 * i}
            for i in range(number % 13)
        ],
        "shipments": [{"amount": 499 * i} for i in range(number % 4)],
        "payment": {"method": ("card", "cash")[number % 2]},
        "coupons": CODES[number % 3],
    }
    for i, line in enumerate(made["lines"]):
        if number % 5:
            line["id"] = f"{texts[i % 7]}{i}"
    for i, shipment in enumerate(made["shipments"]):
        if number % 3:
            shipment["id"] = f"{i}{texts[i % 7]}"
    return made


CARTS = [cart(number) for number in range(60)]


@pytest.fixture(scope="module")
def engine() -> tallystick.Engine:
    """An engine with something of every kind."""
    return tallystick.Engine(tallystick.load_text(RULES))


@pytest.fixture(scope="module")
def expected() -> list[bytes]:
    """The results that the reference gives."""
    reference = tallystick.Engine(tallystick.load_text(RULES), "reference")
    return [reference.quote(one, FACTS).to_json() for one in CARTS]


@pytest.mark.parametrize("form", ["dict", "bytes", "text"])
def test_what_is_written_is_what_the_reference_says(
    engine: tallystick.Engine, expected: list[bytes], form: str
) -> None:
    for one, json_expected in zip(CARTS, expected, strict=True):
        text = json.dumps(one)
        source: Any = {"dict": one, "bytes": text.encode(), "text": text}[form]
        quote = engine.quote(source, FACTS)
        assert quote.cart_id == one["id"]
        assert quote.to_json() == json_expected
        assert quote.to_json() is quote.to_json()
        assert quote.cart_id == one["id"]
        totals = quote.result.grand_total, quote.result.discount_total
        assert (quote.grand_total, quote.discount_total) == totals


def test_a_dict_may_change_before_it_is_written(
    engine: tallystick.Engine, expected: list[bytes]
) -> None:
    sources = copy.deepcopy(CARTS)
    quotes = [engine.quote(source, FACTS) for source in sources]
    for source in sources:
        for line in (*source["lines"], *source["shipments"]):
            line.clear()
        source.clear()
    assert [quote.cart_id for quote in quotes] == [one["id"] for one in CARTS]
    assert [quote.to_json() for quote in quotes] == expected


def test_an_engine_may_have_other_rules_before_it_is_written(expected: list[bytes]) -> None:
    engine = tallystick.Engine(tallystick.load_text(RULES))
    quotes = [engine.quote(one, FACTS) for one in CARTS]
    engine.reload(tallystick.load_text(OTHER_RULES))
    assert engine.quote(CARTS[5]).to_json() != expected[5]
    del engine
    assert [quote.to_json() for quote in quotes] == expected


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_is_sent_elsewhere_is_written(
    engine: tallystick.Engine, expected: list[bytes], protocol: int
) -> None:
    quotes = [engine.quote(one, FACTS) for one in CARTS]
    sent = pickle.loads(pickle.dumps(quotes, protocol))
    assert [quote.to_json() for quote in sent] == expected
    for quote, one in zip(sent, quotes, strict=True):
        assert (quote.grand_total, quote.discount_total) == (one.grand_total, one.discount_total)
        assert (quote.cart_id, quote.cart) == (one.cart_id, one.cart)
    assert [copy.copy(quote).to_json() for quote in quotes] == expected


def test_many_may_ask_at_once(engine: tallystick.Engine, expected: list[bytes]) -> None:
    quotes = [engine.quote(one, FACTS) for one in CARTS * 20]
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda place: quotes[place % len(quotes)].to_json(), range(2400)))
    assert written == expected * 40


def test_what_rules_with_programs_say_is_written() -> None:
    engine = tallystick.Engine(tallystick.load_text(LOYALTY + RULES))
    reference = tallystick.Engine(engine.ruleset, "reference")
    for one in CARTS:
        written = engine.quote(one, FACTS).to_json()
        assert written == reference.quote(one, FACTS).to_json()
