"""The shape of a refusal: its text, its record, and its way between processes."""

import pickle

import pytest

from tallystick.engine.cart.errors import MESSAGES, CartError, describe, join_path, refusal, shorten


def test_text_of_an_error_names_the_place() -> None:
    error = refusal("missing_field", "lines[3].sku", name="sku")
    assert str(error) == "expected the field `sku`, got nothing, at `lines[3].sku`"


def test_text_of_an_error_about_the_whole_names_no_place() -> None:
    error = refusal("too_deep", "", most=64)
    assert str(error) == "expected at most 64 levels of lists and objects, got more"


def test_record_stands_in_the_place_of_a_quote() -> None:
    error = refusal("not_supported", "redeem")
    error.cart_id = "c1"
    assert error.as_record() == {
        "cart": "c1",
        "error": {
            "code": "not_supported",
            "path": "redeem",
            "message": "this rule set has no loyalty program to redeem from",
        },
    }


def test_record_without_an_id_says_so() -> None:
    assert refusal("not_supported", "redeem").as_record()["cart"] is None


def test_error_survives_the_way_to_another_process() -> None:
    error = refusal("not_supported", "redeem")
    error.cart_id = "c1"
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, CartError)
    assert copy.as_record() == error.as_record()
    assert str(copy) == str(error)


def test_every_message_is_plain() -> None:
    for code, message in MESSAGES.items():
        assert code == code.lower() and " " not in code
        assert message[0].islower() and not message.endswith(".")


@pytest.mark.parametrize(
    ("path", "name", "joined"),
    [
        ("", "lines", "lines"),
        ("lines[0]", "sku", "lines[0].sku"),
        ("facts.uses", "summer-20", "facts.uses.summer-20"),
        ("facts.uses", "a.b", 'facts.uses["a.b"]'),
        ("", "", '[""]'),
        ("", "x" * 100, '["' + "x" * 59 + '…"]'),
    ],
)
def test_paths_are_read_by_people(path: str, name: str, joined: str) -> None:
    assert join_path(path, name) == joined


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (10**50, "a number of more than 40 digits"),
        (5.5, "5.5"),
        ("abc", "the text `abc`"),
        ([], "a list"),
        ({}, "an object"),
        (object(), "something that is not JSON"),
    ],
)
def test_what_was_sent_is_said_in_plain_words(sent: object, text: str) -> None:
    assert describe(sent) == text


def test_texts_in_messages_are_short_and_can_be_written() -> None:
    assert shorten("x" * 61) == "x" * 59 + "…"
    assert shorten("\ud800") == "?"


def test_an_error_shows_the_id_that_was_learnt_later() -> None:
    error = refusal("too_deep", "", most=64)
    error.cart_id = "c1"
    assert repr(error) == f"CartError('too_deep', '', {error.message!r}, cart_id='c1')"
