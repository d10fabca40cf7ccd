"""The error of the YAML parser in, a problem that teaches out.

The parser's own words speak of tokens and contexts; a rule author needs to know what in the line
is wrong. Most often it is an expression without quotes, and then it is shown with them.
"""

import re
from typing import NamedTuple

import yaml

from ..problems import Problems
from ..source import Source, Span
from .nodes import Scalar
from .quoting import PAIRS, find_whole, quote


class Lesson(NamedTuple):
    """What an error of the parser means, where to point, and what to do."""

    said: str  # part of what the parser says
    what: str
    help: str
    is_at_context: bool = False  # point at where the construct begins, not at where it failed
    is_line: bool = False  # underline the rest of the line


LESSONS = (
    Lesson("unexpected end of stream", "these quotes are never closed", "close them", True),
    Lesson("unexpected document indicator", "these quotes are never closed", "close them", True),
    Lesson("unknown escape character", "this escape is not known", "write `\\\\` for a backslash"),
    Lesson("expected hexdecimal number", "this escape lacks digits", "write it like `\\x41`"),
    Lesson("invalid Unicode character", "this escape means no character", "write the character"),
    Lesson("could not find expected ':'", "this is no `key: value`", "add `:` and a value", True),
    Lesson("expected ',' or ']'", "the items of a list need commas", "add `,` here or `]`"),
    Lesson("expected ',' or '}'", "the entries in braces need commas", "add `,` here or `}`"),
    Lesson(
        "expected '-' indicator", "this is no item of the list", "begin it with `- `", False, True
    ),
    Lesson("expected key", "this fits no key above", "align it with the keys", False, True),
    Lesson("expected <document start>", "this stands behind the end of the rules", "delete it"),
    Lesson("mapping values are not allowed", "a second `:` in one line", "begin a new line"),
    Lesson("block sequence entries are not", "a list cannot begin here", "begin a new line"),
    Lesson("expected alphabetic or numeric", "`&` and `*` need a name", "quote the text"),
    Lesson("cannot start any token", "no text can begin with this", "quote the text"),
    Lesson("tag", "`!` begins a tag", "quote the text"),
)
KEY_MAX = 1024  # what YAML takes for a key
OTHER = Lesson("", "it breaks off here", "quote the texts in this line")


class Breakage(NamedTuple):
    """Where the parser failed and what it said, in offsets of the source.

    `opened_at` is where the innermost bracket stands that was open, None outside of brackets.
    """

    at: int
    context_at: int
    opened_at: int | None
    said: str


def breakage_of(
    source: Source, shift: int, opened_at: int | None, error: yaml.YAMLError
) -> Breakage:
    """Read an error of the parser, which did not see the first `shift` characters."""
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    at = min(mark.index + shift if mark else 0, len(source.text))
    return Breakage(
        at,
        context_mark.index + shift if context_mark else at,
        opened_at,
        str(getattr(error, "problem", None) or ""),
    )


def find_cut(last: Scalar | None, suspects: list[Scalar], breakage: Breakage) -> Span | None:
    """The whole text without quotes in whose middle the parser failed, if that is what happened.

    `last` is the last scalar that it could still read, `suspects` are those it ended inside
    brackets or quotes: the failure follows on the same line.
    """
    if last is None:
        return None
    source = last.source
    limit = line_end(source, breakage.at)
    is_flow = breakage.opened_at is not None
    for suspect in reversed(suspects):
        whole = find_whole(suspect, limit, is_flow=is_flow)
        if whole is not None and whole.end > breakage.at:
            return whole
    if last.is_empty or last.style not in ("", '"'):
        return None
    if re.search(r"\S|\n", source.text[last.end : breakage.at]):
        return None
    return find_whole(last, limit, is_flow=is_flow)


def report_breakage(
    source: Source, breakage: Breakage, last: Scalar | None, problems: Problems
) -> None:
    """Add the problem for a parser's error that no missing quotes explain."""
    at, _, opened_at, said = breakage
    end = line_end(source, at)
    behind = source.text[max(0, at - 80) : at]
    here = source.text[at : at + 1]
    is_bracket = "expected ',' or" in said or "expected node content" in said
    if here == "\t":
        add_broken(problems, Span(source, at, at + 1), "a tab indents", "use spaces")
    elif (
        opened_at is not None
        and is_bracket
        and (not source.text[at:].strip() or line_end(source, opened_at) < at)
    ):
        bracket = source.text[opened_at]
        what = f"`{bracket}` is not closed, or a comma is missing behind it"
        help = f"close it with `{PAIRS.get(bracket, bracket)}`"
        add_broken(problems, Span(source, opened_at, opened_at + 1), what, help)
    elif here and here in "]},":
        what = "nothing stands before this comma" if here == "," else f"`{here}` closes nothing"
        add_broken(problems, Span(source, at, at + 1), what, "delete it")
    elif re.search(r"'[ \t]*$", behind) and "expected" in said:
        help = "write `''` for a quote inside single quotes"
        add_broken(problems, Span(source, at, end), "text behind the last quote", help)
    elif last is not None and "mapping values" in said and "\n" in last.raw and last.is_plain:
        span = Span(source, last.start, line_end(source, last.start))
        add_broken(problems, span, "this is no `key: value`", "add `:`, or a value")
    elif last is not None and "mapping values" in said and len(last.raw) > KEY_MAX:
        span = Span(source, last.start, end)
        add_broken(problems, span, f"a key of more than {KEY_MAX} characters", "shorten it")
    else:
        report_lesson(source, breakage, problems)


def add_broken(problems: Problems, span: Span, what: str, help: str) -> None:
    """Add the problem of a text that is not YAML."""
    problems.add("R001", span, what=what, help=help)


def report_lesson(source: Source, breakage: Breakage, problems: Problems) -> None:
    """Add the problem that the parser's words stand for."""
    at, context_at, _, said = breakage
    end = line_end(source, at)
    lesson = next((lesson for lesson in LESSONS if lesson.said in said), OTHER)
    if lesson.is_at_context:
        at, end = context_at, line_end(source, context_at)
    elif not lesson.is_line:
        end = min(at + 1, end)
    add_broken(problems, Span(source, at, end), lesson.what, lesson.help)


def report_cut(whole: Span, problems: Problems) -> None:
    """Add the problem of a text without quotes that YAML splits, and show it with quotes."""
    quoted = quote(whole.source.text[whole.start : whole.end])
    problems.add("R014", whole, help=f"quote it: {quoted}", fix=quoted)


def line_end(source: Source, at: int) -> int:
    """The offset at which the line of `at` ends, without its line break."""
    found = re.compile(r"[\r\n]|$").search(source.text, at)
    assert found is not None
    return found.start()
