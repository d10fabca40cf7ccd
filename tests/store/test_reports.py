"""Reports: what is owed, to whom, and at which instant."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, RedemptionTerms, Tiers
from tallystick.store.errors import StoreError
from tallystick.store.ledger.purse import Purse
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.reports import Holder, KeyFigures, Liability, Reports
from tallystick.store.schema.ledger import accounts, entries
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from .conftest import Clock
from .ledger.desk import Desk
from .people import add_member
from .shops import publish

CLUB = Program(
    id="club",
    points=PointsCurrency(expire_after=Duration(months=12), activate_after=Duration(days=2)),
    redemption=RedemptionTerms(100, 30),
    tiers=Tiers((Level("green", 0), Level("gold", 500))),
)


def begin(tenancy: Tenancy, clock: Clock) -> tuple[Desk, Reports]:
    """Three members: one with much, one with some, one who spent; and one with cashback."""
    desk = Desk(tenancy, clock)
    desk.be(CLUB)
    ids = {name: add_member(tenancy, name) for name in ("ana", "bo", "cy")}
    desk.go("2026-01-10T12:00")
    desk.earn(1000, ids["bo"])
    desk.earn(250, ids["ana"])
    desk.earn(250, ids["cy"])
    desk.do(lambda book, one: book.earn(one, 75, desk.cause()), ids["ana"], unit="cashback")
    desk.go("2026-02-10T12:00")
    desk.redeem(100, ids["cy"])
    desk.earn(33, ids["cy"])
    return desk, Reports(tenancy, lambda _: desk.terms, lambda _: "EUR")


def test_the_largest_balances_come_first(tenancy: Tenancy, clock: Clock) -> None:
    desk, reports = begin(tenancy, clock)
    found = top(reports)
    assert [(one.rank, one.member, one.balance, one.available, one.tier) for one in found] == [
        (1, "bo", 1000, 1000, "gold"),
        (2, "ana", 250, 250, "green"),
        (3, "cy", 183, 150, "green"),
    ]
    assert [one.member for one in top(reports, count=1)] == ["bo"]
    before_us = desk.go("2026-01-11T12:00")
    past = top(reports, at_us=before_us)
    assert [(one.member, one.balance, one.available) for one in past] == [
        ("bo", 1000, 0),
        ("ana", 250, 0),
        ("cy", 250, 0),
    ]
    assert [one.member for one in top(reports, unit="cashback")] == ["ana"]


def top(reports: Reports, **more: Any) -> list[Holder]:
    """The largest balances of the club."""
    found = reports.top_balances("club", **more)
    assert isinstance(found, list), found
    return found


def test_a_program_that_is_not_there_is_declined_and_named(tenancy: Tenancy, clock: Clock) -> None:
    _, reports = begin(tenancy, clock)
    for name, hint in (("clubb", "did you mean `club`?"), ("other", "known are `club`")):
        answer = reports.top_balances(name)
        assert isinstance(answer, Declined)
        assert answer.refusal is Refusal.UNKNOWN_PROGRAM
        assert answer.message == f"there is no program `{name}`: {hint}"
    with pytest.raises(StoreError, match="stamps, credit, got `point`, at `unit`"):
        reports.top_balances("club", unit="point")


def test_liability_is_what_is_outstanding_at_an_instant(tenancy: Tenancy, clock: Clock) -> None:
    desk, reports = begin(tenancy, clock)
    assert reports.liability() == [
        Liability("club", "cashback", 1, 75, 75, 0, 0, 0, 75, "EUR"),
        Liability("club", "points", 3, 1433, 1400, 33, 0, 0, 429, "EUR"),
    ]
    later_us = desk.go("2027-01-20T12:00")  # all but the last points are gone by themselves
    later = Liability("club", "points", 3, 33, 33, 0, 0, 0, 9, "EUR")
    assert reports.liability(later_us)[1] == later


def test_every_currency_is_added_up_by_itself(tenancy: Tenancy, clock: Clock) -> None:
    rules = """
    ruleset: {currency: EUR}
    programs: {club: {redemption: {points: 100, value: 1 EUR}}}
    stamp_cards: {cups: {program: club, size: 5}}
    """
    shop = Shop(tenancy)
    opened_us = clock.now_us
    publish(shop.rules, rules, at_us=opened_us)
    shop.members.enrol("ana", "club")
    for purse in (Purse("ana", "club"), Purse("ana", "club", "stamps", "cups")):
        shop.ledger.adjust(purse, 50, reason="late", actor="eve")
    for number, currency in enumerate(("USD", "EUR", "USD")):
        shop.wallet.give("ana", 100, currency, source=f"c{number}", reason="late", actor="eve")
        shop.gift_cards.issue(1000, currency)
    told = [(one.unit, one.accounts, one.value_minor, one.currency) for one in liability(shop)]
    assert told == [
        ("credit", 1, 100, "EUR"),
        ("credit", 1, 200, "USD"),
        ("gift_card", 1, 1000, "EUR"),
        ("gift_card", 2, 2000, "USD"),
        ("points", 1, 50, "EUR"),
        ("stamps", 1, None, ""),
    ]
    before = [(one.unit, one.value_minor, one.currency) for one in liability(shop, opened_us - 1)]
    assert before == [("points", None, ""), ("stamps", None, "")]


def liability(shop: Shop, at_us: int | None = None) -> list[Liability]:
    """What a shop owes."""
    return shop.reports.liability(at_us)


def test_key_figures_add_up(tenancy: Tenancy, clock: Clock) -> None:
    desk, reports = begin(tenancy, clock)
    assert reports.key_figures() == [
        KeyFigures("club", "cashback", 0, 75, 75, 0, 0, 0),
        KeyFigures("club", "points", 0, 1433, 1533, 100, 0, 0),
    ]
    desk.go("2027-01-20T12:00")
    later = KeyFigures("club", "points", 0, 33, 1533, 100, 1400, 0)
    assert reports.key_figures()[1] == later
    for name in desk.rows(accounts, unit="points"):
        desk.settle(name["member"])
    assert len(desk.rows(entries, kind="expire")) == 3
    assert reports.key_figures()[1] == later


def test_a_shop_with_nothing_has_nothing_to_report(tenancy: Tenancy, clock: Clock) -> None:
    reports = Reports(tenancy, lambda _: Desk(tenancy, clock).terms, lambda _: "EUR")
    assert reports.liability() == []
    assert reports.key_figures() == []
