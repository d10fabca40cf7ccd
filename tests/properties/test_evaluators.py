"""Kernel and reference give the same outcome on random rule sets, carts and facts.

Three quarters of the rule sets come from a fixed seed, the rest from a fresh one, which is printed
at the end: `TALLYSTICK_SEED=N` repeats it, and `TALLYSTICK_EXAMPLES=N` asks for more or fewer rule
sets. With it the reach is printed: how often each action, mode, policy and reason occurred. None
may be 0.
"""

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tallystick.dsl.kinds import Mode, Policy, Scope
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.engine import Engine
from tallystick.engine.kernel.evaluator import KernelEvaluator
from tallystick.engine.outcome import Outcome, Reason
from tallystick.engine.plan.plan import ActionOp
from tallystick.engine.reference.evaluate import Run

from .carts import carts, facts
from .rulesets import STACK_GROUPS, rulesets

FIXED_SEED = 20261122
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
EXAMPLES = int(os.environ.get("TALLYSTICK_EXAMPLES", "2000"))
ENOUGH = 1000  # rule sets that reach everything
thorough = settings(
    max_examples=max(1, EXAMPLES * 3 // 4),
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
fresh = settings(thorough, max_examples=max(1, EXAMPLES // 4))
brief = settings(thorough, max_examples=max(1, EXAMPLES // 10))
carts_and_facts = st.lists(st.tuples(carts(), facts()), min_size=1, max_size=3)
reach: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def print_reach(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print what the random rule sets reached, past pytest's capture."""
    yield
    if not reach:
        return
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        words = "  ".join(f"{name} {count}" for name, count in sorted(reach.items()))
        print(f"\nreach of seed {SEED}, {EXAMPLES} rule sets: {words}")


def count(ruleset: Ruleset, kernel: KernelEvaluator, run: Run, outcome: Outcome) -> None:
    """Add one evaluation to the reach."""
    for refusal in run.refusals.values():
        reach[f"reason:{refusal.reason.word}"] += 1
    reach["reason:unknown"] += sum(r.reason is Reason.UNKNOWN for _, r in outcome.rejections)
    reach["warning"] += len(outcome.warnings)
    for one in outcome.applied:
        stacking = ruleset.promotions[one.promotion].stacking
        action = ActionOp(kernel.plan.promotions["action"][one.promotion])
        reach[f"action:{action.name.lower()}"] += 1
        exclusive = f":{stacking.scope}" if stacking.mode is Mode.EXCLUSIVE else ""
        reach[f"mode:{stacking.mode}{exclusive}"] += 1
        if stacking.group is not None:
            reach[f"group:{stacking.group}"] += 1
        reach["undistributed"] += one.undistributed_minor > 0


def compare(ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Price some carts with both evaluators."""
    intake = Intake(ruleset)
    ready = [(intake.read_cart(cart), read_facts(known)) for cart, known in sent]
    kernel = KernelEvaluator(ruleset)
    outcomes = kernel.evaluate(ready)
    for index, (cart, known) in enumerate(ready):
        run = Run(ruleset, cart, known)
        run.evaluate()
        assert outcomes[index] == run.outcome()
        count(ruleset, kernel, run, outcomes[index])


@seed(FIXED_SEED)
@thorough
@given(rulesets(), carts_and_facts)
def compare_many(ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """The comparison that also measures the reach."""
    compare(ruleset, sent)


@seed(SEED)
@fresh
@given(rulesets(), carts_and_facts)
def test_kernel_equals_reference_on_fresh_rule_sets(
    ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    compare(ruleset, sent)


def test_kernel_equals_reference_and_everything_is_reached() -> None:
    compare_many()
    expected = {f"action:{op.name.lower()}" for op in ActionOp}
    expected |= {f"reason:{reason.word}" for reason in Reason}
    expected |= {f"mode:{mode}" for mode in Mode if mode is not Mode.EXCLUSIVE}
    expected |= {f"mode:{Mode.EXCLUSIVE}:{scope}" for scope in Scope}
    expected |= {f"group:{name}" for name in STACK_GROUPS}
    assert {group.policy for group in STACK_GROUPS.values()} == set(Policy)
    if EXAMPLES >= ENOUGH:
        assert expected - {name for name, times in reach.items() if times} == set()


@seed(SEED)
@brief
@given(rulesets(), carts_and_facts, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(
    ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]], shuffler: Any
) -> None:
    engine = Engine(ruleset)
    for cart, known in sent:
        shuffled = {**cart, "lines": list(cart["lines"]), "shipments": list(cart["shipments"])}
        shuffler.shuffle(shuffled["lines"])
        shuffler.shuffle(shuffled["shipments"])
        one = engine.quote(cart, known).to_dict()
        other = engine.quote(shuffled, known).to_dict()
        for key in ("lines", "shipments"):
            one[key].sort(key=lambda entry: entry["id"])
            other[key].sort(key=lambda entry: entry["id"])
        assert one == other


@seed(SEED)
@brief
@given(rulesets(), carts_and_facts)
def test_a_batch_of_any_size_equals_one_by_one(
    ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    engine = Engine(ruleset)
    named = [({**cart, "id": f"c{i}"}, known) for i, (cart, known) in enumerate(sent)]
    known_by_id = {cart["id"]: known for cart, known in named}
    alone = [engine.quote(cart, known).to_json() for cart, known in named]
    for threads in (1, 2):
        batch = engine.quote_batch([cart for cart, _ in named], known_by_id, threads=threads)
        assert [quote.to_json() for quote in batch] == alone  # type: ignore[union-attr]


@seed(SEED)
@brief
@given(rulesets(), carts_and_facts)
def test_receipts_add_up(
    ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    engine = Engine(ruleset)
    for cart, known in sent:
        result = engine.quote(cart, known).result
        for line in (*result.lines, *result.shipments):
            assert line.discount == sum(a.amount for a in line.allocations)
            assert line.net == line.gross - line.discount >= 0
            assert all(a.amount > 0 for a in line.allocations)
        floor = ruleset.line_floor_minor
        for sent_line, line in zip(cart["lines"], result.lines, strict=True):
            least = max(floor, sent_line["min_price"] * sent_line["quantity"])
            assert line.net >= min(line.gross, least)
        given_away = sum(p.discount_amount for p in result.applied_promotions)
        assert given_away == result.discount_total - result.payment.adjustment
        assert result.grand_total == (
            result.subtotal
            + result.shipping_total
            - result.discount_total
            + result.payment.adjustment
            + result.tax_total
        )
        assert result.grand_total >= 0


@seed(SEED)
@brief
@given(rulesets(), carts_and_facts)
def test_facts_that_are_not_needed_change_nothing(
    ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    engine = Engine(ruleset)
    for cart, known in sent:
        needs = engine.needs(cart)
        needed = {
            "uses": {name: uses for name, uses in known["uses"].items() if name in needs.uses},
            "codes": {code: pool for code, pool in known["codes"].items() if code in needs.codes},
        }
        assert engine.quote(cart, needed).to_json() == engine.quote(cart, known).to_json()
