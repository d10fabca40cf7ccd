"""Loyalty rules as packed records: programs, levels, earning and burning rules, campaigns.

They are part of a plan and mirrored in `kernel/_layout.pxd` like all of it. Earning rules stand in
rows of their own order, by program, kind, priority and id, so that those which compete with each
other lie side by side; `number` says where a rule stands in the rule set. Programs, burning rules
and campaigns keep their numbers. `Plan.named` lists, for each campaign, the rows of the earning
rules it is about.

Windows of earning rules and campaigns are already cut to those of their program, and the rules of
a program that is disabled or paused are filed nowhere.
"""

from enum import IntEnum

import numpy as np


class KindOp(IntEnum):
    """What an earning rule gives."""

    POINTS = 0
    CASHBACK = 1
    STAMPS = 2


class FormOp(IntEnum):
    """How an earning rule counts."""

    RATE = 0
    STEPS = 1
    PER_UNIT = 2
    FIXED = 3
    EVENT = 4
    TIER = 5


class RewardOp(IntEnum):
    """What a burning rule gives."""

    PRODUCT = 0
    GIFT_CARD = 1
    COUPON = 2
    CASHBACK = 3
    DISCOUNT = 4
    PERCENT = 5
    DONATION = 6


class RedeemingOp(IntEnum):
    """What an order earns in which a redemption was honoured."""

    NET = 0
    FULL = 1
    NONE = 2


class MultipliersOp(IntEnum):
    """How the multipliers of one line go together."""

    MULTIPLY = 0
    ADD = 1
    MAX = 2


# What is optional is NOTHING when it is not there.
PROGRAM = np.dtype(
    [
        ("starts_at", np.int64),  # microseconds, UTC
        ("ends_at", np.int64),
        ("max_per_order", np.int64),  # points
        ("step_points", np.int64),  # of a redemption by points; NOTHING: there is none
        ("step_minor", np.int64),
        ("min_points", np.int64),
        ("max_points", np.int64),
        ("max_percent_ppm", np.int64),
        ("max_per_line_minor", np.int64),
        ("is_enabled", np.int32),
        ("is_paused", np.int32),
        ("is_gross", np.int32),  # earns on list prices
        ("redeeming", np.int32),  # a RedeemingOp
        ("multipliers", np.int32),  # a MultipliersOp
        ("rounding", np.int32),
        ("first_level", np.int32),  # lowest first
        ("last_level", np.int32),
        ("is_by_spend", np.int32),  # what brings members to a level
        ("is_this_order", np.int32),  # whether an order earns at the level that it brings
    ]
)
LEVEL = np.dtype(
    [
        ("threshold", np.int64),  # points or minor units
        ("numerator", np.int64),  # of the multiplier; NOTHING: it does not fit
        ("denominator", np.int64),
        ("cashback_ppm", np.int64),
    ]
)
EARNING_RULE = np.dtype(
    [
        ("number", np.int32),  # in the rule set
        ("program", np.int32),
        ("kind", np.int32),  # a KindOp
        ("form", np.int32),  # a FormOp
        ("on", np.int32),  # selector
        ("rank", np.int32),  # by id among earning rules and campaigns
        ("first_residual", np.int32),
        ("last_residual", np.int32),
        ("is_found", np.int32),  # whether the lines of `on` are those the index finds
        ("is_everywhere", np.int32),  # whether `on` is every line, also of a cart without lines
        ("is_exclusive", np.int32),
        ("is_multiplied", np.int32),  # whether multipliers touch it at all
        ("is_stored_value", np.int32),
        ("is_reject", np.int32),  # gives nothing rather than less than it should
        ("is_wide", np.int32),  # its numbers do not fit: the reference decides
        ("padding", np.int32),
        ("numerator", np.int64),  # of what is given, per unit or step or at once
        ("denominator", np.int64),
        ("per_minor", np.int64),  # of a rate or a step; else 1
        ("times", np.int64),  # awards for a member
        ("points_quota", np.int64),
        ("starts_at", np.int64),
        ("ends_at", np.int64),
    ]
)
CAMPAIGN = np.dtype(
    [
        ("program", np.int32),
        ("on", np.int32),  # selector of the lines that are multiplied
        ("rank", np.int32),  # by id among earning rules and campaigns
        ("first_residual", np.int32),
        ("last_residual", np.int32),
        ("first_named", np.int32),  # NOTHING: every earning rule of the program
        ("last_named", np.int32),
        ("is_found", np.int32),
        ("is_multiplier", np.int32),
        ("is_wide", np.int32),
        ("numerator", np.int64),
        ("denominator", np.int64),
        ("bonus", np.int64),  # points
        ("starts_at", np.int64),
        ("ends_at", np.int64),
    ]
)
BURNING_RULE = np.dtype(
    [
        ("program", np.int32),
        ("reward", np.int32),  # a RewardOp
        ("on", np.int32),  # selector
        ("level", np.int32),  # the lowest that may, counted from the program's first
        ("first_condition", np.int32),
        ("last_condition", np.int32),
        ("is_enabled", np.int32),
        ("padding", np.int32),
        ("starts_at", np.int64),
        ("ends_at", np.int64),
        ("cost", np.int64),  # points
        ("amount_minor", np.int64),
        ("percent_ppm", np.int64),
        ("max_discount_minor", np.int64),
        ("stock", np.int64),
        ("times", np.int64),  # for a member
        ("per_order", np.int64),
    ]
)
