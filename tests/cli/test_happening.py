"""Tests of rule files that are about an event: what it gives, and what it redeems."""

from pathlib import Path

import pytest

from tallystick.cli.app import main

RULES = """\
programs: {club: {}}
earning_rules:
  visit: {program: club, event: check-in, award: {points: 50}, limits: {per_member: 1 per day}}
  cake: {program: club, event: birthday, award: {points: 300}}
  buy: {program: club, event: purchase, when: cart.subtotal >= 10 USD, award: {points: 1 per 1 USD}}
  friend:
    program: club
    event: referral
    min_order: 25 USD
    award: {referrer: {points: 500}, friend: {cashback: 5 USD}}
campaigns:
  feast: {program: club, rules: [buy], when: cart.subtotal >= 50 USD, bonus: 9}
burning_rules:
  shirt: {program: club, cost: 500 points, reward: {product: SHIRT}}
tests:
"""
VISIT = "event: {event: check-in, at: 2026-07-10T12:00}"
SHIRT = "event: {event: redeem, at: 2026-07-10T12:00, rule: shirt}"
RICH = "facts: {members: {club: {balance: 700}}}"
REFERRAL = """event:
      event: referral
      at: 2026-07-10T12:00
      cart: {placed_at: 2026-07-10T12:00, lines: [{sku: A, quantity: 1, unit_price: 30 USD}]}"""
CART = "cart: {placed_at: 2026-07-10T12:00, lines: [{sku: A, quantity: 1, unit_price: 5 USD}]}"
POOR = "facts: {members: {club: {balance: 400}}}"


def verdict_of(*lines: str, folder: Path) -> int:
    """The exit status of `tally test` for one test."""
    path = folder / "rules.yaml"
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(f"{RULES}  first:\n{body}\n")
    return main(["test", str(path)])


@pytest.mark.parametrize(
    "lines",
    [
        (VISIT, "expect: {earned: {visit: 50 points}, points: {club: 50}, cashback: {}}"),
        (VISIT, "facts: {rooms: {visit: {times: 0}}}", "expect: {points: {}}"),
        (
            "event: {event: birthday, at: 2026-07-10T12:00, customer: {birthday: 1990-07-11}}",
            "expect: {earned: {}}",
        ),
        (
            VISIT,
            "facts: {rooms: {visit: {times: 0}}}",
            "expect: {not_earned: {visit: limit_reached}}",
        ),
        (CART, "expect: {earned: {}, not_earned: {buy: condition}}"),
        (CART, "expect: {not_earned: {feast: condition}}"),
        (REFERRAL, "expect: {earned: {friend: {referrer: 500, friend: 5 USD}}, state: rewarded}"),
        (REFERRAL, "expect: {points: {club: 500}, cashback: {club: 5 USD}}"),
        (
            REFERRAL,
            "facts: {friend: {members: {}}}",
            "expect: {earned: {friend: {referrer: 500}}, state: rewarded}",
        ),
        (
            REFERRAL,
            "facts: {state: rewarded}",
            "expect: {earned: {}, not_earned: {friend: once_per_friend}, state: rewarded}",
        ),
        (
            "event: {event: referral, at: 2026-07-10T12:00, state: invited}",
            "expect: {earned: {}, state: invited}",
        ),
        (SHIRT, RICH, "expect: {redemptions: {shirt: {times: 1, points: 500}}}"),
        (SHIRT, RICH, "expect: {refused_redemptions: {}}"),
        (SHIRT, POOR, "expect: {refused_redemptions: {shirt: insufficient_points}}"),
        (SHIRT, POOR, "expect: {redemptions: {}}"),
    ],
)
def test_what_an_event_comes_to(lines: tuple[str, ...], tmp_path: Path) -> None:
    assert verdict_of(*lines, folder=tmp_path) == 0


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        (
            (VISIT, "expect: {points: {club: 60}}"),
            ["points.club: expected 60 points, got 50 points"],
        ),
        (
            (REFERRAL, "expect: {earned: {friend: {referrer: 5}}, state: qualified}"),
            [
                "earned.friend.referrer: expected 5 points, got 500 points",
                "earned.friend.friend: expected 0.00 USD, got 5.00 USD",
                "state: expected qualified, got rewarded",
            ],
        ),
        (
            (CART, "expect: {not_earned: {buy: paused, visit: condition, feast: inactive}}"),
            [
                "not_earned.buy: expected paused, got condition",
                "  buy: condition, cart.subtotal is 5.00 USD, needs 10.00 USD",
                "not_earned.visit: expected condition, got earned, or not waited for",
                "not_earned.feast: expected inactive, got condition",
                "  feast: condition, cart.subtotal is 5.00 USD, needs 50.00 USD",
            ],
        ),
        (
            (SHIRT, POOR, "expect: {redemptions: {shirt: {times: 1}}}"),
            [
                "redemptions.shirt: expected redeemed, got nothing redeemed",
                "  shirt: insufficient_points",
            ],
        ),
    ],
)
def test_what_differs(
    lines: tuple[str, ...],
    sentences: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verdict_of(*lines, folder=tmp_path) == 1
    failed, _, _ = capsys.readouterr().out.partition("\n\nNOT COVERED\n")
    assert failed.splitlines()[2:] == [f"  {one}" for one in sentences]


def test_facts_that_make_no_sense_refuse_the_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = "facts: {codes: {a: one, A: two}}"
    assert verdict_of(VISIT, facts, "expect: {points: {}}", folder=tmp_path) == 1
    assert "the event is refused: expected one pool for the code" in capsys.readouterr().out
