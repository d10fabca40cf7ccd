"""The plan's records and op codes are the kernel's structs and enums, member by member."""

import re
from enum import IntEnum
from pathlib import Path

import numpy as np
import pytest

from tallystick.dsl.kinds import Rounding
from tallystick.engine.kernel import directory, evaluator
from tallystick.engine.outcome import NoAward, Reason, Shortfall
from tallystick.engine.plan import plan, programs

LAYOUT = Path(evaluator.__file__).with_name("_layout.pxd").read_text()
WIDTHS = {
    "int8_t": 1,
    "uint8_t": 1,
    "uint16_t": 2,
    "int32_t": 4,
    "uint32_t": 4,
    "int64_t": 8,
    "uint64_t": 8,
}
ENUMS: list[tuple[str, str, type[IntEnum]]] = [
    ("NodeOp", "OP", plan.NodeOp),
    ("CompareOp", "CMP", plan.CompareOp),
    ("TermKind", "TERM", plan.TermKind),
    ("FunctionOp", "FN", plan.FunctionOp),
    ("ActionOp", "ACT", plan.ActionOp),
    ("ModeOp", "MODE", plan.ModeOp),
    ("PolicyOp", "POLICY", plan.PolicyOp),
    ("HintOp", "HINT", plan.HintOp),
    ("ReasonOp", "REASON", Reason),
    ("KindOp", "KIND", programs.KindOp),
    ("FormOp", "FORM", programs.FormOp),
    ("RewardOp", "REWARD", programs.RewardOp),
    ("RedeemingOp", "REDEEMING", programs.RedeemingOp),
    ("MultipliersOp", "MULTIPLIERS", programs.MultipliersOp),
    ("ShortfallOp", "SHORT", Shortfall),
    ("NoAwardOp", "NO_AWARD", NoAward),
]
STRUCTS = {
    "NodeC": plan.NODE,
    "TermC": plan.TERM,
    "AggregateC": plan.AGGREGATE,
    "SelectorC": plan.SELECTOR,
    "ConditionC": plan.CONDITION,
    "TierC": plan.TIER,
    "ComponentC": plan.COMPONENT,
    "GroupC": plan.GROUP,
    "PromotionC": plan.PROMOTION,
    "ChannelC": plan.CHANNEL,
    "PostC": plan.POST,
    "BadgeC": plan.BADGE,
    "LineListC": directory.LINE_LIST,
    "CartListC": directory.CART_LIST,
    "CartSlotC": directory.CART_SLOT,
    "ProgramC": programs.PROGRAM,
    "LevelC": programs.LEVEL,
    "EarningRuleC": programs.EARNING_RULE,
    "CampaignC": programs.CAMPAIGN,
    "BurningRuleC": programs.BURNING_RULE,
}


def block(kind: str, name: str) -> str:
    """The body of a declaration of the layout."""
    found = re.search(rf"^cdef {kind} {name}:\n((?:    .*\n)+)", LAYOUT, re.M)
    assert found is not None, f"{kind} {name} is not in the layout"
    return found[1]


@pytest.mark.parametrize(("name", "prefix", "mirror"), ENUMS)
def test_op_codes_agree(name: str, prefix: str, mirror: type[IntEnum]) -> None:
    in_kernel = re.findall(rf"{prefix}_(\w+) = (\d+)", block("enum", name))
    assert {key: int(value) for key, value in in_kernel} == dict(mirror.__members__)


def test_rounding_modes_stand_in_the_order_of_their_op_codes() -> None:
    in_kernel = re.findall(r"ROUND_(\w+) = (\d+)", block("enum", "RoundingOp"))
    assert {key: int(value) for key, value in in_kernel} == {
        mode.name: number for number, mode in enumerate(Rounding)
    }


@pytest.mark.parametrize("name", STRUCTS)
def test_structs_agree_field_by_field(name: str) -> None:
    in_kernel = re.findall(r"^    (\w+) (\w+)", block("struct", name), re.M)
    dtype = STRUCTS[name]
    assert [(field, WIDTHS[width]) for width, field in in_kernel] == [
        (field, dtype[field].itemsize) for field in dtype.names or ()
    ]


@pytest.mark.parametrize("dtype", STRUCTS.values(), ids=STRUCTS)
def test_records_have_no_hidden_padding(dtype: np.dtype[np.void]) -> None:
    assert dtype.itemsize == np.dtype(dtype.descr, align=True).itemsize
