"""Rows that go straight to what rules read: any dictionary, any order of ids, carts of any sort."""

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

import tallystick
from tallystick import Engine

from .tables import Cart, expected_of, records_of

RULES = """
promotions:
  web: {when: cart.channel == "web", then: {percent_off: 10%, on: brand == "red"}}
  gold: {when: customer.groups has "gold", then: {amount_off: 3 USD}}
  tier: {when: customer.tier == "vip", stage: order, then: {percent_off: 3%}}
  few: {when: cart.quantity <= 9, then: {percent_off: 5%, on: categories has "hat"}}
  ship: {stage: shipping, when: cart.subtotal >= 50 USD, then: {free_shipping: {}}}
  ten: {coupon: TEN, then: {percent_off: 10%}}
"""
CHANNELS, TIERS, GROUPS = ["web", "app", "kiosk"], ["vip", None, "none"], ["gold", "red", "staff"]
INDICES = [pa.int8(), pa.int16(), pa.uint8(), pa.int32(), pa.int64()]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(tallystick.load_text(RULES))


def words_of(values: Sequence[str | None], dice: random.Random) -> pa.Array:
    """Texts by a dictionary in which words repeat, or are nobody's; one may be empty."""
    words = sorted({value for value in values if value is not None}) * dice.choice([1, 2])
    words += dice.choice([[], ["of nobody"], ["of nobody", ""]])
    dice.shuffle(words)
    places: dict[str | None, list[int | None]] = {None: [None]}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    index = dice.choice(INDICES if len(words) < 100 else INDICES[3:])
    indices = pa.array([dice.choice(places[value]) for value in values], index)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def lists_of(lists: Sequence[Sequence[Any]], items: pa.Array) -> pa.Array:
    ends = [0]
    for each in lists:
        ends.append(ends[-1] + len(each))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), items)


def draw_cart(number: int, dice: random.Random) -> Cart:
    """Few ids in any order, at times twice; now and then another currency or no quantity."""
    ids = dice.sample(["1", "2", "10", "a", "b", "café"], dice.randint(0, 6))
    if dice.random() < 0.6:
        ids.sort()
    if ids and dice.random() < 0.05:
        ids.append(ids[0])
    lines = [
        {
            "id": id, "sku": dice.choice("ABCDE"), "brand": dice.choice(["red", "blue"]),
            "quantity": 0 if dice.random() < 0.01 else dice.randint(1, 4),
            "unit_price": dice.randint(0, 3_000),
            "categories": dice.choices(["hat", "cap", "coat"], k=dice.randint(0, 3)),
        }
        for id in ids
    ]  # fmt: skip
    return {
        "id": f"cart {number}", "currency": "EUR" if dice.random() < 0.03 else "USD",
        "placed_at": "2026-07-10T12:00:00Z", "channel": dice.choice(CHANNELS), "lines": lines,
        "shipments": [{"amount": dice.randint(0, 900)} for _ in range(dice.randint(0, 3))],
        "coupons": dice.choice([[], [], ["TEN"], ["ten ", "NONE"]]),
        "customer": {"tier": dice.choice(TIERS), "groups": dice.choices(GROUPS, k=2)},
    }  # fmt: skip


def batch_of(carts: list[Cart], dice: random.Random) -> pa.RecordBatch:
    """The carts, each of their texts by a dictionary of its own."""
    lines = [line for cart in carts for line in cart["lines"]]
    fields = {name: words_of([line[name] for line in lines], dice) for name in ("sku", "brand")}
    ids = [line["id"] for line in lines]
    fields["id"] = words_of(ids, dice) if dice.random() < 0.7 else pa.array(ids, pa.string())
    for name in ("quantity", "unit_price"):
        fields[name] = pa.array([line[name] for line in lines], pa.int32())
    sets = [line["categories"] for line in lines]
    fields["categories"] = lists_of(
        sets, words_of([word for words in sets for word in words], dice)
    )
    groups = [cart["customer"]["groups"] for cart in carts]
    customer = {
        "tier": words_of([cart["customer"]["tier"] for cart in carts], dice),
        "groups": lists_of(groups, words_of([word for words in groups for word in words], dice)),
    }
    shipments = [cart["shipments"] for cart in carts]
    columns = {name: words_of([cart[name] for cart in carts], dice) for name in ("channel", "id")}
    columns |= {
        "currency": words_of([cart["currency"] for cart in carts], dice),
        "placed_at": pa.array([cart["placed_at"] for cart in carts]),
        "customer": pa.StructArray.from_arrays(list(customer.values()), list(customer)),
        "lines": lists_of(
            [cart["lines"] for cart in carts],
            pa.StructArray.from_arrays(list(fields.values()), list(fields)),
        ),
        "shipments": pa.array(shipments, pa.list_(pa.struct([("amount", pa.int32())]))),
        "coupons": pa.array([cart["coupons"] for cart in carts], pa.list_(pa.string())),
    }
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def as_sent(cart: Cart) -> Cart:
    customer = {name: value for name, value in cart["customer"].items() if value is not None}
    return cart | {"customer": customer}


