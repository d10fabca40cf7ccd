"""The best case of rules and campaigns that can hold together."""

from fractions import Fraction

import pytest

from tallystick.dsl.audit.best import Rate, Search, combine, levels_of
from tallystick.dsl.audit.scene import Effort, list_programs
from tallystick.dsl.kinds import AwardKind, Multipliers

from ..loading import load
from .looking import POINTS, club


@pytest.mark.parametrize(
    ("policy", "factors", "factor"),
    [
        (Multipliers.MULTIPLY, [Fraction(3, 2), Fraction(2)], 3),
        (Multipliers.ADD, [Fraction(3, 2), Fraction(2)], Fraction(5, 2)),
        (Multipliers.MAX, [Fraction(3, 2), Fraction(2)], 2),
        (Multipliers.ADD, [Fraction(0), Fraction(0)], 0),
    ],
)
def test_policies(policy: Multipliers, factors: list[Fraction], factor: Fraction) -> None:
    assert combine(policy, factors) == factor


def search(campaigns: str, effort: int = 1000) -> Search:
    """A search over one rule with a rate of 1."""
    rules = list_programs(load(club(earning_rules=POINTS, campaigns=campaigns)))[0]
    rate = Rate(rules.earning[0], AwardKind.POINTS, Fraction(1))
    return Search(
        Multipliers.MULTIPLY, Effort(effort), levels_of(rules)[0], [rate], rules.campaigns
    )


CHANNELS = """a: {program: club, multiply: 2, when: [cart.channel == "a"]}
b: {program: club, multiply: 3, when: [cart.channel == "b"]}
c: {program: club, multiply: 2, when: ['cart.channel in ["a", "c"]']}
half: {program: club, multiply: 0.5, when: [cart.channel != "z"]}"""


def test_the_best_set_is_not_the_one_with_the_largest_part() -> None:
    best = search(CHANNELS).run()
    assert best.total == 4
    assert [one.id for one in best.parts[0].campaigns] == ["a", "c"]


def test_a_campaign_that_always_holds_always_counts() -> None:
    assert search("half: {program: club, multiply: 0.5}").run().total == Fraction(1, 2)


def test_nothing_beats_a_floor_it_does_not_reach() -> None:
    assert search(CHANNELS).run(Fraction(4)).parts == ()


def test_without_effort_nothing_is_found() -> None:
    assert search(CHANNELS, effort=0).run().parts == ()
