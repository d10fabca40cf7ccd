"""The order of keys, by place."""

import pytest

from tallystick.dsl.document.burning import BurningRuleShape, RewardShape
from tallystick.dsl.document.campaign import CampaignShape
from tallystick.dsl.document.card import StampCardShape
from tallystick.dsl.document.cases import CaseShape
from tallystick.dsl.document.document import PromotionShape
from tallystick.dsl.document.earning import AwardShape, EarningRuleShape
from tallystick.dsl.document.expectation import ExpectShape
from tallystick.dsl.document.program import (
    LevelShape,
    PointsShape,
    ProgramShape,
    RedemptionShape,
    TiersShape,
)
from tallystick.dsl.document.shape import Shape
from tallystick.dsl.layout.orders import (
    CASE,
    DETAIL,
    EXPECT,
    PROGRAM,
    PROGRAM_PARTS,
    PROMOTION,
    RULE_PARTS,
    RULES,
    SECTIONS,
    Path,
    order_at,
    rank,
)


def test_orders_name_every_key_once() -> None:
    orders = (SECTIONS, PROMOTION, DETAIL, PROGRAM, CASE, EXPECT, *RULES.values())
    for order in (*orders, *PROGRAM_PARTS.values(), *RULE_PARTS.values()):
        assert len(set(order)) == len(order)


def keys_of(shape: type[Shape]) -> set[str]:
    """The keys that a shape knows."""
    fields = shape.model_fields.items()
    return {field.alias or name for name, field in fields if name != "node"}


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (("promotions", "p"), PromotionShape),
        (("programs", "p"), ProgramShape),
        (("programs", "p", "points"), PointsShape),
        (("programs", "p", "redemption"), RedemptionShape),
        (("programs", "p", "tiers"), TiersShape),
        (("programs", "p", "tiers", "levels", "low"), LevelShape),
        (("earning_rules", "r"), EarningRuleShape),
        (("earning_rules", "r", "award"), AwardShape),
        (("burning_rules", "r"), BurningRuleShape),
        (("burning_rules", "r", "reward"), RewardShape),
        (("campaigns", "c"), CampaignShape),
        (("stamp_cards", "c"), StampCardShape),
        (("tests", "t"), CaseShape),
        (("tests", "t", "expect"), ExpectShape),
    ],
)
def test_every_key_of_a_rule_has_its_place(path: Path, shape: type[Shape]) -> None:
    assert set(order_at(path)) == keys_of(shape)


def test_ranks_follow_the_place() -> None:
    assert rank((), "promotions") < rank((), "tests")
    assert rank(("promotions", "p"), "when") < rank(("promotions", "p"), "then")
    assert rank(("promotions", "p", "then", "buy"), "on") == 0
    assert rank(("promotions", "p", "then", "bundle", "*"), "quantity") == 1
    assert rank(("promotions", "p", "when", "*", "min_quantity"), "quantity") == 0
    assert rank(("define",), "b") == rank(("define",), "a")
    assert rank(("earning_rules", "r"), "award") < rank(("earning_rules", "r"), "limits")
    assert rank(("earning_rules", "r", "award", "friend"), "points") == 2
    assert rank(("earning_rules", "r", "when", "*", "min_quantity"), "quantity") == 0
    assert rank(("programs", "p", "tiers", "levels"), "silver") == 0
    assert rank(("burning_rules", "r", "limits"), "stock") == 0
