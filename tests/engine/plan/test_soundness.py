"""Tests of the look through plans: those that are lowered are sound, and changed ones are not."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tallystick import load_text
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import ActionOp, NodeOp, Plan, PolicyOp, TermKind
from tallystick.engine.plan.soundness import TYPES, find_fault

from ...properties.loyalty import loyal_rulesets
from ...properties.rulesets import rulesets
from .clubs import CLUB

RULES = """
stack_groups: {best: {policy: best}, lines: {scope: line}}
promotions:
  a: {when: 'qty(sku == "A" or not brand == "B") >= 2', then: {percent_off: 10%, on: sku == "A"}}
  b:
    when: [any(sku == brand), cart.channel == "web", cart.subtotal >= 5.00 USD]
    then: {buy: {quantity: 2}, get: {quantity: 1}}
    stacking: {group: lines, excludes: [a]}
  c: {then: {bundle: [{quantity: 1}, {quantity: 2}], price: 3.00 USD}, stacking: {group: best}}
  d: {when: distinct_skus(quantity >= 2) == 2, then: {volume: [{min_quantity: 2, percent_off: 1%}]}}
  e: {stage: shipping, coupon: E, then: {percent_off: 10%, methods: [post]}}
  f: {stage: payment, when: customer.groups has "vip", then: {amount_off: 1.00 USD}}
  g: {active: 2026-01-01.., when: cart.quantity * 2 > cart.line_count, then: {amount_off: 1.00 USD}}
