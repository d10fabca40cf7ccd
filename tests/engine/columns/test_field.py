"""Formats of Arrow, how they keep values, and what people call them."""

import pytest

from tallystick.engine.columns.field import Field, Form, Layout, layout_of, name_of


def field(form: str, word: str | None = None) -> Field:
    """A column of a format, or a dictionary of words of another."""
    words = None if word is None else Field("", word, True, (), None)
    return Field("x", form, True, (), words)


@pytest.mark.parametrize(
    ("form", "layout"),
    [
        ("n", Layout(Form.NULL)),
        ("c", Layout(Form.INTEGER, 1)),
        ("C", Layout(Form.INTEGER, 1, False)),
        ("L", Layout(Form.INTEGER, 8, False)),
        ("d:38,0", Layout(Form.INTEGER, 16)),
        ("d:21,0,128", Layout(Form.INTEGER, 16)),
        ("U", Layout(Form.TEXT, 8)),
        ("vu", Layout(Form.VIEW, 16)),
        ("tsn:", Layout(Form.INSTANT, 8, per_second=10**9)),
        ("tss:Europe/Madrid", Layout(Form.INSTANT, 8, per_second=1, has_zone=True)),
        ("+w:12", Layout(Form.LIST_FIXED, 12)),
        ("+vL", Layout(Form.LIST_VIEW, 8)),
    ],
)
def test_layouts(form: str, layout: Layout) -> None:
    assert layout_of(field(form)) == layout


@pytest.mark.parametrize(
    "form",
    [
        "",
        "g",
        "z",
        "d:21,2",
        "d:21,2,128",
        "d:40,0,256",
        "+m",
        "+r",
        "+w:",
        "+w:-1",
        "+w:9999999999",
    ],
)
def test_no_cart_has_these(form: str) -> None:
    assert layout_of(field(form)) is None


def test_dictionaries_are_of_texts() -> None:
    assert layout_of(field("I", "vu")) == Layout(Form.WORDS, 4, False)
    assert layout_of(field("I", "l")) is None
    assert layout_of(field("u", "u")) is None


@pytest.mark.parametrize(
    ("form", "word", "name"),
    [
        ("S", None, "uint16"),
        ("g", None, "float64"),
        ("d:21,2", None, "decimal(21,2)"),
        ("i", "u", "a dictionary of text"),
        ("tsu:", None, "timestamp without zone"),
        ("tsu:UTC", None, "timestamp with zone UTC"),
        ("+l", None, "a list"),
        ("tiM", None, "of Arrow format `tiM`"),
    ],
)
def test_names(form: str, word: str | None, name: str) -> None:
    assert name_of(field(form, word)) == name
