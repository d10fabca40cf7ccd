"""Codes of pools: who may use them now, why others may not, and limits of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.usage import codes, counters, tokens, usages
from tallystick.store.usage.checkout import reserve
from tallystick.store.usage.codes import CodesFound, pools_of
from tallystick.store.usage.coupons import CodeChanged
from tallystick.store.usage.listing import Coupon
from tallystick.store.usage.settling import settle_usage

from ..conftest import Clock
from .till import MINUTE_US, Checkout, cart_of


def cart(id: str, *names: str, about: str = "leaflet", **more: Any) -> dict[str, Any]:
    """A cart with codes on it."""
    return cart_of(about, id, coupons=list(names), **more)


def pooled(shop: Checkout, one: dict[str, Any], reservation: str = "") -> dict[str, Any]:
    """Facts for a cart, of pools alone."""
    return {"codes": shop.facts(one, reservation)["codes"]}


def look_up(shop: Checkout, one: dict[str, Any], reservation: str = "") -> CodesFound:
    """What is known of the codes of a cart."""
    shopper = shop.shopper(one)
    return shop.read(lambda tx: pools_of(tx, one["coupons"], shopper, reservation))


def order(shop: Checkout, one: dict[str, Any], reservation: str = "") -> Declined | None:
    """Order as a shop does: with facts, and what they allow."""
    return shop.commit(one, reservation, pooled(shop, one, reservation))


def used(shop: Checkout, code: str) -> int:
    """How often a code was used."""
    shown = shop.coupons.show(code)
    assert isinstance(shown, Coupon)
    return shown.used


def test_a_code_is_used_once_whatever_promotions_it_opens(shop: Checkout) -> None:
    shop.coupons.add("leaflet", "A1")
    one = cart("o1", "a1")
    one["lines"][0]["tags"].append("second")
    assert order(shop, one) is None
    assert used(shop, "A1") == 1
    assert [(row["promotion"], row["code"]) for row in shop.rows(usages)] == [
        ("leaflet", "A1"),
        ("second", "A1"),
    ]
    assert look_up(shop, cart("o2", "A1")).refused == {"A1": Refusal.CODE_USED_UP}
    declined = shop.commit(cart("o2", "A1"), "", {"codes": {"A1": "leaflet"}})
    assert declined is not None and declined.refusal is Refusal.LIMIT_REACHED
    assert (declined.facts["code"], declined.facts["limit"]) == ("A1", 1)
    shop.cancel("o1")
    assert order(shop, cart("o2", "A1")) is None


def test_one_limit_spans_all_codes_of_a_pool(shop: Checkout) -> None:
    for number in range(5):
        shop.coupons.add("leaflet", f"A{number}")
    for number in range(3):
        assert order(shop, cart(f"o{number}", f"A{number}")) is None
    declined = shop.commit(cart("o9", "A4"), "", pooled(shop, cart("o9", "A4")))
    assert declined is not None and declined.facts["promotion"] == "leaflet"
    assert used(shop, "A4") == 0


@pytest.mark.parametrize("use_max", [0, 2])
def test_a_code_may_be_used_as_often_as_it_says(shop: Checkout, use_max: int) -> None:
    shop.coupons.add("leaflet", "A1", use_max=use_max)
    answers = [order(shop, cart(f"o{n}", "A1", about="second")) for n in range(3)]
    assert answers == [None, None, None]
    # The third of a code that goes twice is an order without it.
    assert used(shop, "A1") == (use_max or 3)


def test_why_a_code_may_not_be_used(shop: Checkout, clock: Clock) -> None:
    shop.coupons.add("leaflet", "LATE", expires_at_us=clock.now_us)
    shop.coupons.add("leaflet", "SOON", expires_at_us=clock.now_us + 1)
    shop.coupons.add("leaflet", "GONE")
    shop.coupons.revoke("GONE")
    for name in ("Ana", "Bo"):
        shop.member(name)
    shop.coupons.add("leaflet", "BOS", member="Bo")
    shop.coupons.add("leaflet", "ANAS", member="Ana")
    shop.coupons.add("leaflet", "SHARED", owner="Bo")
    ana: dict[str, Any] = {"customer": {"id": shop.member("Ana")}}
    names = ("LATE", "SOON", "GONE", "BOS", "ANAS", "SHARED", "NONE")
    found = look_up(shop, cart("o1", *names, **ana))
    assert found.pools == dict.fromkeys(("ANAS", "SHARED", "SOON"), "leaflet")
    assert found.refused == {
        "LATE": Refusal.CODE_EXPIRED,
        "GONE": Refusal.CODE_REVOKED,
        "BOS": Refusal.CODE_OF_ANOTHER,
    }
    assert found.owners == {"SHARED": shop.member("Bo")}
    assert look_up(shop, cart("o1", "ANAS")).refused == {"ANAS": Refusal.CODE_OF_ANOTHER}


def test_what_facts_do_not_know_yet_is_declined_at_the_order(shop: Checkout) -> None:
    shop.coupons.add("leaflet", "A1")
    facts = pooled(shop, cart("o1", "A1"))
    shop.coupons.revoke("A1")
    declined = shop.commit(cart("o1", "A1"), "", facts)
    assert declined == Declined(Refusal.CODE_REVOKED, "code `A1` was revoked", {"code": "A1"})
    stranger = shop.commit(cart("o1", "A2"), "", {"codes": {"A2": "leaflet"}})
    assert stranger is not None and stranger.refusal is Refusal.UNKNOWN_CODE
    assert shop.rows(tokens) == shop.rows(usages) == []


def test_a_reserved_code_is_its_carts_alone(shop: Checkout, clock: Clock) -> None:
    shop.coupons.add("leaflet", "A1")
    one, other = cart("o1", "A1"), cart("o2", "A1")
    uses, shopper = shop.only(one, pooled(shop, one)), shop.shopper(one)
    shop.do(lambda tx: reserve(tx, "r1", uses, shopper, MINUTE_US))
    assert look_up(shop, other).refused == {"A1": Refusal.CODE_USED_UP}
    assert look_up(shop, one, "r1").pools == {"A1": "leaflet"}
    clock.now_us += MINUTE_US
    assert look_up(shop, other).pools == {"A1": "leaflet"}
    assert used(shop, "A1") == 0
    assert order(shop, other) is None
    statuses = sorted((row["code"], row["status"]) for row in shop.rows(tokens))
    assert statuses[2:] == [("A1", "committed"), ("A1", "expired")]
    late = order(shop, one, "r1")
    assert late is None  # an order without the code
    assert used(shop, "A1") == 1


def test_the_job_frees_expired_codes(shop: Checkout, clock: Clock) -> None:
    shop.coupons.add("leaflet", "A1", use_max=3)
    one = cart("o1", "A1")
    uses, shopper = shop.only(one, pooled(shop, one)), shop.shopper(one)
    shop.do(lambda tx: reserve(tx, "r1", uses, shopper, MINUTE_US))
    shop.do(lambda tx: reserve(tx, "r2", uses, shopper, MINUTE_US))
    before = clock.now_us
    clock.now_us += 7 * MINUTE_US
    shop.do(settle_usage)
    once = shop.rows(tokens), shop.rows(counters)
    shop.do(settle_usage)
    assert (shop.rows(tokens), shop.rows(counters)) == once
    assert {row["used"] for row in once[1]} == {0}
    assert {row["closed_at_us"] for row in once[0]} == {before + MINUTE_US}


def test_a_code_that_a_promotion_names_itself_needs_no_pool(shop: Checkout) -> None:
    assert order(shop, cart("o1", "open", about="second")) is None
    assert shop.rows(usages)[0]["code"] == "OPEN"
    assert [row["code"] for row in shop.rows(tokens)] == [""]


def test_of_several_codes_the_first_has_the_amounts(shop: Checkout) -> None:
    shop.coupons.add("leaflet", "A1")
    assert order(shop, cart("o1", "OPEN", "A1", about="second")) is None
    rows = {row["code"]: row for row in shop.rows(usages)}
    assert (rows["OPEN"]["amount_minor"], rows["OPEN"]["revenue_minor"]) == (300, 900)
    assert (rows["A1"]["amount_minor"], rows["A1"]["revenue_minor"]) == (0, 0)
    assert used(shop, "A1") == 1


def test_a_code_that_was_used_is_nobodys_reward_any_more(shop: Checkout) -> None:
    assert shop.coupons.add("leaflet", "A1") == CodeChanged("A1", "free")
    order(shop, cart("o1", "A1"))
    shop.cancel("o1")
    assert [row["status"] for row in shop.rows(codes)] == ["issued"]
