"""Releases in, what was, is and will be in force at any instant out.

    number  hash  effective      in force
    1       A     1 May          A  [1 May, 1 June)
    2       B     1 July         C  [1 June, 1 July)
    3       C     1 June         B  [1 July, ...)

The last release that begins by an instant is in force at it; of two that begin together, the one
that was published later. No release begins before it was published, so the past never changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa

from ...dsl.loyalty import Program
from ...engine.engine import Engine
from ...engine.loyalty.days import spell_instant
from ..errors import StoreError
from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.tenancy import releases, rulesets
from ..standing import find_standing
from ..tenants import Settings, read_settings
from ..transaction import Transaction
from .compiling import read_programs
from .library import Library

RELEASES = (
    sa.select(
        releases.c.number,
        releases.c.hash,
        releases.c.edition,
        releases.c.effective_at_us,
        releases.c.published_at_us,
        releases.c.author,
        releases.c.note,
        rulesets.c.programs,
    )
    .select_from(releases)
    .join(
        rulesets,
        sa.and_(
            rulesets.c.tenant == releases.c.tenant,
            rulesets.c.hash == releases.c.hash,
            rulesets.c.edition == releases.c.edition,
        ),
    )
    .where(releases.c.tenant == sa.bindparam("tenant"), releases.c.number > sa.bindparam("after"))
    .order_by(releases.c.number)
)
NO_PROGRAMS: Mapping[str, Program] = {}


class Release(NamedTuple):
    """A rule set, and from when it holds."""

    number: int
    hash: str
    edition: int
    effective_at_us: int
    published_at_us: int
    author: str
    note: str
    programs: Mapping[str, Program]


class Timeline:
    """What is in force when: the terms of a ledger, and the engines of orders. Immutable."""

    def __init__(self, library: Library, settings: Settings, known: Sequence[Release]) -> None:
        self._library = library
        self.settings = settings
        self.releases = tuple(known)
        held: list[Release] = []
        for release in sorted(known, key=lambda one: (one.effective_at_us, one.number)):
            if held and held[-1].effective_at_us == release.effective_at_us:
                held.pop()
            held.append(release)
        self.held = held
        self._starts = [release.effective_at_us for release in held]
        self._pauses: dict[str, Sequence[tuple[int, int]]] = {}
        self._changes: dict[str, list[int]] = {}

    def release(self, at_us: int) -> Release | None:
        """What is in force at an instant."""
        place = bisect_right(self._starts, at_us)
        return self.held[place - 1] if place else None

    def ruleset(self, at_us: int) -> str:
        """The hash of the rule set in force; empty where there is none."""
        release = self.release(at_us)
        return "" if release is None else release.hash

    def hash_at(self, at_us: int) -> str:
        """The hash of the rule set in force. Declines where there is none."""
        return self._release_or_decline(at_us).hash

    def engine_at(self, transaction: Transaction, at_us: int) -> Engine:
        """What prices and awards at an instant. Declines where no rules are in force."""
        release = self._release_or_decline(at_us)
        return self._library.engine(transaction, release.hash, self._editions[release.hash])

    def programs_at(self, at_us: int) -> Mapping[str, Program]:
        """The programs of the rule set in force, by id."""
        release = self.release(at_us)
        return NO_PROGRAMS if release is None else release.programs

    def program(self, program: str, at_us: int) -> Program | None:
        """A program as it is in force at an instant, if it is."""
        return self.programs_at(at_us).get(program)

    def cards(self, transaction: Transaction, program: str, at_us: int) -> Collection[str]:
        """The stamp cards of a program in force at an instant. Declines where no rules are."""
        cards = self.engine_at(transaction, at_us).ruleset.loyalty.stamp_cards
        return [card.id for card in cards if card.program == program]

    def pauses(self, program: str) -> Sequence[tuple[int, int]]:
        """When a program is paused: from (in) and until (out); `NEVER_US` while it lasts."""
        found = self._pauses.get(program)
        if found is None:
            found = self._pauses[program] = self._find_pauses(program)
        return found

    def changes(self, program: str, after_us: int) -> int:
        """The first instant after another from which other terms hold; `NEVER_US` for none."""
        found = self._changes.get(program)
        if found is None:
            found = self._changes[program] = self._find_changes(program)
        place = bisect_right(found, after_us)
        return found[place] if place < len(found) else NEVER_US

    def later(self, after_us: int) -> Sequence[Release]:
        """What comes in force after an instant, one after the other."""
        return self.held[bisect_right(self._starts, after_us) :]

    @cached_property
    def _editions(self) -> dict[str, int]:
        """The newest edition of each rule set that was released."""
        newest: dict[str, int] = {}
        for release in self.releases:
            newest[release.hash] = max(release.edition, newest.get(release.hash, 1))
        return newest

    def _release_or_decline(self, at_us: int) -> Release:
        """What is in force at an instant."""
        release = self.release(at_us)
        if release is None:
            words = f"no rules are in force{self._first()}"
            raise Decline(Refusal.UNKNOWN_RULESET, words, at_us=at_us)
        return release

    def _first(self) -> str:
        """From when on there are rules, or how to get some."""
        if not self.held:
            return ": publish some, as with `tally rules publish FOLDER`"
        return f" at that instant: the first hold from {spell_instant(self._starts[0])}"

    def _find_pauses(self, program: str) -> Sequence[tuple[int, int]]:
        """When a program is paused; pauses that meet are one."""
        found: list[tuple[int, int]] = []
        for release, end_us in zip(self.held, [*self._starts[1:], NEVER_US], strict=False):
            terms = release.programs.get(program)
            if terms is None or not terms.is_paused:
                continue
            start_us = release.effective_at_us
            if found and found[-1][1] == start_us:
                start_us, _ = found.pop()
            found.append((start_us, end_us))
        return tuple(found)

    def _find_changes(self, program: str) -> list[int]:
        """The instants at which the terms of a program become others."""
        found: list[int] = []
        before: Program | None = None
        for release in self.held:
            terms = terms_of(release.programs.get(program))
            if terms != before:
                found.append(release.effective_at_us)
            before = terms
        return found


def terms_of(program: Program | None) -> Program | None:
    """A program without what is only for people to read."""
    if program is None:
        return None
    points = replace(program.points, name="", symbol="")
    return replace(program, name="", description="", points=points)


class Known(NamedTuple):
    """A timeline, and what it was read from."""

    number: int
    settings: str
    timeline: Timeline


def read_timeline(transaction: Transaction, library: Library) -> Timeline:
    """What is in force when, as the transaction sees it: one query, if nothing is new.

    INVARIANT: releases are only added, one number after the other, so those up to a number are
    always the same. A transaction that adds one must not read the timeline after it: it could be
    undone. Raises `StoreError` for a tenant that was never made.
    """
    found = find_standing(transaction)
    if found["settings"] is None:
        raise StoreError("unknown_tenant", "tenant", got=transaction.tenant)
    number, settings = found["number"] or 0, found["settings"]
    known: Known | None = library.last_read
    if known is not None and (known.number, known.settings) == (number, settings):
        return known.timeline
    earlier = () if known is None else known.timeline.releases[:number]
    rows = transaction.fetch(RELEASES, after=len(earlier)) if len(earlier) < number else []
    added = [Release(**{**row, "programs": read_programs(row["programs"])}) for row in rows]
    timeline = Timeline(library, read_settings(settings), (*earlier, *added))
    library.last_read = Known(number, settings, timeline)
    return timeline
