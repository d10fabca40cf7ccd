"""Plans in, their turned channels out: the same lists as the channels have, and the same quotes."""

from random import Random

import numpy as np
import pytest

from tallystick import Engine, load_text
from tallystick.engine.kernel.directory import (
    CODE_CHANNELS,
    SLOT_MANY,
    SLOT_NONE,
    directory_of,
    lists_of,
    scale_of,
)
from tallystick.engine.plan.gates import bit_of, bits_of
from tallystick.engine.plan.lowering import lower

RULES = """
ruleset: {currency: USD}
promotions:
  sku: {then: {percent_off: 10%, on: 'sku in ["A", "B"]'}}
  brand: {then: {percent_off: 20%, on: 'brand == "A"'}}
  tag: {then: {percent_off: 5%, on: 'tags has "C"'}}
  gold: {when: customer.groups has "gold", stage: order, then: {percent_off: 3%}}
  here: {when: 'cart.channel == "web"', stage: order, then: {percent_off: 4%}}
  early: {active: ..2026-03-01, stage: order, then: {percent_off: 1%}}
  late: {active: 2026-05-01.., stage: order, then: {percent_off: 2%}}
"""
MARKS: tuple[list[int], ...] = (
    [],
    [5],
    [-(2**63), 2**63 - 1],
    [0, 1, 2, 3],
    [10**6 * day for day in range(200)],
    [-7, *range(1000, 1010), 10**15],
)


@pytest.mark.parametrize("marks", MARKS, ids=len)
def test_the_steps_of_a_scale_lead_to_the_place_of_a_number(marks: list[int]) -> None:
    scale = scale_of(np.array(marks, np.int64))
    random = Random(1)
    near = [mark + by for mark in marks for by in (-1, 0, 1)]
    for number in [*near, *(random.randrange(-(2**63), 2**63) for _ in range(100))]:
        place = sum(mark <= number for mark in marks)
        if number < scale.first:
            assert place == 0
            continue
        step = min((number - scale.first) >> scale.shift, scale.step_count)
        assert scale.steps[step] <= place <= scale.steps[step + 1]


def test_a_symbol_of_one_list_has_it_and_others_are_left_to_their_channels() -> None:
    plan = lower(load_text(RULES))
    lists = directory_of(plan).line_lists
    first = CODE_CHANNELS + len(plan.layout.cart_texts) + len(plan.layout.cart_sets)
    slots = [slot.name for slot in (*plan.layout.line_texts, *plan.layout.line_sets)]
    assert lists["slot"][plan.symbols["A"]] == SLOT_MANY
    assert lists["slot"][plan.symbols["gold"]] == lists["slot"][-1] == SLOT_NONE
    for text, name in (("B", "line.sku"), ("C", "line.tags")):
        slot, symbol = slots.index(name), plan.symbols[text]
        symbols, firsts, counts = lists_of(plan, first + slot)
        place = symbols.tolist().index(symbol)
        assert lists[symbol].tolist()[:3] == (firsts[place], counts[place], slot)


@pytest.mark.parametrize(
    "instant", ["2026-02-28T23:59:59Z", "2026-03-02T00:00:00Z", "2026-05-01T00:00:00Z"]
)
def test_texts_of_several_slots_find_the_promotions_of_each(instant: str) -> None:
    ruleset = load_text(RULES)
    kernel, reference = Engine(ruleset), Engine(ruleset, evaluator="reference")
    for sku, brand, tags, groups, channel in (
        ("A", "B", ["A"], ["web"], "gold"),
        ("C", "A", ["C", "B"], ["gold"], "web"),
        ("B", "C", ["gold"], ["gold", "A"], "A"),
    ):
        line = {"id": "1", "sku": sku, "quantity": 2, "unit_price": 999}
        cart = {
            "id": "1",
            "currency": "USD",
            "placed_at": instant,
            "channel": channel,
            "customer": {"groups": groups},
            "lines": [{**line, "brand": brand, "tags": tags}, {**line, "id": "2", "sku": "A"}],
        }
        assert kernel.quote(cart).to_json() == reference.quote(cart).to_json()


def test_the_bits_of_many_texts_are_those_of_each() -> None:
    symbols = np.array([*range(1_000), 2**31 - 1])
    assert bits_of(symbols).tolist() == [bit_of(int(symbol)) for symbol in symbols]
