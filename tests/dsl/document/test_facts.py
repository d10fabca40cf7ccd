"""Facts of tests: points in the smallest units of each program."""

import pytest

from ..loading import codes_of, load
from .clubs import CART, NOTHING, case, codes

FULL = """facts:
  members:
    club: {balance: 500 points, tier: silver, qualifying: 1200, lifetime_points: 3000,
           segments: [vip], joined: 2026-01-31}
    wallet: {balance: 5.25, qualifying: 500 USD}
  rooms: {visit: {times: 1, points: 0.5 points}, off: {times: 3}}
  stock: {off: 5}
  pools: {loyal5: 7}
  cards: {card: {stamps: 4, used: 1}}
  issued: {r1: {rule: coffee, status: open, expires_at: 2026-08-01T00:00}, r2: {rule: off}}
"""


def test_every_fact_about_loyalty() -> None:
    assert case(CART + NOTHING + FULL).facts == {
        "members": {
            "club": {
                "balance": 500,
                "tier": "silver",
                "qualifying": 1200,
                "lifetime_points": 3000,
                "segments": ["vip"],
                "joined": "2026-01-31",
            },
            "wallet": {"balance": 525, "qualifying": 50_000},
        },
        "rooms": {"visit": {"times": 1, "points": 50}, "off": {"times": 3}},
        "stock": {"off": 5},
        "pools": {"loyal5": 7},
        "cards": {"card": {"stamps": 4, "used": 1}},
        "issued": {
            "r1": {"rule": "coffee", "status": "open", "expires_at": "2026-07-31T22:00:00Z"},
            "r2": {"rule": "off"},
        },
    }


def test_no_member_of_any_program_is_something_to_say() -> None:
    assert case(CART + NOTHING + "facts: {members: {}}").facts == {"members": {}}


def test_a_member_may_hold_no_tier() -> None:
    facts = case(CART + NOTHING + "facts: {members: {club: {tier: none}}}").facts
    assert facts == {"members": {"club": {"tier": None}}}


def test_a_level_may_be_called_none() -> None:
    rules = """
    programs: {club: {tiers: {levels: {none: {from: 0}, gold: {from: 5}}}}}
    tests:
      first:
        cart: {placed_at: 2026-07-10T12:00, lines: []}
        facts: {members: {club: {tier: none}}}
        expect: {applied: []}
    """
    (only,) = load(rules).cases
    assert only.facts == {"members": {"club": {"tier": "none"}}}


def test_no_tier_of_a_program_without_tiers_is_reported() -> None:
    rules = """
    programs: {club: {}}
    tests:
      first:
        cart: {placed_at: 2026-07-10T12:00, lines: []}
        facts: {members: {club: {tier: none}}}
        expect: {applied: []}
    """
    assert codes_of(rules) == ["R322"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("members: {clbu: {}}", ["R316"]),
        ("members: {club: {balance: 0.5}}", ["R184"]),
        ("members: {club: {tier: big}}", ["R320"]),
        ("members: {wallet: {qualifying: 500}}", ["R121"]),
        ("members: {club: {qualifying: 500 USD}}", ["R183"]),
        ("members: {club: 500}", ["R205"]),
        ("members: [club]", ["R205"]),
        ("rooms: {july: {times: 1}}", ["R407"]),
        ("rooms: {visit: {points: 0.001}}", ["R184"]),
        ("stock: {visit: 5}", ["R318"]),
        ("stock: {off: }", ["R207"]),
        ("cards: {crad: {stamps: 1}}", ["R319"]),
        ("issued: {r1: {rule: visit}}", ["R318"]),
        ("issued: {r1: {status: open}}", ["R204"]),
    ],
)
def test_what_is_wrong_with_facts(facts: str, expected: list[str]) -> None:
    assert codes(f"{CART}{NOTHING}facts: {{{facts}}}") == expected