"""
FAR = 2**31 - 1
# By array and field, what no row may hold there. Fields that only some rows read come below.
WRONG: dict[tuple[str, str], tuple[int, ...]] = {
    ("nodes", "op"): (-1, len(NodeOp)),
    ("terms", "kind"): (-1, len(TermKind)),
    ("terms", "slot"): (-1, FAR),
    ("aggregates", "function"): (-1, 7),
    ("aggregates", "selector"): (-1, FAR),
    ("selectors", "node"): (-1, FAR),
    ("conditions", "node"): (-1, FAR),
    ("components", "selector"): (-1, FAR),
    ("components", "quantity"): (0, -1),
    ("groups", "policy"): (-1, len(PolicyOp)),
    ("groups", "first"): (-1, FAR),
    ("groups", "last"): (-1, FAR),
    ("badges", "low"): (-1, FAR),
    ("badges", "high"): (-1, FAR),
    ("promotions", "stage"): (-1, 4),
    ("promotions", "mode"): (-1, 5),
    ("promotions", "group"): (-2, FAR),
    ("promotions", "rank"): (-1, FAR),
    ("promotions", "action"): (-1, len(ActionOp)),
    ("promotions", "on"): (-2, FAR),
    ("promotions", "get_on"): (-2, FAR),
    ("promotions", "first_tier"): (-1, FAR),
    ("promotions", "last_tier"): (-1, FAR),
    ("promotions", "first_component"): (-1, FAR),
    ("promotions", "last_component"): (-1, FAR),
    ("promotions", "first_method"): (-2, FAR),
    ("promotions", "first_excluded"): (-1, FAR),
    ("promotions", "last_excluded"): (-1, FAR),
    ("promotions", "first_condition"): (-1, FAR),
    ("promotions", "last_condition"): (-1, FAR),
    ("methods", ""): (),  # symbols that are compared, never followed
    ("excluded", ""): (-1, FAR),
    ("members", ""): (-1, FAR),
    ("post_starts", ""): (-1, FAR),
    ("posts", "number"): (-1, FAR),
    ("posts", "bounds"): (3 << 48, 1 << 15),
    ("always", "number"): (-1, FAR),
    ("programs", "redeeming"): (-1, 3),
    ("programs", "multipliers"): (-1, 3),
    ("programs", "rounding"): (-1, 4),
    ("programs", "first_level"): (-1, FAR),
    ("programs", "last_level"): (-1, FAR),
    ("programs", "step_points"): (0,),
    ("tier_levels", "denominator"): (0, -1),
    ("earning_rules", "number"): (-1, FAR),
    ("earning_rules", "program"): (-1, FAR),
    ("earning_rules", "kind"): (-1, 3),
    ("earning_rules", "form"): (-1, 6),
    ("earning_rules", "on"): (-2, FAR),
    ("earning_rules", "rank"): (-1, FAR),
    ("earning_rules", "first_residual"): (-1, FAR),
    ("earning_rules", "last_residual"): (-1, FAR),
    ("earning_rules", "denominator"): (0, -1),
    ("earning_rules", "per_minor"): (0, -1),
    ("campaigns", "program"): (-1, FAR),
    ("campaigns", "on"): (-2, FAR),
    ("campaigns", "rank"): (-1, FAR),
    ("campaigns", "first_residual"): (-1, FAR),
    ("campaigns", "last_residual"): (-1, FAR),
    ("campaigns", "denominator"): (0, -1),
    ("burning_rules", "program"): (-1, FAR),
    ("burning_rules", "reward"): (-1, 7),
    ("burning_rules", "on"): (-1, FAR),
    ("burning_rules", "first_condition"): (-1, FAR),
    ("burning_rules", "last_condition"): (-1, FAR),
    ("burning_rules", "cost"): (0,),
    ("named", ""): (-1, FAR),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return lower(replace(load_text(RULES), loyalty=CLUB))


def with_array(plan: Plan, name: str, array: Any) -> Plan:
    """The plan with another array."""
    changes: dict[str, Any] = {name: array}
    return replace(plan, **changes)


def changed(plan: Plan, name: str, field: str, row: int, value: int) -> Plan:
    """The plan with one number changed."""
    array: np.ndarray[Any, Any] = getattr(plan, name).copy()
    (array[field] if field else array)[row] = value
    return with_array(plan, name, array)


def faults(plan: Plan, name: str, field: str, value: int) -> list[str | None]:
    """What is found when one row after the other has a value."""
    rows = range(len(getattr(plan, name)))
    return [find_fault(changed(plan, name, field, row, value)) for row in rows]


@settings(max_examples=50)
@given(rulesets())
def test_lowered_plans_are_sound(ruleset: Ruleset) -> None:
    assert find_fault(lower(ruleset)) is None


@settings(max_examples=50)
@given(loyal_rulesets())
def test_lowered_plans_with_loyalty_are_sound(ruleset: Ruleset) -> None:
    assert find_fault(lower(ruleset)) is None


def test_an_empty_plan_is_sound() -> None:
    assert find_fault(lower(Ruleset())) is None


def test_every_array_of_a_plan_has_a_type(plan: Plan) -> None:
    arrays = {x.name for x in fields(Plan) if isinstance(getattr(plan, x.name), np.ndarray)}
    assert arrays == set(TYPES), "an array that `soundness` does not look at"


@pytest.mark.parametrize(("name", "field"), WRONG)
def test_indexes_out_of_bounds_are_found(plan: Plan, name: str, field: str) -> None:
    assert find_fault(plan) is None
    for value in WRONG[name, field]:
        found = faults(plan, name, field, value)
        assert found, f"no row of `{name}` to try"
        assert None not in found


@pytest.mark.parametrize("field", ["first", "last", "slot"])
def test_operands_of_nodes_out_of_bounds_are_found(plan: Plan, field: str) -> None:
    reads_slot = (NodeOp.COMPARE, NodeOp.MEMBER, NodeOp.HAS_ANY, NodeOp.ANY_LINE)
    for row, node in enumerate(plan.nodes):
        op = node["op"]
        if op in reads_slot if field == "slot" else op not in (NodeOp.TRUE, NodeOp.ANY_LINE):
            for value in (-1, FAR):
                assert find_fault(changed(plan, "nodes", field, row, value)) is not None


def test_a_node_that_holds_itself_is_found(plan: Plan) -> None:
    for row in np.flatnonzero(plan.nodes["op"] == NodeOp.NOT):
        own = int(plan.nodes["first"][row])
        assert "holds itself" in str(find_fault(changed(plan, "args", "", own, int(row))))


def test_lines_are_read_where_there_is_one(plan: Plan) -> None:
    line = int(np.flatnonzero(plan.nodes["is_line"] != 0)[0])
    wheres = np.flatnonzero(plan.nodes["op"] == NodeOp.COMPARE)
    cart = next(int(row) for row in wheres if row in plan.conditions["node"])
    assert "reads a line" in str(find_fault(changed(plan, "conditions", "node", 0, line)))
    assert "other lines" in str(find_fault(changed(plan, "selectors", "node", 0, cart)))


def test_actions_have_what_they_work_with(plan: Plan) -> None:
    percent, buys = (
        int(np.flatnonzero(plan.promotions["action"] == op)[0])
        for op in (ActionOp.PERCENT_LINE, ActionOp.BUY_GET)
    )
    for row, field, value in (
        (percent, "on", -1),
        (percent, "stage", 2),
        (buys, "get_on", -1),
        (buys, "buy_quantity", 0),
        (percent, "action", ActionOp.BUNDLE),
    ):
        assert find_fault(changed(plan, "promotions", field, row, value)) is not None


def test_campaigns_have_lines_and_rules(plan: Plan) -> None:
    multiplier = int(np.flatnonzero(plan.campaigns["is_multiplier"] != 0)[0])
    naming = int(np.flatnonzero(plan.campaigns["first_named"] != -1)[0])
    for row, field, value in ((multiplier, "on", -1), (naming, "first_named", FAR)):
        assert find_fault(changed(plan, "campaigns", field, row, value)) is not None


def test_filed_earning_rules_have_lines(plan: Plan) -> None:
    row = int(np.flatnonzero(plan.earning_rules["on"] != -1)[0])
    assert "no lines" in str(find_fault(changed(plan, "earning_rules", "on", row, -1)))


def test_codes_open_promotions_alone(plan: Plan) -> None:
    start = int(plan.channels["start"][0])
    opened = int(plan.post_starts[start])
    wrong = changed(plan, "posts", "number", opened, len(plan.promotions))
    assert "code" in str(find_fault(wrong))


@pytest.mark.parametrize("name", TYPES)
def test_arrays_of_another_type_are_found(plan: Plan, name: str) -> None:
    assert find_fault(with_array(plan, name, np.zeros(3, np.float32))) is not None


def test_symbols_that_do_not_fit_their_texts_are_found(plan: Plan) -> None:
    symbols: Any = plan.symbols
    for starts in (symbols.starts[:-1], symbols.starts[::-1], symbols.starts + 1):
        other = type(symbols)(symbols.texts, starts.astype(np.int32))
        assert find_fault(replace(plan, symbols=other)) is not None
