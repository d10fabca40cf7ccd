"""Which codes and pools open which promotion, as the rule set has it."""

from tallystick import load_text
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.openers import openers_of
from tallystick.engine.plan.plan import NOTHING

RULES = """
promotions:
  both: {priority: 4, coupon: A, coupon_pool: spring, then: {percent_off: 10%}}
  many: {priority: 3, coupons: [C, A, B], then: {percent_off: 10%}}
  none: {priority: 2, then: {percent_off: 10%}}
  pool: {priority: 1, coupon_pool: autumn, then: {percent_off: 10%}}
"""


def test_codes_and_pools_are_those_of_the_rules() -> None:
    ruleset = load_text(RULES)
    plan = lower(ruleset)
    found = openers_of(plan)
    for number, promotion in enumerate(ruleset.promotions):
        first, last = found.code_starts[number : number + 2].tolist()
        symbols = found.code_symbols[first:last].tolist()
        assert symbols == sorted(plan.symbols[code] for code in promotion.coupons)
        pool = promotion.coupon_pool
        assert found.pool_symbols[number] == (NOTHING if pool is None else plan.symbols[pool])


def test_a_plan_without_codes_has_none() -> None:
    found = openers_of(lower(load_text("promotions: {a: {then: {percent_off: 10%}}}")))
    assert found.code_starts.tolist() == [0, 0]
    assert found.code_symbols.tolist() == []
    assert found.pool_symbols.tolist() == [NOTHING]
