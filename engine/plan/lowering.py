"""A rule set in, its plan out: every promotion becomes a row of integers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...dsl.formula import Formula
from ...dsl.kinds import Rounding
from ...dsl.loader import paused_collector
from ...dsl.ruleset import Promotion, Ruleset
from ._tables import Tables
from .actions import ActionTables, Row, fill_actions, or_nothing
from .assembly import STAGE_NUMBERS, are_lonely, fill_common, policy_of
from .index import Index, build_index
from .labels import labels_of
from .loyalty import LoyaltyTables
from .plan import (
    COMPONENT,
    GROUP,
    NOTHING,
    PROMOTION,
    TIER,
    Layout,
    Plan,
    Records,
)
from .programs import LEVEL
from .symbols import SymbolTable
from .targets import targets_of

ROUNDINGS = list(Rounding)


def lower(ruleset: Ruleset) -> Plan:
    """Make the plan of a rule set. Promotions keep their numbers."""
    with paused_collector():
        return Lowering(ruleset).lower()


@dataclass(slots=True)
class Lowering:
    """One lowering under way: the tables that promotions share, growing."""

    ruleset: Ruleset
    tables: Tables = field(default_factory=Tables)
    excluded: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    made: Records = field(init=False)
    targets: list[tuple[Formula, ...]] = field(init=False)  # by promotion
    actions: ActionTables = field(init=False)
    loyalty: LoyaltyTables = field(init=False)

    def __post_init__(self) -> None:
        promotions = self.ruleset.promotions
        self.made = np.zeros(len(promotions), PROMOTION)
        self.targets = [targets_of(promotion.action) for promotion in promotions]
        self.actions = ActionTables(self.tables)
        self.loyalty = LoyaltyTables(self.ruleset.loyalty, self.tables)

    def lower(self) -> Plan:
        """The whole plan."""
        ruleset, tables, actions = self.ruleset, self.tables, self.actions
        loyalty, index = self.loyalty, self.fill()
        return Plan(
            layout=self.layout(),
            symbols=SymbolTable.of(tables.symbols),
            tiers=np.array(actions.tiers, TIER),
            components=np.array(actions.components, COMPONENT),
            groups=np.array(self.groups, GROUP),
            promotions=self.made,
            programs=loyalty.programs,
            tier_levels=np.array(loyalty.levels, LEVEL),
            earning_rules=loyalty.earning,
            campaigns=loyalty.campaigns,
            burning_rules=loyalty.burning,
            named=np.array(loyalty.named, np.int32),
            methods=np.array(actions.methods, np.int32),
            excluded=np.array(self.excluded, np.int32),
            members=np.array(self.members, np.int32),
            residuals=index.gates.residuals,
            always=index.always,
            channels=index.channels,
            post_starts=index.post_starts,
            posts=index.posts,
            badges=index.gates.badges,
            badge_bits=index.gates.badge_bits,
            slices=index.gates.slices,
            levels=index.gates.levels,
            level_slot=index.gates.level_slot,
            rounding=ROUNDINGS.index(ruleset.rounding),
            max_promotions=or_nothing(ruleset.max_promotions),
            line_floor_minor=ruleset.line_floor_minor,
            labels=labels_of(ruleset),
            **tables.packed(),
        )

    def fill(self) -> Index:
        """Write the records of all promotions and the tables they stand on; files them all."""
        promotions, made = self.ruleset.promotions, self.made
        fill_common(made, promotions, self.ruleset.stack_groups)
        self.fill_groups(promotions)
        self.fill_excluded(promotions)
        made["is_lonely"] = are_lonely(made)
        self.fill_conditions(promotions)
        for number, (promotion, targets) in enumerate(zip(promotions, self.targets, strict=True)):
            self.actions.add(number, promotion.action, targets)
        fill_actions(made, [promotion.action for promotion in promotions], self.actions)
        self.loyalty.fill(int(made["last_condition"].max(initial=0)))
        index = build_index(promotions, self.targets, self.loyalty.entrants, self.tables)
        count, gates = len(promotions), index.gates
        made["first_residual"] = gates.residual_starts[:count]
        made["last_residual"] = gates.residual_starts[1 : count + 1]
        made["is_found"] = gates.found[:count] & (made["on"] != NOTHING)
        self.loyalty.note_index(gates, count)
        return index

    def fill_groups(self, promotions: Sequence[Promotion]) -> None:
        """Number the groups of each stage as they are first met, and list their members."""
        numbers: dict[tuple[str, int], int] = {}
        column: list[int] = []
        for promotion in promotions:
            name = promotion.stacking.group
            key = None if name is None else (name, STAGE_NUMBERS[promotion.stage])
            column.append(NOTHING if key is None else numbers.setdefault(key, len(numbers)))
        self.made["group"] = column
        members = [number for number, group in enumerate(column) if group != NOTHING]
        self.members = sorted(members, key=column.__getitem__)
        last = np.cumsum(np.bincount(self.made["group"][members], minlength=len(numbers)))
        for (name, _), first, end in zip(numbers, (0, *last), last, strict=False):
            policy = policy_of(self.ruleset.stack_groups[name])
            self.groups.append((policy, int(first), int(end)))

    def fill_excluded(self, promotions: Sequence[Promotion]) -> None:
        """List the numbers of the promotions that each one excludes."""
        number_of = {promotion.id: number for number, promotion in enumerate(promotions)}
        ends: list[int] = []
        for promotion in promotions:
            excludes = promotion.stacking.excludes
            if excludes:
                self.excluded += sorted(number_of[name] for name in excludes)
            ends.append(len(self.excluded))
        self.fill_range("excluded", ends)

    def fill_conditions(self, promotions: Sequence[Promotion]) -> None:
        """Lower the conditions of all promotions."""
        ends, softened = self.tables.add_conditions(promotions)
        self.fill_range("condition", ends)
        self.made["is_softened"][softened] = True

    def fill_range(self, name: str, ends: list[int]) -> None:
        """Where the rows of each promotion end in a table; they begin where the last ones end."""
        self.made[f"first_{name}"] = [0, *ends][:-1]
        self.made[f"last_{name}"] = ends

    def layout(self) -> Layout:
        """The columns that were asked for."""
        slots = self.tables.slots
        return Layout(
            cart_numbers=slots["number", False].slots(),
            cart_texts=slots["text", False].slots(),
            cart_sets=slots["set", False].slots(),
            line_numbers=slots["number", True].slots(),
            line_texts=slots["text", True].slots(),
            line_sets=slots["set", True].slots(),
            has_distinct_skus=self.tables.counts_skus(),
        )
