"""Carts whose lines are read many at once, and results that are made in used memory."""

import random
from typing import Any

import pyarrow as pa
import pytest

import tallystick
from tallystick import Engine

from .tables import TEXTS, Cart, batch_of, expected_of, records_of

RULES = """
promotions:
  red: {then: {percent_off: 10%, on: brand == "red"}}
  hats: {then: {amount_off: 1 USD, on: categories has "hat"}}
  gold: {when: customer.groups has "gold", then: {percent_off: 5%, on: sku == "A"}}
  big: {when: cart.subtotal >= 50 USD, stage: order, then: {percent_off: 3%}}
"""
# Of lines these read two sets, prefixes and numbers too.
MORE = """
  blue: {then: {percent_off: 4%, on: tags has "blue" or brand starts_with "ca"}}
  few: {then: {amount_off: 2 USD, on: quantity <= 3 and unit_price >= 9 USD and tags has "hat"}}
  cheap: {then: {percent_off: 1%, on: subtotal <= 40 USD}}
"""
WORDS = ["red", "hat", "gold", "blue", "café"]
SIZES = [0, 1, 1, 2, 3, 5, 8, 8, 96, 97, 120]  # lines of a cart


def carts_of(seed: int, count: int, is_nullable: bool) -> list[Cart]:
    """Carts of all sizes; in each of twenty one line is not sound."""
    dice = random.Random(seed)

    def words() -> Any:
        return None if is_nullable and dice.random() < 0.2 else dice.choices(WORDS, k=2)

    made: list[Cart] = []
    for number in range(count):
        lines = [
            {
                "id": None if is_nullable and dice.random() < 0.2 else f"line-{place}",
                "sku": dice.choice("ABC"), "quantity": dice.randint(1, 9),
                "unit_price": dice.randint(0, 3000), "categories": words(),
                "brand": dice.choice(WORDS), "tags": words(),
                "min_price": None if is_nullable and dice.random() < 0.2 else 100,
                "stored_value": True if is_nullable and dice.random() < 0.01 else None,
            }
            for place in range(dice.choice(SIZES))
        ]  # fmt: skip
        if lines and dice.random() < 0.05:
            dice.choice(lines)[dice.choice(["quantity", "unit_price"])] = -1
        customer = {"groups": words()}
        made.append(
            {"customer": customer, "id": f"c{number}", "currency": "USD",
             "placed_at": "2026-07-10T12:00:00Z", "lines": lines}
        )  # fmt: skip
    return made


def schema_of(text: Any, whole: Any) -> Any:
    """The columns of such carts, the customer before the lines."""
    line = {"id": text, "sku": text, "quantity": whole, "unit_price": whole}
    line |= {"categories": pa.list_(text), "brand": text, "tags": pa.list_(text)}
    line |= {"min_price": whole, "stored_value": pa.bool_()}
    fields = {"customer": pa.struct([("groups", pa.list_(text))]), "id": text, "currency": text}
    fields |= {"placed_at": text, "lines": pa.list_(pa.struct(list(line.items())))}
    return pa.schema(list(fields.items()))


@pytest.fixture(scope="module", params=[RULES, RULES + MORE], ids=["few", "many"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine whose rules look at lines."""
    return Engine(tallystick.load_text(request.param))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("whole", [pa.int16(), pa.int32(), pa.int64()])
@pytest.mark.parametrize("is_nullable", [False, True])
def test_lines_of_many_carts(engine: Engine, text: str, whole: Any, is_nullable: bool) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    some = carts_of(seed, 40, is_nullable)
    wanted = expected_of(engine, [as_sent(cart) for cart in some])
    batch = batch_of(some, schema_of(TEXTS[text], whole))
    assert records_of(engine.quote_columns(batch)) == wanted
    assert records_of(engine.quote_columns(batch, threads=2)) == wanted
    assert records_of(engine.quote_columns(batch.slice(17, 20))) == wanted[17:37]


def as_sent(value: Any) -> Any:
    """What is null was not sent."""
    if isinstance(value, dict):
        return {name: as_sent(each) for name, each in value.items() if each is not None}
    return [as_sent(each) for each in value] if isinstance(value, list) else value


def test_results_outlive_those_that_follow(engine: Engine) -> None:
    sent = [carts_of(seed, 40, False) for seed in range(8)]
    batches = [batch_of(some, schema_of(pa.string(), pa.int64())) for some in sent]
    for batch in batches:
        engine.quote_columns(batch)  # let go of at once: its memory is used again
    held = [pa.table(engine.quote_columns(batch)) for batch in batches]
    for some, table in zip(sent, held, strict=True):
        wanted = expected_of(engine, some)
        assert records_of(table) == wanted
