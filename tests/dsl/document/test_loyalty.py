"""Loyalty sections together: names, order, and what a missing file leaves in doubt."""

import pytest

from tallystick.dsl.loader import load_sources
from tallystick.dsl.loyalty import Loyalty
from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source

from ..loading import codes_of, load
from .clubs import CLUBS

PROMOTION = "promotions: {p: {then: {percent_off: 1%}}}"


def test_without_loyalty() -> None:
    assert load(PROMOTION).loyalty == Loyalty()


def test_everything_is_in_the_order_of_names() -> None:
    loyalty = load(CLUBS).loyalty
    assert [one.id for one in loyalty.programs] == ["club", "wallet"]
    assert [one.id for one in loyalty.burning_rules] == ["coffee", "off", "pay"]
    names = [one.id for one in loyalty.earning_rules]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "sections",
    [
        "programs: {p: {}}\n" + PROMOTION,
        "programs: {a: {}}\nburning_rules: {p: {program: a, cost: 1, reward: {product: A}}}\n"
        + PROMOTION,
        "programs: {a: {}}\nburning_rules: {a: {program: a, cost: 1, reward: {product: A}}}\n",
        "programs: {a: {}}\nearning_rules: {p: {program: a, event: signup, award: {points: 1}}}\n"
        "burning_rules: {p: {program: a, cost: 1, reward: {product: A}}}\n",
        "programs: {a: {}}\nearning_rules: {p: {program: a, event: signup, award: {points: 1}}}\n"
        "campaigns: {p: {program: a, bonus: 1}}\n",
    ],
)
def test_a_name_means_one_thing_on_a_receipt(sections: str) -> None:
    assert codes_of(sections) == ["R219", "R219"]


def test_cards_tiers_and_tests_have_names_of_their_own() -> None:
    text = """
    promotions: {a: {then: {percent_off: 1%}}}
    programs: {p: {tiers: {levels: {a: {from: 0}}}}}
    stamp_cards: {a: {program: p, size: 10}}
    tests: {a: {cart: {placed_at: 2026-01-01T00:00, lines: []}, expect: {applied: []}}}
    """
    assert codes_of(text) == []


def test_an_unreadable_file_may_have_declared_what_is_missing() -> None:
    text = """
earning_rules:
  r: {program: a, event: purchase, award: {points: 0.125}}
  s: {program: a, event: purchase, award: {stamps: 1, card: c}}
burning_rules: {b: {program: a, reward: {product: A}}}
campaigns: {m: {program: a, bonus: 1, rules: [t]}}
stamp_cards: {d: {program: a, size: 10, reward: e}}
"""
    with pytest.raises(RuleTextError) as caught:
        load_sources([Source("a.yaml", text), Source("b.yaml", "\0")])
    assert [one.code for one in caught.value.problems] == ["R004"]
    assert set(codes_of(text)) >= {"R316"}


def test_thousands_of_wrong_names_end_soon() -> None:
    rules = "".join(
        f"  r{number}: {{program: nothing, event: signup, award: {{points: 1}}}}\n"
        for number in range(20_000)
    )
    programs = "".join(f"  p{number}: {{}}\n" for number in range(5_000))
    assert len(codes_of(f"programs:\n{programs}earning_rules:\n{rules}")) == 100
