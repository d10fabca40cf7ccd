"""Uses under limits: reserved, committed, given back, and never more than may be."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.store.refusals import Refusal
from tallystick.store.schema.usage import counters, tokens, usages
from tallystick.store.usage.checkout import release
from tallystick.store.usage.settling import settle_usage

from ..conftest import Clock
from .till import MINUTE_US, Checkout, cart_of

ANA: dict[str, Any] = {
    "customer": {"id": "ana", "account": "acme", "groups": ["gold", "staff"]},
    "location": "S1",
}
BO: dict[str, Any] = {"customer": {"id": "bo"}}


def used(shop: Checkout, promotion: str) -> dict[str, int]:
    """What the counters of a promotion stand at, by place."""
    rows = shop.rows(counters)
    return {row["place"]: row["used"] for row in rows if row["promotion"] == promotion}


def statuses(shop: Checkout) -> list[str]:
    """What became of the tokens, in the order in which they were made."""
    return [row["status"] for row in shop.rows(tokens)]


def test_a_use_counts_everywhere_and_a_cancel_gives_it_back(shop: Checkout) -> None:
    assert shop.commit(cart_of("free", "o1", **ANA)) is None
    everywhere = ("", "account/acme", "customer/ana", "day/2026-07-10", "group/gold", "group/staff")
    assert used(shop, "free") == dict.fromkeys((*everywhere, "location/S1"), 1)
    shop.cancel("o1")
    assert used(shop, "free") == dict.fromkeys((*everywhere, "location/S1"), 0)
    assert statuses(shop) == ["released"]


def test_facts_are_what_the_counters_stand_at(shop: Checkout) -> None:
    shop.commit(cart_of("three", "o1", **ANA))
    shop.commit(cart_of("three", "o2", **BO))
    assert shop.facts(cart_of("three", **ANA))["uses"]["three"] == {
        "total": 2,
        "customer": 1,
        "account": 1,
        "location": 1,
        "day": 2,
        "group": {"gold": 1, "staff": 1},
    }
    assert shop.facts(cart_of("three"))["uses"]["three"] == {"total": 2, "day": 2}


@pytest.mark.parametrize(
    ("promotion", "customers", "kind"),
    [
        ("one", [ANA, BO], "total"),
        ("three", [ANA, ANA, ANA], "customer"),
        ("three", [ANA, BO, BO, ANA], "total"),
        ("daily", [ANA, BO], "day"),
        ("grouped", [ANA, {"customer": {"id": "cy", "groups": ["gold"]}}], "group"),
        ("grouped", [{"customer": {"account": "acme"}}] * 3, "account"),
        ("grouped", [{"location": "S1"}] * 4, "location"),
    ],
)
def test_the_use_beyond_a_limit_is_declined(
    shop: Checkout, promotion: str, customers: list[dict[str, Any]], kind: str
) -> None:
    *first, last = customers
    for number, customer in enumerate(first):
        assert shop.commit(cart_of(promotion, f"o{number}", **customer)) is None
    before = shop.rows(counters), shop.rows(tokens), shop.rows(usages)
    declined = shop.commit(cart_of(promotion, "last", **last))
    assert declined is not None and declined.refusal is Refusal.LIMIT_REACHED
    assert (declined.facts["promotion"], declined.facts["kind"]) == (promotion, kind)
    assert (shop.rows(counters), shop.rows(tokens), shop.rows(usages)) == before


def test_the_day_is_that_of_the_cart_on_the_calendar_of_the_rules(shop: Checkout) -> None:
    late = {"placed_at": "2026-07-10T22:30:00Z"}  # half past midnight in Madrid
    assert shop.commit(cart_of("daily", "o1")) is None
    assert shop.commit(cart_of("daily", "o2", **late)) is None
    assert set(used(shop, "daily")) == {"", "day/2026-07-10", "day/2026-07-11"}


def test_a_reservation_keeps_a_place_for_its_cart_alone(shop: Checkout) -> None:
    assert shop.reserve(cart_of("one"), "r1") is None
    assert shop.facts(cart_of("one"))["uses"]["one"]["total"] == 1
    assert shop.facts(cart_of("one"), "r1")["uses"]["one"]["total"] == 0
    declined = shop.commit(cart_of("one", "o2"))
    assert declined is not None and declined.refusal is Refusal.LIMIT_REACHED
    assert shop.commit(cart_of("one", "o1"), "r1") is None
    assert statuses(shop) == ["committed"]
    assert used(shop, "one")[""] == 1


def test_what_is_reserved_again_is_one_place(shop: Checkout, clock: Clock) -> None:
    for _ in range(3):
        assert shop.reserve(cart_of("one"), "r1") is None
        clock.now_us += MINUTE_US // 2
    assert used(shop, "one")[""] == 1
    assert statuses(shop) == ["reserved"]


def test_a_cart_that_uses_something_else_gives_back_the_first(shop: Checkout) -> None:
    shop.reserve(cart_of("one"), "r1")
    shop.reserve(cart_of("three"), "r1")
    assert used(shop, "one")[""] == 0
    assert used(shop, "three")[""] == 1
    shop.commit(cart_of("daily", "o1"), "r1")
    assert used(shop, "three")[""] == 0
    assert sorted(statuses(shop)) == ["committed", "released", "released"]


def test_what_nothing_limits_is_not_reserved(shop: Checkout) -> None:
    shop.reserve(cart_of("free"), "r1")
    assert shop.rows(tokens) == []


def test_a_released_reservation_is_free_again(shop: Checkout) -> None:
    shop.reserve(cart_of("one"), "r1")
    shop.do(lambda tx: release(tx, "r1"))
    shop.do(lambda tx: release(tx, "r1"))
    assert shop.commit(cart_of("one", "o1")) is None


@pytest.mark.parametrize("is_swept", [False, True])
def test_an_expired_reservation_is_free_by_the_clock(
    shop: Checkout, clock: Clock, is_swept: bool
) -> None:
    """Whether the job came by makes no difference, also in the rows."""
    start_us = clock.now_us
    shop.reserve(cart_of("one", **ANA), "r1")
    clock.now_us += MINUTE_US
    if is_swept:
        assert shop.read(lambda tx: tx.at_us) == clock.now_us
        shop.do(lambda tx: settle_usage(tx))
    assert shop.facts(cart_of("one")).get("uses", {}).get("one", {}).get("total", 0) == 0
    assert shop.commit(cart_of("one", "o2", **BO)) is None
    first, second = shop.rows(tokens)
    assert (first["status"], first["closed_at_us"]) == ("expired", start_us + MINUTE_US)
    assert second["status"] == "committed"
    assert used(shop, "one") == {
        "": 1,
        "customer/bo": 1,
        "day/2026-07-10": 1,
        **dict.fromkeys(("account/acme", "customer/ana", "group/gold", "group/staff"), 0),
        "location/S1": 0,
    }
    # The first cart comes back too late.
    declined = shop.commit(cart_of("one", "o1", **ANA), "r1")
    assert declined is not None and declined.refusal is Refusal.LIMIT_REACHED


@pytest.mark.parametrize("is_swept", [False, True])
def test_who_comes_late_and_finds_the_place_free_has_it(
    shop: Checkout, clock: Clock, is_swept: bool
) -> None:
    shop.reserve(cart_of("one"), "r1")
    clock.now_us += MINUTE_US
    if is_swept:
        shop.do(lambda tx: settle_usage(tx))
    assert shop.commit(cart_of("one", "o1"), "r1") is None
    assert statuses(shop) == ["expired", "committed"]
    assert used(shop, "one")[""] == 1


def test_a_limit_that_was_lowered_counts_for_who_comes_late(shop: Checkout, clock: Clock) -> None:
    shop.reserve(cart_of("three"), "r1")
    shop.commit(cart_of("three", "o2"))
    clock.now_us += MINUTE_US
    lower = Checkout(shop.tenancy, shop.rules.replace("total: 3", "total: 1"))
    declined = lower.commit(cart_of("three", "o1"), "r1")
    assert declined is not None and declined.refusal is Refusal.LIMIT_REACHED


def test_a_usage_row_says_who_where_and_how_much_and_a_cancel_takes_it_back(
    shop: Checkout, clock: Clock
) -> None:
    shop.commit(cart_of("three", "o1", **ANA))
    clock.now_us += 5
    shop.cancel("o1")
    cancel, use = shop.rows(usages)
    assert use["amount_minor"] == 100 and use["revenue_minor"] == 900
    assert (use["member"], use["account"], use["location"]) == ("ana", "acme", "S1")
    assert (use["channel"], use["code"], use["warning"]) == ("web", "", "")
    assert (cancel["kind"], cancel["amount_minor"], cancel["revenue_minor"]) == (
        "cancel",
        -100,
        -900,
    )
    assert cancel["at_us"] == clock.now_us


def test_a_use_that_was_let_through_says_why(shop: Checkout) -> None:
    soft = """
promotions:
  soft:
    when: {if: "cart.subtotal >= 50 USD", enforcement: allow_warn_on_invalid}
    then: {amount_off: 1 USD}
"""
    other = Checkout(shop.tenancy, soft)
    other.commit(cart_of("soft", "o1", currency="USD"))
    assert other.rows(usages)[0]["warning"] == "cart.subtotal is 10.00 USD, needs 50.00 USD"


def test_tenants_do_not_share_limits(shop: Checkout) -> None:
    shop.commit(cart_of("one", "o1"))
    shop.tenancy = type(shop.tenancy)(
        shop.tenancy.database, "other", shop.tenancy.clock, shop.tenancy.ids
    )
    assert shop.commit(cart_of("one", "o1")) is None
