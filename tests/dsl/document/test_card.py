"""Stamp cards, and what a full one gives."""

import pytest

from tallystick.dsl.loyalty import StampCard

from ..loading import codes_of, load

RULES = """
programs: {club: {}, cafe: {}}
burning_rules:
  cup: {program: club, cost: 5, reward: {product: CUP}}
  pot: {program: cafe, cost: 5, reward: {product: POT}}
stamp_cards:
  card: """


def test_every_key_of_a_card() -> None:
    text = f"{RULES}{{name: Coffee, program: club, size: 10, reward: cup}}"
    assert load(text).loyalty.stamp_cards == (StampCard("card", "club", 10, "cup", "Coffee"),)


def test_a_card_may_only_count() -> None:
    (card,) = load(f"{RULES}{{program: club, size: 10}}").loyalty.stamp_cards
    assert card.reward is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("size: 10", ["R204"]),
        ("program: club", ["R204"]),
        ("program: club, size: 0", ["R130"]),
        ("program: clbu, size: 10, reward: nothing", ["R316"]),
        ("program: club, size: 10, reward: cpu", ["R318"]),
        ("program: club, size: 10, reward: pot", ["R321"]),
    ],
)
def test_what_is_wrong_with_a_card(body: str, expected: list[str]) -> None:
    assert codes_of(f"{RULES}{{{body}}}") == expected
