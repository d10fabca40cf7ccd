"""Promotions in, what every one of them has out, as columns of their records."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ...dsl.kinds import Basis, Mode, Policy, Scope, Stage
from ...dsl.ruleset import Limits, Promotion, StackGroup, Stacking, Window
from .actions import or_nothing
from .plan import NOTHING, Indexes, ModeOp, PolicyOp, Records

Part = TypeVar("Part")
STAGE_NUMBERS = {stage: number for number, stage in enumerate(Stage)}
EVER = (-(2**63), 2**63 - 1)  # an open window, as two instants
MODE_OPS = {
    Mode.STACKABLE: ModeOp.STACKABLE,
    Mode.LAST: ModeOp.LAST,
    Mode.ALWAYS: ModeOp.ALWAYS,
}
POLICY_OPS = {
    Policy.PRIORITY: PolicyOp.PRIORITY,
    Policy.BEST: PolicyOp.BEST,
    Policy.ALL: PolicyOp.ALL,
}
# What is read of a promotion as it stands.
FLAGS: Mapping[str, Callable[[Promotion], int]] = {
    "stage": lambda promotion: STAGE_NUMBERS[promotion.stage],
    "is_enabled": attrgetter("is_enabled"),
    "is_compound": lambda promotion: promotion.basis is Basis.COMPOUND,
    "needs_code": attrgetter("needs_code"),
}


def fill_common(
    made: Records, promotions: Sequence[Promotion], groups: Mapping[str, StackGroup]
) -> None:
    """Write the columns that need nothing but the promotions and the groups they are in."""
    for name, column in FLAGS.items():
        made[name] = list(map(column, promotions))
    made["rank"] = ranks_of(promotions)
    windows = [promotion.window for promotion in promotions]
    fill_shared(made, ("starts_at", "ends_at"), windows, window_row)
    limits = [promotion.limits for promotion in promotions]
    fill_shared(made, ("cap_minor", "is_used_up"), limits, limits_row)
    stackings = [promotion.stacking for promotion in promotions]

    def stacking_row(stacking: Stacking) -> tuple[int, ...]:
        policy = policy_of(None if stacking.group is None else groups[stacking.group])
        return or_nothing(stacking.max_in_cart), mode_of(stacking), policy

    fill_shared(made, ("max_in_cart", "mode", "policy"), stackings, stacking_row)


def fill_shared(
    made: Records,
    names: Sequence[str],
    parts: Sequence[Part],
    row_of: Callable[[Part], Sequence[int]],
) -> None:
    """Write the columns of parts that many promotions share: each has its row made once."""
    keys = list(map(id, parts))
    rows = {key: row_of(part) for key, part in dict(zip(keys, parts, strict=True)).items()}
    places = {key: place for place, key in enumerate(rows)}
    table = np.array(list(rows.values()), np.int64).reshape(-1, len(names))
    taken = np.array(list(map(places.__getitem__, keys)), np.int64)
    for column, name in enumerate(names):
        made[name] = table[taken, column]


def window_row(window: Window) -> tuple[int, int]:
    """When a promotion is active."""
    return (
        EVER[0] if window.starts_at is None else window.starts_at,
        EVER[1] if window.ends_at is None else window.ends_at,
    )


def limits_row(limits: Limits) -> tuple[int, int]:
    """The cap of one use, and whether there may be none."""
    return or_nothing(limits.max_discount_minor), 0 in limits.counted


def mode_of(stacking: Stacking) -> ModeOp:
    """The mode, an exclusive one with its scope."""
    if stacking.mode is not Mode.EXCLUSIVE:
        return MODE_OPS[stacking.mode]
    is_cart = stacking.scope is Scope.CART
    return ModeOp.EXCLUSIVE_CART if is_cart else ModeOp.EXCLUSIVE_STAGE


def policy_of(group: StackGroup | None) -> PolicyOp:
    """Who wins in a group; without one, everybody."""
    if group is None:
        return PolicyOp.ALL
    if group.policy is Policy.PRIORITY and group.is_line_scoped:
        return PolicyOp.PRIORITY_LINE
    return POLICY_OPS[group.policy]


def ranks_of(promotions: Sequence[Promotion]) -> Indexes:
    """By number, the place of each promotion by priority, then id, over all stages."""
    keys = [(promotion.priority, promotion.id) for promotion in promotions]
    ranks = np.zeros(len(keys), np.int32)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def are_lonely(made: Records) -> "npt.NDArray[np.bool_]":
    """Whether each promotion excludes nobody, and does not count who applies."""
    excludes = made["first_excluded"] < made["last_excluded"]
    is_lonely: npt.NDArray[np.bool_] = ~excludes & (made["max_in_cart"] == NOTHING)
    return is_lonely
