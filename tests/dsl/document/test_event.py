"""Events of tests: what the shop would send beside carts."""

import pytest

from .clubs import CART, case, codes

POINTS = "expect: {points: {wallet: 5}}\n"


def test_the_least_an_event_says() -> None:
    made = case("event: {event: check-in, at: 2026-07-10T12:00}\n" + POINTS)
    assert made.event == {
        "id": "first",
        "event": "check-in",
        "at": "2026-07-10T10:00:00Z",
        "customer": {"id": "customer"},
    }
    assert made.cart == {}
    assert made.expect == {"points": {"wallet": 500}}


def test_everything_an_event_says() -> None:
    body = """
    event: {id: e1, event: check-in, at: 2026-07-10T12:00Z, customer: {id: u1, tier: gold},
            channel: app, location: madrid, amount: 5 USD, points: 5.25 points, kind: door,
            attributes: {mood: good}}
    expect: {earned: {visit: 5.25}}
    """
    assert case(body).event == {
        "id": "e1",
        "event": "check-in",
        "at": "2026-07-10T12:00:00Z",
        "customer": {"id": "u1", "tier": "gold"},
        "channel": "app",
        "location": "madrid",
        "amount": 500,
        "points": 525,
        "kind": "door",
        "attributes": {"mood": "good"},
    }


def test_a_redemption() -> None:
    body = "event: {event: redeem, at: 2026-07-10T12:00Z, rule: off, times: 2, if_short: clip}\n"
    event = case(body + "expect: {redemptions: {off: {points: 400}}}").event
    assert event is not None
    assert (event["rule"], event["times"], event["if_short"]) == ("off", 2, "clip")


REFERRAL = """
event:
  event: referral
  at: 2026-07-10T12:00Z
  referrer: {id: bo, tier: gold}
  state: qualified
  cart: {placed_at: 2026-07-10T12:00Z, lines: [], redeem: [{rule: off}]}
facts:
  referrer: {members: {club: {tier: gold}}}
  friend: {members: {wallet: {balance: 0.25}}, rooms: {friend: {times: 1}}}
  state: registered
"""


def test_a_referral() -> None:
    made = case(REFERRAL + "expect: {earned: {friend: {friend: 5 USD}}, state: rewarded}")
    assert made.event == {
        "id": "first",
        "event": "referral",
        "at": "2026-07-10T12:00:00Z",
        "referrer": {"id": "bo", "tier": "gold"},
        "friend": {"id": "friend"},
        "state": "qualified",
        "cart": {
            "id": "first",
            "currency": "USD",
            "placed_at": "2026-07-10T12:00:00Z",
            "lines": [],
            "redeem": [{"rule": "off"}],
        },
    }
    assert made.facts == {
        "referrer": {"members": {"club": {"tier": "gold"}}},
        "friend": {"members": {"wallet": {"balance": 25}}, "rooms": {"friend": {"times": 1}}},
        "state": "registered",
    }
    assert made.expect == {"earned": {"friend": {"friend": 500}}, "state": "rewarded"}


def test_what_is_wrong_with_what_a_referral_comes_to() -> None:
    assert codes(REFERRAL + "expect: {earned: {friend: {frend: 5 USD}}}") == ["R407"]
    assert codes(REFERRAL + "expect: {earned: {friend: {friend: 5}}}") == ["R121"]
    assert codes(REFERRAL + "expect: {earned: {buy: {friend: 5}}}") == ["R205"]
    assert codes(REFERRAL + "expect: {state: won}") == ["R206"]
    assert codes(CART + "expect: {state: rewarded}") == ["R304"]
    visit = "event: {event: check-in, at: 2026-07-10T12:00}\n"
    assert codes(visit + "expect: {state: rewarded}") == ["R304"]


def test_points_of_an_event_that_nobody_reads_are_whole() -> None:
    body = "event: {event: signup, at: 2026-07-10T12:00Z, points: 5}\n"
    event = case(body + POINTS).event
    assert event is not None and event["points"] == 5


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("{event: check-in}", ["R204"]),
        ("{at: 2026-07-10T12:00}", ["R204"]),
        ("{event: purchase, at: 2026-07-10T12:00}", ["R206"]),
        ("{event: chek-in, at: 2026-07-10T12:00}", ["R206"]),
        ("{event: external.erp, at: 2026-07-10T12:00, rule: off}", ["R304"]),
        ("{event: check-in, at: 2026-07-10T12:00, times: 2}", ["R304"]),
        ("{event: check-in, at: 2026-07-10T12:00, points: 0.001}", ["R184"]),
        ("{event: check-in, at: 2026-07-10T12:00, attributes: {mod: x}}", ["R403"]),
        ("{event: redeem, at: 2026-07-10T12:00}", ["R204"]),
        ("{event: redeem, at: 2026-07-10T12:00, rule: of}", ["R318"]),
        ("{event: redeem, at: 2026-07-10T12:00, rule: off, points: 5}", ["R304"]),
        ("{event: referral, at: 2026-07-10T12:00, customer: {id: a}}", ["R304"]),
        ("{event: referral, at: 2026-07-10T12:00, amount: 5 USD}", ["R304"]),
        ("{event: referral, at: 2026-07-10T12:00, state: rewarded}", ["R206"]),
        ("{event: check-in, at: 2026-07-10T12:00, friend: {id: a}}", ["R304"]),
        ("{event: check-in, at: 2026-07-10T12:00, if_short: clip}", ["R304"]),
        (
            "{event: referral, at: 2026-07-10T12:00, "
            "cart: {placed_at: 2026-07-10T12:00, currency: EUR, lines: []}}",
            ["R405"],
        ),
    ],
)
def test_what_is_wrong_with_an_event(event: str, expected: list[str]) -> None:
    assert codes(f"event: {event}\n{POINTS}") == expected


def test_a_test_has_a_cart_or_an_event() -> None:
    event = "event: {event: check-in, at: 2026-07-10T12:00}\n"
    assert codes(POINTS) == ["R305"]
    assert codes(CART + event + POINTS) == ["R305"]
    assert codes(event + "expect: {applied: []}") == ["R304"]
