"""What the ledger has to know of the rules, at any instant: the terms of programs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from ...dsl.loyalty import Program
from ..transaction import Transaction


class Terms(Protocol):
    """The programs of a tenant over time. What was in force in the past never changes."""

    def program(self, program: str, at_us: int) -> Program | None:
        """A program as in force at an instant; None: there was none."""

    def programs_at(self, at_us: int) -> Mapping[str, Program]:
        """All programs in force at an instant, by id."""

    def cards(self, transaction: Transaction, program: str, at_us: int) -> Collection[str]:
        """The stamp cards of a program in force at an instant. Declines where no rules are."""

    def ruleset(self, at_us: int) -> str:
        """The hash of the rule set in force at an instant; empty: none."""

    def pauses(self, program: str) -> Sequence[tuple[int, int]]:
        """From when (in) to when (out) a program was paused, rising; NEVER_US: it still is."""

    def changes(self, program: str, after_us: int) -> int:
        """The next instant after another at which the terms change; NEVER_US: none is known."""


TermsOf = Callable[[Transaction], Terms]
