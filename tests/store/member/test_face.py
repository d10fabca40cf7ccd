"""Members: enrolled once, referred by somebody, kept in a tier, shown, and closed."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.store.acting import act, look
from tallystick.store.errors import StoreError
from tallystick.store.ledger.account import AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.member import people
from tallystick.store.member.codes import LENGTH, SIGNS, read_code
from tallystick.store.member.enrolling import Enrolled
from tallystick.store.member.people import meet
from tallystick.store.member.showing import MemberShown
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.rules.timeline import read_timeline
from tallystick.store.schema.tenancy import members
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..conftest import Clock
from ..shops import open_shop

DAY_US = 86_400_000_000
RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months}
    tiers: {window: 12 months, levels: {red: {from: 0}, blue: {from: 100}, gold: {from: 1000}}}
  pub: {redemption: {points: 1, value: 1 EUR}}
  old: {enabled: false, redemption: {points: 1, value: 1 EUR}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with three programs, one of which nobody is enrolled in by itself."""
    return open_shop(tenancy, RULES)


def show(shop: Shop, member: str, at_us: int | None = None) -> MemberShown:
    """All of a member who is there."""
    shown = shop.members.show(member, at_us=at_us)
    assert isinstance(shown, MemberShown)
    return shown


def enrol(shop: Shop, member: str, program: str = "club", code: str | None = None) -> Enrolled:
    """Enrol somebody, against whom nothing speaks."""
    answer = shop.members.enrol(member, program, referral_code=code)
    assert isinstance(answer, Enrolled), answer
    return answer


def refusal_of(answer: object) -> Refusal:
    """Why something was declined."""
    assert isinstance(answer, Declined), answer
    return answer.refusal


def earn(shop: Shop, member: str, points: int, source: str = "e1") -> None:
    """Give somebody points that count for tiers."""

    def work(tx: Transaction) -> None:
        timeline = read_timeline(tx, shop.library)
        book, key = Book(tx, timeline), AccountKey(meet(tx, timeline, member).id, "club")
        book.earn(book.open([key])[key], points, Cause("purchase", source))

    act(shop.tenancy, "earn", "", work, type(None))


def meet_dry(shop: Shop, member: str) -> people.Person:
    """Somebody as carts see them that are only quoted."""
    return look(
        shop.tenancy, lambda tx: meet(tx, read_timeline(tx, shop.library), member, is_made=False)
    )


def test_somebody_is_enrolled_once(shop: Shop, clock: Clock) -> None:
    first = enrol(shop, "ana")
    clock.now_us += DAY_US
    again = enrol(shop, "ana")
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.member, again.joined_at_us) == (first.member, first.joined_at_us)
    shown = show(shop, "ana")
    assert (shown.id, shown.member, shown.status) == (first.member, "ana", "active")
    assert [(one.program, one.status) for one in shown.programs] == [("club", "active")]


def test_a_program_must_be_in_force(shop: Shop) -> None:
    assert refusal_of(shop.members.enrol("ana", "choir")) is Refusal.UNKNOWN_PROGRAM
    assert refusal_of(shop.members.show("ana")) is Refusal.UNKNOWN_MEMBER


def test_names_are_bounded(shop: Shop) -> None:
    for name in ("", "x" * 256):
        with pytest.raises(StoreError, match=r"expected a text|1 to 255 characters"):
            shop.members.enrol(name, "club")


def test_who_leaves_can_come_back(shop: Shop, clock: Clock) -> None:
    enrol(shop, "ana")
    shop.members.leave("ana", "club")
    assert [one.status for one in show(shop, "ana").programs] == ["left"]
    assert "club" not in meet_dry(shop, "ana").programs  # not enrolled again by themselves
    clock.now_us += DAY_US
    assert enrol(shop, "ana").joined_at_us == clock.now_us
    assert "club" in meet_dry(shop, "ana").programs
    assert refusal_of(shop.members.leave("ana", "pub")) is Refusal.UNKNOWN_PROGRAM


