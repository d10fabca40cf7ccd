"""A rule set in, who answers about loyalty beside the cart out: tiers, events, refunds."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from ...dsl.loyalty import Program
from ...dsl.problems import suggestion
from ...dsl.ruleset import Ruleset
from ..cart.cart import Instant
from ..cart.errors import refusal, shorten
from ..cart.instants import read_instant_us
from ..cart.intake import spell_date
from .answers import NextTier, TierAnswer
from .days import spell_instant
from .errors import errors_of
from .history import History, HistorySource, floor_of, qualifying_of, read_history
from .tiers import Standing, standing_of


class Clerk:
    """Answers under one rule set. Immutable, and safe to share between threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._programs = {program.id: program for program in ruleset.loyalty.programs}

    def tier(self, name: str | None, source: HistorySource, at: Instant) -> TierAnswer:
        """Where a member stands at an instant. Raises `EventError`."""
        history = read_history(source)
        with errors_of("history", history.member):
            at_us = read_instant_us(spell_date(at) if isinstance(at, datetime) else str(at), "at")
            program = self._program_of(name, history)
            entries = qualifying_of(history, program, at_us)
            standing = standing_of(program, entries, at_us, floor_of(history, program))
        return tier_answer(program, history, standing)

    def _program_of(self, name: str | None, history: History) -> Program:
        """The program asked for, which has tiers. Raises `CartError`."""
        if name is None:
            name = history.program
        elif history.program is not None and history.program != name:
            expected = f"the history of `{shorten(name)}`"
            raise wrong_program(expected, history.program)
        tiered = {id: one for id, one in self._programs.items() if one.tiers is not None}
        if name is None and len(tiered) == 1:
            return next(iter(tiered.values()))
        if name is None:
            raise refusal("missing_field", "program", name="program")
        if name not in tiered:
            near = suggestion(name, tiered)
            hint = f" (did you mean `{near}`?)" if near else ""
            raise wrong_program("a program with tiers", name, hint)
        return tiered[name]


def wrong_program(expected: str, got: str, hint: str = "") -> Exception:
    """The error for a program that is not the expected one."""
    return refusal("bad_format", "program", expected=expected, got=f"`{shorten(got)}`{hint}")


def tier_answer(program: Program, history: History, standing: Standing) -> TierAnswer:
    """The answer for a standing."""
    assert program.tiers is not None
    levels = program.tiers.levels
    level = levels[standing.rank] if standing.rank >= 0 else None
    above = levels[standing.rank + 1] if standing.rank + 1 < len(levels) else None
    falls_us, since_us = standing.falls_us, standing.since_us
    is_falling = level is not None and falls_us is not None
    return TierAnswer(
        member=UNSET if history.member is None else history.member,
        program=program.id,
        tier=None if level is None else level.id,
        value=standing.value,
        since=None if since_us is None else spell_instant(since_us),
        valid_until=None if falls_us is None else spell_instant(falls_us),
        to_keep=max(0, level.threshold - standing.value_then) if level and is_falling else None,
        next=None
        if above is None
        else NextTier(above.id, above.threshold, max(0, above.threshold - standing.value)),
    )