@pytest.mark.parametrize("turn", range(12))
def test_rows_of_many_carts(engine: Engine, turn: int) -> None:
    dice = random.Random(turn)
    carts = [draw_cart(number, dice) for number in range(300)]
    wanted = expected_of(engine, [as_sent(cart) for cart in carts])
    assert sum("error" in record for record in wanted) < 150
    batch = batch_of(carts, dice)
    assert records_of(engine.quote_columns(batch)) == wanted
    assert records_of(engine.quote_columns(batch.slice(101, 150), threads=2)) == wanted[101:251]


def test_a_first_cart_without_lines() -> None:
    dice = random.Random(3)
    carts = [draw_cart(number, dice) | {"lines": [], "currency": "USD"} for number in range(2)]
    fresh = Engine(tallystick.load_text(RULES))
    wanted = expected_of(fresh, [as_sent(cart) for cart in carts])
    assert records_of(fresh.quote_columns(batch_of(carts, dice))) == wanted


def test_batches_that_share_their_dictionaries(engine: Engine) -> None:
    # The first batches use few of the words, so that these are not looked up beforehand.
    dice = random.Random(1)
    carts = [draw_cart(number, dice) for number in range(60)]
    batch = batch_of(carts, dice)
    slices = [batch.slice(0, 1), batch.slice(1, 2), batch.slice(3, 40), batch.slice(43)]
    reader = pa.RecordBatchReader.from_batches(batch.schema, slices)
    wanted = expected_of(engine, [as_sent(cart) for cart in carts])
    assert records_of(engine.quote_columns(reader)) == wanted


TEXTS_OF_STRUCTS = """
promotions:
  tier: {when: customer.tier == "vip", then: {percent_off: 3%}}
  others: {when: customer.tier != "vip", then: {percent_off: 5%}}
  near: {stage: order, when: shipping.country == "ES", then: {amount_off: 2 USD}}
  card: {stage: payment, when: payment.method == "card", then: {percent_off: 1%}}
"""


@pytest.mark.parametrize("turn", range(4))
def test_texts_of_structs_that_may_be_null(turn: int) -> None:
    engine = Engine(tallystick.load_text(TEXTS_OF_STRUCTS))
    dice = random.Random(turn)
    line = {"id": "1", "sku": "A", "quantity": 1, "unit_price": 5_000}
    choices: dict[str, list[Cart | None]] = {
        "customer": [None, {}, {"tier": "vip"}, {"tier": "none"}],
        "shipping_address": [None, {"country": "ES"}, {"country": "US"}],
        "payment": [None, {"method": "card"}, {"method": "cash"}],
    }
    head = {"currency": "USD", "placed_at": "2026-07-10T12:00:00Z", "lines": [line]}
    carts: list[Cart] = [
        {"id": f"{number}", **head, **{name: dice.choice(each) for name, each in choices.items()}}
        for number in range(40)
    ]
    wanted = expected_of(engine, [as_known(cart) for cart in carts])
    assert {len(record["applied_promotions"]) for record in wanted} == {1, 2, 3}
    table = pa.Table.from_pylist(carts)
    assert table.column("payment").null_count
    assert records_of(engine.quote_columns(table)) == wanted
    assert records_of(engine.quote_columns(table, threads=2)) == wanted


def as_known(cart: Cart) -> Cart:
    return {name: value for name, value in cart.items() if value is not None}


