"""Disbursements that are due in, given to their providers, and what became of them written out.

Each is claimed, given to its provider and concluded by itself, in two transactions with nothing
locked between them. So any number of these jobs may run at once, and be killed at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from msgspec import Struct

from ..acting import act
from ..ledger.book import Book
from ..ledger.terms import TermsOf
from ..refusals import Declined
from ..tenancy import Tenancy
from ..transaction import Transaction
from .claiming import Claim, claim, conclude, find_due, put_off
from .codes import Codes, new_code
from .provider import Outcome, Provider, Unknown
from .registry import Registry

T = TypeVar("T")


class Settled(Struct, frozen=True):
    """How many disbursements were given to providers or asked about, and how many waited on."""

    handed: int = 0
    put_off: int = 0


def settle_payouts(
    tenancy: Tenancy,
    terms_of: TermsOf,
    at_us: int | None = None,
    *,
    plugged: Mapping[str, Provider] | None = None,
    codes: Codes = new_code,
) -> Settled:
    """Send all disbursements that are due by an instant, and ask about those under way.

    `plugged` are providers of the caller, by name.
    """
    now_us = tenancy.clock() if at_us is None else at_us
    then = replace(tenancy, clock=lambda: now_us)
    registry = Registry(then, terms_of, codes, plugged or {})
    handed = put_off = 0
    while (taken := take_next(then, registry)) is not None:
        claimed, provider = taken
        if claimed is None or provider is None:
            put_off += 1
            continue
        finish(then, terms_of, claimed, hand(provider, claimed))
        handed += 1
    return Settled(handed, put_off)


def take_next(tenancy: Tenancy, registry: Registry) -> tuple[Claim | None, Provider | None] | None:
    """The next that is due, claimed, and who pays it; neither where nobody does. None: all done."""

    def work(tx: Transaction) -> tuple[Claim | None, Provider | None] | None:
        row = find_due(tx)
        if row is None:
            return None
        name = registry.name_for(tx, row)
        provider = registry.find(tx, name)
        if provider is None:
            put_off(tx, row, words_for(name, row["kind"]))
            return None, None
        return claim(tx, row, name), provider

    return write(tenancy, work)


def words_for(name: str, kind: str) -> str:
    """Why nobody can pay."""
    if name:
        return f"there is no provider `{name}`: add it, or cancel the payout"
    return f"no provider takes payouts of the kind `{kind}`: add one that does"


def hand(provider: Provider, claimed: Claim) -> Outcome:
    """Give a claim to its provider; whatever it raises says nothing of where the money is."""
    try:
        if claimed.is_asked:
            return provider.ask(claimed.disbursement)
        return provider.send(claimed.disbursement)
    except Exception as error:
        return Unknown(f"{type(error).__name__}: {error}")


def finish(tenancy: Tenancy, terms_of: TermsOf, claimed: Claim, outcome: Outcome) -> None:
    """Write what became of a claim."""
    write(tenancy, lambda tx: conclude(tx, Book(tx, terms_of(tx)), claimed, outcome))


def write(tenancy: Tenancy, work: Callable[[Transaction], T]) -> T:
    """Do work in a transaction of its own."""
    kind: type[T] = object  # type: ignore[assignment]  # no request, so no answer is read again
    answer = act(tenancy, "payouts.settle", "", work, kind)
    assert not isinstance(answer, Declined), answer.message
    return answer