def test_customers_of_orders_become_members_of_all_open_programs(shop: Shop) -> None:
    assert set(meet_dry(shop, "bo").programs) == {"club", "pub"}
    assert refusal_of(shop.members.show("bo")) is Refusal.UNKNOWN_MEMBER
    earn(shop, "bo", 5)
    shown = show(shop, "bo")
    assert [one.program for one in shown.programs] == ["club", "pub"]
    assert [(one.program, one.balance, one.available) for one in shown.accounts] == [("club", 5, 5)]


def test_every_member_has_a_code_of_their_own(shop: Shop) -> None:
    codes = set()
    for name in ("ana", "bo", "cy"):
        enrol(shop, name)
        codes.add(show(shop, name).referral_code)
    assert len(codes) == 3
    assert all(len(code) == LENGTH and set(code) <= set(SIGNS) for code in codes)


def test_a_code_that_somebody_has_is_made_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = iter(["AAAA", "AAAA", "AAAA", "BBBB"])
    monkeypatch.setattr(people, "new_code", lambda: next(codes))
    monkeypatch.setattr("tallystick.store.member.enrolling.new_member", people.new_member)
    enrol(shop, "ana")
    enrol(shop, "bo")
    assert [show(shop, name).referral_code for name in ("ana", "bo")] == ["AAAA", "BBBB"]


def test_a_referral_code_says_who_brought_whom(shop: Shop) -> None:
    enrol(shop, "ana")
    code = show(shop, "ana").referral_code
    typed = f" {code[:4].lower()}-{code[4:]} "
    assert read_code(typed) == code
    enrol(shop, "bo", code=typed)
    shown = show(shop, "bo")
    assert (shown.referred_by, shown.referral) == ("ana", "registered")
    enrol(shop, "bo", "pub", code=code)  # says nothing new


def test_referral_codes_that_are_refused(shop: Shop) -> None:
    for name in ("ana", "bo"):
        enrol(shop, name)
    ana, bo = (show(shop, name).referral_code for name in ("ana", "bo"))
    enrol_by = shop.members.enrol
    assert refusal_of(enrol_by("cy", "club", referral_code="NOBODYS")) is Refusal.UNKNOWN_CODE
    assert refusal_of(enrol_by("ana", "club", referral_code=ana)) is Refusal.WRONG_STATE
    enrol(shop, "cy", code=ana)
    assert refusal_of(enrol_by("cy", "club", referral_code=bo)) is Refusal.WRONG_STATE
    shop.members.close("bo", actor="eve", reason="asked to")
    assert refusal_of(enrol_by("dee", "club", referral_code=bo)) is Refusal.UNKNOWN_CODE
    assert refusal_of(shop.members.show("dee")) is Refusal.UNKNOWN_MEMBER


def test_segments_are_set_by_program(shop: Shop) -> None:
    enrol(shop, "ana")
    enrol(shop, "ana", "pub")
    shop.members.set_segments("ana", "club", ["vip", "tea", "vip"])
    shop.members.set_segments("ana", "pub", ["late"])
    assert show(shop, "ana").segments == {"club": ["tea", "vip"], "pub": ["late"]}
    assert meet_dry(shop, "ana").segments == {"club": ["tea", "vip"], "pub": ["late"]}
    shop.members.set_segments("ana", "club", [])
    assert show(shop, "ana").segments == {"pub": ["late"]}
    with pytest.raises(StoreError, match="expected a list"):
        shop.members.set_segments("ana", "club", "vip")
    with pytest.raises(StoreError, match="1 to 100 characters"):
        shop.members.set_segments("ana", "club", [""])


def tier_of(shop: Shop, member: str, at_us: int | None = None) -> str:
    """The tier of a member in the club."""
    return next(one.tier for one in show(shop, member, at_us).programs if one.program == "club")


def test_who_has_earned_nothing_has_the_lowest_tier(shop: Shop) -> None:
    enrol(shop, "ana")
    assert (tier_of(shop, "ana"), show(shop, "ana").accounts) == ("red", [])


