"""What tests have seen of loyalty rules, and what not."""

import textwrap

import pytest

from tallystick.cli.suite import Suite
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source
from tallystick.engine.engine import Engine

RULES = """
programs:
  club: {tiers: {levels: {silver: {from: 100, cashback: 1%}}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  cup: {program: club, event: purchase, award: {stamps: 1 per unit, card: card, on: cups}}
  visit: {program: club, event: check-in, award: {points: 5}, multiplied: true}
burning_rules:
  coffee: {program: club, reward: {product: COFFEE}}
  mug: {program: club, cost: 50, reward: {product: MUG}}
  off: {program: club, cost: 10, reward: {discount: 1 USD}}
campaigns:
  bonus: {program: club, rules: [buy], when: cart.subtotal >= 20 USD, bonus: 7}
  double: {program: club, rules: [visit], when: member.points >= 100, multiply: 2}
  half: {program: club, rules: [buy], when: cart.subtotal < 4 USD, multiply: 0.5}
stamp_cards:
  card: {program: club, size: 10, reward: coffee}
define: {cups: categories has "cups"}
"""
VISIT = "event: {event: check-in, at: 2026-07-10T12:00}"
RICH = "facts: {members: {club: {balance: 500}}}"
POOR = "facts: {members: {club: {balance: 5}}}"
ALL = ["buy", "cup", "visit", "coffee", "mug", "off", "bonus", "double", "half"]


def suite_of(rules: str, *body: str) -> Suite:
    """The suite of rules with one test, or with none, once it was run."""
    lines = textwrap.indent("\n".join(body), "    ")
    text = f"{rules}tests:\n  first:\n{lines}\n    expect: {{points: {{}}}}\n" if body else rules
    suite = Suite(Engine(load_sources([Source("rules.yaml", text)])))
    suite.run()
    return suite


def cart(price: str, more: str = "") -> str:
    """A cart of one line."""
    line = f"{{sku: A, quantity: 1, unit_price: {price} USD, categories: [cups]}}"
    return f"cart: {{placed_at: 2026-07-10T12:00, lines: [{line}]{more}}}"


def redeem(more: str) -> str:
    """An event to redeem."""
    return f"event: {{event: redeem, at: 2026-07-10T12:00, {more}}}"


def test_without_tests_everything_is_missing() -> None:
    suite = suite_of(RULES)
    assert [gap.text for gap in suite.gaps()] == [
        "no test has seen buy earned",
        "no test has seen cup earned",
        "no test has seen visit earned",
        "no test has seen coffee issued or used",
        "no test has seen mug redeemed",
        "no test has seen off redeemed",
        "no test has seen bonus applied",
        "no test has seen double applied",
        "no test has seen half applied",
    ]
    assert (suite.loyalty_coverage.rule_count, suite.loyalty_coverage.covered_count) == (9, 0)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        # A drink's stamp stands for the reward of its card.
        ([cart("5")], ["buy", "cup", "coffee"]),
        ([cart("20")], ["buy", "cup", "coffee", "bonus"]),
        ([cart("3")], ["buy", "cup", "coffee", "half"]),
        # Half a point is none: it was multiplied, and nothing was given.
        ([cart("1")], ["cup", "coffee", "half"]),
        ([cart("0.50"), "facts: {members: {}}"], []),
        ([cart("5", ", redeem: [{rule: off}]"), RICH], ["buy", "cup", "coffee", "off"]),
        ([cart("5", ", redeem: [{rule: off}]"), POOR], ["buy", "cup", "coffee"]),
        (
            [cart("5", ", redeem: [{rule: off, times: 90, if_short: clip}]"), RICH],
            ["cup", "coffee", "off"],
        ),
        (
            [
                "cart: {placed_at: 2026-07-10T12:00, lines: [], redeem: [{issued: r1}]}",
                "facts: {issued: {r1: {rule: coffee}}}",
            ],
            ["coffee"],
        ),
        ([VISIT], ["visit"]),
        ([VISIT, RICH], ["visit", "double"]),
        ([redeem("rule: mug"), RICH], ["mug"]),
        ([redeem("rule: mug, times: 90, if_short: clip"), RICH], ["mug"]),
        ([redeem("rule: mug"), POOR], []),
    ],
)
def test_what_a_test_sees(body: list[str], seen: list[str]) -> None:
    suite = suite_of(RULES, *body)
    assert not any(verdict.error for verdict in suite.verdicts)
    missing = [gap.rule for gap in suite.gaps()]
    assert missing == [name for name in ALL if name not in seen]


def test_what_is_switched_off_or_paused_is_not_asked_for() -> None:
    rules = """
    programs: {club: {}, off: {enabled: false}, still: {status: paused}}
    earning_rules:
      one: {program: club, event: signup, enabled: false, award: {points: 1}}
      two: {program: off, event: signup, award: {points: 1}}
      three: {program: still, event: signup, award: {points: 1}}
      four: {program: club, event: signup, award: {points: 1}}
    """
    assert [gap.rule for gap in suite_of(textwrap.dedent(rules)).gaps()] == ["four"]
