"""Records in, a table for people or lines of JSON for programs out."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

from ..failure import printable
from ..output import STDOUT, open_output

Format = Annotated[
    Literal["text", "json"],
    Parameter(help="For people, or for programs: a line of JSON for each record."),
]
Record = Mapping[str, Any]

GAP = "  "


def show(records: Iterable[Record], format: Format, empty: str = "nothing") -> None:
    """Print records: a table whose columns are the fields of the first, or a line of JSON each."""
    if format == "json":
        with open_output(STDOUT) as output:
            for record in records:
                output.write(msgspec.json.encode(record))
        return
    rows = [{name: spell(value) for name, value in record.items()} for record in records]
    print_lines(table_of(rows) if rows else [empty])


def show_one(record: Record, format: Format) -> None:
    """Print one record: a field a line, or a line of JSON."""
    if format == "json":
        show([record], format)
        return
    width = max((len(name) for name in record), default=0)
    lines = []
    for name, value in record.items():
        lines.append(f"{name.replace('_', ' '):{width}}{GAP}{spell(value)}".rstrip())
    print_lines(lines)


def even(records: Iterable[Record]) -> list[Record]:
    """Records that have all the same fields, in one table: what one lacks is not known of it."""
    rows = list(records)
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, in which nothing may steer the terminal."""
    for line in lines:
        print(printable(line), file=sys.stdout)


def table_of(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The lines of a table; numbers stand to the right."""
    names = list(rows[0])
    is_number = {name: all(looks_numeric(row[name]) for row in rows) for name in names}
    widths = {name: max(len(name), *(width_of(row[name]) for row in rows)) for name in names}

    def line(cells: Mapping[str, str]) -> str:
        parts = []
        for name in names:
            room = " " * (widths[name] - width_of(cells[name]))
            parts.append(room + cells[name] if is_number[name] else cells[name] + room)
        return GAP.join(parts).rstrip()

    return [line({name: name.replace("_", " ") for name in names}), *map(line, rows)]


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: two for each wide sign, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def looks_numeric(text: str) -> bool:
    """Whether a cell is a number, or empty as one that is not known."""
    return not text.strip("0123456789,.-+%")


def spell(value: object) -> str:
    """A value as people read it: numbers with separators, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(map(spell, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {spell(one)}" for name, one in value.items())
    return str(value)
