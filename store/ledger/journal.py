"""The accounts of one transaction in, with all that is to be written on them: each row once.

    accounts   id -> Account, locked, changed in memory
    lots       account -> number -> Lot, those that were read or made
    holds      id -> Hold, the same
    matters    (account, event, source) -> entries booked for it, before and now
    inserts    table -> rows that are written at the end, in few statements; entries apart
    changed    rows to be rewritten then

Workers (`crediting`, `spending`, ...) change what is in memory and write entries; nobody else
writes to the tables of the ledger.

INVARIANT: an account is never written before its `written_at_us`, also if a clock jumps back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ...dsl.loyalty import Program
from ..database.rows import Row
from ..database.seal import sealer_of
from ..refusals import Decline, Refusal
from ..schema.frame import BIGGEST
from ..schema.ledger import accounts, allocations, entries, holds, lots, slides
from ..transaction import Transaction
from .account import Account, AccountKey, find_accounts, find_accounts_by_id, find_accounts_of
from .allocation import Allocation
from .cause import Cause
from .entry import Entry, Matter, another, find_entries, values_of
from .event import Booked, Event
from .hold import Hold
from .lot import NUMBERED, Lot, open_lots
from .slices import slices_of
from .slide import Slide
from .terms import Terms

NO_PROGRAM = Program(id="")  # of wallets and gift cards: no dates of their own, in UTC
EVENTS = {
    "earn": "loyalty.earned",
    "redeem": "loyalty.redeemed",
    "adjust": "loyalty.adjusted",
    "expire": "loyalty.expired",
    "transfer": "loyalty.transferred",
    "reverse": "loyalty.reversed",
}
SEALER = sealer_of(entries)
LAST_PLACE = sa.select(sa.func.max(allocations.c.place).label("place")).where(
    allocations.c.tenant == sa.bindparam("tenant"),
    allocations.c.account == sa.bindparam("account"),
    allocations.c.entry == sa.bindparam("entry"),
)


class Journal:
    """What a transaction books; written before it is committed, unless it only looks ahead."""

    def __init__(self, transaction: Transaction, terms: Terms, *, is_dry: bool = False) -> None:
        self.transaction = transaction
        self.terms = terms
        self.is_dry = is_dry
        self.accounts: dict[str, Account] = {}
        self.lots: defaultdict[str, dict[int, Lot]] = defaultdict(dict)
        self.holds: dict[str, Hold] = {}
        self.matters: dict[Matter, tuple[Entry, ...]] = {}
        self.to_rank: dict[str, bool] = {}  # whose tier may have changed; whether by less alone
        self.inserts: defaultdict[sa.Table, list[Row]] = defaultdict(list)
        self._entries: list[tuple[Any, ...]] = []
        self._by_key: dict[AccountKey, Account] = {}
        self._new_accounts: dict[str, Account] = {}
        self._changed_accounts: dict[str, Account] = {}
        self._new_lots: list[Lot] = []
        self._changed_lots: dict[tuple[str, int], Lot] = {}
        self._changed_holds: dict[str, Hold] = {}
        self._changed_slides: list[Slide] = []
        self._programs: dict[tuple[str, int], Program | None] = {}
        self._rulesets: dict[int, str] = {}
        self._places: dict[tuple[str, int], int] = {}

    # Accounts.

    def find(self, keys: Iterable[AccountKey]) -> tuple[list[Account], list[Account]]:
        """Accounts not found before by whose they are, and those made where there was none."""
        wanted = sorted({*keys} - self._by_key.keys())
        found = find_accounts(self.transaction, wanted) if wanted else []
        self._take(*found)
        if len(found) == len(wanted):
            return found, []
        return found, [self._make(key) for key in wanted if key not in self._by_key]

    def find_ids(self, ids: Iterable[str]) -> list[Account]:
        """Accounts by their ids; only those not found before. All of them must be there."""
        wanted = sorted(id for id in set(ids) if id not in self.accounts)
        found = find_accounts_by_id(self.transaction, wanted) if wanted else []
        self._take(*found)
        return found

    def find_member(self, member: str) -> list[Account]:
        """All accounts of a member; only those not found before."""
        all_of_them = find_accounts_of(self.transaction, member)
        self._take(*(new := [one for one in all_of_them if one.id not in self.accounts]))
        return new

    def of(self, key: AccountKey) -> Account:
        """An account that was found."""
        return self._by_key[key]

    def _take(self, *found: Account) -> None:
        """Remember accounts."""
        for account in found:
            self.accounts[account.id] = self._by_key[account.key] = account

    def _make(self, key: AccountKey) -> Account:
        """A new account, inserted when something is written on it.

        If somebody else makes it at the same time, one of both begins anew.
        """
        at_us = self.transaction.at_us
        account = Account(
            self.transaction.ids(), key.program, key.unit, key.card, key.member, at_us, at_us, at_us
        )
        if key.program:
            account.due_at_us = self.terms.changes(key.program, at_us)
        self._new_accounts[account.id] = account
        self._take(account)
        return account

    def change(self, account: Account) -> None:
        """Have an account written."""
        self._changed_accounts[account.id] = account

    def touch(self, account: Account, at_us: int) -> None:
        """Have an account written that changed at an instant."""
        account.written_at_us = max(account.written_at_us, at_us)
        self._changed_accounts[account.id] = account

    def now(self, account: Account) -> int:
        """The instant at which something is written on an account now."""
        return max(self.transaction.at_us, account.written_at_us)

    def program(self, account: Account, at_us: int) -> Program:
        """The terms of an account as in force at an instant; none where there are none."""
        found = self.program_in_force(account, at_us)
        return Program(id=account.program) if found is None else found

    def program_in_force(self, account: Account, at_us: int) -> Program | None:
        """The same, but nothing for a program that is not there."""
        if not account.program:
            return NO_PROGRAM
        key = account.program, at_us
        if key not in self._programs:
            self._programs[key] = self.terms.program(*key)
        return self._programs[key]

    def ruleset(self, at_us: int) -> str:
        """The rules in force at an instant."""
        found = self._rulesets.get(at_us)
        if found is None:
            found = self._rulesets[at_us] = self.terms.ruleset(at_us)
        return found

    # Entries.

    def recall(self, matters: Iterable[Matter]) -> None:
        """Read what was booked before for these matters, all in one statement."""
        known, new = self.matters, self._new_accounts
        wanted = {one for one in matters if one not in known}
        known.update(dict.fromkeys(wanted, ()))
        asked = [one for one in wanted if one[0] not in new] if new else wanted
        for entry in find_entries(self.transaction, asked) if asked else ():
            known[entry.account, entry.event, entry.source] += (entry,)

    def booked(
        self, account: Account, cause: Cause, kind: str, points: int | None, undoes: str = ""
    ) -> Entry | None:
        """What was booked before for the same, if anything was.

        Declines CONFLICT where that is of another order, or of other points (None: of any).
        """
        matter = (account.id, cause.event, cause.source)
        if matter not in self.matters:
            self.recall([matter])
        for entry in self.matters[matter]:
            if (entry.rule, entry.kind, entry.undoes) == (cause.rule, kind, undoes):
                if entry.order_id != cause.order_id or points not in (None, entry.points):
                    raise another(entry)
                return entry
        return None

    def write(
        self,
        account: Account,
        kind: str,
        points: int,
        cause: Cause,
        at_us: int,
        *,
        lot: int = 0,
        reverses: int = 0,
        undoes: str = "",
        note: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Add an entry to an account whose lots have changed already, and tell of it."""
        account.balance += points
        assert account.balance == account.active + account.pending - account.deficit
        account.seq += 1
        effective_us = at_us if cause.effective_at_us is None else cause.effective_at_us
        entry = Entry(
            account.id,
            account.seq,
            kind,
            points,
            account.balance,
            effective_us,
            at_us,
            cause.event,
            cause.source,
            cause.rule,
            cause.order_id,
            cause.ruleset or self.ruleset(effective_us),
            cause.tier or account.tier,
            lot,
            reverses,
            undoes,
            cause.reason,
            cause.actor,
            list(cause.campaigns),
            {**cause.note, **note} if note else dict(cause.note),
        )
        values = values_of(entry, self.transaction.tenant, account.head)
        sealed = SEALER.seal_all([values])
        account.head = sealed[0][-1]
        self._entries += sealed
        self.touch(account, at_us)
        matter = (account.id, cause.event, cause.source)
        if matter in self.matters:
            self.matters[matter] += (entry,)
        self._tell(account, entry)
        return entry

    def _tell(self, account: Account, entry: Entry) -> None:
        """Tell others of an entry."""
        told = Booked(
            account.id,
            account.member,
            account.program,
            account.unit,
            account.card,
            entry.recorded_at_us,
            entry.seq,
            entry.points,
            entry.balance,
            entry.event,
            entry.source,
            entry.rule,
            entry.order_id,
        )
        self.tell(account, EVENTS[entry.kind], told)

    def tell(self, account: Account, type: str, told: Event) -> None:
        """Tell others of something that happened to an account."""
        account.events += 1
        subject = f"account/{account.id}"
        self.transaction.tell(type, subject, account.events, told, at_us=told.at_us)

    def allocate(
        self, entry: Entry, kind: str, parts: Iterable[tuple[Lot, int]], at_us: int
    ) -> None:
        """Note from which lots an entry was taken, in this order; negative: given back to them."""
        for lot, points in parts:
            self.allocate_to(entry.account, entry.seq, kind, lot, points, at_us, is_new=True)

    def allocate_to(
        self,
        account: str,
        entry: int,
        kind: str,
        lot: Lot,
        points: int,
        at_us: int,
        *,
        is_new: bool = False,
    ) -> None:
        """Note that points were taken out of a lot under an entry, which may be an old one."""
        place = self._places.get((account, entry))
        if place is None:
            place = 0 if is_new else self._last_place(account, entry)
        self._places[account, entry] = place + 1
        row = Allocation(account, entry, place + 1, lot.number, points, kind, at_us)
        self.inserts[allocations].append(row)

    def _last_place(self, account: str, entry: int) -> int:
        """The last place among the allocations of an entry."""
        found = self.transaction.find(LAST_PLACE, account=account, entry=entry)
        return (found and found["place"]) or 0

    # Lots.

    def add_lot(self, account: Account, lot: Lot) -> None:
        """Have a new lot written."""
        self.lots[account.id][lot.number] = lot
        self._new_lots.append(lot)

    def change_lot(self, lot: Lot) -> None:
        """Have a lot written that has changed."""
        self._changed_lots[lot.account, lot.number] = lot

    def keep_lot(self, values: Sequence[Any]) -> Lot:
        """A lot that was read, or what it has become meanwhile."""
        lot = Lot(*values)
        return self.lots[lot.account].setdefault(lot.number, lot)

    def read_lots(self, query: sa.Select[Any], **values: Any) -> list[Lot]:
        """The lots of a query, as they stand now."""
        self.flush_lots()
        return [self.keep_lot(row) for row in self.transaction.fetch_tuples(query, **values)]

    def lots_numbered(self, account: Account, numbers: Iterable[int]) -> list[Lot]:
        """Lots by their numbers, in their order."""
        wanted = sorted(set(numbers))
        known = self.lots[account.id]
        missing = [number for number in wanted if number not in known]
        for part in slices_of(missing):
            self.read_lots(NUMBERED, accounts=[account.id], numbers=part)
        return [known[number] for number in wanted]

    def open_lots(self, account: Account) -> Iterator[Lot]:
        """Lots with something left in the order of spending; read as they are asked for."""
        self.flush_lots()
        for row in open_lots(self.transaction, account.id):
            yield self.keep_lot(row)

    # Holds and slides.

    def add_hold(self, hold: Hold) -> None:
        """Have a new hold written."""
        self.holds[hold.id] = hold
        self.inserts[holds].append(hold)

    def change_hold(self, hold: Hold) -> None:
        """Have a hold written that has changed."""
        self._changed_holds[hold.id] = hold

    def change_slide(self, slide: Slide) -> None:
        """Have a slide written that has changed."""
        self._changed_slides.append(slide)

    # The end.

    def flush_lots(self) -> None:
        """Write lots that are new or changed, so that queries find them."""
        if self.is_dry:
            return
        if self._new_lots:
            self.transaction.insert(lots, self._new_lots)
        if self._changed_lots:
            new = {(lot.account, lot.number) for lot in self._new_lots}
            changed = [lot for key, lot in sorted(self._changed_lots.items()) if key not in new]
            self.transaction.update(lots, changed)
        self._new_lots.clear()
        self._changed_lots.clear()

    def flush_rows(self) -> None:
        """Write all but the accounts."""
        if self.is_dry:
            return
        self.flush_lots()
        self.transaction.insert_sealed(entries, self._entries)
        self._entries.clear()
        for table, rows in self.inserts.items():
            self.transaction.insert(table, rows)
        self.inserts.clear()
        if self._changed_holds:
            self.transaction.update(holds, [one for _, one in sorted(self._changed_holds.items())])
            self._changed_holds.clear()
        if self._changed_slides:
            self.transaction.update(slides, self._changed_slides)
            self._changed_slides.clear()

    def flush_accounts(self) -> None:
        """Write the accounts that have changed."""
        changed = [self._changed_accounts[id] for id in sorted(self._changed_accounts)]
        if self._new_accounts:
            new = [one for one in changed if one.id in self._new_accounts]
            changed = [one for one in changed if one.id not in self._new_accounts]
            self.transaction.insert(accounts, new)
            for one in new:
                del self._new_accounts[one.id]
        self.transaction.update(accounts, changed)
        self._changed_accounts.clear()


def check_size(*sums: int) -> None:
    """Decline what an account could not hold."""
    if max(sums) > BIGGEST:
        raise Decline(Refusal.TOO_LARGE, "more than an account can hold", most=BIGGEST)
