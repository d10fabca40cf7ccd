"""A tenant in, the terms of its programs out, as the rows that are audited say them."""

from __future__ import annotations

from collections.abc import Callable

from ..ledger.terms import Terms
from ..rules.library import Library
from ..rules.timeline import read_timeline
from ..tenancy import Tenancy
from ..transaction import Transaction
from .snapshot import Snapshot

TermsOf = Callable[[Snapshot, str], Terms]


def read_terms(snapshot: Snapshot, tenant: str) -> Terms:
    """What is in force when for a tenant. Raises `StoreError` for one that was never made."""
    tenancy = Tenancy(snapshot.database, tenant, no_time, no_id)
    transaction = Transaction(snapshot.connection, tenant, no_time(), no_id)
    return read_timeline(transaction, Library(tenancy))


def no_time() -> int:
    """No instant: nothing that is read here depends on one."""
    return 0


def no_id() -> str:
    """No id: nothing is made here."""
    raise AssertionError("an audit writes nothing")
