"""Programs that say nothing: the same, to the hash, as if their plain terms were written."""

import json

import pytest

from tallystick.dsl.loyalty import RedemptionTerms
from tallystick.dsl.ruleset import Ruleset

from ..loading import codes_of, load, problems_of

WRITTEN = """
ruleset: {currency: EUR}
programs:
  club: {redemption: {points: 1, value: 0.01 EUR}}
earning_rules:
  club:purchase: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


def bare(body: str, rest: str = "", currency: str = "EUR") -> Ruleset:
    """A rule set with a program `club` of this body."""
    return load(f"ruleset: {{currency: {currency}}}\nprograms: {{club: {{{body}}}}}\n{rest}")


def test_nothing_is_the_same_as_plain_terms() -> None:
    assert bare("").hash == load(WRITTEN).hash
    (rule,) = bare("").loyalty.earning_rules
    assert (rule.id, rule.name) == ("club:purchase", "1 per 1 EUR")


@pytest.mark.parametrize(
    "body",
    [
        "name: Club, description: for all",
        "status: paused",
        "enabled: false",
        "active: 2026-01-01..2026-12-31, timezone: Europe/Madrid",
    ],
)
def test_texts_times_and_a_status_are_no_terms(body: str) -> None:
    ruleset = bare(body)
    (program,) = ruleset.loyalty.programs
    assert program.redemption == RedemptionTerms(1, 1)
    assert len(ruleset.loyalty.earning_rules) == 1
    written = WRITTEN.replace("club: {red", f"club: {{{body}, red")
    assert ruleset.hash == load(written).hash


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("points: {name: Stars}", ""),
        ("redemption: {points: 1, value: 1 EUR}", ""),
        ("tiers: {levels: {gold: {from: 1}}}", ""),
        ("", "earning_rules: {a: {program: club, event: signup, award: {points: 1}}}"),
        ("", "burning_rules: {a: {program: club, cost: 1, reward: {product: A}}}"),
        ("", "campaigns: {a: {program: club, multiply: 2}}"),
        ("", "stamp_cards: {a: {program: club, size: 5}}"),
    ],
)
def test_whoever_says_anything_says_all(body: str, rest: str) -> None:
    loyalty = bare(body, rest).loyalty
    (program,) = loyalty.programs
    assert program.redemption is None or "redemption" in body
    assert "club:purchase" not in [rule.id for rule in loyalty.earning_rules]


@pytest.mark.parametrize(
    ("currency", "terms", "per_minor"),
    [("JPY", (100, 1), 1), ("EUR", (1, 1), 100), ("KWD", (1, 10), 1000)],
)
def test_terms_are_exact_in_every_currency(
    currency: str, terms: tuple[int, int], per_minor: int
) -> None:
    loyalty = bare("", currency=currency).loyalty
    assert loyalty.programs[0].redemption == RedemptionTerms(*terms)
    award = loyalty.earning_rules[0].award
    assert award is not None
    assert (award.quantity.numerator * per_minor, award.quantity.denominator) in [
        (per_minor, per_minor),
        (1, 1),
    ]


def test_tests_of_authors_know_the_rule() -> None:
    line = "{sku: A, quantity: 1, unit_price: 3 EUR}"
    cart = f"cart: {{placed_at: 2026-07-10T12:00, lines: [{line}]}}"
    expect = "expect: {earned: {club:purchase: 3 points}}"
    ruleset = bare("", f"tests: {{a: {{{cart}, {expect}}}}}")
    assert ruleset.cases[0].expect == {"earned": {"club:purchase": 3}}


def test_the_name_of_the_rule_may_be_taken() -> None:
    promotion = "promotions: {club:purchase: {then: {percent_off: 10%}}}"
    assert codes_of(f"programs: {{club: {{}}}}\n{promotion}") == ["R219", "R219"]
    other = "earning_rules: {club:purchase: {program: b, event: signup, award: {points: 1}}}"
    text = f"programs: {{club: {{}}, b: {{redemption: {{points: 1, value: 1 USD}}}}}}\n{other}"
    found = problems_of(text)
    assert [problem.code for problem in found] == ["R209", "R209"]
    assert "programs that say nothing" in str([problem.span.source.name for problem in found])


def test_other_mistakes_stay_alone() -> None:
    assert codes_of("ruleset: {currency: XXQ}\nprograms: {club: {}}") == ["R211"]
    assert codes_of("programs: {club: {nam: x}}") == ["R203"]
    assert codes_of("programs: {club: }") == ["R207"]


@pytest.mark.parametrize("name", ['a"b', 'x": {}, "y', "", "a b", "a\\", "{", "a\nb"])
def test_a_name_that_is_none_is_only_a_problem(name: str) -> None:
    assert codes_of(f"programs: {{{json.dumps(name)}: {{}}}}\n") == ["R208"]
