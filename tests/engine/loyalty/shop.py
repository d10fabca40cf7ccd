"""A shop with a loyalty program, the carts it sells and the facts it knows, for the tests."""

from typing import Any

import msgspec

import tallystick

RULES = """\
ruleset: {timezone: Europe/Madrid}

programs:
  club:
    points: {expire_after: 12 months}
    redemption: {points: 100, value: 1 USD}
    tiers:
      window: 12 months
      levels:
        silver: {from: 1000, multiplier: 1.5}
  stars:
    points: {scale: 2}
    timezone: America/New_York

earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  buy-stars: {program: stars, event: purchase, award: {points: 0.25 per 1 USD}}
  coffee:
    program: club
    event: purchase
    award: {stamps: 1 per unit, card: coffee-card, on: sku == "COFFEE"}
  welcome: {program: club, event: signup, award: {points: 100}}
  cake: {program: club, event: birthday, award: {points: 300}}
  cake-stars: {program: stars, event: birthday, award: {points: 3}}
  visit: {program: club, event: check-in, award: {points: 50}, limits: {per_member: 1 per day}}
  receipt:
    program: club
    event: evidence.approved
    when: ['event.kind == "pharmacy"', 'default(event.amount, 0 USD) > 20 USD']
    award: {points: 100}
  erp: {program: club, event: external.erp, award: {points: event.points}}
  friend:
    program: club
    event: referral
    min_order: 25 USD
    limits: {per_member: 10 per year}
    award: {referrer: {points: 500}, friend: {points: 250}}

stamp_cards:
  coffee-card: {program: club, size: 5, reward: free-coffee}

burning_rules:
  free-coffee: {program: club, reward: {product: COFFEE}}
  shirt:
    program: club
    cost: 500 points
    min_tier: silver
    limits: {stock: 200, per_member: 3}
    reward: {product: SHIRT, quantity: 2}
  tango:
    program: club
    cost: 2000 points
    reward: {gift_card: 20 USD, provider: tango, expires_after: 365 days}
  ten-back: {program: club, cost: 1000 points, reward: {cashback: 10 USD}}
  charity: {program: club, cost: 500 points, reward: {donation: 5 USD, to: red-cross}}
  five: {program: club, cost: 500 points, reward: {coupon_pool: loyal5, expires_after: 30 days}}
  two-off: {program: club, cost: 200 points, reward: {discount: 2 USD}}
  eighth-off: {program: club, cost: 300 points, reward: {discount: 12.5%, max_discount: 30 USD}}
"""
RULESET = tallystick.load_text(RULES)
NOON = "2026-07-10T12:00:00Z"


def line(name: str, quantity: int, unit_price: int, **more: Any) -> dict[str, Any]:
    """A line that is called like its product."""
    return {"id": name, "sku": name, "quantity": quantity, "unit_price": unit_price, **more}


def cart(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A cart of `u1`."""
    return {
        "id": "c1",
        "currency": "USD",
        "placed_at": NOON,
        "customer": {"id": "u1"},
        "lines": list(lines),
        **more,
    }


def event(type: str, /, **more: Any) -> dict[str, Any]:
    """An event of `u1` at noon."""
    return {"id": "e1", "event": type, "at": NOON, "member": "u1", **more}


def member(balance: int = 0, **more: Any) -> dict[str, Any]:
    """Facts of a member of the club."""
    return {"members": {"club": {"balance": balance, **more}}}


def brief(moves: Any) -> list[tuple[Any, ...]]:
    """Moves in short: what, who, by what rule, and how much of what."""
    found = []
    for move in msgspec.to_builtins(moves):
        names = ("card", "kind", "times", "points", "amount")
        found.append(
            (
                move["move"],
                move["member"],
                move["rule"],
                *(move[name] for name in names if name in move),
            )
        )
    return found


def refusals(answer: Any) -> list[tuple[str, str]]:
    """What gave nothing, and why."""
    return [(one.rule, one.reason) for one in answer.refused]
