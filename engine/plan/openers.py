"""A plan in, the codes and the pool that open each promotion out, as symbols."""

from dataclasses import dataclass

import numpy as np

from .plan import NOTHING, Indexes, Plan

CODE, POOL = 0, 1  # channels


@dataclass(frozen=True, slots=True)
class Openers:
    """`code_symbols[code_starts[n]:code_starts[n + 1]]` are promotion n's codes, ascending."""

    code_starts: Indexes
    code_symbols: Indexes
    pool_symbols: Indexes  # by promotion; NOTHING without a pool


def openers_of(plan: Plan) -> Openers:
    """Turn the posting lists of codes and pools around."""
    count = len(plan.promotions)
    symbols, numbers = filed_under(plan, CODE)
    order = np.lexsort((symbols, numbers))
    sizes = np.bincount(numbers, minlength=count)
    pool_symbols = np.full(count, NOTHING, np.int32)
    pools, owners = filed_under(plan, POOL)
    pool_symbols[owners] = pools
    return Openers(
        code_starts=np.concatenate(([0], np.cumsum(sizes))).astype(np.int32),
        code_symbols=symbols[order],
        pool_symbols=pool_symbols,
    )


def filed_under(plan: Plan, channel: int) -> tuple[Indexes, Indexes]:
    """The symbols of a channel and the promotions filed under them, side by side."""
    span = plan.channels[channel]
    start, low, high = int(span["start"]), int(span["low"]), int(span["high"])
    if high == low:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    starts = plan.post_starts[start : start + high - low + 1]
    symbols = np.repeat(np.arange(low, high, dtype=np.int32), np.diff(starts))
    return symbols, plan.posts["number"][starts[0] : starts[-1]]
