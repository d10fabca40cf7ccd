"""Places inside scalars: what a decoded character is in the file."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import RAW_MAX, Mapping, Scalar
from tallystick.dsl.tree.reader import read_document

STYLES = ["", "'", '"', "|", ">"]
TEXTS = st.text(
    st.sampled_from("ab (),:#'\"\\\n\té€😀[]{}-|>%"), min_size=1, max_size=60
) | st.lists(st.sampled_from(["qty(p)", ">=", "3 and", "it's", '"a  b"', "x: y"])).map(" ".join)


def value_of(text: str) -> Scalar:
    problems = Problems()
    root = read_document(Source("rules.yaml", text), problems)
    assert not problems.found, problems.found
    assert isinstance(root, Mapping)
    value = root.values["key"]
    assert isinstance(value, Scalar)
    return value


def written(scalar: Scalar, start: int, end: int) -> str:
    span = scalar.span_of(start, end)
    return scalar.source.text[span.start : span.end]


@given(TEXTS, st.sampled_from(STYLES), st.booleans(), st.sampled_from([12, 40, 1000]))
def test_every_character_has_its_place(text: str, style: str, is_unicode: bool, width: int) -> None:
    file = yaml.dump({"key": text}, default_style=style, allow_unicode=is_unicode, width=width)
    if file.startswith("?") or "!!" in file:
        return
    scalar = value_of(file)
    assert scalar.text == text
    for offset, character in enumerate(text):
        raw = written(scalar, offset, offset + 1)
        if character in " \n\t":
            continue
        if scalar.style == '"' and raw.startswith("\\"):
            assert yaml.safe_load(f'"{raw}"') == character
        else:
            assert raw == ("''" if scalar.style == "'" and character == "'" else character)


@pytest.mark.parametrize(
    ("file", "word", "expected"),
    [
        ("key: qty(p) >= 3", "qty(p)", "qty(p)"),
        ("key: 'it''s p'", "it's", "it''s"),
        ("key: 'it''s p'", "p", "p"),
        ('key: "\\u0061 >= \\x62"', "a", "\\u0061"),
        ('key: "\\u0061 >= \\x62"', "b", "\\x62"),
        ('key: "\\u0061 >= \\x62"', ">=", ">="),
        ('key: "a \\\n     bcd"', "bcd", "bcd"),
        ("key: a\n  bc\n  de", "de", "de"),
        ("key: >-\n  a\n  bc", "bc", "bc"),
        ("key: |2\n   a\n  bc", "bc", "bc"),
        ("key: | # why\n  a\r\n  bc\r\n", "bc", "bc"),
        ("key: 'a\n\n  b'", "b", "b"),
        ("\ufeffkey: ☀️ é😀 bc", "bc", "bc"),
    ],
)
def test_a_word_has_its_place(file: str, word: str, expected: str) -> None:
    scalar = value_of(file)
    start = scalar.text.index(word)
    assert written(scalar, start, start + len(word)) == expected


@pytest.mark.parametrize("file", ["key: abc", "key: 'abc'", 'key: "a\\x62c"', "key: >-\n  abc"])
def test_the_end_of_a_text_is_behind_its_last_character(file: str) -> None:
    scalar = value_of(file)
    span = scalar.span_of(3, 3)
    assert (span.start, span.end) == (file.index("c", 5) + 1,) * 2


def test_a_very_long_scalar_is_pointed_at_as_a_whole() -> None:
    scalar = value_of('key: "\\x61' + "b" * RAW_MAX + '"')
    assert scalar.span_of(1, 2).start == scalar.start
    assert scalar.span_of(1, 2).end == scalar.end


@pytest.mark.parametrize(
    ("file", "comment"),
    [
        ("key: a # b", "# b"),
        ("key: a\t# b\r\n", "# b"),
        ("key: a\n  b # c", "# c"),
        ("key: # b\n  a", None),
        ("key: 'a' # b", None),
        ("key: a#b", None),
        ("key: a\n# b", None),
    ],
)
def test_comment_after(file: str, comment: str | None) -> None:
    span = value_of(file).comment_after()
    assert (span and span.source.text[span.start : span.end]) == comment


def test_entries_keep_the_written_order() -> None:
    root = read_document(Source("rules.yaml", "b: 1\na: 2"), Problems())
    assert isinstance(root, Mapping)
    assert [key.text for key, _ in root.entries] == ["b", "a"]
    assert root.get("c") is None
