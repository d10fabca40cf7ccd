"""A transaction in, what orders and events are worked on with out: rules, accounts, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...dsl.kinds import Upgrade
from ...dsl.loyalty import Program
from ..ledger.account import POINTS, Account, AccountKey
from ..ledger.book import Book
from ..ledger.ranking import Standing
from ..rules.library import Library
from ..rules.timeline import Timeline, read_timeline
from ..transaction import Transaction
from .facts import Purse, tier_of
from .holding import Held


class Desk:
    """What one transaction works with. `is_dry` looks ahead and writes nothing."""

    def __init__(self, tx: Transaction, library: Library, *, is_dry: bool = False) -> None:
        self.tx = tx
        self.library = library
        self.is_dry = is_dry
        self.timeline: Timeline = read_timeline(tx, library)
        self.book = Book(tx, self.timeline, is_dry=is_dry)
        self._past: dict[tuple[str, int], Standing] = {}

    def purses(
        self, keys: list[AccountKey], at_us: int, holds: Iterable[Held] = ()
    ) -> dict[AccountKey, Purse]:
        """What facts of an instant say of accounts; balances are those of now, and own `holds`.

        The tier of a late event is that of its instant, and so is what qualifies.
        """
        if not keys:
            return {}
        kept: Counter[str] = Counter()
        for held in holds:
            kept[held.account] += held.points
        found = self.book.open(keys)
        self.book.rank_again(found.values())
        self.look_back((one, at_us) for one in found.values())
        purses = {}
        for key, account in found.items():
            tier, value = self._standing(account, at_us)
            available = account.available + kept[account.id]
            purses[key] = Purse(available, account.lifetime, tier, value)
        return purses

    def _standing(self, account: Account, at_us: int) -> Standing:
        """The tier of an account at an instant, and what counts for it if somebody may ask."""
        past = self._past.get((account.id, at_us))
        if past is not None:
            return past
        value = self.book.value(account, at_us) if self._counts_itself(account, at_us) else 0
        return Standing(account.tier, value)

    def look_back(self, asked: Iterable[tuple[Account, int]]) -> None:
        """Read the tiers that accounts had at past instants, together, for those who ask later.

        What is written now changes nothing about them.
        """
        late = [(one, at_us) for one, at_us in asked if self._is_late(one, at_us)]
        new = [(one, at_us) for one, at_us in late if (one.id, at_us) not in self._past]
        self._past |= self.book.standings(new)

    def _is_late(self, account: Account, at_us: int) -> bool:
        """Whether the row of an account does not tell the tier of an instant: it had another then,
        or other terms say so."""
        program = self._tiered(account, at_us)
        if program is None or is_as_made(account, program):
            return False
        if at_us < account.tier_since_us:
            return True
        return self.timeline.changes(account.program, at_us) <= self.book.journal.now(account)

    def _counts_itself(self, account: Account, at_us: int) -> bool:
        """Whether an order may bring its customer up by itself, and so needs what counts."""
        program = self._tiered(account, at_us) if account.seq else None
        tiers = None if program is None else program.tiers
        return tiers is not None and tiers.upgrade is Upgrade.THIS_ORDER

    def _tiered(self, account: Account, at_us: int) -> Program | None:
        """The terms of an account at an instant, if they give tiers for it."""
        program = self.timeline.program(account.program, at_us)
        has_tiers = program is not None and program.tiers is not None
        return program if has_tiers and account.unit == POINTS else None


def is_as_made(account: Account, program: Program) -> bool:
    """Whether nothing was earned yet, and nobody set a floor: the tier is what all begin with."""
    is_first = account.tier_since_us == account.opened_at_us
    return not account.seq and is_first and account.tier == (tier_of(program) or "")
