"""Rewards: issued, used, revoked, expired and given back, with the codes that coupons are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tallystick.engine.loyalty.moves import Issue
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.usage import codes, rewards
from tallystick.store.usage.checkout import cancel
from tallystick.store.usage.drawing import codes_left
from tallystick.store.usage.rewards import (
    issue,
    issued_of,
    revoke,
    revoke_from,
    use,
    used_of,
)
from tallystick.store.usage.settling import settle_usage

from ..conftest import Clock
from .test_codes import cart, order
from .till import Checkout

EXPIRY = "2026-08-01T00:00:00Z"
EXPIRY_US = 1_785_542_400_000_000
COFFEE = Issue(
    member="Ana",
    program="club",
    rule="coffee",
    card="card",
    times=1,
    reward={"kind": "product", "sku": "COFFEE"},
    expires_at=EXPIRY,
)
COUPON = Issue(
    member="Ana",
    program="club",
    rule="gift",
    times=1,
    reward={"kind": "coupon", "pool": "leaflet"},
    expires_at=EXPIRY,
)


def give(shop: Checkout, move: Issue, source: str = "purchase/o0", member: str = "ana") -> Any:
    """Issue what a move says; why it was declined, if it was."""
    return shop.do(lambda tx: issue(tx, [(move, member)], source))


def statuses(shop: Checkout) -> list[str]:
    """What rewards are, in the order in which they were issued."""
    return [row["status"] for row in shop.rows(rewards)]


def test_a_reward_is_a_fact_about_who_has_it(shop: Checkout) -> None:
    give(shop, COFFEE)
    (row,) = shop.rows(rewards)
    ids = [row["id"], "other"]
    facts = shop.read(lambda tx: issued_of(tx, ids, "ana"))
    assert facts == {row["id"]: {"rule": "coffee", "status": "open", "expires_at": EXPIRY}}
    assert shop.read(lambda tx: issued_of(tx, ids, "bo")) == {}


def test_a_reward_is_used_once_and_given_back_with_its_order(shop: Checkout) -> None:
    give(shop, COFFEE)
    name = shop.rows(rewards)[0]["id"]
    stranger = shop.do(lambda tx: use(tx, [name], "bo", "o1"))
    assert stranger is not None and stranger.refusal is Refusal.UNKNOWN_REWARD
    assert shop.do(lambda tx: use(tx, [name], "ana", "o1")) is None
    again = shop.do(lambda tx: use(tx, [name], "ana", "o2"))
    assert again == Declined(Refusal.WRONG_STATE, f"reward `{name}` is used", {"reward": name})
    assert shop.read(lambda tx: used_of(tx, ["card", "other"], "ana")) == {"card": 1}
    shop.do(lambda tx: cancel(tx, "o1"))
    assert statuses(shop) == ["open"]
    assert shop.read(lambda tx: used_of(tx, ["card"], "ana")) == {}


def test_the_newest_unused_are_revoked(shop: Checkout, clock: Clock) -> None:
    for _ in range(3):
        give(shop, COFFEE)
        clock.now_us += 1
    names = [row["id"] for row in shop.rows(rewards)]
    shop.do(lambda tx: use(tx, [names[2]], "ana", "o1"))
    gone: list[int] = []
    shop.do(lambda tx: gone.append(revoke(tx, "ana", "coffee", "card", 1)))
    assert statuses(shop) == ["open", "revoked", "used"]
    shop.do(lambda tx: gone.append(revoke(tx, "ana", "coffee", "card", 5)))
    assert statuses(shop) == ["revoked", "revoked", "used"]
    assert gone == [1, 1]


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_reward_expires_by_the_clock(shop: Checkout, clock: Clock, is_settled: bool) -> None:
    give(shop, COFFEE)
    name = shop.rows(rewards)[0]["id"]
    clock.now_us = EXPIRY_US
    if is_settled:
        shop.do(settle_usage)
    declined = shop.do(lambda tx: use(tx, [name], "ana", "o1"))
    assert declined is not None and declined.message == f"reward `{name}` is expired"
    shop.do(settle_usage)
    shop.do(settle_usage)
    (row,) = shop.rows(rewards)
    assert (row["status"], row["closed_at_us"]) == ("expired", EXPIRY_US)


def test_what_comes_back_late_is_expired(shop: Checkout, clock: Clock) -> None:
    give(shop, COFFEE)
    shop.do(lambda tx: use(tx, [shop_id(shop)], "ana", "o1"))
    clock.now_us = EXPIRY_US + 5
    shop.do(lambda tx: cancel(tx, "o1"))
    (row,) = shop.rows(rewards)
    assert (row["status"], row["closed_at_us"], row["order_id"]) == ("expired", EXPIRY_US, "")


def shop_id(shop: Checkout) -> str:
    """The id of the first reward, as read before."""
    return str(shop.rows(rewards)[0]["id"])


def test_a_coupon_is_a_code_that_only_its_member_may_use(shop: Checkout, clock: Clock) -> None:
    shop.coupons.add("leaflet", "LATER")
    shop.coupons.add("leaflet", "FIRST", expires_at_us=EXPIRY_US + 9)
    shop.coupons.add("leaflet", "GONE", expires_at_us=clock.now_us)
    assert shop.read(lambda tx: codes_left(tx, ["leaflet", "none"])) == {"leaflet": 2, "none": 0}
    give(shop, COUPON)
    (row,) = shop.rows(rewards)
    assert (row["code"], row["expires_at_us"]) == ("FIRST", EXPIRY_US)
    code = next(one for one in shop.rows(codes) if one["code"] == "FIRST")
    assert (code["status"], code["member"], code["expires_at_us"]) == ("issued", "ana", EXPIRY_US)
    assert order(shop, cart("o1", "FIRST")) is None  # a guest's: without the code
    assert statuses(shop) == ["open"]
    assert order(shop, cart("o2", "FIRST", customer={"id": "ana"})) is None
    assert statuses(shop) == ["used"]
    assert shop.rows(rewards)[0]["order_id"] == "o2"
    shop.cancel("o2")
    assert statuses(shop) == ["open"]


def test_an_empty_pool_declines_all_of_it(shop: Checkout) -> None:
    shop.coupons.add("leaflet", "A1")
    twice = msgspec.structs.replace(COUPON, times=2, expires_at=None)
    declined = shop.do(lambda tx: issue(tx, [(COFFEE, "ana"), (twice, "ana")], "redeem/e1"))
    assert declined is not None and declined.refusal is Refusal.POOL_EMPTY
    assert declined.facts == {"pool": "leaflet", "left": 1}
    assert shop.rows(rewards) == []
    assert [row["status"] for row in shop.rows(codes)] == ["free"]


def test_what_a_cancelled_order_issued_goes_and_its_codes_with_it(shop: Checkout) -> None:
    for name in ("A1", "A2"):
        shop.coupons.add("leaflet", name)
    twice = msgspec.structs.replace(COUPON, times=2, expires_at=None)
    give(shop, twice, "purchase/o1")
    order(shop, cart("o2", "A1", customer={"id": "ana"}))
    lost: list[Any] = []
    shop.do(lambda tx: lost.extend(revoke_from(tx, "purchase/o1")))
    assert [row["code"] for row in lost] == ["A1"]
    assert sorted(statuses(shop)) == ["revoked", "used"]
    assert {row["code"]: row["status"] for row in shop.rows(codes)} == {
        "A1": "issued",
        "A2": "revoked",
    }
