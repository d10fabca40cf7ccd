"""Loyalty rules in, their rows in a plan out, and how the index files them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from ...dsl.formula import ALWAYS, Formula, Member, Term
from ...dsl.kinds import (
    AwardForm,
    AwardKind,
    EarnOn,
    Kind,
    Multipliers,
    OnCap,
    RedeemingOrders,
    RewardKind,
    Rounding,
    TierMeasure,
    Upgrade,
)
from ...dsl.loyalty import BurningRule, Campaign, EarningRule, Loyalty, Program, Ratio
from ...dsl.rule import Condition, Window
from ._filing import hard_parts
from ._tables import Tables
from .actions import Row, or_nothing
from .assembly import window_row
from .gates import Gates
from .index import Entrant
from .plan import NOTHING, Records
from .programs import (
    BURNING_RULE,
    CAMPAIGN,
    EARNING_RULE,
    PROGRAM,
    FormOp,
    KindOp,
    MultipliersOp,
    RedeemingOp,
    RewardOp,
)
from .qualifying import Qualifier

ROUNDINGS = list(Rounding)
KIND_OPS = {kind: KindOp[kind.name] for kind in AwardKind}
FORM_OPS = {form: FormOp[form.name] for form in AwardForm}
REWARD_OPS = {kind: RewardOp[kind.name] for kind in RewardKind}
REDEEMING_OPS = {each: RedeemingOp[each.name] for each in RedeemingOrders}
MULTIPLIERS_OPS = {each: MultipliersOp[each.name] for each in Multipliers}
ON_RATES = (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER)  # what multipliers are about
WIDEST = 2**62  # a number beyond it is left to the reference
Cells = dict[str, int]  # of a row, by name
Part = TypeVar("Part")


@dataclass(slots=True)
class LoyaltyTables:
    """What a plan has of loyalty, growing."""

    loyalty: Loyalty
    tables: Tables
    entrants: list[Entrant | None] = field(default_factory=list)  # earning rows, then campaigns
    earning: Records = field(init=False)
    campaigns: Records = field(init=False)
    programs: Records = field(init=False)
    levels: list[Row] = field(default_factory=list)
    burning: Records = field(init=False)
    named: list[int] = field(default_factory=list)
    _numbers: dict[str, int] = field(init=False)  # of programs, by id
    _ranks: dict[str, int] = field(init=False)  # of earning rules and campaigns
    _rows: dict[str, int] = field(init=False)  # of earning rules
    _events: dict[str, Formula] = field(default_factory=dict)
    _qualifier: Qualifier = field(default_factory=Qualifier)

    def __post_init__(self) -> None:
        loyalty = self.loyalty
        self._numbers = {program.id: number for number, program in enumerate(loyalty.programs)}
        names = [rule.id for rule in loyalty.earning_rules]
        names += [campaign.id for campaign in loyalty.campaigns]
        self._ranks = {name: rank for rank, name in enumerate(sorted(names))}

    def fill(self, first_condition: int) -> None:
        """Write all rows but for what the index finds; so many conditions are lowered already."""
        loyalty, rules = self.loyalty, self.loyalty.earning_rules
        order = sorted(range(len(rules)), key=lambda number: self.place_of(rules[number]))
        ordered = [rules[number] for number in order]
        self._rows = {rule.id: row for row, rule in enumerate(ordered)}
        self.programs = table_of(PROGRAM, loyalty.programs, self.fill_program)
        self.earning = table_of(EARNING_RULE, ordered, self.fill_earning)
        self.earning["number"] = order
        self.campaigns = table_of(CAMPAIGN, loyalty.campaigns, self.fill_campaign)
        self.burning = table_of(BURNING_RULE, loyalty.burning_rules, self.fill_burning)
        self.fill_conditions(first_condition)

    def fill_conditions(self, first: int) -> None:
        """Lower the conditions of burning rules."""
        rules = [
            replace(rule, conditions=tuple(self.qualified(rule.conditions, rule.program)))
            for rule in self.loyalty.burning_rules
        ]
        ends, _ = self.tables.add_conditions(rules)
        self.burning["first_condition"] = [first, *ends][:-1]
        self.burning["last_condition"] = ends

    def note_index(self, gates: Gates, first: int) -> None:
        """Write what the index leaves of each row; the numbers of the rows begin at `first`."""
        for made in (self.earning, self.campaigns):
            last = first + len(made)
            made["first_residual"] = gates.residual_starts[first:last]
            made["last_residual"] = gates.residual_starts[first + 1 : last + 1]
            made["is_found"] = gates.found[first:last] & (made["on"] != NOTHING)
            first = last

    def place_of(self, rule: EarningRule) -> tuple[int, int]:
        """By what rows are sorted; rules stand by priority and id already."""
        kind = KindOp.POINTS if rule.award is None else KIND_OPS[rule.award.kind]
        return self._numbers[rule.program], kind

    def fill_program(self, row: Cells, program: Program) -> None:
        """A program, and its levels."""
        row["starts_at"], row["ends_at"] = window_row(program.window)
        row["is_enabled"], row["is_paused"] = program.is_enabled, program.is_paused
        row["max_per_order"] = or_nothing(program.max_per_order)
        row["is_gross"] = program.earn_on is EarnOn.GROSS
        row["redeeming"] = REDEEMING_OPS[program.redeeming_orders]
        row["multipliers"] = MULTIPLIERS_OPS[program.multipliers]
        row["rounding"] = ROUNDINGS.index(program.points.rounding)
        terms = program.redemption
        for name in ("step_points", "step_minor", "min_points", "max_points"):
            row[name] = NOTHING
        row["max_percent_ppm"] = row["max_per_line_minor"] = NOTHING
        if terms is not None:
            row["step_points"], row["step_minor"] = terms.points, terms.value_minor
            row["min_points"] = or_nothing(terms.min_points)
            row["max_points"] = or_nothing(terms.max_points)
            row["max_percent_ppm"] = or_nothing(terms.max_percent_ppm)
            row["max_per_line_minor"] = or_nothing(terms.max_per_line_minor)
        row["first_level"] = len(self.levels)
        if program.tiers is not None:
            row["is_by_spend"] = program.tiers.measure is TierMeasure.SPEND
            row["is_this_order"] = program.tiers.upgrade is Upgrade.THIS_ORDER
            for level in program.tiers.levels:
                wide = is_wide(level.multiplier)
                ratio = (NOTHING, 1) if wide else narrow(level.multiplier)
                self.levels.append((level.threshold, *ratio, level.cashback_ppm))
        row["last_level"] = len(self.levels)

    def fill_earning(self, row: Cells, rule: EarningRule) -> None:
        """An earning rule: its own award, that of the member whose event it is."""
        row["program"] = self._numbers[rule.program]
        row["rank"] = self._ranks[rule.id]
        row["is_exclusive"], row["is_stored_value"] = rule.is_exclusive, rule.is_stored_value
        row["is_reject"] = rule.on_cap is OnCap.REJECT
        row["times"] = NOTHING if rule.per_member is None else rule.per_member.count
        row["points_quota"] = NOTHING if rule.points_quota is None else rule.points_quota.count
        program, award = self.loyalty.programs[row["program"]], rule.award
        window = common_window(rule.window, program.window)
        row["starts_at"], row["ends_at"] = window_row(window)
        row["denominator"] = row["per_minor"] = 1
        row["on"] = NOTHING
        if award is None:
            self.entrants.append(None)
            return
        row["kind"], row["form"] = KIND_OPS[award.kind], FORM_OPS[award.form]
        row["numerator"], row["denominator"] = narrow(award.quantity)
        row["per_minor"] = award.per_minor
        row["is_wide"] = is_wide(award.quantity) or award.per_minor > WIDEST
        is_touched = award.form in ON_RATES or rule.is_multiplied
        row["is_multiplied"] = is_touched and award.kind is not AwardKind.STAMPS
        row["is_everywhere"] = award.on == ALWAYS
        on = self._qualifier.qualify(award.on, rule.program)
        row["on"] = self.tables.selector(on)
        is_open = is_running(program) and rule.is_enabled
        parts = self.parts_of(rule.conditions, rule.program)
        entrant = Entrant(window, parts, (on,), self.event(rule.event))
        self.entrants.append(entrant if is_open else None)

    def fill_campaign(self, row: Cells, campaign: Campaign) -> None:
        """A campaign, and the rules it names."""
        row["program"] = self._numbers[campaign.program]
        row["rank"] = self._ranks[campaign.id]
        program = self.loyalty.programs[row["program"]]
        window = common_window(campaign.window, program.window)
        row["starts_at"], row["ends_at"] = window_row(window)
        row["bonus"] = or_nothing(campaign.bonus)
        row["denominator"] = 1
        row["first_named"] = row["last_named"] = NOTHING
        if campaign.rules is not None:
            row["first_named"] = len(self.named)
            self.named += sorted(self._rows[name] for name in campaign.rules)
            row["last_named"] = len(self.named)
        targets: tuple[Formula, ...] = ()
        row["on"] = NOTHING
        if campaign.multiply is not None:
            row["is_multiplier"], row["is_wide"] = True, is_wide(campaign.multiply)
            row["numerator"], row["denominator"] = narrow(campaign.multiply)
            targets = (self._qualifier.qualify(campaign.on, campaign.program),)
            row["on"] = self.tables.selector(targets[0])
        is_open = is_running(program) and campaign.is_enabled
        parts = self.parts_of(campaign.conditions, campaign.program)
        self.entrants.append(Entrant(window, parts, targets) if is_open else None)

    def fill_burning(self, row: Cells, rule: BurningRule) -> None:
        """A burning rule, but for its conditions."""
        reward = rule.reward
        row["program"] = self._numbers[rule.program]
        row["reward"] = REWARD_OPS[reward.kind]
        row["on"] = self.tables.selector(self._qualifier.qualify(rule.on, rule.program))
        row["level"] = NOTHING
        tiers = self.loyalty.programs[row["program"]].tiers
        if rule.min_tier is not None and tiers is not None:
            row["level"] = [level.id for level in tiers.levels].index(rule.min_tier)
        row["is_enabled"] = rule.is_enabled
        row["starts_at"], row["ends_at"] = window_row(rule.window)
        row["cost"] = or_nothing(rule.cost)
        row["amount_minor"], row["percent_ppm"] = reward.amount_minor, reward.percent_ppm
        row["max_discount_minor"] = or_nothing(reward.max_discount_minor)
        row["stock"] = or_nothing(rule.stock)
        row["times"] = NOTHING if rule.per_member is None else rule.per_member.count
        row["per_order"] = or_nothing(rule.per_order)

    def qualified(self, conditions: Iterable[Condition], program: str) -> list[Condition]:
        """The conditions of a rule, about the member of its program."""
        qualify = self._qualifier.qualify
        return [replace(each, formula=qualify(each.formula, program)) for each in conditions]

    def parts_of(self, conditions: Iterable[Condition], program: str) -> list[Formula]:
        """What must hold for a rule, about the member of its program.

        Each has a node, asked or not: beginnings of texts have a column only where a node has one.
        """
        parts = hard_parts(self.qualified(conditions, program))
        for part in parts:
            self.tables.node(part)
        return parts

    def event(self, name: str) -> Formula:
        """That a cart is an event; one object for each event."""
        term = Term("event.type", Kind.STRING)
        return self._events.setdefault(name, Member(term, (name,)))


def table_of(
    dtype: np.dtype[np.void], parts: Sequence[Part], fill: Callable[[Cells, Part], None]
) -> Records:
    """A row for each part; a cell that is not filled is 0."""
    rows: list[Cells] = [{} for _ in parts]
    for row, part in zip(rows, parts, strict=True):
        fill(row, part)
    made: Records = np.zeros(len(rows), dtype)
    for name in dtype.names or ():
        made[name] = [row.get(name, 0) for row in rows]
    return made


def is_running(program: Program) -> bool:
    """Whether anything can be earned in a program."""
    return program.is_enabled and not program.is_paused


def common_window(one: Window, other: Window) -> Window:
    """When both are open."""
    starts = [each.starts_at for each in (one, other) if each.starts_at is not None]
    ends = [each.ends_at for each in (one, other) if each.ends_at is not None]
    return Window(max(starts, default=None), min(ends, default=None))


def is_wide(ratio: Ratio) -> bool:
    """Whether a ratio does not fit a record."""
    return max(ratio.numerator, ratio.denominator) > WIDEST


def narrow(ratio: Ratio) -> tuple[int, int]:
    """A ratio as a record has it; 0 in place of one that does not fit."""
    return (0, 1) if is_wide(ratio) else (ratio.numerator, ratio.denominator)
