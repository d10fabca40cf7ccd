"""Tiers: worked out when what counts for them changes, and when time does it."""

from __future__ import annotations

import msgspec

from tallystick.dsl.kinds import CalendarPeriod, Keep, TierMeasure, Upgrade
from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.acting import act
from tallystick.store.ledger.account import AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.schema.ledger import accounts
from tallystick.store.schema.outbox import outbox
from tallystick.store.schema.tenancy import enrolments
from tallystick.store.transaction import Transaction

from .desk import Desk

MADRID = "Europe/Madrid"
LEVELS = (Level("bronze", 0), Level("silver", 1000), Level("gold", 5000))
YEAR = Tiers(levels=LEVELS, window=Duration(months=12))


def club(tiers: Tiers = YEAR, points: PointsCurrency | None = None) -> Program:
    """A program with tiers."""
    return Program(id="club", timezone=MADRID, tiers=tiers, points=points or PointsCurrency())


def changes(desk: Desk) -> list[tuple[str, str, int]]:
    """From which tier to which, and when, as was told."""
    told = [msgspec.json.decode(row["data"]) for row in desk.rows(outbox, type="tier.changed")]
    return [(one["was"], one["tier"], one["at_us"]) for one in told]


def test_a_tier_is_reached_by_what_was_earned_and_lost_when_its_window_is_over(desk: Desk) -> None:
    desk.be(club())
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(999)
    assert desk.settle().tier == "bronze"
    reached_us = desk.go("2026-03-05T12:00", MADRID)
    assert desk.earn(1).tier == "bronze"
    account = desk.settle()
    assert (account.tier, account.tier_since_us) == ("silver", reached_us)
    assert desk.earn(1).tier == "silver"
    lost_us = desk.go("2027-01-11T00:00", MADRID)
    desk.go("2027-06-01T00:00", MADRID)
    assert desk.settle().tier == "bronze"
    assert changes(desk) == [("bronze", "silver", reached_us), ("silver", "bronze", lost_us)]


def test_spending_points_costs_no_tier_and_a_refund_does(desk: Desk) -> None:
    desk.be(club())
    desk.buy("o1", 600)
    desk.buy("o2", 400)
    desk.redeem(1000)
    assert desk.settle().tier == "silver"
    desk.clock.now_us += 1
    desk.claw(1, "o1")
    assert desk.settle().tier == "silver"  # the day is held to its end: `keep: 0 days`
    desk.clock.now_us += 86_400_000_000
    assert desk.settle().tier == "bronze"


def test_pending_points_count_from_when_they_are_active(desk: Desk) -> None:
    desk.be(club(points=PointsCurrency(activate_after=Duration(days=14))))
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(6000)
    assert desk.settle().tier == "bronze"
    active_us = desk.go("2026-01-24T00:00", MADRID)
    desk.go("2026-02-24T00:00", MADRID)
    account = desk.settle()
    assert (account.tier, account.tier_since_us) == ("gold", active_us)
    assert changes(desk) == [("bronze", "gold", active_us)]


def test_points_that_wait_for_an_order_count_when_it_has_come(desk: Desk) -> None:
    desk.be(club(points=PointsCurrency(activate_on="fulfilled")))
    desk.buy("o1", 1500)
    desk.claw(100, "o1")
    assert desk.settle().tier == "bronze"
    desk.clock.now_us += 1_000_000
    desk.do(lambda book, one: book.activate(one, "o1", "fulfilled"))
    account = desk.settle()
    assert (account.tier, account.tier_since_us) == ("silver", desk.clock.now_us)


def test_tiers_may_measure_spend(desk: Desk) -> None:
    desk.be(club(Tiers(levels=LEVELS, measure=TierMeasure.SPEND)))
    desk.earn(9000, base_minor=999)
    assert desk.settle().tier == "bronze"
    desk.do(lambda book, one: book.qualify(one, spend_minor=1, earned_at_us=desk.clock.now_us))
    assert desk.settle().tier == "silver"
    desk.do(lambda book, one: book.qualify(one, spend_minor=4000, earned_at_us=desk.clock.now_us))
    assert desk.settle().tier == "gold"


def test_an_upgrade_may_wait_for_the_next_period(desk: Desk) -> None:
    tiers = Tiers(
        levels=LEVELS,
        window=CalendarPeriod.YEAR,
        upgrade=Upgrade.NEXT_PERIOD,
        keep=Keep.END_OF_PERIOD,
    )
    desk.be(club(tiers))
    desk.go("2026-03-10T12:00", MADRID)
    desk.earn(1000)
    assert desk.settle().tier == "bronze"
    up_us = desk.go("2027-01-01T00:00", MADRID)
    down_us = desk.go("2028-01-01T00:00", MADRID)
    desk.go("2028-06-01T00:00", MADRID)
    desk.settle()
    assert changes(desk) == [("bronze", "silver", up_us), ("silver", "bronze", down_us)]


def test_new_terms_change_tiers_when_they_begin(desk: Desk) -> None:
    easier = Tiers(levels=(Level("bronze", 0), Level("silver", 100)))
    start_us = desk.clock.now_us
    desk.terms.history = [(0, club()), (start_us + 5_000_000, club(easier))]
    desk.earn(100)
    assert desk.settle().tier == "bronze"
    desk.terms.history.append((start_us + 9_000_000, Program(id="club")))
    desk.clock.now_us += 6_000_000
    assert desk.settle().tier == "silver"
    desk.clock.now_us += 6_000_000
    assert desk.settle().tier == ""
    assert changes(desk) == [
        ("bronze", "silver", start_us + 5_000_000),
        ("silver", "", start_us + 9_000_000),
    ]


def test_nobody_falls_below_the_floor_that_somebody_set(desk: Desk) -> None:
    desk.be(club())
    row = {"member": "ana", "program": "club", "status": "active", "joined_at_us": 1, "note": None}

    def set_floor(transaction: Transaction) -> None:
        transaction.insert(enrolments, [{**row, "tier_floor": "silver"}])
        key = AccountKey("ana", "club")
        book = Book(transaction, desk.terms)
        book.rank(book.open([key])[key])

    desk.earn(10)
    desk.earn(10, "bo")
    assert desk.settle().tier == "bronze"
    act(desk.tenancy, "floor", "", set_floor, object)
    assert desk.settle().tier == "silver"
    assert desk.settle("bo").tier == "bronze"


def test_a_new_account_begins_at_the_floor(desk: Desk) -> None:
    desk.be(club())
    row = {"member": "ana", "program": "club", "status": "active", "joined_at_us": 1, "note": None}
    act(
        desk.tenancy,
        "enrol",
        "",
        lambda one: one.insert(enrolments, [{**row, "tier_floor": "gold"}]),
        object,
    )
    assert desk.earn(10).tier == "gold"
    assert changes(desk) == []


def test_what_cannot_change_a_tier_reads_no_series(desk: Desk) -> None:
    desk.be(club())
    desk.earn(500)
    [row] = desk.rows(accounts)
    assert row["tier_most"] == 500
    desk.earn(499)
    assert desk.rows(accounts)[0]["tier_most"] == 999
