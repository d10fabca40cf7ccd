"""Results written without Python objects are byte for byte those of the plain way.

A part of the rule sets comes from a fresh seed, which is printed when one fails:
`TALLYSTICK_SEED=N` repeats it.
"""

import os
import secrets
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tallystick import Engine, load_text
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.plan.lowering import lower
from tallystick.engine.port._book import Book
from tallystick.engine.port._draft_view import view_number, view_results

from ...properties.carts import carts, facts
from ...properties.rulesets import rulesets
from .noise import TEXTS, draw_cart, rules_text, spell
from .shapes import json_of

FIXED_SEED = 20261125
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
thorough = settings(
    max_examples=int(os.environ.get("TALLYSTICK_EXAMPLES", "100")),
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
RULES = """
stack_groups:
  best: {policy: priority}
promotions:
  tenth: {priority: 3, then: {percent_off: 10%}}
  early:
    priority: 2
    coupons: [SAVE, "É", MORE]
    stacking: {group: best}
    then: {amount_off: 1.00 USD}
  late: {priority: 1, coupons: [SAVE, LATE], stacking: {group: best}, then: {percent_off: 50%}}
  order: {stage: order, coupons: [MORE, SAVE], then: {percent_off: 1%}}
  present: {coupons: [MORE, GIFT], then: {gift: {sku: mug, quantity: 2}}}
  fee: {stage: payment, then: {percent_surcharge: 3%}}
"""


def lone_line(name: str, codes: list[str]) -> dict[str, Any]:
    """A cart of one line under some name, with some codes."""
    line = {"id": name, "sku": "a", "quantity": 3, "unit_price": 12345}
    return {
        "id": name,
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [line],
        "coupons": codes,
    }


def compare(ruleset: Ruleset, sent: list[dict[str, Any]]) -> None:
    """Price some carts both ways; those with warnings the fast way leaves to the other."""
    plain = Engine(ruleset, "reference")
    found = view_results(Book(lower(ruleset)), [json_of(cart) for cart in sent])
    for cart, result in zip(sent, found, strict=True):
        quote = plain.quote(cart)
        assert result == (None if quote.result.warnings else quote.to_json())


@seed(FIXED_SEED)
@thorough
@given(rulesets(), st.lists(carts(), min_size=1, max_size=3))
def test_results_are_those_of_the_plain_way(ruleset: Ruleset, sent: list[dict[str, Any]]) -> None:
    compare(ruleset, sent)


@seed(SEED)
@thorough
@given(rulesets(), st.lists(carts(), min_size=1, max_size=3))
def test_results_are_those_of_the_plain_way_on_fresh_rule_sets(
    ruleset: Ruleset, sent: list[dict[str, Any]]
) -> None:
    compare(ruleset, sent)


@seed(FIXED_SEED)
@settings(thorough, max_examples=50)
@given(rulesets(), carts(), facts())
def test_codes_of_pools_are_those_of_the_plain_way(
    ruleset: Ruleset, cart: dict[str, Any], known: dict[str, Any]
) -> None:
    cart["coupons"] = ["POOLED", *cart["coupons"]]
    found = Engine(ruleset).quote(json_of(cart), known).to_json()
    assert found == Engine(ruleset, "reference").quote(json_of(cart), known).to_json()


@pytest.mark.parametrize("text", [*TEXTS, "".join(map(chr, range(1, 300))), "x" * 5000])
def test_every_text_is_escaped_as_the_plain_way_does(text: str) -> None:
    compare(load_text(RULES), [lone_line(text, ["SAVE"]), lone_line("a" * 7 + text, [])])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 23, 24, 25])
def test_what_is_escaped_is_found_wherever_it_stands(size: int) -> None:
    texts = [
        "a" * size,
        *("b" * at + '"\\\x1f'[at % 3] + "c" * (size - 1 - at) for at in range(size)),
    ]
    compare(load_text(RULES), [lone_line(text, []) for text in texts])


@pytest.mark.parametrize(
    "codes",
    [
        [],
        ["SAVE"],
        ["LATE"],
        ["LATE", "SAVE"],
        ["more", "nobody's", "save", "gift"],
        ['"\\', "\x7f", "x\ty"],
    ],
)
def test_codes_are_applied_and_rejected_as_the_plain_way_does(codes: list[str]) -> None:
    compare(load_text(RULES), [lone_line("a", codes)])


def test_carts_in_every_spelling_are_priced_as_the_plain_way_does() -> None:
    dice = Random(SEED)
    ruleset = load_text(rules_text() + RULES)
    documents = [spell(dice, draw_cart(dice)) for _ in range(500)]
    plain = Engine(ruleset, "reference")
    found = view_results(Book(lower(ruleset)), documents)
    for document, result in zip(documents, found, strict=True):
        if result is not None:
            assert result == plain.quote(document).to_json(), (SEED, document)
    assert any(found)


def test_numbers_of_every_length_are_spelled() -> None:
    for digits in range(1, 20):
        for number in (10 ** (digits - 1), 10**digits - 1, int("1234567890123456789"[:digits])):
            if number < 2**63:
                assert view_number(number) == str(number).encode()
                assert view_number(-number) == str(-number).encode()
    assert view_number(0) == b"0"
    assert view_number(-(2**63)) == str(-(2**63)).encode()


def test_many_lines_with_many_moves_are_written_in_order() -> None:
    rules = "promotions:\n" + "".join(
        f"  p{n:03}: {{then: {{amount_off: 0.01 USD}}}}\n" for n in range(60)
    )
    cart = lone_line("a", [])
    line = cart["lines"][0]
    cart["lines"] = [{**line, "id": f"{n}"} for n in range(300)]
    compare(load_text(rules), [cart, lone_line("b", []), cart])
