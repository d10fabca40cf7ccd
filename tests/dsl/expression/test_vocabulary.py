"""The names of the language."""

import pytest

from tallystick.dsl.expression.parser import parse
from tallystick.dsl.expression.syntax import Call, Name
from tallystick.dsl.expression.vocabulary import (
    CART_FIELDS,
    FUNCTIONS,
    KEYWORDS,
    LINE_FIELDS,
    LINE_FUNCTIONS,
    Vocabulary,
)
from tallystick.dsl.kinds import Kind
from tallystick.dsl.ruleset import Attribute


def test_every_field_is_a_name_of_the_grammar() -> None:
    for name in (*CART_FIELDS, *LINE_FIELDS):
        assert parse(name) == Name(name)


def test_every_function_can_be_called() -> None:
    for name in FUNCTIONS:
        assert parse(f"{name}()") == Call(name, ())


def test_keywords_are_no_names() -> None:
    for word in KEYWORDS:
        assert Name(word) not in {parse_or_none(word)}


def parse_or_none(text: str) -> object:
    try:
        return parse(text)
    except ValueError:
        return None


def test_full_names_belong_to_their_scope() -> None:
    assert all(field.name == f"line.{name}" for name, field in LINE_FIELDS.items())
    assert {name.split(".")[0] for name in CART_FIELDS} == {
        "cart",
        "customer",
        "shipping",
        "payment",
    }


def test_sets_are_never_missing() -> None:
    fields = [*CART_FIELDS.values(), *LINE_FIELDS.values()]
    assert not any(field.is_optional for field in fields if field.kind is Kind.SET)
    assert sum(field.is_optional for field in fields) == 13


def test_only_prices_of_no_line_are_missing() -> None:
    optional = {name for name, function in LINE_FUNCTIONS.items() if function.is_optional}
    assert optional == {"min_price", "max_price"}


def test_attributes_are_fields_of_their_scope() -> None:
    vocabulary = Vocabulary(
        {
            "line.attributes.colour": Attribute(Kind.STRING),
            "cart.attributes.gift": Attribute(Kind.BOOL, False),
            "customer.attributes.tags": Attribute(Kind.SET),
        }
    )
    assert vocabulary.line_fields["attributes.colour"].is_optional
    assert vocabulary.cart_fields["cart.attributes.gift"].term.fallback is False
    assert not vocabulary.cart_fields["cart.attributes.gift"].is_optional
    assert not vocabulary.cart_fields["customer.attributes.tags"].is_optional
    assert "attributes.colour" not in vocabulary.cart_fields
    assert "attributes.colour" not in LINE_FIELDS


@pytest.mark.parametrize("name", ["sku", "qty", "default", "and", "cart", "line", "event", "any"])
def test_what_means_something_is_reserved(name: str) -> None:
    assert Vocabulary({}).is_reserved(name)


def test_other_names_are_free() -> None:
    assert not Vocabulary({}).is_reserved("safety")
