"""The offsets of a zone are those that the zone itself tells, at every instant that was tried."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tallystick.engine.plan.zone import FIRST_S, LAST_S, offsets_of

SECOND_US = 1_000_000


def offset_us(zone: ZoneInfo, instant_us: int) -> int:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant_us)
    return (instant.astimezone(zone).utcoffset() or timedelta()) // timedelta(microseconds=1)


@pytest.mark.parametrize("name", ["UTC", *random.sample(sorted(available_timezones()), 40)])
def test_offsets_hold_from_one_change_to_the_next(name: str) -> None:
    zone, offsets = ZoneInfo(name), offsets_of(name)
    assert offsets.starts_us[0] == FIRST_S * SECOND_US
    assert offsets.ends_us > (LAST_S - 4 * 86_400) * SECOND_US
    ends = (*offsets.starts_us[1:], offsets.ends_us)
    for start, offset, end in zip(offsets.starts_us, offsets.offsets_us, ends, strict=True):
        assert start < end
        for instant in (start, end - 1, *(random.randrange(start, end) for _ in range(5))):
            assert offset_us(zone, instant) == offset


def test_madrid_changes_twice_a_year() -> None:
    offsets = offsets_of("Europe/Madrid")
    assert len(offsets.starts_us) == 141
    assert set(offsets.offsets_us) == {3_600 * SECOND_US, 7_200 * SECOND_US}
