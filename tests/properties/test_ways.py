"""All ways through the engine give the bytes of the reference, on all cases and random rule sets.

Half of the rule sets come from a fixed seed, the rest from a fresh one: `TALLYSTICK_SEED=N` repeats
it, and `TALLYSTICK_EXAMPLES=N` asks for more or fewer of them.
"""

from collections import Counter
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from tallystick.dsl.ruleset import Case, Ruleset
from tallystick.engine.cart.errors import CartError
from tallystick.engine.engine import EVALUATORS, Engine
from tallystick.engine.quote.quote import Quote

from ..test_cases import PARAMS, Document
from .carts import carts, facts
from .rulesets import rulesets
from .test_evaluators import FIXED_SEED, SEED, brief

Sent = list[tuple[dict[str, Any], dict[str, Any]]]

many = st.lists(st.tuples(carts(), facts()), min_size=1, max_size=5)
reach: Counter[str] = Counter()


def compare(ruleset: Ruleset, sent: Sent) -> None:
    """Price some carts in every way."""
    kernel, reference = Engine(ruleset), Engine(ruleset, "reference")
    named = [({**cart, "id": f"c{i}"}, known) for i, (cart, known) in enumerate(sent)]
    lines = [msgspec.json.encode(cart) for cart, _ in named]
    by_id = {cart["id"]: known for cart, known in named}
    for known_by_id in (None, by_id):
        expected: list[bytes] = []
        for (cart, known), line in zip(named, lines, strict=True):
            quote = reference.quote(cart, known if known_by_id else None)
            expected.append(quote.to_json())
            for form in (cart, line):
                one = kernel.quote(form, known if known_by_id else None)
                assert one.to_json() == expected[-1]
                assert one.grand_total == quote.grand_total
                assert one.discount_total == quote.discount_total
                reach["fast" if one._plain is None else "plain"] += 1
        for chunk in ([cart for cart, _ in named], lines):
            quotes = list(kernel.quote_batch(chunk, known_by_id))
            assert [one.to_json() for one in quotes if isinstance(one, Quote)] == expected
        printout = kernel.quote_lines(b"\n".join(lines), known_by_id)
        assert printout.json == b"".join(one + b"\n" for one in expected)


@seed(SEED)
@brief
@given(rulesets(), many)
def test_all_ways_agree_on_fresh_rule_sets(ruleset: Ruleset, sent: Sent) -> None:
    compare(ruleset, sent)


@seed(FIXED_SEED)
@brief
@given(rulesets(), many)
def compare_many(ruleset: Ruleset, sent: Sent) -> None:
    """The comparison of which the share of the fast way is known."""
    compare(ruleset, sent)


def test_all_ways_agree_and_most_carts_go_the_fast_one() -> None:
    reach.clear()
    compare_many()
    assert reach["fast"] > 5 * reach["plain"] > 0, dict(reach)


@pytest.mark.parametrize(("document", "case"), PARAMS)
def test_all_ways_agree_on_all_cases(document: Document, case: Case) -> None:
    facts = cast(dict[str, Any] | None, case.facts)
    answers: set[bytes] = set()
    for name in EVALUATORS:
        engine = Engine(document.ruleset, name)
        for form in (dict(case.cart), msgspec.json.encode(case.cart)):
            try:
                answers.add(engine.quote(form, facts).to_json())
            except CartError as error:
                answers.add(msgspec.json.encode(error.as_record()))
    assert len(answers) == 1
