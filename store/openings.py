"""A file of opening balances in, checked line by line, out: streamed, never held whole.

    member,program,points,earned,expires,qualifying
    ana,club,1200,2025-11-03,2026-11-30,
    bo,club,300,2026-01-15,never,250

Points are written as rules write them, with the decimals of their program. A day is one in the
program's zone: points are earned as it begins, and gone when it is over.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ..dsl.loyalty import Program
from ..engine.cart.errors import CartError
from ..engine.cart.instants import read_day, read_instant_us
from ..engine.loyalty.days import end_of, expiry_of, start_of
from .asking import SEEN, is_id
from .errors import StoreError
from .member.people import NAME_MAX
from .schema.frame import BIGGEST, NEVER_US

NEEDED = ("member", "program", "points", "earned", "expires")
COLUMNS = (*NEEDED, "qualifying")
PROBLEMS_MAX = 100  # as many as anybody mends before they look again
NUMBER = re.compile(r"(\d{1,40})(?:\.(\d+))?")
BROKEN = re.compile(r"[\ud800-\udfff]")  # what stands for a byte that is no UTF-8
NEVER = "never"


class Opening(NamedTuple):
    """A checked line. Points in the smallest unit; `qualifying` None: what the points count for."""

    line: int
    member: str
    program: str
    points: int
    earned_at_us: int
    expires_at_us: int
    qualifying: int | None


class BadLine(NamedTuple):
    """What is wrong in a line, counted from 1 with the heading."""

    line: int
    words: str


class BadFile(StoreError):
    """A file of which nothing is taken; `problems` are all that is wrong, at most 100."""

    def __init__(self, path: str, problems: list[BadLine]) -> None:
        self.problems = problems
        told = "".join(f"\n  line {one.line}: {one.words}" for one in problems)
        if len(problems) == PROBLEMS_MAX:
            told += f"\n  reading stopped at {PROBLEMS_MAX}"
        super().__init__("bad_file", "", got=path, words=told)


class Refused(Exception):
    """Why a field is none, in words."""


class OpeningFile:
    """A file of opening balances, which is read several times and must stay as it is."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Raises `StoreError` for a file that cannot be read."""
        self.name = os.fspath(path)
        self._path = Path(path)
        self.digest = self._digest()

    def _digest(self) -> str:
        """The digest of what is in the file."""
        digest = sha256()
        try:
            with self._path.open("rb") as stream:
                while block := stream.read(2**20):
                    digest.update(block)
        except OSError as error:
            words = {"expected": "a file", "got": f"`{self.name}`: {error.strerror}"}
            raise StoreError("bad_value", "path", **words) from None
        return digest.hexdigest()

    def check_unchanged(self) -> None:
        """Raise `StoreError` if the file is not what it was."""
        if self._digest() != self.digest:
            raise StoreError("file_changed", "", got=self.name)

    def read(
        self, programs: Mapping[str, Program], now_us: int, problems: list[BadLine]
    ) -> Iterator[Opening]:
        """The lines that are right, one after the other; the others go to `problems`."""
        with self._path.open("rb") as stream:
            text = TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
            rows = csv.reader(text, strict=True)
            try:
                heading = [name.strip() for name in next(rows, [])]
                check_heading(heading, problems)
                if problems:
                    return
                reader = LineReader(heading, programs, now_us)
                for row in rows:
                    if not any(field.strip() for field in row):
                        continue
                    opening = reader.read(row, rows.line_num, problems)
                    if len(problems) >= PROBLEMS_MAX:
                        return
                    if opening is not None:
                        yield opening
            except csv.Error as error:
                problems.append(BadLine(rows.line_num, f"it is no CSV: {error}"))


def check_heading(heading: list[str], problems: list[BadLine]) -> None:
    """Note what is wrong with the names of the columns."""
    for name in NEEDED:
        if name not in heading:
            problems.append(BadLine(1, f"there is no column `{name}`"))
    for name in sorted(set(heading)):
        if name not in COLUMNS:
            words = f"there is no use for a column `{name}`, but for {', '.join(COLUMNS)}"
            if ";" in name or "\t" in name:
                words += "; what stands between columns is a comma"
            problems.append(BadLine(1, words))
        elif heading.count(name) > 1:
            problems.append(BadLine(1, f"the column `{name}` is there twice"))


