"""Where an unquoted text ends, and how it is quoted."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.tree.quoting import find_end, is_balanced, quote


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("default(a, 0)", True),
        ("default(a", False),
        ('name == "a', False),
        ('name == "a: b"', True),
        ('name == "a\\" (b"', True),
        ('19" screen', True),
        ("smile :(", False),
        ("a)", True),
        ("([)]", False),
    ],
)
def test_is_balanced(text: str, answer: bool) -> None:
    assert is_balanced(text) is answer


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("default(a, 0) >= 3, b", "default(a, 0) >= 3"),
        ("a in [b, c]]", "a in [b, c]"),
        ('a == "b, c", d', 'a == "b, c"'),
        ("a}", "a"),
        ("a # b, c", "a "),
        ("abc", "abc"),
    ],
)
def test_find_end(text: str, part: str) -> None:
    end = find_end(text, 0, len(text), stops=",")
    assert end is not None
    assert text[:end] == part


def test_find_end_inside_brackets_is_none() -> None:
    assert find_end("f(a, b)", 0, 4, stops=",") is None


@given(st.text(st.sampled_from("ab '\"\\:,#[]{}é\n"), min_size=1))
def test_what_is_quoted_reads_back_on_one_line(text: str) -> None:
    assert yaml.safe_load(quote(text)) == " ".join(text.split())
