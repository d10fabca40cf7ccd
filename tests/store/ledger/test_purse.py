"""Purses that nobody could have are refused before anything is booked."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.ledger import accounts
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from ..shops import open_shop, publish


@pytest.mark.parametrize(
    "purse",
    [
        Purse("ana", "club", "unknown-thing"),
        Purse("ana", ""),
        Purse("ana", "club", "stamps"),
        Purse("ana", "club", "points", "cups"),
        Purse("ana", "club", "cashback", "EUR"),
        Purse("ana", "club", "credit", "EUR"),
        Purse("ana", "", "credit", "eur"),
        Purse("ana", "", "credit"),
    ],
)
def test_what_is_no_purse_is_refused(tenancy: Tenancy, purse: Purse) -> None:
    shop = open_shop(tenancy)
    shop.members.enrol("ana", "club")
    with pytest.raises(StoreError, match="purse"):
        shop.ledger.adjust(purse, 5, reason="x", actor="eve")
    assert (
        tenancy.database.read(
            lambda one: one.execute(of_tenant(accounts), {"tenant": "main"}).all()
        )
        == []
    )


STAMPS = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs: {club: {}, choir: {}}
stamp_cards: {cups: {program: club, size: 5}, songs: {program: choir, size: 5}}
"""


@pytest.mark.parametrize(
    "card, words",
    [("cup", "did you mean `cups`?"), ("songs", "known are `cups`")],
)
def test_no_stamps_are_booked_on_a_card_that_there_is_not(
    tenancy: Tenancy, card: str, words: str
) -> None:
    shop = open_shop(tenancy, STAMPS)
    shop.members.enrol("ana", "club")
    purse = Purse("ana", "club", "stamps", card)
    refused = Declined(
        Refusal.UNKNOWN_CARD, f"`club` has no stamp card `{card}`: {words}", {"known": ["cups"]}
    )
    assert shop.ledger.adjust(purse, 1, reason="x", actor="eve") == refused
    assert shop.ledger.earn(Award(purse, 1, "visit", "v1")) == refused
    assert shop.ledger.balance(purse) == refused
    answer = shop.ledger.earn(Award(Purse("ana", "klub", "stamps", card), 1, "visit", "v1"))
    assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_PROGRAM


def test_what_is_on_a_card_that_is_gone_can_be_taken(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, STAMPS)
    shop.members.enrol("ana", "club")
    purse = Purse("ana", "club", "stamps", "cups")
    assert isinstance(shop.ledger.adjust(purse, 3, reason="x", actor="eve"), Entry)
    publish(shop.rules, STAMPS.replace("cups: {", "mugs: {"))
    assert isinstance(shop.ledger.adjust(purse, -3, reason="x", actor="eve"), Entry)


def test_a_reservation_lasts_no_longer_than_a_hold(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy)
    cart = {"id": "c1", "currency": "EUR", "placed_at": "2026-07-10T12:00:00Z", "lines": []}
    for ttl_us in (0, -1, 7 * 86_400_000_000 + 1):
        with pytest.raises(StoreError, match="ttl_us"):
            shop.orders.reserve(cart, ttl_us=ttl_us)


def test_the_largest_of_none_are_no_question(tenancy: Tenancy) -> None:
    with pytest.raises(StoreError, match="count"):
        open_shop(tenancy).reports.top_balances("club", count=0)
