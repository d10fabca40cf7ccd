"""Offsets into rule text as lines and columns."""

import pytest

from tallystick.dsl.source import Source, Span


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("ab\ncd", 0, (1, 1)),
        ("ab\ncd", 2, (1, 3)),
        ("ab\ncd", 3, (2, 1)),
        ("ab\ncd", 5, (2, 3)),
        ("ab\r\ncd", 4, (2, 1)),
        ("ab\rcd", 3, (2, 1)),
        ("é😀\nb", 3, (2, 1)),
        ("\ufeffab", 0, (1, 1)),
        ("\ufeffab", 1, (1, 1)),
        ("\ufeffab", 2, (1, 2)),
        ("", 0, (1, 1)),
    ],
)
def test_position(text: str, offset: int, position: tuple[int, int]) -> None:
    assert Source("rules.yaml", text).position(offset) == position


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ab\ncd\n", ["ab", "cd", ""]),
        ("ab\r\ncd", ["ab", "cd"]),
        ("ab\rcd", ["ab", "cd"]),
        ("\ufeffab\n", ["ab", ""]),
    ],
)
def test_line(text: str, lines: list[str]) -> None:
    source = Source("rules.yaml", text)
    assert [source.line(number) for number in range(1, len(lines) + 1)] == lines


def test_a_span_sorts_by_file_line_and_column() -> None:
    first, second = Source("a.yaml", "x\nyz"), Source("b.yaml", "x")
    spans = [Span(second, 0, 1), Span(first, 3, 4), Span(first, 2, 3)]
    places = sorted(span.place for span in spans)
    assert places == [("a.yaml", 2, 1), ("a.yaml", 2, 2), ("b.yaml", 1, 1)]


def test_a_source_does_not_show_its_whole_text() -> None:
    assert "secret" not in repr(Source("rules.yaml", "secret" * 1000))
