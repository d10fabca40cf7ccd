"""Writing scalars: whatever is written is read back as the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.layout.scalars import (
    block_lines,
    fold,
    is_plain,
    quote_double,
    quote_single,
    write_expression,
    write_text,
)
from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping, Scalar, Sequence
from tallystick.dsl.tree.reader import read_document

WRITTEN = st.text(
    st.sampled_from("ab1 .,:;#-?!&*|>%@`'\"\\[]{}()=~/\té\xa0\U0001f600")
    | st.characters(codec="utf-8")
).filter(lambda text: not any(ord(c) < 32 and c not in "\t\n\r" for c in text))


def read_back(text: str) -> Scalar:
    """The one value of a file."""
    problems = Problems()
    root = read_document(Source("x.yaml", text), problems)
    problems.raise_if_any()
    assert isinstance(root, Mapping)
    value = root.values["key"]
    if isinstance(value, Sequence):
        value = value.items[0]
    assert isinstance(value, Scalar)
    return value


def is_allowed(text: str) -> bool:
    """Whether a rule file may hold a text at all."""
    problems = Problems()
    read_document(Source("x.yaml", f"key: {quote_double(text)}\n"), problems)
    return not problems.found


@given(WRITTEN.filter(is_allowed))
def test_quoted_texts_are_read_back(text: str) -> None:
    assert read_back(f"key: {quote_double(text)}\n").text == text
    assert read_back(f"key: {quote_single(text)}\n").text == text


@given(WRITTEN.filter(is_allowed), st.booleans())
def test_expressions_are_read_back(text: str, is_flow: bool) -> None:
    line = write_expression(text, is_flow=is_flow, has_comment=not is_flow)
    assert read_back(f"key: [{line}, x]\n" if is_flow else f"key: {line}  # said\n").text == text


@given(WRITTEN.filter(is_allowed), st.booleans())
def test_what_counts_as_plain_is_read_back(text: str, is_flow: bool) -> None:
    if is_plain(text, is_flow=is_flow):
        scalar = read_back(f"key: [{text}, x]\n" if is_flow else f"key: {text}\n")
        assert scalar.text == text
        assert scalar.is_plain


@given(WRITTEN.filter(is_allowed), st.integers(5, 30))
def test_folded_texts_are_read_back(text: str, width: int) -> None:
    lines = fold(text, width)
    if lines is not None:
        body = "".join(f"  {line}\n" for line in lines)
        assert read_back(f"key: >-\n{body}").text == text
        assert all(len(line) <= width or " " not in line.replace("  ", "") for line in lines)


@pytest.mark.parametrize("text", ["", "one", "x" * 50, " x y", "x y ", "a\nb c", "a\tb\x07c d"])
def test_texts_that_cannot_be_folded(text: str) -> None:
    assert fold(text, 10) is None


def test_folding_prefers_conjunctions() -> None:
    assert fold("aa bb and cc dd or ee", 12) == ["aa bb", "and cc dd", "or ee"]


@pytest.mark.parametrize(
    ("raw", "header", "lines"),
    [
        ("|\n  a\n   b\n", "|", ["a", " b"]),
        (">-\n     a\n\n     b\n\n\n", ">-", ["a", "", "b"]),
        ("|3\n     a\n   b\n", "|2", ["  a", "b"]),
        ("|  # why\n  a\n", "|", ["a"]),
        ("|\r\n  a\r\n  b\r\n", "|", ["a", "b"]),
        ("|\n  a", "|-", ["a"]),
    ],
)
def test_block_scalars_keep_their_lines(raw: str, header: str, lines: list[str]) -> None:
    scalar = read_back(f"key: {raw}")
    assert block_lines(scalar) == (header, lines)
    body = "".join(f"  {line}\n" if line else "\n" for line in lines)
    assert read_back(f"key: {header}\n{body}").text == scalar.text


@pytest.mark.parametrize("raw", ["|+\n  a\n\n", "|\n\n", ">\n"])
def test_block_scalars_that_need_quotes(raw: str) -> None:
    assert block_lines(read_back(f"key: {raw}")) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("'plain'", '"plain"'),
        ("'it''s'", '"it\'s"'),
        ("'say \"hi\"'", "'say \"hi\"'"),
        ('"a\\\\b"', "'a\\b'"),
        ('"a\\nb"', '"a\\nb"'),
        ('"tab\\t\\"x\\""', '"tab\\t\\"x\\""'),
        ("two\n  lines", "two lines"),
        ("'two\n\n  lines'", '"two\\nlines"'),
        ("héllo ★", "héllo ★"),
        ('" blanks "', '" blanks "'),
    ],
)
def test_quotes_are_kept_in_one_kind(written: str, kept: str) -> None:
    assert write_text(read_back(f"key: {written}\n")) == kept
    assert read_back(f"key: {kept}\n").text == read_back(f"key: {written}\n").text
