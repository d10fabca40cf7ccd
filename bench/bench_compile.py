"""Rule sets as YAML text in, the time until they are checked, lowered, read from the cache, out."""

from itertools import repeat
from pathlib import Path

import pytest

from bench.ratios import Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch
from bench.workload import SEED, make_rules
from tallystick import Engine, Ruleset, load, load_text
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import Plan

ROUNDS = {1_000: 5, 10_000: 3}
CACHED_ROUNDS = 20


def texts_of(rules: int) -> list[str]:
    """A rule set of its own for each round, since expressions are remembered."""
    return [make_rules(rules, SEED + 1 + n) for n in range(ROUNDS[rules])]


def compile_text(text: str) -> Plan:
    """All that is done once to rules before carts can be priced."""
    return lower(load_text(text))


@pytest.mark.parametrize("rules", ROUNDS)
def test_load(stopwatch: Stopwatch, rules: int) -> None:
    """Parse and check."""
    load_text(make_rules(10))  # the grammar is made once in a process
    ruleset = stopwatch.time(
        Subject("load", rules),
        load_text,
        iter(texts_of(rules)),
        rounds=ROUNDS[rules],
        group=f"load {rules:,} promotions from YAML text",
        is_warm=False,
    )
    assert len(ruleset.promotions) == rules


@pytest.mark.parametrize("rules", ROUNDS)
def test_compile(stopwatch: Stopwatch, rules: int) -> None:
    """Parse, check and lower."""
    load_text(make_rules(10))
    plan = stopwatch.time(
        Subject("compile", rules),
        compile_text,
        iter(texts_of(rules)),
        rounds=ROUNDS[rules],
        group=f"compile {rules:,} promotions from YAML text",
        is_warm=False,
    )
    assert len(plan.promotions) == rules


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


@pytest.mark.parametrize("rules", ROUNDS)
def test_cached(stopwatch: Stopwatch, tmp_path: Path, rules: int) -> None:
    """Read and hash the rule files, find what they compiled to, and look through it."""
    path, cache = tmp_path / "rules.yaml", tmp_path / "cache"
    path.write_text(make_rules(rules))

    def load_cached(path: Path) -> Ruleset:
        return load(path, cache=cache)

    ruleset = stopwatch.time(
        Subject("load cached", rules),
        load_cached,
        repeat(path),
        rounds=CACHED_ROUNDS,
        group=f"load {rules:,} promotions from the cache",
    )
    assert len(ruleset.promotions) == rules


@pytest.mark.parametrize("rules", ROUNDS)
def test_cached_engine(stopwatch: Stopwatch, tmp_path: Path, rules: int) -> None:
    """The same, until carts can be priced."""
    path, cache = tmp_path / "rules.yaml", tmp_path / "cache"
    path.write_text(make_rules(rules))

    def open_engine(path: Path) -> Engine:
        return Engine(load(path, cache=cache))

    engine = stopwatch.time(
        Subject("engine cached", rules),
        open_engine,
        repeat(path),
        rounds=CACHED_ROUNDS,
        group=f"an engine of {rules:,} promotions from the cache",
    )
    assert len(engine.ruleset.promotions) == rules
