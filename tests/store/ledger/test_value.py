"""What counts for a tier, added up by the database: the same as the staircase of all entries says.

Earns lie around midnights, the ends of windows, and clocks that go back over one.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tallystick.dsl.kinds import CalendarPeriod, QualifyAt, TierMeasure
from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.ledger.account import Account
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.value import counts, first_day

from .desk import Desk

SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
HOUR_US = 3_600_000_000
LEVELS = (Level("bronze", 0), Level("silver", 1000))
WINDOWS = (None, Duration(days=1), Duration(days=90), Duration(months=12), *CalendarPeriod)
ACTIVATIONS = (
    PointsCurrency(),
    PointsCurrency(activate_after=Duration(days=14)),
    PointsCurrency(activate_on="fulfilled"),
)
# Where clocks went back over midnight, where a day was left out, and where there is nothing odd.
ODD = {
    "America/St_Johns": "2010-11-07T00:01",
    "Pacific/Apia": "2011-12-30T00:00",
    "America/Havana": "2026-11-01T01:00",
    "UTC": "2026-06-30T00:00",
}


def random_club(random: Random) -> Program:
    """A program with tiers of any kind."""
    tiers = Tiers(
        levels=LEVELS,
        window=random.choice(WINDOWS),
        measure=random.choice([*TierMeasure]),
        qualify_at=random.choice([*QualifyAt]),
    )
    zone = random.choice([*ODD])
    return Program(id="club", timezone=zone, tiers=tiers, points=random.choice(ACTIVATIONS))


def instants(random: Random, program: Program, count: int) -> list[int]:
    """Instants near where something is odd, a window earlier or later, and anywhere around."""
    zone = ZoneInfo(program.timezone)
    odd_us = round(datetime.fromisoformat(ODD[program.timezone]).replace(tzinfo=zone).timestamp())
    odd_us *= 1_000_000
    days = [0, 0, 1, 2, 7, 30, 31, 90, 91, 365, 366, random.randrange(800)]
    return sorted(
        odd_us
        + random.choice((-1, 1)) * random.choice(days) * 24 * HOUR_US
        + random.choice((0, -1, 1, random.randrange(-3 * HOUR_US, 3 * HOUR_US)))
        for _ in range(count)
    )


@pytest.mark.parametrize("number", range(6))
def test_it_is_what_the_stairs_say(desk: Desk, number: int) -> None:
    print(f"seed {SEED}")  # shown where it fails
    random = Random(f"{SEED}/{number}")
    program = random_club(random)
    desk.be(program)
    for order, now_us in enumerate(instants(random, program, 25)):
        desk.clock.now_us = now_us
        amount, earned_us = random.randrange(1, 500), now_us
        if random.random() < 0.2:
            earned_us -= random.randrange(40 * 24 * HOUR_US)
        more: dict[str, Any] = {"base_minor": amount * 7, "earned_at_us": earned_us}
        desk.buy(f"o{order}", amount, **more)
        if random.random() < 0.2:
            desk.claw(random.randrange(1, amount + 1), f"o{order}")
        asked = [now_us, *(now_us - random.randrange(3 * HOUR_US) for _ in range(2))]

        def compare(book: Book, account: Account, asked: list[int] = asked) -> None:
            for at_us in asked:
                found = book.standings([(account, at_us)])[account.id, at_us]
                assert book.value(account, at_us) == found.value, (program, at_us)

        desk.do(compare)


def test_a_period_that_is_over_stays_over_when_clocks_go_back(desk: Desk) -> None:
    """At 00:01 they went back to 23:01 of the month before."""
    tiers = Tiers(levels=LEVELS, window=CalendarPeriod.MONTH)
    desk.be(Program(id="club", timezone="America/St_Johns", tiers=tiers))
    desk.go("2009-10-10T12:00")
    desk.earn(100)

    def both(book: Book, account: Account) -> list[int]:
        asked = account, desk.clock.now_us
        return [book.value(*asked), *(one.value for one in book.standings([asked]).values())]

    for instant, value in (("02:29:59", 100), ("02:30:00", 0), ("02:45:00", 0), ("03:40:00", 0)):
        desk.go(f"2009-11-01T{instant}")
        assert desk.do(both) == [value, value]


def test_the_first_day_is_the_first_that_counts() -> None:
    print(f"seed {SEED}")
    random = Random(SEED)
    for _ in range(300):
        window = random.choice([*WINDOWS[1:], Duration(random.randrange(30), random.randrange(40))])
        tiers, today = Tiers(levels=LEVELS, window=window), random.randrange(40_000)
        first = first_day(tiers, today)
        assert first is not None
        days = [today * 24 * HOUR_US, first * 24 * HOUR_US, first * 24 * HOUR_US - 1]
        now, earned, before = days
        utc = ZoneInfo("UTC")
        assert counts(earned, tiers, utc, now) and not counts(before, tiers, utc, now), window


def test_it_reads_no_row_of_a_day_that_is_over(desk: Desk) -> None:
    """However much was earned, what is looked at by itself is of two days at each end."""
    desk.be(Program(id="club", tiers=Tiers(levels=LEVELS, window=Duration(months=12))))
    for month in range(1, 13):
        desk.go(f"2026-{month:02}-15T12:00")
        for _ in range(3):
            desk.earn(10)
    read: list[int] = []

    def count(book: Book, account: Account) -> int:
        fetch = book.journal.transaction.fetch

        def noting(*asked: object, **values: object) -> object:
            found = fetch(*asked, **values)  # type: ignore[arg-type]
            read.append(len(found))
            return found

        book.journal.transaction.fetch = noting  # type: ignore[method-assign, assignment]
        return book.value(account, desk.clock.now_us)

    assert desk.do(count) == 360
    assert sum(read) <= 4
