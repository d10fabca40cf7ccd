"""Campaigns in, warnings about those that change nothing out."""

from collections.abc import Sequence

from ..kinds import AwardKind, Multipliers
from ..loyalty import Campaign, EarningRule
from .best import ONE, factor_of, formulas_of, formulas_of_rule, is_multiplied
from .periods import meet
from .scene import ProgramRules, Scene, fraction_of, show_fraction
from .together import EVERYTHING, narrow_all

REASONS_SHOWN = 3
WORK_OF_MEETING = 5  # what it takes to hold a rule against a campaign


def check_campaigns(scene: Scene) -> None:
    """Warn of campaigns without rules, or whose rules never meet them."""
    for rules in scene.programs:
        multiplied = [rule for rule in rules.earning if is_multiplied(rule)]
        for campaign in rules.campaigns:
            targets = rules.rules_of(campaign)
            if campaign.multiply is not None:
                check_targets(scene, campaign, targets)
                check_factor(scene, rules, campaign)
                are_all = campaign.rules is None
                targets = multiplied if are_all else [r for r in targets if is_multiplied(r)]
            if not targets:
                report_none(scene, campaign)
            elif meet(rules.program.window, campaign.window) is not None:
                check_meetings(scene, rules, campaign, targets)


def report_none(scene: Scene, campaign: Campaign) -> None:
    """Warn of a campaign that has nothing to change."""
    help = "its rules are switched off, or no multiplier changes what they give"
    scene.concerns.add(
        "W531", *("campaigns", campaign.id, "rules"), campaign=campaign.id, help=help
    )


def check_targets(scene: Scene, campaign: Campaign, targets: Sequence[EarningRule]) -> None:
    """Warn of each rule that a campaign names although no multiplier changes what it gives."""
    for rule in targets if campaign.rules is not None else ():
        if is_multiplied(rule) or rule.award is None:
            continue
        is_stamps = rule.award.kind is AwardKind.STAMPS
        help = "stamps are never multiplied" if is_stamps else "`multiplied: true` on it allows it"
        place = ("campaigns", campaign.id, "rules", rule.id)
        scene.concerns.add("W533", *place, rule=rule.id, help=help)


def check_factor(scene: Scene, rules: ProgramRules, campaign: Campaign) -> None:
    """Note a multiplier that is never the largest, where only the largest counts."""
    tiers = rules.program.tiers
    others = [ONE, *(fraction_of(level.multiplier) for level in (tiers.levels if tiers else ()))]
    factor = factor_of(campaign)
    if rules.program.multipliers is Multipliers.MAX and factor <= min(others):
        place = ("campaigns", campaign.id, "multiply")
        help = "under `multipliers: max` the largest counts: the tier's is larger, or 1 is"
        scene.concerns.add("N534", *place, factor=show_fraction(factor), help=help)


def check_meetings(
    scene: Scene, rules: ProgramRules, campaign: Campaign, targets: Sequence[EarningRule]
) -> None:
    """Warn when none of the rules of a campaign can ever give something under it."""
    reasons = []
    if not scene.effort.spend(WORK_OF_MEETING * len(targets)):
        return
    for rule in targets:
        reason = why_apart(rules, campaign, rule)
        if reason is None:
            return
        reasons.append(f"`{rule.id}` {reason}")
    more = f", and {len(reasons) - REASONS_SHOWN} more" if len(reasons) > REASONS_SHOWN else ""
    help = f"{', '.join(reasons[:REASONS_SHOWN])}{more}"
    scene.concerns.add("W532", *("campaigns", campaign.id), campaign=campaign.id, help=help)


def why_apart(rules: ProgramRules, campaign: Campaign, rule: EarningRule) -> str | None:
    """Why a rule can give nothing under a campaign, None when it can as far as one can see."""
    if meet(rules.program.window, rule.window, campaign.window) is None:
        return "is not active then"
    on = formulas_of((), campaign.on)
    conditions = formulas_of(campaign.conditions, campaign.on)
    if narrow_all(EVERYTHING, formulas_of_rule(rule)) is None:
        return None  # it never holds at all, which is said elsewhere
    if narrow_all(EVERYTHING, conditions) is None:
        return None
    if narrow_all(EVERYTHING, (*formulas_of((), rule.award.on), *on) if rule.award else on) is None:
        return "sees other lines"
    if narrow_all(EVERYTHING, (*formulas_of_rule(rule), *conditions)) is None:
        return "has conditions that exclude its own"
    return None
