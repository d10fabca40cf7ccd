"""Purses that nobody could have are refused before anything is booked."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.ledger.purse import Purse
from tallystick.store.schema.ledger import accounts
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from ..shops import open_shop


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


def test_a_reservation_lasts_no_longer_than_a_hold(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy)
    cart = {"id": "c1", "currency": "EUR", "placed_at": "2026-07-10T12:00:00Z", "lines": []}
    for ttl_us in (0, -1, 7 * 86_400_000_000 + 1):
        with pytest.raises(StoreError, match="ttl_us"):
            shop.orders.reserve(cart, ttl_us=ttl_us)


def test_the_largest_of_none_are_no_question(tenancy: Tenancy) -> None:
    with pytest.raises(StoreError, match="count"):
        open_shop(tenancy).reports.top_balances("club", count=0)
