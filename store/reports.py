"""An instant in, what a shop owes and to whom out: balances, liability, key figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from heapq import nlargest

import sqlalchemy as sa
from msgspec import Struct

from ..dsl.loyalty import RedemptionTerms
from .acting import look, look_up
from .asking import careful
from .database.sums import halves, total_of
from .errors import StoreError
from .knowing import check_program
from .ledger.account import POINTS
from .ledger.purse import CREDIT, check_unit
from .ledger.state import State, states_at
from .ledger.terms import TermsOf
from .member.people import find_members_by_id
from .payout.gift_cards import GIFT_CARD
from .payout.payouts import CurrencyOf
from .refusals import Declined
from .schema.ledger import accounts, entries
from .schema.payouts import gift_cards
from .schema.tenancy import enrolments
from .tenancy import Tenancy
from .transaction import Transaction

TOP = 100  # balances that are shown unless somebody asks for another number


UNITS = (
    sa.select(accounts.c.program, accounts.c.unit)
    .where(accounts.c.tenant == sa.bindparam("tenant"))
    .group_by(accounts.c.program, accounts.c.unit)
    .order_by(accounts.c.program, accounts.c.unit)
)
ENROLLED = (
    sa.select(enrolments.c.program, sa.func.count().label("members"))
    .where(
        enrolments.c.tenant == sa.bindparam("tenant"),
        enrolments.c.status == "active",
        enrolments.c.joined_at_us <= sa.bindparam("at_us"),
    )
    .group_by(enrolments.c.program)
)
CARDS = sa.select(gift_cards.c.account, gift_cards.c.currency).where(
    gift_cards.c.tenant == sa.bindparam("tenant")
)
MOVED = (
    sa.select(accounts.c.program, accounts.c.unit, entries.c.kind, *halves(entries.c.points))
    .select_from(
        entries.join(
            accounts,
            sa.and_(
                accounts.c.tenant == entries.c.tenant,
                accounts.c.id == entries.c.account,
            ),
        )
    )
    .where(
        entries.c.tenant == sa.bindparam("tenant"),
        entries.c.recorded_at_us <= sa.bindparam("at_us"),
    )
    .group_by(accounts.c.program, accounts.c.unit, entries.c.kind)
)


class Holder(Struct, frozen=True):
    """Somebody and what they have; points in the smallest unit of the program."""

    rank: int
    member: str
    program: str
    unit: str
    balance: int
    available: int
    tier: str


class Liability(Struct, frozen=True):
    """What is outstanding in a program, and what it is worth at the program's own rate.

    `outstanding` = active + pending; `value_minor` is None where a program has no rate. Wallets and
    gift cards have a record for each currency.
    """

    program: str
    unit: str
    accounts: int
    outstanding: int
    active: int
    pending: int
    held: int
    deficit: int
    value_minor: int | None
    currency: str  # of the value; empty where there is none


class KeyFigures(Struct, frozen=True):
    """A program at a glance, by kind of points; sums of all entries up to an instant."""

    program: str
    unit: str
    members: int
    outstanding: int
    lifetime: int  # earned, less what was taken back
    redeemed: int
    expired: int
    adjusted: int


@careful
class Reports:
    """What staff ask about one tenant, at any instant."""

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf, currency_of: CurrencyOf) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of
        self._currency_of = currency_of

    def top_balances(
        self, program: str, *, unit: str = POINTS, count: int = TOP, at_us: int | None = None
    ) -> list[Holder] | Declined:
        """The largest balances of a program, the largest first; of equal ones by member.

        Declines `unknown_program` for one that is not in force and nobody has anything in.
        """
        if count < 1:
            raise StoreError("bad_value", "count", expected="at least 1", got=str(count))
        check_unit(unit, "unit")

        def work(tx: Transaction) -> list[Holder]:
            known = {row["program"] for row in tx.fetch(UNITS)} - {""}
            check_program(program, known | set(self._terms_of(tx).programs_at(tx.at_us)))
            states = self._states(tx, program, unit)
            found = nlargest(count, states, key=lambda one: one.balance)
            people = find_members_by_id(tx, [one.member for one in found])
            names = {id: row["external_id"] for id, row in people.items()}
            found.sort(key=lambda one: (-one.balance, names.get(one.member, "")))
            return [holder_of(number, one, names) for number, one in enumerate(found, 1)]

        return look_up(self._tenancy, work, at_us)

    def liability(self, at_us: int | None = None) -> list[Liability]:
        """What is outstanding, by program, unit and currency."""

        def work(tx: Transaction) -> list[Liability]:
            terms = self._terms_of(tx)
            currency = self._currency_of(tx) if terms.ruleset(tx.at_us) else ""
            found = []
            for row in tx.fetch(UNITS):
                name, unit = row["program"], row["unit"]
                program = terms.program(name, tx.at_us)
                rate = None if program is None else program.redemption
                states = self._states(tx, name, unit)
                sums = sums_of(states, currencies_of(tx, unit, currency))
                if name:
                    sums.setdefault(currency, Counter())  # that nobody has anything is told too
                found += [liability_of(name, unit, sums[one], rate, one) for one in sorted(sums)]
            return found

        return look(self._tenancy, work, at_us)

    def key_figures(self, at_us: int | None = None) -> list[KeyFigures]:
        """Members, what is outstanding and what ever was, by program and unit."""

        def work(tx: Transaction) -> list[KeyFigures]:
            found_in = tx.fetch(ENROLLED, at_us=tx.at_us)
            enrolled = {row["program"]: row["members"] for row in found_in}
            moved: dict[tuple[str, str], Counter[str]] = {}
            for row in tx.fetch(MOVED, at_us=tx.at_us):
                sums = moved.setdefault((row["program"], row["unit"]), Counter())
                sums[row["kind"]] = total_of(row, "points")
            found = []
            for row in tx.fetch(UNITS):
                name, unit = row["program"], row["unit"]
                sums = moved.get((name, unit), Counter())
                states = self._states(tx, name, unit)
                found.append(figures_of(name, unit, states, enrolled.get(name, 0), sums))
            return found

        return look(self._tenancy, work, at_us)

    def _states(self, tx: Transaction, program: str, unit: str) -> Iterator[State]:
        """How all accounts stand at the instant of the transaction."""
        return states_at(tx, program, unit, tx.at_us, self._terms_of(tx))


def holder_of(rank: int, state: State, names: dict[str, str]) -> Holder:
    """A line of the largest balances."""
    tier = "" if state.tier is None else state.tier.tier or ""
    member = names.get(state.member, state.member)
    return Holder(rank, member, state.program, state.unit, state.balance, state.available, tier)


def currencies_of(tx: Transaction, unit: str, currency: str) -> Callable[[State], str]:
    """What says in which currency an account is: what is of a program, in that of the rules."""
    if unit == CREDIT:
        return lambda state: state.card
    if unit == GIFT_CARD:
        cards = {row["account"]: row["currency"] for row in tx.fetch(CARDS)}
        return lambda state: cards[state.account]
    return lambda state: currency


def sums_of(
    states: Iterator[State], currency_of: Callable[[State], str]
) -> defaultdict[str, Counter[str]]:
    """What accounts come to, by currency."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for state in states:
        own = sums[currency_of(state)]
        own["accounts"] += 1
        for name in ("active", "pending", "held", "deficit"):
            own[name] += getattr(state, name)
    return sums


