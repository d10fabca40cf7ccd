"""Problems in, text, JSON or workflow commands of GitHub out. SARIF has a module of its own."""

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO, TypedDict

from ..dsl.problems import Problem


class Diagnostic(TypedDict):
    """A problem as JSON. Lines and columns count from 1, columns in code points; the end is out."""

    code: str
    severity: str  # error, warning or note
    message: str
    help: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    fix: str | None


def diagnostic_of(problem: Problem) -> Diagnostic:
    """The plain record of a problem."""
    file, line, column = problem.span.place
    end_line, end_column = problem.span.source.position(problem.span.end)
    return Diagnostic(
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        help=problem.help,
        file=file,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        fix=problem.fix,
    )


def render_text(problems: Sequence[Problem]) -> str:
    """What a person reads: place, line, underline, help."""
    return "\n\n".join(problem.render() for problem in problems)


def render_json(problems: Sequence[Problem]) -> str:
    """A list of records."""
    records = [diagnostic_of(problem) for problem in problems]
    return json.dumps(records, ensure_ascii=False, indent=2)


def render_github(problems: Sequence[Problem]) -> str:
    """One command a line, as `::error`, which GitHub shows beside the line it is about."""
    return "\n".join(command_of(diagnostic_of(problem)) for problem in problems)


COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # what GitHub calls them


def command_of(diagnostic: Diagnostic) -> str:
    """A problem as a workflow command."""
    properties: list[tuple[str, object]] = [
        ("file", diagnostic["file"]),
        ("line", diagnostic["line"]),
        ("col", diagnostic["column"]),
    ]
    # GitHub takes an end column only on the line of the beginning.
    if diagnostic["end_line"] == diagnostic["line"]:
        properties.append(("endColumn", diagnostic["end_column"]))
    else:
        properties.append(("endLine", diagnostic["end_line"]))
    properties.append(("title", diagnostic["code"]))
    shown = ",".join(f"{name}={escape_property(str(value))}" for name, value in properties)
    help = f"\nhelp: {diagnostic['help']}" if diagnostic["help"] else ""
    command = COMMANDS[diagnostic["severity"]]
    return f"::{command} {shown}::{escape_message(diagnostic['message'] + help)}"


def escape_message(text: str) -> str:
    """The message of a workflow command on one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A property of a workflow command, which ends at a comma or a colon."""
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")


# How the lines of a rendered problem are coloured, by what they look like.
COLOURS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (re.compile(r"^(R\d{3})( .*)$"), lambda m: f"\x1b[1;31m{m[1]}\x1b[0m\x1b[1m{m[2]}\x1b[0m"),
    (re.compile(r"^(W\d{3})( .*)$"), lambda m: f"\x1b[1;33m{m[1]}\x1b[0m\x1b[1m{m[2]}\x1b[0m"),
    (re.compile(r"^(N\d{3})( .*)$"), lambda m: f"\x1b[1;34m{m[1]}\x1b[0m\x1b[1m{m[2]}\x1b[0m"),
    (re.compile(r"^(  )(help:)(.*)$"), lambda m: f"{m[1]}\x1b[32m{m[2]}\x1b[0m{m[3]}"),
    (re.compile(r"^( +\| *)(\^+)$"), lambda m: f"\x1b[2m{m[1]}\x1b[0m\x1b[31m{m[2]}\x1b[0m"),
    (re.compile(r"^( +\d+ \|)(.*)$"), lambda m: f"\x1b[2m{m[1]}\x1b[0m{m[2]}"),
    (re.compile(r"^(  .*:\d+:\d+)$"), lambda m: f"\x1b[36m{m[1]}\x1b[0m"),
)


def has_colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal whose owner wants colours (see no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def colour(text: str) -> str:
    """Rendered problems with the colours of a terminal."""
    return "\n".join(colour_line(line) for line in text.split("\n"))


def colour_line(line: str) -> str:
    """One line of a rendered problem in colours."""
    for pattern, paint in COLOURS:
        match = pattern.match(line)
        if match:
            return paint(match)
    return line


def count_files(problems: Iterable[Problem]) -> int:
    """In how many files problems are."""
    return len({problem.span.source.name for problem in problems})
