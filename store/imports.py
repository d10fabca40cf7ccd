"""A file of opening balances in, lots in the ledger out: all of it, once, or nothing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from .acting import OwnKey, act, answered
from .asking import careful
from .database.sums import halves, total_of
from .errors import StoreError
from .ledger.account import Account, AccountKey
from .ledger.book import Book
from .ledger.cause import Cause
from .member.people import (
    ACTIVE,
    LEFT,
    Person,
    find_enrolments,
    meet_all,
    new_enrolment,
)
from .openings import PROBLEMS_MAX, BadFile, BadLine, Opening, OpeningFile
from .outbox.writing import write_events
from .refusals import Declined
from .rules.library import Library
from .rules.timeline import Timeline, read_timeline
from .schema.ledger import entries
from .schema.tenancy import enrolments
from .tenancy import Tenancy
from .transaction import Found, Transaction

BATCH = 1_000  # lines booked at once
QUERY_MAX = 10_000  # accounts counted at once
EVENT = "import"

# What the ledger has of a file, read back from it.
BOOKED = (
    sa.select(sa.func.count().label("entries"), *halves(entries.c.points))
    .where(entries.c.tenant == sa.bindparam("tenant"), entries.c.event == EVENT)
    .where(entries.c.account.in_(sa.bindparam("accounts", expanding=True)))
    .where(entries.c.source >= sa.bindparam("first"), entries.c.source < sa.bindparam("end"))
)

Progress = Callable[[int], None]  # lines booked so far


class ProgramTotals(Struct, frozen=True):
    """What a file has in a program, and what the ledger has of it: they agree."""

    program: str
    members: int
    lines: int
    points: int
    ledger_entries: int
    ledger_points: int


class Imported(Struct, frozen=True):
    """What came of a file. `digest` is that of its content, by which it is taken only once."""

    digest: str
    programs: list[ProgramTotals]
    is_dry: bool = False


class Undone(Exception):
    """Undoes the transaction of a dry run, and carries what would have come of it."""

    def __init__(self, imported: Imported) -> None:
        self.imported = imported


@careful
class Imports:
    """Brings balances along from elsewhere."""

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self.tenancy = tenancy
        self.library = library

    def opening_balances(
        self,
        path: str | os.PathLike[str],
        *,
        actor: str = "",
        is_dry: bool = False,
        at_us: int | None = None,
        progress: Progress | None = None,
    ) -> Imported | Declined:
        """Take a CSV of opening balances, each line a lot of its own: the whole file or nothing.

        See `store.openings` for its columns. Who is not there yet becomes a member. A file with the
        same content is taken once: again it has the same answer. A dry run does everything and
        writes nothing. `progress` is told how many lines are done. Raises `BadFile` with all lines
        that are wrong; declined where an account would hold more than it can.
        """
        file = OpeningFile(path)

        def work(tx: Transaction) -> Imported:
            imported = Intake(tx, read_timeline(tx, self.library), file, actor).take(progress)
            if is_dry:
                raise Undone(Imported(imported.digest, imported.programs, is_dry=True))
            return imported

        request = None if is_dry else key_of(file)
        try:
            return act(
                self.tenancy, EVENT, file.digest, work, Imported, request=request, at_us=at_us
            )
        except Undone as undone:
            return undone.imported

    def taken(self, path: str | os.PathLike[str]) -> Imported | None:
        """What came of a file when it was taken; None where it was not. Nothing is written.

        An interrupt can leave a caller unsure.
        """
        file = OpeningFile(path)
        return answered(self.tenancy, EVENT, file.digest, Imported, key_of(file))


def key_of(file: OpeningFile) -> OwnKey:
    """The key under which a file is taken once."""
    name = f"{EVENT}:{file.digest}"
    return OwnKey(name, former=name)


class Intake:
    """One file on its way into the ledger."""

    def __init__(self, tx: Transaction, timeline: Timeline, file: OpeningFile, actor: str) -> None:
        self._tx = tx
        self._timeline = timeline
        self._file = file
        self._actor = actor
        self._source = f" {file.digest[:32]}"  # what is given by hand has no space in front
        self._problems: list[BadLine] = []
        self._lines: defaultdict[str, int] = defaultdict(int)
        self._points: defaultdict[str, int] = defaultdict(int)
        self._accounts: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, progress: Progress | None) -> Imported:
        """Book all lines. Raises `BadFile` if one is wrong, when all were looked at."""
        programs = self._timeline.programs_at(self._tx.at_us)
        lines = self._file.read(programs, self._tx.at_us, self._problems)
        while batch := list(islice(lines, BATCH)):
            self._book(batch)
            if progress is not None:
                progress(sum(self._lines.values()))
        if self._problems:
            raise BadFile(self._file.name, sorted(self._problems)[:PROBLEMS_MAX])
        self._file.check_unchanged()
        totals = [self._totals(program) for program in sorted(self._lines)]
        return Imported(self._file.digest, totals)

    def _book(self, batch: Sequence[Opening]) -> None:
        """Book some lines, unless one before was wrong: then they are only looked at."""
        people = meet_all(self._tx, self._timeline, {one.member for one in batch})
        enrolled = self._enrol(batch, people)
        if self._problems:
            return
        book = Book(self._tx, self._timeline)
        keys = {AccountKey(people[one.member].id, one.program) for one in batch}
        opened = book.open(sorted(keys))
        causes = [Cause(EVENT, f"{self._source}:{one.line}", actor=self._actor) for one in enrolled]
        accounts = [opened[AccountKey(people[one.member].id, one.program)] for one in enrolled]
        book.recall(zip(accounts, causes, strict=True))
        for one, account, cause in zip(enrolled, accounts, causes, strict=True):
            self._book_line(book, account, one, cause)
        book.flush()
        # Nothing of these lines is kept in memory: there may be a million more.
        self._tx.before_commit.remove(book.flush)
        write_events(self._tx)
        self._tx.told.clear()

    def _book_line(self, book: Book, account: Account, one: Opening, cause: Cause) -> None:
        """Book one line as a lot of its own."""
        program = self._timeline.programs_at(self._tx.at_us)[one.program]
        is_spend = program.tiers is not None and program.tiers.measure.value == "spend"
        book.earn(
            account,
            one.points,
            cause,
            base_minor=(one.qualifying or 0) if is_spend else 0,
            earned_at_us=one.earned_at_us,
            activates_at_us=one.earned_at_us,
            expires_at_us=one.expires_at_us,
            is_opening=True,
        )
        if not is_spend and one.qualifying is not None and one.qualifying != one.points:
            more = one.qualifying - one.points
            book.qualify(account, points=more, earned_at_us=one.earned_at_us)
        self._lines[one.program] += 1
        self._points[one.program] += one.points
        self._accounts[one.program].add(account.id)

    def _enrol(self, batch: Sequence[Opening], people: Mapping[str, Person]) -> list[Opening]:
        """Have everybody take part in what they have points in; the lines that can be booked."""
        strangers = [one for one in batch if one.program not in people[one.member].programs]
        ids = sorted({people[one.member].id for one in strangers})
        known = {
            (row["member"], row["program"]): row["status"]
            for rows in find_enrolments(self._tx, ids).values()
            for row in rows
        }
        added: dict[tuple[str, str], Found] = {}
        fine: list[Opening] = []
        for one in batch:
            person = people[one.member]
            key = (person.id, one.program)
            if person.row["status"] != ACTIVE:
                self._problems.append(BadLine(one.line, f"the member is {person.row['status']}"))
            elif known.get(key) == LEFT:
                self._problems.append(BadLine(one.line, f"the member left `{one.program}`"))
            else:
                fine.append(one)
                if one.program not in person.programs and key not in known:
                    added.setdefault(key, new_enrolment(self._tx, *key))
        self._tx.insert(enrolments, list(added.values()))
        return fine

    def _totals(self, program: str) -> ProgramTotals:
        """What file and ledger have in a program. Raises `StoreError` unless they agree."""
        count = points = 0
        for accounts in batches(sorted(self._accounts[program])):
            source = {"first": f"{self._source}:", "end": f"{self._source};"}
            row: dict[str, Any] = self._tx.fetch(BOOKED, accounts=accounts, **source)[0]
            count += row["entries"]
            points += total_of(row, "points")
        lines, expected = self._lines[program], self._points[program]
        if (count, points) != (lines, expected):
            words = {"expected": f"{expected} points in {lines} lines", "program": program}
            raise StoreError("totals_differ", "", got=f"{points} in {count} entries", **words)
        members = len(self._accounts[program])
        return ProgramTotals(program, members, lines, expected, count, points)


def batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names in lists as long as a query takes them."""
    for start in range(0, len(names), QUERY_MAX):
        yield names[start : start + QUERY_MAX]
