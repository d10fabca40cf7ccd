"""A time zone in, the instants at which its offset changes out."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

FIRST_S = 631_152_000  # 1990-01-01, in seconds since 1970 UTC
LAST_S = 2_840_140_800  # 2060-01-01
# LIMIT: two changes within a step that undo each other would go unseen. Since 1970 no zone has had
# any two within 6.9 days.
STEP_S = 3 * 86_400
SECOND_US = 1_000_000
SECOND = timedelta(seconds=1)


class Offsets(NamedTuple):
    """What a zone adds to UTC: each offset holds from its start to the next one's, all in us."""

    starts_us: tuple[int, ...]
    offsets_us: tuple[int, ...]
    ends_us: int


@lru_cache(maxsize=64)
def offsets_of(name: str) -> Offsets:
    """The offsets of a zone from 1990 to 2060, found by asking it and halving the distance."""
    zone = ZoneInfo(name)

    def offset_at(instant_s: int) -> int:
        local = datetime.fromtimestamp(instant_s, UTC).astimezone(zone)
        return (local.utcoffset() or timedelta()) // SECOND

    starts, offsets = [FIRST_S], [offset_at(FIRST_S)]
    for probe in range(FIRST_S + STEP_S, LAST_S + 1, STEP_S):
        found = offset_at(probe)
        low = probe - STEP_S
        while found != offsets[-1]:
            # From `low` to `probe` the offset changes: find the first instant of another one.
            high = probe
            while high - low > 1:
                middle = (low + high) // 2
                if offset_at(middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            starts.append(high)
            offsets.append(offset_at(high))
            low = high
    return Offsets(
        tuple(start * SECOND_US for start in starts),
        tuple(offset * SECOND_US for offset in offsets),
        probe * SECOND_US,
    )
