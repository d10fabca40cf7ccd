"""A transaction in, what orders and events are worked on with out: rules, accounts, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...dsl.kinds import Upgrade
from ..ledger.account import POINTS, Account, AccountKey
from ..ledger.book import Book
from ..rules.library import Library
from ..rules.timeline import Timeline, read_timeline
from ..transaction import Transaction
from .facts import Purse
from .holding import Held


class Desk:
    """What one transaction works with. `is_dry` looks ahead and writes nothing."""

    def __init__(self, tx: Transaction, library: Library, *, is_dry: bool = False) -> None:
        self.tx = tx
        self.library = library
        self.is_dry = is_dry
        self.timeline: Timeline = read_timeline(tx, library)
        self.book = Book(tx, self.timeline, is_dry=is_dry)

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
        late = [one for one in found.values() if self._is_told_by_history(one, at_us)]
        standings = self.book.standings(late, at_us) if late else {}
        purses = {}
        for key, account in found.items():
            tier, value = standings.get(account.id, (account.tier, 0))
            available = account.available + kept[account.id]
            purses[key] = Purse(available, account.lifetime, tier, value)
        return purses

    def _is_told_by_history(self, account: Account, at_us: int) -> bool:
        """Whether the row of an account does not tell the tier of an instant, or all of it."""
        if account.unit != POINTS or not account.seq:
            return False
        program = self.timeline.program(account.program, at_us)
        if program is None or program.tiers is None:
            return False
        return at_us < account.tier_since_us or program.tiers.upgrade is Upgrade.THIS_ORDER
