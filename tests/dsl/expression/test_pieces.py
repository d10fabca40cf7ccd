"""Tests of taking expressions apart and filling them in: what regular expressions would do."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.expression._pieces import Odd, fill_in, pick_texts, read_quoted, take_apart
from tallystick.dsl.expression.printer import print_text

# A text without escapes; a number that is no piece of a name, a date, a time or a longer number.
LITERAL = re.compile(
    r"""( "[^"\\\n]*" | '[^'\\\n]*'
        | (?<![\w.,:-]) [0-9]+ (?:\.[0-9]+)? (?! [\w.:-] | ,[0-9]) )""",
    re.VERBOSE,
)
PIECES = st.sampled_from(
    [
        *("0", "17", "2.5", ".", ",", ":", "-", "_", "a", "é", "٣", "²", "½", "\u0301", " ", "\n"),
        *('"', "'", "\\", '"A1"', "'b'", "sku", " == ", " in [", "]", "1,5", "1.5.6", "(", "😀"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=12))
def test_texts_are_taken_apart_as_the_pattern_says(text: str) -> None:
    pieces = LITERAL.split(text)
    assert take_apart(text) == (tuple(pieces[::2]), pieces[1::2])


@given(st.lists(st.sampled_from(['"b"', '"a"', "'b'", '""', '"é"', "'😀'", '"ab"']), min_size=1))
def test_texts_are_picked_sorted_and_distinct(literals: list[str]) -> None:
    picked = pick_texts(literals, tuple(range(len(literals))))
    assert picked == tuple(sorted({literal[1:-1] for literal in literals}))
    assert pick_texts(["1", *literals], (1,)) == (read_quoted(literals[0]),)


def test_a_number_is_no_text() -> None:
    with pytest.raises(Odd):
        read_quoted("12")
    with pytest.raises(Odd):
        pick_texts(['"a"', "12"], (0, 1))


@given(st.text(st.characters(exclude_characters="\"'\\\n")) | st.sampled_from(["", "\t", 'a"b']))
def test_texts_are_filled_in_as_they_are_printed(text: str) -> None:
    quote = "'" if '"' in text else '"'
    for mark in (quote, "'"):
        literal = f"{mark}{text}{mark}"
        shows: list[tuple[int, Callable[[str], str] | None]] = [(1, None), (0, str.upper)]
        filled = fill_in(["<", "|", ">"], shows, ["x", literal], print_text)
        assert filled == f"<{print_text(text)}|X>"
