"""Stock of rewards: never more taken than there is."""

from __future__ import annotations

from typing import Any

import tallystick
from tallystick.engine.loyalty.moves import Issue, Move, Redeem
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.usage import stocks, takings
from tallystick.store.usage.stock import give_back_stock, rewards_in, stock_of, take_stock

from .till import Checkout

LOYALTY = tallystick.load_text("""
programs: {club: {}}
burning_rules:
  shirt: {program: club, cost: 5 points, reward: {product: SHIRT}, limits: {stock: 3}}
  mug:   {program: club, cost: 5 points, reward: {product: MUG}}
""").loyalty


def left(shop: Checkout) -> dict[str, int]:
    """What is left."""
    return shop.read(lambda tx: stock_of(tx, ["shirt", "mug"], LOYALTY))


def take(shop: Checkout, source: str, **wanted: int) -> Declined | None:
    """Take rewards; why it was declined, if it was."""
    return shop.do(lambda tx: take_stock(tx, wanted, LOYALTY, source))


def test_stock_is_taken_and_give_back_stock(shop: Checkout) -> None:
    assert left(shop) == {"shirt": 3}
    assert take(shop, "purchase/o1", shirt=2, mug=9) is None
    assert take(shop, "purchase/o2", shirt=1) is None
    assert left(shop) == {"shirt": 0}
    shop.do(lambda tx: give_back_stock(tx, {"shirt": 2, "mug": 0}, "purchase/o1"))
    shop.do(lambda tx: give_back_stock(tx, {}, "purchase/o3"))
    assert left(shop) == {"shirt": 2}
    for row in shop.rows(stocks):
        moved = [one["times"] for one in shop.rows(takings) if one["rule"] == row["rule"]]
        assert sum(moved) == row["taken"]


def test_more_than_there_is_is_declined_and_nothing_is_taken(shop: Checkout) -> None:
    declined = take(shop, "redeem/e1", mug=1, shirt=4)
    assert declined is not None and declined.refusal is Refusal.OUT_OF_STOCK
    take(shop, "redeem/e2", shirt=2)
    declined = take(shop, "redeem/e3", mug=1, shirt=2)
    assert declined is not None and declined.refusal is Refusal.OUT_OF_STOCK
    assert left(shop) == {"shirt": 1}
    assert [row["source"] for row in shop.rows(takings)] == ["redeem/e2"]


def test_a_reward_is_taken_once_where_it_is_redeemed_and_issued() -> None:

    def issued(rule: str, **more: Any) -> Issue:
        reward = {"kind": "product", "sku": "SHIRT", "quantity": 1}
        return Issue(
            member="ana", program="club", rule=rule, reward=reward, expires_at=None, **more
        )

    moves: list[Move] = [
        Redeem("ana", "club", "shirt", 2, 10, 0),
        issued("shirt", times=2),
        issued("mug", times=1, card="card"),
        Redeem("ana", "club", None, 1, 10, 100),
    ]
    assert rewards_in(moves) == {"shirt": 2, "mug": 1}
