"""Carts of members on the fast way: new ones, those of facts, and what is for the plain way."""

from typing import Any

import msgspec
import pytest

from tallystick import CartError, Engine, load_text
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.membership import MemberFinder
from tallystick.engine.quote.quote import Quote

RULES = """
ruleset: {currency: USD}
promotions:
  ten: {when: customer.groups has "vip", then: {percent_off: 10%}}
programs:
  club:
    tiers: {levels: {bronze: {from: 0 points}, gold: {from: 100 points, multiplier: 1.5}}}
  air:
    points: {scale: 2}
    tiers: {levels: {sky: {from: 5 points}}}
earning_rules:
  basic: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  gold: {program: club, event: purchase, when: 'member.tier == "gold"', award: {points: 10}}
  plain: {program: club, event: purchase, when: 'member.tier == "bronze"', award: {points: 1}}
  start: {program: club, event: purchase, when: 'member.tier starts_with "br"', award: {points: 2}}
  seg:
    program: club
    event: purchase
    when: 'member.segments has any ["a", "b"]'
    award: {points: 3}
  rich: {program: air, event: purchase, when: member.points >= 12.5, award: {points: 4}}
  old:
    program: air
    event: purchase
    when: default(member.joined, 2026-01-01) < 2025-01-01
    award: {points: 5}
  long: {program: air, event: purchase, when: member.lifetime_points > 0, award: {points: 6}}
  none: {program: air, event: purchase, when: 'not (member.tier == "sky")', award: {points: 7}}
  few:
    program: club
    event: purchase
    award: {points: 1 per 0.10 USD}
    limits: {per_member: 3 per day, points: 50 per day}
  other: {program: club, event: signup, award: {points: 500}}
  cup: {program: club, event: purchase, award: {stamps: 1 per unit, card: coffee}}
  back: {program: air, event: purchase, award: {cashback: 3%}}
stamp_cards:
  coffee: {program: club, size: 5}
campaigns:
  twice: {program: club, multiply: 2, rules: [basic], on: sku == "A"}
  thanks: {program: air, bonus: 1 points}
"""
SAME = """
  same: {program: club, event: purchase, when: member.tier == customer.tier, award: {points: 9}}
"""
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "store_credit": 150,
    "lines": [
        {"id": 'l"1', "sku": "A", "quantity": 2, "unit_price": 1_005},
        {"id": "l2", "sku": "B", "quantity": 1, "unit_price": 999},
    ],
    "customer": {"groups": ["vip"], "tier": "gold"},
}
FACTS: list[dict[str, Any] | None] = [
    None,
    {},
    {"uses": {"ten": {"total": 3}}},
    {"members": {}},
    {"members": {"club": {}}},
    {"members": {"club": {"qualifying": 100}, "air": {"qualifying": 500, "balance": 1_250}}},
    {"members": {"club": {"tier": None}, "air": {"tier": "sky", "balance": 1_249}}},
    {"members": {"club": {"tier": "gold", "segments": ["b", "z"]}}},
    {"members": {"club": {"segments": ["a", "b"]}, "air": {"joined": "2024-12-31"}}},
    {"members": {"air": {"lifetime_points": 1, "joined": "2025-01-01"}, "sea": {"tier": "x"}}},
    {"rooms": {"few": {"times": 0}, "unheard-of": {"times": 1}}},
    {"rooms": {"few": {"points": 7}}, "stock": {"x": 1}, "pools": {"p": 0}},
    {"rooms": {name: {"times": 1} for name in ("few", "basic", "gold", "seg", "rich", "old")}},
    {"rooms": {f"r{number}": {} for number in range(40)} | {"few": {"points": 0}}},
    {"cards": {"coffee": {"stamps": 4}}, "issued": {"i": {"rule": "x"}}},
]


@pytest.fixture(scope="module")
def engines() -> tuple[Engine, Engine]:
    ruleset = load_text(RULES)
    return Engine(ruleset), Engine(ruleset, "reference")