PARTS = """
ruleset: {timezone: Europe/Madrid}
promotions:
  day: {when: 'cart.weekday in ["fri", "sat"]', then: {percent_off: 5%}}
  noon: {when: cart.hour >= 12, stage: order, then: {percent_off: 3%}}
  fri: {when: 'cart.weekday starts_with "f"', stage: order, then: {amount_off: 1 USD}}
  zip: {when: shipping.postal_code starts_with "08", then: {amount_off: 1 USD}}
  post: {stage: shipping, when: shipping.methods has "post", then: {percent_off: 50%}}
  dear: {when: shipping.amount >= 5 USD, then: {amount_off: 2 USD}}
  often: {when: 'default(customer.orders, 0) >= 3', then: {percent_off: 1%}}
  gold: {when: customer.groups has "gold", then: {amount_off: 3 USD}}
  ten: {coupon: TEN, then: {percent_off: 10%}}
"""
PLAIN = pa.string()
PARTS_SCHEMA = pa.schema(
    {
        "id": PLAIN, "currency": pa.dictionary(pa.int8(), PLAIN), "placed_at": PLAIN,
        "lines": pa.list_(
            pa.struct([("sku", PLAIN), ("quantity", pa.uint8()), ("unit_price", pa.int64())])
        ),
        "shipments": pa.list_(
            pa.struct([("id", PLAIN), ("method", pa.string_view()), ("amount", pa.int16())])
        ),
        "shipping_address": pa.struct([("postal_code", PLAIN), ("region", pa.string_view())]),
        "customer": pa.struct(
            [("orders", pa.int8()), ("groups", pa.list_(PLAIN)), ("segments", pa.list_(PLAIN))]
        ),
        "tax_total": pa.int32(), "coupons": pa.list_(PLAIN),
        "attributes": pa.struct([("of_nobody", PLAIN)]),
    }.items()
)  # fmt: skip


def draw_parts(number: int, dice: random.Random, nothing: float) -> Cart:
    """A cart of which anything that need not be sent may be null."""

    def maybe(value: Any) -> Any:
        return None if dice.random() < nothing else value

    shipments = [
        {"id": maybe(id), "method": maybe(dice.choice(["post", "air", ""])),
         "amount": dice.randint(0, 900)}
        for id in dice.sample("abcdefghijk", dice.choice([0, 1, 1, 1, 2, 3, 9, 10, 11]))
    ]  # fmt: skip
    customer = {
        "orders": maybe(dice.randint(0, 5)), "groups": maybe(dice.choices(GROUPS, k=2)),
        "segments": maybe([]),
    }  # fmt: skip
    line = {"sku": "A", "quantity": 1, "unit_price": 1_999}
    return {
        "id": f"cart {number}", "currency": "USD",
        "placed_at": dice.choice(["2026-07-10T09:59:59Z", "2026-03-29T01:30:00+01:00"]),
        "lines": [line] * dice.choice([0, 1, 2, 12, 60]),
        "shipments": maybe(shipments),
        "shipping_address": maybe({"postal_code": maybe(dice.choice(["08010", "8", ""]))}),
        "customer": maybe(customer), "tax_total": maybe(7),
        "coupons": maybe(dice.choice([[], [], ["TEN"], [" ten ", "NONE"]])),
    }  # fmt: skip


def as_dict(value: Any) -> Any:
    """What a column says in the words of JSON: a null was not sent."""
    if isinstance(value, dict):
        return {name: as_dict(each) for name, each in value.items() if each is not None}
    return [as_dict(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("nothing", [0, 0.05, 0.5])
@pytest.mark.parametrize("turn", range(3))
def test_parts_of_rows_that_may_be_null(turn: int, nothing: float) -> None:
    engine = Engine(tallystick.load_text(PARTS))
    dice = random.Random(turn)
    carts = [draw_parts(number, dice, nothing) for number in range(200)]
    carts[3]["placed_at"] = carts[90]["currency"] = carts[150]["id"] = ""
    carts[91]["shipments"] = [{"amount": 5}, {"amount": -1}]
    wanted = expected_of(engine, [as_dict(cart) for cart in carts])
    assert 4 <= sum("error" in record for record in wanted) < 60
    batch = pa.RecordBatch.from_pylist(carts, PARTS_SCHEMA)
    assert records_of(engine.quote_columns(batch)) == wanted
    assert records_of(engine.quote_columns(batch.slice(77), threads=2)) == wanted[77:]


def test_instants_of_every_unit(engine: Engine) -> None:
    line = {"sku": "A", "quantity": 1, "unit_price": 5_000}
    cart = {"id": "1", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z", "lines": [line]}
    for unit, per_second in (("s", 1), ("ms", 1_000), ("us", 10**6), ("ns", 10**9)):
        instants = [1_783_684_800 * per_second, -(2**62), 2**62, 0, None]
        column = pa.array(instants, pa.timestamp(unit, "UTC"))
        for rows in (column, column.slice(0, 1), column.slice(3)):
            batch = pa.RecordBatch.from_pylist([cart] * len(rows))
            batch = batch.set_column(2, "placed_at", rows)
            found = records_of(engine.quote_columns(batch))
            good = [instant in (instants[0], 0) for instant in rows.cast(pa.int64()).to_pylist()]
            if unit == "ns":  # every instant that fits 64 bits is one of our calendar
                good = [instant is not None for instant in rows.cast(pa.int64()).to_pylist()]
            assert ["error" not in record for record in found] == good
