"""Lines in, the units that buy/get, bundles and `max_units` take out of them.

Units are never listed one by one: a line stands for `quantity` equal units, and what is taken is a
count by line. A round of a bundle that can repeat unchanged is taken as often as it fits at once.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...dsl.kinds import Pick
from ..cart.checked import CheckedLine

Counts = dict[int, int]  # units by position of their line


def in_order(lines: Iterable[CheckedLine], pick: Pick) -> list[CheckedLine]:
    """Lines by unit price, cheapest or dearest first, ties by line id."""
    sign = 1 if pick is Pick.CHEAPEST else -1
    return sorted(lines, key=lambda line: (sign * line.unit_price_minor, line.id))


def take(lines: Iterable[CheckedLine], wanted: int, available: Mapping[int, int]) -> Counts:
    """Up to `wanted` units from the front of `lines`."""
    taken: Counts = {}
    for line in lines:
        if wanted == 0:
            break
        units = min(wanted, available[line.index])
        if units:
            taken[line.index] = units
            wanted -= units
    return taken


@dataclass(frozen=True, slots=True)
class Rounds:
    """How many units trigger and how many are rewarded."""

    triggers: int
    rewards: int


def count_rounds(
    sizes: tuple[int, int, int], buy: int, get: int, repeat: int | None, partial: bool
) -> Rounds:
    """The most rounds of `buy` triggers and `get` rewards that fit.

    `sizes` are the units that can trigger, that can be rewards, and that can be either.
    """
    buyable, gettable, either = sizes

    def fits(triggers: int, rewards: int) -> bool:
        return triggers <= buyable and rewards <= gettable and triggers + rewards <= either

    most = min(buyable // buy, gettable // get, either // (buy + get))
    rounds = most if repeat is None else min(most, repeat)
    triggers, rewards = rounds * buy, rounds * get
    if partial and (repeat is None or rounds < repeat):
        room = min(get - 1, gettable - rewards, either - triggers - buy - rewards)
        if room > 0 and fits(triggers + buy, rewards + room):
            return Rounds(triggers + buy, rewards + room)
    return Rounds(triggers, rewards)


def choose_rewards(
    buy: Sequence[CheckedLine],
    get: Sequence[CheckedLine],
    rounds: Rounds,
    pick: Pick,
    unspent: Sequence[int],
) -> tuple[Counts, Counts]:
    """The units of buy/get: rewards and triggers, by line.

    At most |O| - max(0, b - |B without O|) rewards come from the overlap O, so that the triggers
    still find their units; triggers come from outside the rewardable lines first, dearest first.
    """
    available = {line.index: unspent[line.index] for line in (*buy, *get)}
    buyable = {line.index for line in buy}
    rewardable = {line.index for line in get}
    overlap = sum(available[i] for i in buyable & rewardable)
    only_buy = sum(available[i] for i in buyable - rewardable)
    quota = overlap - max(0, rounds.triggers - only_buy)
    rewards: Counts = {}
    wanted = rounds.rewards
    for line in in_order(get, pick):
        units = min(wanted, available[line.index])
        if line.index in buyable:
            units = min(units, quota)
            quota -= units
        if units:
            rewards[line.index] = units
            wanted -= units
    left = {i: available[i] - rewards.get(i, 0) for i in available}
    dearest = in_order(buy, Pick.DEAREST)
    outside = [line for line in dearest if line.index not in rewardable]
    inside = [line for line in dearest if line.index in rewardable]
    triggers = take([*outside, *inside], rounds.triggers, left)
    return rewards, triggers


def fill_bundles(
    components: Sequence[tuple[Sequence[CheckedLine], int]],
    repeat: int | None,
    unspent: Sequence[int],
) -> tuple[int, Counts]:
    """How many bundles can be filled, and the units they take.

    `components` are lines in the order in which units are taken, and the units each bundle needs.
    """
    left = {line.index: unspent[line.index] for lines, _ in components for line in lines}
    waiting = [(deque(lines), quantity) for lines, quantity in components]
    total: Counts = {}
    rounds = 0
    while repeat is None or rounds < repeat:
        parts = fill_one(waiting, left)
        if parts is None:
            break
        once = add_counts(parts)
        # While each component comes from one line and every line still holds what a round takes
        # of it, the next round is the same.
        again = 0
        if all(len(part) == 1 for part in parts):
            again = min(left[i] // units for i, units in once.items())
        if repeat is not None:
            again = min(again, repeat - rounds - 1)
        for i, units in once.items():
            left[i] -= units * again
            total[i] = total.get(i, 0) + units * (again + 1)
        rounds += again + 1
    return rounds, total


def fill_one(
    components: Sequence[tuple[deque[CheckedLine], int]], left: Counts
) -> list[Counts] | None:
    """Take the units of one more bundle out of `left`, by component; None when it is not full."""
    parts: list[Counts] = []
    for lines, quantity in components:
        while lines and left[lines[0].index] == 0:
            lines.popleft()
        part = take(lines, quantity, left)
        parts.append(part)
        for i, units in part.items():
            left[i] -= units
        if sum(part.values()) < quantity:
            for i, units in add_counts(parts).items():
                left[i] += units
            return None
    return parts


def add_counts(parts: Iterable[Counts]) -> Counts:
    """Some counts together."""
    total: Counts = {}
    for part in parts:
        for i, units in part.items():
            total[i] = total.get(i, 0) + units
    return total
