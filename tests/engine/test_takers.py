"""Who took an amount off a line: one row of numbers for promotions, burning rules and programs."""

import pytest

from tallystick.dsl.kinds import RewardKind, Stage
from tallystick.dsl.loyalty import BurningRule, Loyalty, Program, Reward
from tallystick.dsl.ruleset import Gift, Promotion, Ruleset, ShippingPercent
from tallystick.engine.takers import Takers

OFF = Reward(RewardKind.DISCOUNT, amount_minor=200)
RULESET = Ruleset(
    promotions=(
        Promotion("mug", Stage.CART, Gift("MUG", 1)),
        Promotion("free", Stage.SHIPPING, ShippingPercent(10**6)),
    ),
    loyalty=Loyalty(
        programs=(Program("air"), Program("club")),
        burning_rules=(BurningRule("three-off", "club", OFF, 300),),
    ),
)


def test_numbers_run_through_all() -> None:
    takers = Takers(RULESET)
    numbers = [0, 1, takers.number_of_rule(0), *map(takers.number_of_program, range(2))]
    assert numbers == [0, 1, 2, 3, 4]
    assert [takers.id_of(n) for n in numbers] == ["mug", "free", "three-off", "air", "club"]
    assert takers.redeemed_ids == ("three-off", "air", "club")
    assert [takers.stage_of(n) for n in numbers] == [100, 300, 250, 250, 250]
    assert [takers.is_promotion(n) for n in numbers] == [True, True, False, False, False]


def test_there_is_nobody_beyond() -> None:
    with pytest.raises(AssertionError):
        Takers(RULESET).id_of(5)
