"""Erasing a person: nothing tells who it was, and the books are as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tallystick.store.acting import look
from tallystick.store.audit.verifying import verify
from tallystick.store.errors import StoreError
from tallystick.store.member.enrolling import Enrolled
from tallystick.store.member.erasing import Erased
from tallystick.store.order.records import Replayed
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.catalog import metadata
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Found, of_tenant

from ..order.sales import cart, line, place
from ..shops import open_shop

RULES = """
ruleset:
  currency: EUR
  attributes: {line.attributes.colour: {type: string, default: ""}}
programs:
  club: {redemption: {points: 100, value: 1 EUR}}
earning_rules:
  buy:
    program: club
    event: purchase
    award: {points: 1 per 1 EUR, on: attributes.colour == "red"}
  hello: {program: club, event: signup, award: {points: 7}, limits: {per_member: 1 per year}}
  friend: {program: club, event: referral, award: {referrer: {points: 5}}}
promotions:
  tenth: {coupon: TENTH, limits: {per_customer: 3, total: 9}, then: {percent_off: 10%}}
"""
WHO = "ana.lopez@example.org"
SECRETS = (WHO, "Calle Mayor", "28013", "for-grandma", "vip-tea", "1970-02-03", "an-only-child")
CHANGED = {"members", "papers", "happenings", "enrolments", "interventions"}
STAFF: dict[str, Any] = {"actor": "eve", "reason": "they asked for it"}


def befriend(shop: Shop, referrer: str, friend: str) -> None:
    """Have somebody bring a friend."""
    shown = shop.members.show(referrer)
    assert not isinstance(shown, Declined)
    code = shown.referral_code
    answer = shop.members.enrol(friend, "club", referral_code=code, request=f"enrol-{len(friend)}")
    assert isinstance(answer, Enrolled)


def buy(shop: Shop, order: str, who: str) -> None:
    """Have somebody buy something, and get it."""
    place(shop, cart(order, who=who))
    assert not isinstance(shop.orders.transition(order, "fulfilled"), Declined)


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop in which Ana has done all there is to do."""
    shop = open_shop(tenancy, RULES)
    shop.members.enrol("cy", "club")
    befriend(shop, "cy", WHO)
    shop.members.set_segments(WHO, "club", ["vip-tea"])
    signup = {"id": "s1", "event": "signup", "at": "2026-07-10T12:00:00Z", "member": WHO}
    assert not isinstance(shop.events.handle(signup), Declined)
    befriend(shop, WHO, "bo")
    buy(shop, "o9", "bo")
    for number in range(3):
        red = {"colour": "red", "engraving": "for-grandma"}
        place(
            shop,
            cart(
                f"o{number}",
                line("MUG", 2, 50_000, attributes=red),
                who=None,
                customer={
                    "id": WHO,
                    "birthday": "1970-02-03",
                    "segments": ["vip-tea"],
                    "orders": number,
                    "attributes": {"note": "an-only-child"},
                },
                shipping_address={"region": "Calle Mayor", "postal_code": "28013"},
                coupons=["TENTH"],
                attributes={"greeting": "for-grandma"},
            ),
            request=f"place-{number}",
        )
    shop.orders.transition("o0", "fulfilled")
    shop.orders.cancel("o1", request="cancel-1")
    shop.orders.refund("o2", {"id": "r1", "lines": [{"id": "MUG", "units": 1}]})
    return shop


def dump(tenancy: Tenancy) -> dict[str, list[Found]]:
    """All rows of all tables."""
    tables = metadata.sorted_tables
    return look(tenancy, lambda one: {str(table): one.fetch(of_tenant(table)) for table in tables})


def told_in(rows: object) -> set[str]:
    """What of the secrets can be read in some rows."""
    text = str(rows)
    return {secret for secret in SECRETS if secret in text}


def erase(shop: Shop) -> Erased:
    """Erase Ana."""
    answer = shop.members.erase(WHO, **STAFF)
    assert isinstance(answer, Erased), answer
    return answer


def test_nothing_tells_who_it_was(shop: Shop, tenancy: Tenancy) -> None:
    before = dump(tenancy)
    [code] = [row["referral_code"] for row in before["members"] if row["external_id"] == WHO]
    assert told_in(before) == set(SECRETS)
    assert [row["event"] for row in before["happenings"]].count("referral") == 2
    assert erase(shop).orders == 3
    after = dump(tenancy)
    assert told_in(after) == set()
    assert code not in str(after)


def test_only_rows_about_people_change_and_the_books_are_sound(
    shop: Shop, tenancy: Tenancy
) -> None:
    before = dump(tenancy)
    assert list(verify(tenancy.database)) == []
    erase(shop)
    after = dump(tenancy)
    for table in before.keys() - CHANGED:
        assert after[table] == before[table], table
    assert list(verify(tenancy.database)) == []


def test_no_byte_of_a_file_tells_who_it_was(shop: Shop, tenancy: Tenancy) -> None:
    if tenancy.database.dialect != "sqlite":
        pytest.skip("a server keeps its files to itself")
    for number in range(200):  # so that there are pages in every state
        shop.members.enrol(f"{WHO}{number}", "club")
    for number in range(200):
        shop.members.erase(f"{WHO}{number}", **STAFF)
    assert secrets_in_files(tenancy) == set(SECRETS)
    erase(shop)
    assert secrets_in_files(tenancy) == set()


def secrets_in_files(tenancy: Tenancy) -> set[str]:
    """What of the secrets can be read in the files of a database."""
    path = Path(str(tenancy.database.url.database))
    content = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    return {secret for secret in SECRETS if secret.encode() in content}


def test_an_order_of_the_erased_can_be_refunded_and_says_what_it_is(
    shop: Shop, tenancy: Tenancy
) -> None:
    replayed = shop.orders.replay("o0")
    assert isinstance(replayed, Replayed)
    assert (replayed.is_same, replayed.is_erased) == (True, False)
    erase(shop)
    replayed = shop.orders.replay("o0")
    assert isinstance(replayed, Replayed)
    assert (replayed.is_same, replayed.is_erased) == (True, True)
    answer = shop.orders.refund("o0", {"id": "r9", "lines": [{"id": "MUG", "units": 2}]})
    assert not isinstance(answer, Declined), answer
    assert answer.amount_minor == 90_000
    assert list(verify(tenancy.database)) == []
    assert told_in(dump(tenancy)) == set()


def test_who_comes_back_is_somebody_new(shop: Shop) -> None:
    gone = erase(shop)
    declined = shop.members.erase(WHO, **STAFF)
    assert isinstance(declined, Declined) and declined.refusal is Refusal.UNKNOWN_MEMBER
    again = shop.members.enrol(WHO, "club")
    assert isinstance(again, Enrolled) and again.member != gone.member
    name = f"erased-{gone.member}"
    for answer in (shop.members.enrol(name, "club"), shop.members.erase(name, **STAFF)):
        assert isinstance(answer, Declined) and answer.refusal is Refusal.WRONG_STATE


def test_it_is_said_who_did_it_and_why(shop: Shop) -> None:
    with pytest.raises(StoreError, match="`reason`"):
        shop.members.erase(WHO, actor="eve", reason="")
    first = shop.members.erase(WHO, **STAFF, request="k1")
    assert isinstance(first, Erased)
    assert shop.members.erase(WHO, **STAFF, request="k1") == first
    shown = shop.members.show(f"erased-{first.member}")
    assert not isinstance(shown, Declined)
    assert [(one.action, one.reason) for one in shown.interventions] == [
        ("erase", "they asked for it")
    ]
