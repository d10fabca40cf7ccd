"""Conditions and codes of a promotion."""

import pytest

from ..loading import codes_of, load, problems_of, promotion

THEN = "then: {percent_off: 20%}"
SOFT = "allow_warn_on_invalid"
HARD = "deny_invalid_for_order"


@pytest.mark.parametrize(
    "when",
    [
        "when: cart.quantity >= 3",
        "when: [cart.quantity >= 3]",
        "when:\n  - cart.quantity >= 3",
        "when: {if: cart.quantity >= 3}",
        "when: [{if: cart.quantity >= 3}]",
        "when: 'cart.quantity >= 3' # more than two",
    ],
)
def test_one_condition(when: str) -> None:
    (condition,) = promotion(f"{when}\n{THEN}").conditions
    assert condition.text == "cart.quantity >= 3"
    assert not condition.is_soft


def test_conditions_keep_their_order() -> None:
    made = promotion(f"when: [cart.quantity >= 3, {{channel: web}}, cart.quantity <= 9]\n{THEN}")
    assert [condition.text for condition in made.conditions] == [
        "cart.quantity >= 3",
        'cart.channel == "web"',
        "cart.quantity <= 9",
    ]


def test_no_condition() -> None:
    assert promotion(f"when: []\n{THEN}").conditions == ()


@pytest.mark.parametrize(
    ("of_promotion", "of_condition", "is_soft"),
    [(None, None, False), (SOFT, None, True), (None, SOFT, True), (SOFT, HARD, False)],
)
def test_enforcement(of_promotion: str | None, of_condition: str | None, is_soft: bool) -> None:
    beside = f", enforcement: {of_condition}" if of_condition else ""
    whole = f"enforcement: {of_promotion}\n" if of_promotion else ""
    when = f"when: [{{if: cart.quantity >= 3{beside}}}, {{channel: web{beside}}}]\n"
    made = promotion(whole + when + THEN)
    assert [condition.is_soft for condition in made.conditions] == [is_soft, is_soft]


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("[[cart.quantity >= 3]]", ["R205"]),
        ("[{enforcement: allow_warn_on_invalid}]", ["R204"]),
        ("[{}]", ["R204"]),
        ("[{channel: web, customer_group: gold}]", ["R217"]),
        ("[{chanel: web}]", ["R203"]),
        ("[{if: cart.quantity >= 3, enforcement: never}]", ["R206"]),
        ("[{if: cart.quantity >= 3, els: 5}]", ["R203"]),
        ("[{if: }]", ["R207"]),
        ("", ["R207"]),
        ("['']", ["R101"]),
        ("[cart.quantty >= 3, cart.chanel == 5]", ["R104", "R104"]),
    ],
)
def test_what_is_no_condition(when: str, codes: list[str]) -> None:
    assert codes_of(f"promotions:\n  a:\n    when: {when}\n    {THEN}") == codes


@pytest.mark.parametrize(
    "line",
    [
        "- cart.quantity >= 3 # three",
        "- if: cart.quantity >= 3 # three",
        '- min_quantity: {quantity: 3,\n         on: sku == "A" # a\n         }',
    ],
)
def test_a_comment_behind_an_expression(line: str) -> None:
    (problem,) = problems_of(f"promotions:\n  a:\n    {THEN}\n    when:\n      {line}")
    span = problem.span
    assert problem.code == "R013"
    assert span.source.text[span.start : span.end].startswith("# ")


def test_a_comment_behind_brackets_is_no_danger() -> None:
    text = f"promotions:\n  a:\n    {THEN} # cheap\n    when: [cart.quantity >= 3] # three"
    assert codes_of(text) == []


def test_a_problem_inside_a_condition_has_its_place() -> None:
    text = (
        f"promotions:\n  a:\n    {THEN}\n    when:\n      - 'cart.channel == \"it''s\" or cart.x'\n"
    )
    (problem,) = problems_of(text)
    assert problem.code == "R104"
    assert text[problem.span.start : problem.span.end] == "cart.x"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("coupon: ' summer20 '", ("SUMMER20",)),
        ("coupons: straße", ("STRASSE",)),
        ("coupons: [b, a, B]", ("A", "B")),
        ("coupon_pool: summer", ()),
    ],
)
def test_codes_are_trimmed_upper_cased_and_distinct(written: str, codes: tuple[str, ...]) -> None:
    made = promotion(f"{written}\n{THEN}")
    assert made.coupons == codes
    assert made.needs_code


def test_promotions_stand_in_order_of_evaluation() -> None:
    ruleset = load(
        """
        promotions:
          d: {stage: payment, priority: 1, then: {percent_off: 1%}}
          c: {then: {percent_off: 1%}}
          b: {then: {percent_off: 1%}}
          B: {then: {percent_off: 1%}}
          a: {priority: 101, then: {percent_off: 1%}}
          e: {priority: -1, stage: order, then: {percent_off: 1%}}
        """
    )
    assert [promotion.id for promotion in ruleset.promotions] == ["B", "b", "c", "a", "e", "d"]
