"""Problems as text in colours, as JSON and as workflow commands."""

import json

import pytest

from tallystick.cli.diagnostics import (
    colour,
    count_files,
    diagnostic_of,
    escape_property,
    has_colours,
    render_github,
    render_json,
    render_text,
)
from tallystick.dsl.problems import Problem
from tallystick.dsl.source import Source, Span

SOURCE = Source("a,b:c.yaml", "promotions:\n  été: cart.subtotl\n  x: [\n    1]\n")


def problem(start: int, end: int, **words: str) -> Problem:
    """A problem in `SOURCE`."""
    message = words.pop("message", "unknown name `cart.subtotl`")
    return Problem("R104", Span(SOURCE, start, end), message, **words)


def test_a_record_says_where_from_and_to() -> None:
    found = problem(19, 31, help="did you mean `cart.subtotal`?", fix="cart.subtotal")
    assert diagnostic_of(found) == {
        "code": "R104",
        "severity": "error",
        "message": "unknown name `cart.subtotl`",
        "help": "did you mean `cart.subtotal`?",
        "file": "a,b:c.yaml",
        "line": 2,
        "column": 8,
        "end_line": 2,
        "end_column": 20,
        "fix": "cart.subtotal",
    }


def test_json_is_a_list_and_empty_when_all_is_well() -> None:
    assert json.loads(render_json([])) == []
    (record,) = json.loads(render_json([problem(19, 31)]))
    assert record["fix"] is None
    assert record["help"] == ""


def test_github_commands_escape_what_would_end_them() -> None:
    found = problem(19, 31, message="50% of `a`\nb", help="100%")
    assert render_github([found]) == (
        "::error file=a%2Cb%3Ac.yaml,line=2,col=8,endColumn=20,title=R104"
        "::50%25 of `a`%0Ab%0Ahelp: 100%25"
    )


def test_github_commands_over_several_lines_have_no_end_column() -> None:
    command = render_github([problem(37, 45)])
    assert ",line=3,col=6,endLine=4,title" in command
    assert "endColumn" not in command


@pytest.mark.parametrize(("text", "escaped"), [("a:b", "a%3Ab"), ("%2C", "%252C"), ("\r", "%0D")])
def test_properties_are_escaped(text: str, escaped: str) -> None:
    assert escape_property(text) == escaped


def test_colours_only_colour() -> None:
    plain = render_text([problem(19, 31, help="did you mean `cart.subtotal`?")])
    painted = colour(plain)
    assert painted.startswith("\x1b[1;31mR104\x1b[0m")
    for code in ("1;31", "1", "0", "31", "32", "36", "2"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == plain


def test_colours_need_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert has_colours(Terminal())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Terminal())  # type: ignore[arg-type]


def test_files_are_counted_once() -> None:
    other = Problem("R104", Span(Source("z.yaml", "x"), 0, 1), "m")
    assert count_files([problem(0, 1), problem(2, 3), other]) == 2