class LineReader:
    """Reads the lines of one file."""

    def __init__(self, heading: list[str], programs: Mapping[str, Program], now_us: int) -> None:
        self._heading = heading
        self._programs = programs
        self._zones = {name: ZoneInfo(one.timezone) for name, one in programs.items()}
        self._now_us = now_us

    def read(self, row: list[str], line: int, problems: list[BadLine]) -> Opening | None:
        """A line, if it is right."""
        if BROKEN.search("".join(row)):
            problems.append(BadLine(line, "it is no UTF-8"))
            return None
        if len(row) != len(self._heading):
            words = f"expected {len(self._heading)} fields, got {len(row)}"
            problems.append(BadLine(line, words))
            return None
        fields = {name: field.strip() for name, field in zip(self._heading, row, strict=True)}
        try:
            return self._read(fields, line)
        except Refused as refused:
            problems.append(BadLine(line, str(refused)))
            return None

    def _read(self, fields: dict[str, str], line: int) -> Opening:
        """The values of a line. Raises `Refused` for the first that is none."""
        member, name = fields["member"], fields["program"]
        if not 1 <= len(member) <= NAME_MAX:
            raise Refused(f"`member`: expected a name of 1 to {NAME_MAX} characters")
        if not is_id(member):
            raise Refused(f"`member`: expected {SEEN}")
        program = self._programs.get(name)
        if program is None:
            raise Refused(f"`program`: no program `{name}` is in force")
        points = read_number("points", fields["points"], program.points.scale)
        if points == 0:
            raise Refused("`points`: expected more than 0")
        zone = self._zones[name]
        earned_us = read_time("earned", fields["earned"], zone, start_of)
        if earned_us > self._now_us:
            raise Refused("`earned`: expected a day that has begun")
        expires_us = self._read_end(fields["expires"], program, earned_us, zone)
        written = fields.get("qualifying", "")
        is_spend = program.tiers is not None and program.tiers.measure.value == "spend"
        scale = 0 if is_spend else program.points.scale
        qualifying = read_number("qualifying", written, scale) if written else None
        return Opening(line, member, name, points, earned_us, expires_us, qualifying)

    def _read_end(self, text: str, program: Program, earned_us: int, zone: ZoneInfo) -> int:
        """When points are gone: as written, or as the program says where nothing is."""
        if text == NEVER:
            return NEVER_US
        if text:
            ends_us = read_time("expires", text, zone, end_of)
        else:
            found = expiry_of(program.points, earned_us, earned_us, zone)
            ends_us = NEVER_US if found is None else found
        if ends_us <= max(earned_us, self._now_us):
            words = "as the program says: write when" if not text else "expected a day to come"
            raise Refused(f"`expires`: the points are gone already, {words}")
        return ends_us


def read_number(column: str, text: str, scale: int) -> int:
    """A number of points in the smallest unit."""
    match = NUMBER.fullmatch(text)
    decimals = (match[2] or "") if match else ""
    if match is None or len(decimals) > scale or not text.isascii():
        decimal = f", at most {scale} decimals" if scale else " without decimals"
        if text.startswith("-"):
            decimal = " without a sign"
        raise Refused(f"`{column}`: expected a number{decimal}, got `{text[:40]}`")
    number = int(match[1] + decimals.ljust(scale, "0"))
    if number > BIGGEST:
        raise Refused(f"`{column}`: the number is too large")
    return number


def read_time(column: str, text: str, zone: ZoneInfo, of_day: Any) -> int:
    """A day, as the instant in it that counts, or an instant."""
    try:
        found: int = (
            of_day(read_day(text, column), zone)
            if len(text) == 10
            else read_instant_us(text, column)
        )
    except CartError:
        expected = "expected a day as `2026-01-31`, or an instant with its offset"
        raise Refused(f"`{column}`: {expected}, got `{text[:40]}`") from None
    return found
