"""A plan in, what in its loyalty rules would lead the kernel out of bounds out."""

import numpy as np

from .fault import require, require_index, require_range
from .plan import NOTHING, Plan
from .programs import FormOp, KindOp, MultipliersOp, RedeemingOp, RewardOp

ROUNDINGS = 4


def check_loyalty(plan: Plan) -> None:
    """Programs, levels, earning and burning rules and campaigns point at what there is."""
    check_programs(plan)
    check_earning(plan)
    check_campaigns(plan)
    check_burning(plan)


def check_programs(plan: Plan) -> None:
    """Programs have their levels, and no step of theirs is of nothing."""
    programs, levels = plan.programs, plan.tier_levels
    for name, count in (
        ("redeeming", len(RedeemingOp)),
        ("multipliers", len(MultipliersOp)),
        ("rounding", ROUNDINGS),
    ):
        require_index(programs[name], count, f"the {name} of a program")
    require_range(programs["first_level"], programs["last_level"], len(levels), "levels")
    require(programs["step_points"] != 0, "a redemption of no points")
    require(levels["denominator"] > 0, "the multiplier of a level")


def check_earning(plan: Plan) -> None:
    """Earning rules, and lines for those that are filed."""
    rules, count = plan.earning_rules, len(plan.earning_rules)
    for name, room, least in (
        ("number", count, 0),
        ("program", len(plan.programs), 0),
        ("kind", len(KindOp), 0),
        ("form", len(FormOp), 0),
        ("on", len(plan.selectors), NOTHING),
        ("rank", count + len(plan.campaigns), 0),
    ):
        require_index(rules[name], room, f"the {name} of an earning rule", least)
    first, last = rules["first_residual"], rules["last_residual"]
    require_range(first, last, len(plan.residuals), "the residuals of an earning rule")
    is_exact = (rules["denominator"] > 0) & (rules["per_minor"] > 0)
    require(is_exact, "an earning rule that divides by nothing")
    filed = np.concatenate([plan.posts["number"], plan.always["number"]]) - len(plan.promotions)
    rows = filed[(filed >= 0) & (filed < count)]
    require(rules["on"][rows] != NOTHING, "an earning rule on no lines")


def check_campaigns(plan: Plan) -> None:
    """Campaigns, and lines for those that multiply."""
    campaigns, rule_count = plan.campaigns, len(plan.earning_rules)
    for name, room, least in (
        ("program", len(plan.programs), 0),
        ("on", len(plan.selectors), NOTHING),
        ("rank", rule_count + len(campaigns), 0),
    ):
        require_index(campaigns[name], room, f"the {name} of a campaign", least)
    first, last = campaigns["first_residual"], campaigns["last_residual"]
    require_range(first, last, len(plan.residuals), "the residuals of a campaign")
    some = campaigns["first_named"] != NOTHING
    first, last = campaigns["first_named"][some], campaigns["last_named"][some]
    require_range(first, last, len(plan.named), "the rules of a campaign")
    require_index(plan.named, rule_count, "a rule of a campaign")
    require(campaigns["denominator"] > 0, "the multiplier of a campaign")
    is_on_lines = (campaigns["is_multiplier"] != 0) | (campaigns["is_found"] != 0)
    require(campaigns["on"][is_on_lines] != NOTHING, "a campaign on no lines")


def check_burning(plan: Plan) -> None:
    """Burning rules."""
    rules = plan.burning_rules
    for name, room, least in (
        ("program", len(plan.programs), 0),
        ("reward", len(RewardOp), 0),
        ("on", len(plan.selectors), 0),
    ):
        require_index(rules[name], room, f"the {name} of a burning rule", least)
    first, last = rules["first_condition"], rules["last_condition"]
    require_range(first, last, len(plan.conditions), "the conditions of a burning rule")
    require(rules["cost"] != 0, "a burning rule that costs nothing")