def test_a_floor_holds_whatever_was_earned(shop: Shop, clock: Clock) -> None:
    enrol(shop, "ana")
    earn(shop, "ana", 150)
    assert tier_of(shop, "ana") == "blue"
    words: dict[str, Any] = {"actor": "eve", "reason": "the broken pot"}
    answer = shop.members.set_floor("ana", "club", "gold", **words)
    assert isinstance(answer, Enrolled)
    assert [one.tier_floor for one in show(shop, "ana").programs] == ["gold", ""]
    assert tier_of(shop, "ana") == "gold"
    later_us = clock.now_us + 400 * DAY_US
    assert tier_of(shop, "ana", later_us) == "gold"
    shop.members.set_floor("ana", "club", None, actor="eve", reason="it was mended")
    assert tier_of(shop, "ana") == "blue"
    assert tier_of(shop, "ana", later_us) == "red"
    done = [(one.action, one.detail, one.reason) for one in show(shop, "ana").interventions]
    assert done == [("set_floor", "gold", "the broken pot"), ("set_floor", "", "it was mended")]


def test_a_floor_is_a_tier_of_the_program(shop: Shop) -> None:
    enrol(shop, "ana")
    enrol(shop, "ana", "pub")
    words: dict[str, Any] = {"actor": "eve", "reason": "x"}
    for program, tier in (("club", "silver"), ("pub", "gold")):
        answer = shop.members.set_floor("ana", program, tier, **words)
        assert refusal_of(answer) is Refusal.UNKNOWN_TIER
    assert isinstance(answer, Declined) and answer.message == "`pub` has no tiers"
    with pytest.raises(StoreError, match="`reason`"):
        shop.members.set_floor("ana", "club", "gold", actor="eve", reason=" ")


def test_who_is_closed_is_in_no_program(shop: Shop) -> None:
    enrol(shop, "ana")
    earn(shop, "ana", 5)
    assert shop.members.close("ana", actor="eve", reason="fraud") == "closed"
    assert meet_dry(shop, "ana").programs == {}
    assert refusal_of(shop.members.enrol("ana", "pub")) is Refusal.WRONG_STATE
    shown = show(shop, "ana")
    assert (shown.status, [one.balance for one in shown.accounts]) == ("closed", [5])
    assert shop.members.reopen("ana", actor="eve", reason="no fraud") == "active"
    assert set(meet_dry(shop, "ana").programs) == {"club", "pub"}
    assert refusal_of(shop.members.close("bo", actor="e", reason="r")) is Refusal.UNKNOWN_MEMBER


def test_a_member_is_shown_as_they_will_be(shop: Shop, clock: Clock) -> None:
    enrol(shop, "ana")
    earn(shop, "ana", 5)
    later = show(shop, "ana", clock.now_us + 400 * DAY_US)
    assert [(one.balance, one.lifetime) for one in later.accounts] == [(0, 5)]
    assert [one.balance for one in show(shop, "ana").accounts] == [5]


def test_a_request_is_answered_once(shop: Shop) -> None:
    first = shop.members.enrol("ana", "club", request="k1")
    shop.members.leave("ana", "club")
    assert shop.members.enrol("ana", "club", request="k1") == first
    assert [one.status for one in show(shop, "ana").programs] == ["left"]
    other = shop.members.enrol("bo", "club", request="k1")
    assert refusal_of(other) is Refusal.CONFLICT


def test_many_are_met_in_a_few_statements(shop: Shop) -> None:
    def work(tx: Transaction) -> int:
        timeline = read_timeline(tx, shop.library)
        found = people.meet_all(tx, timeline, [f"m{number}" for number in range(300)])
        assert {tuple(one.programs) for one in found.values()} == {("club", "pub")}
        return len({one.id for one in found.values()})

    assert act(shop.tenancy, "meet", "", work, int) == 300
    assert len(look(shop.tenancy, lambda one: one.fetch(of_tenant(members)))) == 300