@pytest.mark.parametrize("facts", FACTS)
def test_members_go_the_fast_way(engines: tuple[Engine, Engine], facts: Any) -> None:
    fast, reference = engines
    expected = reference.quote(CART, facts).to_json()
    for form in (CART, msgspec.json.encode(CART)):
        quote = fast.quote(form, facts)
        assert quote._plain is None
        assert quote.to_json() == expected


def test_one_cart_after_the_other_starts_anew(engines: tuple[Engine, Engine]) -> None:
    fast, reference = engines
    carts = [{**CART, "id": f"c{number}"} for number in range(len(FACTS))]
    known = {f"c{number}": facts for number, facts in enumerate(FACTS) if facts is not None}
    lines = b"\n".join(msgspec.json.encode(cart) for cart in carts)
    expected = b"".join(
        reference.quote(cart, known.get(cart["id"])).to_json() + b"\n" for cart in carts
    )
    assert fast.quote_lines(lines, known).json == expected
    assert [quote.to_json() for quote in quotes_of(fast, carts, known)] == expected.splitlines()


def quotes_of(engine: Engine, carts: list[Any], known: Any) -> list[Quote]:
    """The quotes of carts that are all taken."""
    return [quote for quote in engine.quote_batch(carts, known) if isinstance(quote, Quote)]


def test_what_redeems_and_what_is_of_stored_value_goes_the_plain_way(
    engines: tuple[Engine, Engine],
) -> None:
    fast, reference = engines
    stored = [{**CART["lines"][0], "stored_value": True}]
    for more in ({"redeem": [{"program": "club", "points": 1}]}, {"lines": stored}):
        quote = fast.quote({**CART, **more})
        assert quote._plain is not None
        assert quote.to_json() == reference.quote({**CART, **more}).to_json()


def test_an_unknown_tier_is_worded_by_the_plain_way(engines: tuple[Engine, Engine]) -> None:
    facts = {"members": {"club": {"tier": "sky"}}}
    for engine in engines:
        with pytest.raises(CartError, match="expected a tier of the program"):
            engine.quote(CART, facts)


def test_texts_that_are_compared_are_told_apart_by_the_plain_way() -> None:
    text = RULES.replace("stamp_cards:", SAME.strip("\n") + "\nstamp_cards:")
    ruleset = load_text(text)
    fast, reference = Engine(ruleset), Engine(ruleset, "reference")
    for customer in ("gold", "bronze", "unheard-of"):
        cart = {**CART, "customer": {"tier": customer}}
        for facts in FACTS:
            assert fast.quote(cart, facts).to_json() == reference.quote(cart, facts).to_json()


def test_numbers_too_wide_go_the_plain_way() -> None:
    ruleset = load_text(
        "ruleset: {currency: USD}\nprograms: {club: {}}\nearning_rules:\n"
        "  huge: {program: club, event: purchase, award: {points: 1000000000 per 0.01 USD}}\n"
    )
    fast, reference = Engine(ruleset), Engine(ruleset, "reference")
    cart = {**CART, "lines": [{"sku": "A", "quantity": 1_000_000, "unit_price": 1_000_000}]}
    quote = fast.quote(cart)
    assert quote._plain is not None
    assert quote.to_json() == reference.quote(cart).to_json()
    assert quote.result.earned[0].amount > 2**63


def test_facts_that_say_nothing_of_members_change_nothing() -> None:
    ruleset = load_text(RULES)
    finder = MemberFinder(ruleset.loyalty, lower(ruleset))
    silent: list[dict[str, Any]] = [{}, {"uses": {}}, {"stock": {"x": 1}}, {"cards": {"c": {}}}]
    for facts in silent:
        assert finder.find(read_facts(facts)) is None
    assert finder.find(read_facts({"members": {"club": {"tier": "sky"}}})) is False
