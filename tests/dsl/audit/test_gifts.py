"""Fixed awards, bonuses and referrals for little money."""

import pytest

from .looking import POINTS, club, codes_of, look

FIXED = "x: {program: club, event: purchase, award: {points: 300}%s}"


@pytest.mark.parametrize(
    ("keys", "least"),
    [
        ("", ["any size"]),
        (", when: [cart.subtotal >= 2 USD]", ["2 USD"]),
        (", when: [cart.subtotal >= 2 USD and cart.net_subtotal > 2.50 USD]", ["2.51 USD"]),
        (", when: ['net(sku == \"A\") >= 1 USD']", ["1 USD"]),
        (", when: [cart.subtotal >= 3 USD]", []),
        (", when: [cart.quantity >= 2]", []),
        (", when: [customer.orders == 0]", []),
        (", limits: {per_member: 1 per day}", []),
        (", limits: {points: 300 per day}", []),
        (", stored_value: true", []),
    ],
)
def test_orders_that_are_worth_less_than_their_award(keys: str, least: list[str]) -> None:
    found = [one for one in look(club(earning_rules=FIXED % keys)) if one.code == "N503"]
    assert [one.message.split(" gives ")[0] for one in found] == [f"an order of {s}" for s in least]


def test_an_award_for_some_lines_says_nothing_about_the_order() -> None:
    rule = FIXED.replace("points: 300", 'points: 300, on: sku == "A"') % ""
    assert codes_of(club(earning_rules=rule)) == []


@pytest.mark.parametrize(
    ("campaign", "codes"),
    [
        ("bonus: 100", ["N503"]),
        ("bonus: 100, rules: [purchase]", ["N503"]),
        ("bonus: 100, rules: [food]", []),
        ("bonus: 100, when: [cart.subtotal >= 1 USD]", []),
        ("bonus: 100, when: [customer.orders == 0]", []),
    ],
)
def test_bonuses(campaign: str, codes: list[str]) -> None:
    food = 'food: {program: club, event: purchase, award: {points: 1 per 1 USD, on: sku == "F"}}'
    text = club(earning_rules=f"{POINTS}\n{food}", campaigns=f"b: {{program: club, {campaign}}}")
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("", ["N504"]),
        ("min_order: 2.99 USD, ", ["N504"]),
        ("min_order: 3 USD, ", []),
        ("limits: {per_member: 3 per year}, ", []),
        ("when: [customer.orders == 0], ", []),
    ],
)
def test_referrals(keys: str, codes: list[str]) -> None:
    award = "award: {referrer: {points: 200}, friend: {points: 100}}"
    rule = f"x: {{program: club, event: referral, {keys}{award}}}"
    assert codes_of(club(earning_rules=rule)) == codes
