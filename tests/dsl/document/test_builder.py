"""Sections of all files put together: names, places, and how far mistakes reach."""

import pytest

from tallystick.dsl.document.builder import DEFINITIONS_MAX
from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import Problem, RuleTextError
from tallystick.dsl.ruleset import Ruleset
from tallystick.dsl.source import Source

from ..loading import codes_of, load, problems_of

THEN = "then: {percent_off: 20%}"


def load_files(*texts: str) -> Ruleset:
    return load_sources(Source(f"{number}.yaml", text) for number, text in enumerate(texts))


def problems_in(*texts: str) -> list[Problem]:
    with pytest.raises(RuleTextError) as caught:
        load_files(*texts)
    return caught.value.problems


def test_files_together_are_one_rule_set() -> None:
    ruleset = load_files(
        "ruleset: {currency: EUR}",
        f"promotions: {{a: {{{THEN}, stacking: {{group: g}}}}}}",
        f"promotions: {{b: {{when: [shoes], {THEN}}}}}",
        "define: {shoes: cart.quantity >= 2}",
        "stack_groups: {g: {}}",
    )
    assert ruleset.currency == "EUR"
    assert [promotion.id for promotion in ruleset.promotions] == ["a", "b"]


@pytest.mark.parametrize(
    ("section", "entry", "code"),
    [
        ("promotions", f"{{{THEN}}}", "R209"),
        ("stack_groups", "{}", "R209"),
        (
            "tests",
            "{cart: {placed_at: 2026-01-01T00:00, lines: []}, expect: {applied: []}}",
            "R209",
        ),
    ],
)
def test_a_name_is_unique_over_all_files(section: str, entry: str, code: str) -> None:
    text = f"{section}: {{a: {entry}}}"
    found = problems_in(text, text, f"{section}: {{b: {entry}}}")
    assert [(one.code, one.span.place[0]) for one in found] == [(code, "0.yaml"), (code, "1.yaml")]
    assert found[0].help == "the other is at 1.yaml:1"


def test_a_definition_is_unique_over_all_files() -> None:
    found = problems_in("define: {a: cart.quantity > 1}", "define: {a: cart.quantity > 2}")
    assert [(one.code, one.span.place[0]) for one in found] == [("R172", "1.yaml")]


def test_sections_may_share_names() -> None:
    load_files(
        f"promotions: {{a: {{{THEN}}}}}",
        "stack_groups: {a: {}}",
        "define: {a: cart.quantity > 1}",
    )


def test_the_section_ruleset_is_unique_over_all_files() -> None:
    found = problems_in("ruleset: {}", "ruleset: {}")
    assert [one.code for one in found] == ["R210", "R210"]


def test_a_broken_setting_leaves_the_others() -> None:
    text = f"""
        ruleset:
          curency: USD
          timezone: Mars
          currency: KWD
          attributes:
            line.attributes.colour: {{type: string}}
            line.attributes.size: {{typ: string}}
        promotions:
          a:
            {THEN}
            limits: {{max_discount: 1.234 KWD}}
            when: ['any(attributes.colour == "red")']
        """
    assert codes_of(text) == ["R203", "R212", "R203"]


def test_every_expression_is_checked_wherever_the_mistakes_are() -> None:
    text = """
        define:
          a: cart.nothing1 > 1
        promotions:
          b:
            stage: nowhere
            when: [cart.nothing2 > 1, {min_quantity: {quantity: 1, on: nothing3 == "A"}}]
            then: {percent_off: 5%, on: nothing4 == "A"}
          c:
            then: {bundle: [{quantity: 1, on: nothing5 == "A"}], repeat: none}
          d:
            when: cart.nothing6 > 1
        """
    messages = [one.message for one in problems_of(text) if one.code == "R104"]
    assert [message[-2] for message in messages] == list("123456")


def test_a_shape_with_an_unknown_key_says_what_was_meant_once() -> None:
    text = f"promotions: {{a: {{thn: {{}}}}, b: {{{THEN}, stackin: {{}}}}}}"
    found = problems_of(text)
    assert [one.code for one in found] == ["R203", "R203"]
    assert [one.help for one in found] == ["did you mean `then`?", "did you mean `stacking`?"]


def test_too_many_definitions() -> None:
    lines = "".join(f"  d{number}: cart.quantity > 1\n" for number in range(DEFINITIONS_MAX))
    assert load(f"define:\n{lines}").promotions == ()
    assert codes_of(f"define:\n{lines}  one: cart.quantity > 1\n") == ["R218"]
