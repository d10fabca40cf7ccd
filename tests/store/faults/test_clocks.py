"""Clocks that jump, nights without a midnight, and numbers at the end of what fits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.jobs import Jobs
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.frame import BIGGEST
from tallystick.store.schema.ledger import accounts, entries, lots
from tallystick.store.tenancy import Tenancy

from ..clerk import Booked, Clerk, is_sound
from ..conftest import Clock
from ..ledger.desk import Desk
from ..shops import open_shop, publish

DAY_US = 86_400_000_000


def living(zone: str, days: int) -> Program:
    """A program whose points live so many days."""
    points = PointsCurrency(expire_after=Duration(days=days))
    return Program(id="club", timezone=zone, points=points)


def instant(when: str, zone: str = "UTC") -> int:
    """A local time as microseconds."""
    return int(datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


@pytest.fixture
def desk(tenancy: Tenancy, clock: Clock) -> Desk:
    """A ledger with nothing in it."""
    return Desk(tenancy, clock)


def test_an_account_is_never_written_before_it_was(desk: Desk, clock: Clock) -> None:
    """A clock is set back, as servers do: for an account time stands still until that is over."""
    desk.be(living("UTC", 10))
    noon_us = desk.go("2026-07-10T12:00")
    desk.earn(100)
    for back_us in (1, 3_600_000_000, 400 * DAY_US):
        clock.now_us = noon_us - back_us
        desk.earn(1)
        desk.redeem(1)
    clock.now_us = noon_us + 1
    desk.earn(1)
    seen = [row["recorded_at_us"] for row in desk.rows(entries)]
    assert seen == [noon_us] * 7 + [noon_us + 1]
    assert is_sound(desk.tenancy.database)


def test_a_clock_that_runs_ahead_and_comes_back(desk: Desk, clock: Clock) -> None:
    """What lapsed under a clock that was wrong stays lapsed: nothing is written twice."""
    desk.be(living("UTC", 10))
    noon_us = desk.go("2026-07-10T12:00")
    desk.earn(100)
    clock.now_us = noon_us + 30 * DAY_US
    desk.earn(10)
    clock.now_us = noon_us
    assert desk.refused(lambda book, account: book.redeem(account, 11, desk.cause())) is (
        Refusal.INSUFFICIENT_POINTS
    )
    desk.redeem(10)
    jobs = Jobs(desk.tenancy, lambda _: desk.terms)
    jobs.run()
    clock.now_us = noon_us + 60 * DAY_US
    jobs.run()
    assert [row["kind"] for row in desk.rows(entries)] == ["earn", "expire", "earn", "redeem"]
    assert is_sound(desk.tenancy.database)


@pytest.mark.parametrize(
    ("zone", "earned", "days", "ends"),
    [
        # The night on which 02:00 is 03:00, and the one on which 03:00 is 02:00.
        ("Europe/Madrid", "2026-03-28T12:00", 1, "2026-03-30T00:00"),
        ("Europe/Madrid", "2026-03-27T23:30", 1, "2026-03-29T00:00"),
        ("Europe/Madrid", "2026-10-24T12:00", 1, "2026-10-26T00:00"),
        # The night without a midnight: 2026-09-06 begins at 01:00.
        ("America/Santiago", "2026-09-04T12:00", 1, "2026-09-06T01:00"),
        ("America/Santiago", "2026-09-05T12:00", 1, "2026-09-07T00:00"),
        # The night with two of them: 2026-04-05 begins at the one that is followed by 23 hours.
        ("America/Santiago", "2026-04-03T12:00", 1, "2026-04-05T00:00"),
    ],
)
def test_nights_on_which_clocks_change(
    desk: Desk, clock: Clock, zone: str, earned: str, days: int, ends: str
) -> None:
    desk.be(living(zone, days))
    desk.go(earned, zone)
    desk.earn(100)
    end_us = instant(ends, zone)
    assert [row["expires_at_us"] for row in desk.rows(lots)] == [end_us]
    clock.now_us = end_us - 1
    desk.redeem(1)
    clock.now_us = end_us
    assert desk.refused(lambda book, account: book.redeem(account, 1, desk.cause())) is (
        Refusal.INSUFFICIENT_POINTS
    )
    Jobs(desk.tenancy, lambda _: desk.terms).run()
    last = desk.rows(entries)[-1]
    assert (last["kind"], last["points"], last["recorded_at_us"]) == ("expire", -99, end_us)
    assert is_sound(desk.tenancy.database)


def test_the_most_an_account_can_hold(desk: Desk) -> None:
    desk.go("2026-07-10T12:00")
    desk.earn(BIGGEST)
    assert desk.refused(lambda book, account: book.earn(account, 1, desk.cause())) is (
        Refusal.TOO_LARGE
    )
    desk.redeem(BIGGEST)
    # What was ever earned is a number of the account too.
    assert desk.refused(lambda book, account: book.earn(account, 1, desk.cause())) is (
        Refusal.TOO_LARGE
    )
    (row,) = desk.rows(accounts)
    assert (row["balance"], row["lifetime"]) == (0, BIGGEST)
    assert is_sound(desk.tenancy.database)


def test_the_most_moves_from_one_to_another(tenancy: Tenancy) -> None:
    clerk = Clerk(tenancy)
    clerk.earn("ana", BIGGEST, "o1")
    clerk.earn("bo", 1, "o2")
    declined = clerk.transfer("ana", "bo", BIGGEST, "t1")
    assert isinstance(declined, Declined) and declined.refusal is Refusal.TOO_LARGE
    assert clerk.transfer("ana", "bo", BIGGEST - 1, "t2") == Booked(1 - BIGGEST, 1)
    assert (clerk.balance("ana"), clerk.balance("bo")) == (1, BIGGEST)
    assert is_sound(tenancy.database)


def test_rules_that_are_published_while_a_clock_is_behind(tenancy: Tenancy, clock: Clock) -> None:
    """What was written ahead of them comes under them too, at its own instant."""
    text = "{programs: {club: {tiers: {levels: {low: {from: 0}, high: {from: %d}}}}}}"
    shop = open_shop(tenancy, text % 100)
    shop.members.enrol("ana", "club")
    purse = Purse("ana", "club")
    clock.now_us += DAY_US
    shop.ledger.earn(Award(purse, 60, "purchase", "s1", "buy"))
    clock.now_us -= DAY_US
    publish(shop.rules, text % 50)
    assert is_sound(tenancy.database, has_shop=True)  # it waits
    assert shop.jobs.run().events == {"tier.changed": 1}
    balance = shop.ledger.balance(purse)
    assert not isinstance(balance, Declined) and balance.tier == "high"
    assert balance.tier_since_us == clock.now_us + DAY_US
    assert is_sound(tenancy.database, has_shop=True)
    assert shop.jobs.run().events == {}
