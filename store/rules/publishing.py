"""Rule files in, a rule set in force out: from now, from later on, or once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...dsl.loyalty import Program
from ...dsl.source import Source
from ...engine.engine import Engine
from ...engine.loyalty.days import spell_instant
from ..acting import END_US, act, look, look_up
from ..asking import careful
from ..errors import StoreError
from ..refusals import Declined
from ..schema.tenancy import compilations, releases, rulesets
from ..tenancy import Tenancy
from ..transaction import Transaction
from .compiling import Compiled, compile_sources, read_programs, write_programs, write_sources
from .differences import Difference, compare_sources
from .leaving import check_leaving, decline_later
from .library import FIND_CONTENT, NEWEST, Library, find_ruleset, find_sources
from .lowering import lower_due, moves_accounts
from .shelf import Kept
from .timeline import Release, Timeline, read_timeline


class Published(Struct, frozen=True):
    """A rule set that holds from an instant; `is_new` unless it did so already."""

    number: int
    hash: str
    edition: int
    effective_at_us: int
    is_new: bool = True


class Listed(Struct, frozen=True):
    """A release, and what has become of it: past, in_force, planned, or replaced before it held."""

    number: int
    hash: str
    edition: int
    status: str
    effective_at_us: int
    published_at_us: int
    author: str
    note: str
    programs: list[str]


@careful
class Rules:
    """The rule sets of a tenant: what was in force, is, and will be."""

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self.tenancy = tenancy
        self.library = library

    def publish(
        self,
        sources: Iterable[Source],
        *,
        author: str = "",
        note: str = "",
        effective_at_us: int | None = None,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Published | Declined:
        """Let rules hold, from now on or from later on; what was priced before stays as it is.

        Rules that hold already then are not published again. Declined if they leave out a program
        that owes anybody anything. Raises `RuleTextError` for rules with mistakes, `StoreError` for
        an instant in the past.
        """
        files = list(sources)
        if not files:
            raise StoreError("no_sources", "sources")
        compiled = compile_sources(files)

        def work(transaction: Transaction) -> Published:
            timeline = read_timeline(transaction, self.library)
            edition = file_ruleset(transaction, compiled, files, author)
            programs = {one.id: one for one in compiled.ruleset.loyalty.programs}
            plan = Plan(compiled.ruleset.hash, edition, programs, author, note)
            return release(transaction, timeline, plan, effective_at_us)

        asked = [[(one.name, one.text) for one in files], author, note, effective_at_us]
        answer = act(self.tenancy, "publish", asked, work, Published, request=request, at_us=at_us)
        if isinstance(answer, Published):
            size_bytes = sum(len(one.text) for one in files)
            kept = Kept(Engine(compiled.ruleset), answer.edition, size_bytes)
            self.library.shelf.put(self.tenancy.tenant, answer.hash, kept)
        return answer

    def roll_back(
        self,
        hash: str,
        *,
        author: str = "",
        note: str = "",
        effective_at_us: int | None = None,
        at_us: int | None = None,
        request: str | None = None,
    ) -> Published | Declined:
        """Let a rule set hold that was published before, as it was: a new release of it."""

        def work(transaction: Transaction) -> Published:
            timeline = read_timeline(transaction, self.library)
            row = find_ruleset(transaction, hash)
            plan = Plan(hash, row["edition"], read_programs(row["programs"]), author, note)
            return release(transaction, timeline, plan, effective_at_us)

        asked = [hash, author, note, effective_at_us]
        return act(self.tenancy, "roll_back", asked, work, Published, request=request, at_us=at_us)

    def releases(self, at_us: int | None = None) -> list[Listed]:
        """All releases, in the order in which they were published."""

        def work(transaction: Transaction) -> list[Listed]:
            return list_releases(read_timeline(transaction, self.library), transaction.at_us)

        return look(self.tenancy, work, at_us)

    def diff(self, old: str, new: str) -> Sequence[Difference] | Declined:
        """What came, went and changed from one published rule set to another, by their hashes."""
        before, after = self.sources(old), self.sources(new)
        if isinstance(before, Declined):
            return before
        return after if isinstance(after, Declined) else compare_sources(before, after)

    def sources(self, hash: str) -> Sequence[Source] | Declined:
        """The rule files that were published under a hash."""

        def work(transaction: Transaction) -> Sequence[Source]:
            return find_sources(transaction, hash)

        return look_up(self.tenancy, work)


class Plan(Struct, frozen=True):
    """A rule set that is to be released."""

    hash: str
    edition: int
    programs: Mapping[str, Program]
    author: str
    note: str


def file_ruleset(
    transaction: Transaction, compiled: Compiled, sources: Sequence[Source], author: str
) -> int:
    """Keep a rule set under its hash, unless it is there as it is; its edition."""
    hash, column = compiled.ruleset.hash, write_sources(sources)
    newest = transaction.find(NEWEST, hash=hash)
    edition = 1 if newest is None else newest["edition"]
    if newest is None or newest["sources"] != column:
        edition += newest is not None
        row: dict[str, Any] = {"hash": hash, "edition": edition, "sources": column}
        row |= {"programs": write_programs(compiled.ruleset), "author": author}
        transaction.insert(rulesets, [{**row, "published_at_us": transaction.at_us}])
    found = transaction.find(FIND_CONTENT, hash=hash, edition=edition)
    row = {"hash": hash, "edition": edition, "content": compiled.content}
    if found is None:
        transaction.insert(compilations, [row])
    elif found["content"] != compiled.content:
        transaction.update(compilations, [row])
    return edition


def release(
    transaction: Transaction, timeline: Timeline, plan: Plan, effective_at_us: int | None
) -> Published:
    """Let a rule set hold from an instant, or find that it does."""
    last = timeline.releases[-1] if timeline.releases else None
    # A clock that jumped back changes nothing of what was published.
    published_us = max(transaction.at_us, last.published_at_us if last else 0)
    begins_us = published_us if effective_at_us is None else effective_at_us
    if begins_us < published_us:
        words = {"earliest": spell_instant(published_us), "got": spell_instant(begins_us)}
        raise StoreError("too_early", "effective_at_us", **words)
    if begins_us >= END_US:
        words = {"expected": "an instant before the year 9000", "got": spell_instant(begins_us)}
        raise StoreError("bad_value", "effective_at_us", **words)
    before = timeline.release(begins_us)
    if before is not None and (before.hash, before.edition) == (plan.hash, plan.edition):
        return Published(
            before.number, plan.hash, plan.edition, before.effective_at_us, is_new=False
        )
    new = Release(
        (last.number if last else 0) + 1,
        plan.hash,
        plan.edition,
        begins_us,
        published_us,
        plan.author,
        plan.note,
        plan.programs,
    )
    check_programs(transaction, timeline, new)
    row = new._asdict()
    del row["programs"]
    transaction.insert(releases, [row])
    earlier = before.programs if before else {}
    moved = sorted(
        name for name in earlier if moves_accounts(earlier[name], new.programs.get(name))
    )
    lower_due(transaction, moved, begins_us)
    return Published(new.number, new.hash, new.edition, begins_us)


def check_programs(transaction: Transaction, timeline: Timeline, new: Release) -> None:
    """Decline a release by which a program with balances would be gone, at once or later."""
    before = timeline.release(new.effective_at_us)
    gone = sorted(set(before.programs if before else ()) - set(new.programs))
    if gone and new.effective_at_us > new.published_at_us:
        raise decline_later(gone[0])
    check_leaving(transaction, timeline, gone)
    for follower in timeline.later(new.effective_at_us)[:1]:
        for name in sorted(set(new.programs) - set(follower.programs)):
            raise decline_later(name)


def list_releases(timeline: Timeline, at_us: int) -> list[Listed]:
    """What has become of each release."""
    current = timeline.release(at_us)
    held = {one.number for one in timeline.held}
    listed: list[Listed] = []
    for one in timeline.releases:
        if current is not None and one.number == current.number:
            status = "in_force"
        elif one.number not in held:
            status = "replaced"
        else:
            status = "planned" if one.effective_at_us > at_us else "past"
        listed.append(
            Listed(
                one.number,
                one.hash,
                one.edition,
                status,
                one.effective_at_us,
                one.published_at_us,
                one.author,
                one.note,
                sorted(one.programs),
            )
        )
    return listed
