"""What points are worth in money."""

from fractions import Fraction

from tallystick.dsl.audit.payouts import list_payouts
from tallystick.dsl.audit.scene import list_programs

from ..loading import load
from .looking import club

REWARDS = """a: {program: club, cost: 100, reward: {gift_card: 5 USD}}
b: {program: club, cost: 100, reward: {product: MUG}}
c: {program: club, cost: 100, reward: {discount: 20%, max_discount: 3 USD}}
d: {program: club, cost: 100, reward: {discount: 20%}}
e: {program: club, cost: 100, reward: {donation: 2 USD}, active: ..2026-01-01}"""


def test_rewards_with_a_value_in_money() -> None:
    (rules,) = list_programs(load(club(burning_rules=REWARDS)))
    found = {payout.place[1]: payout.worth for payout in list_payouts(rules)}
    assert found == {"club": 1, "a": 5, "c": 3, "e": Fraction(2)}
    after = list_payouts(rules, rules.burning[-1].window.ends_at)
    assert [payout.place[1] for payout in after] == ["club", "a", "c"]
