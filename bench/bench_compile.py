"""Rule sets as YAML text in, the time until they are checked, and until they are a plan, out."""

from itertools import repeat

import pytest

from bench.ratios import Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch
from bench.workload import SEED, make_rules
from tallystick import load_text
from tallystick.engine.plan.lowering import lower

ROUNDS = {1_000: 5, 10_000: 1}


@pytest.mark.parametrize("rules", ROUNDS)
def test_load(stopwatch: Stopwatch, rules: int) -> None:
    """Parse and check. Each round has a rule set of its own, since expressions are remembered."""
    load_text(make_rules(10))  # the grammar is made once in a process
    texts = [make_rules(rules, SEED + 1 + n) for n in range(ROUNDS[rules])]
    ruleset = stopwatch.time(
        Subject("load", rules),
        load_text,
        iter(texts),
        rounds=ROUNDS[rules],
        group=f"load {rules:,} promotions from YAML text",
        is_warm=False,
    )
    assert len(ruleset.promotions) == rules


@pytest.mark.parametrize("rules", ROUNDS)
def test_lower(stopwatch: Stopwatch, stock: Stock, rules: int) -> None:
    """Lower to the plan, with its index."""
    plan = stopwatch.time(
        Subject("lower", rules),
        lower,
        repeat(stock.ruleset(rules)),
        rounds=ROUNDS[rules],
        group=f"lower {rules:,} promotions to a plan",
    )
    assert len(plan.promotions) == rules