def liability_of(
    program: str, unit: str, sums: Counter[str], rate: RedemptionTerms | None, currency: str
) -> Liability:
    """What the accounts of one kind, in one currency, come to."""
    outstanding = sums["active"] + sums["pending"]
    value_minor = value_of(unit, outstanding, rate)
    return Liability(
        program,
        unit,
        sums["accounts"],
        outstanding,
        sums["active"],
        sums["pending"],
        sums["held"],
        sums["deficit"],
        value_minor,
        "" if value_minor is None else currency,
    )


def value_of(unit: str, outstanding: int, rate: RedemptionTerms | None) -> int | None:
    """What points are worth in minor units, rounded down; money is worth itself."""
    if unit == "stamps":
        return None
    if unit != POINTS:
        return outstanding
    return None if rate is None else outstanding * rate.value_minor // rate.points


def figures_of(
    program: str, unit: str, states: Iterator[State], enrolled: int, sums: Counter[str]
) -> KeyFigures:
    """The key figures of one kind of account.

    What has lapsed by the clock and nobody has booked yet is missing in the balances already.
    """
    outstanding = lifetime = balance = 0
    for state in states:
        outstanding += state.active + state.pending
        lifetime += state.lifetime
        balance += state.balance
    unbooked = sum(sums.values()) - balance
    return KeyFigures(
        program,
        unit,
        enrolled,
        outstanding,
        lifetime,
        -sums["redeem"],
        unbooked - sums["expire"],
        sums["adjust"],
    )
