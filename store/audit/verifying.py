"""A database in, everything that is wrong in it out, row by row.

All of it is read in one state, as it was when the reading began, whatever is written meanwhile, and
in a bounded amount of memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import sqlalchemy as sa

from ..database.database import Database
from ..database.faults import PASSING, fault_of, words_of
from ..database.seal import SEAL
from ..errors import StoreError
from ..schema.catalog import metadata
from .balances import check_balances
from .chains import check_chains
from .credit import check_credit
from .finding import Finding
from .guards import check_guards
from .orders import check_orders
from .references import check_references
from .seals import check_seals
from .snapshot import Snapshot, snapshot_of
from .storage import check_storage
from .telling import check_numbers, check_telling
from .terms import TermsOf, read_terms
from .usage import check_counters, check_stocks

Progress = Callable[[str], None]  # gets the name of each check as it begins
# What databases say of damage; some of their messages quote bytes that are no text.
UNREADABLE = (sa.exc.DatabaseError, UnicodeDecodeError)
Check = Callable[[Snapshot], Iterator[Finding]]


def checks(terms_of: TermsOf) -> dict[str, Check]:
    """All checks by name, in the order in which they are made."""
    found: dict[str, Check] = {"storage": check_storage, "guards": check_guards}
    for table in metadata.sorted_tables:
        if SEAL in table.columns:
            found[f"seals of {table.name}"] = partial(check_seals, table=table)
    found["chains of entries"] = check_chains
    found["balances of accounts"] = partial(check_balances, terms_of=terms_of)
    found["numbers of events"] = check_numbers
    found["events of entries"] = check_telling
    found["counters of uses"] = check_counters
    found["stocks of rewards"] = check_stocks
    found["orders"] = check_orders
    found["store credit of orders"] = check_credit
    found["references"] = check_references
    return found


def verify(
    database: Database,
    tenant: str | None = None,
    progress: Progress | None = None,
    *,
    terms_of: TermsOf = read_terms,
) -> Iterator[Finding]:
    """Find everything that is wrong: of one tenant, or of all and of the database itself.

    Nothing is written, and nobody waits. Where rows are damaged so much that a check cannot go
    through them, that is a finding of its own. Raises `StoreError` where the connection is lost, or
    the reading is cancelled: that says nothing of the rows.
    """
    try:
        with snapshot_of(database, tenant) as snapshot:
            yield from verify_snapshot(snapshot, progress, terms_of=terms_of)
    except UNREADABLE as error:  # not even opened
        fault = passing_fault_of(error)
        if fault:
            raise StoreError(fault, "", words=words_of(error)) from error
        yield finding_of_error(database.dialect, error)


def verify_snapshot(
    snapshot: Snapshot, progress: Progress | None = None, *, terms_of: TermsOf = read_terms
) -> Iterator[Finding]:
    """Find everything that is wrong in one state of a database."""
    is_damaged = False
    for name, check in checks(terms_of).items():
        if progress is not None:
            progress(name)
        try:
            for finding in check(snapshot):
                is_damaged = True
                yield finding
        except UNREADABLE as error:
            if passing_fault_of(error):
                raise
            is_damaged = True
            yield finding_of_error(name, error)
            if snapshot.connection.dialect.name == "postgresql":
                return  # its transaction is over
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            if not is_damaged:
                raise
            # What it stumbled over was found already, by its seal.
            yield Finding("storage", "", name, {}, "rows that make sense", str(error))


def passing_fault_of(error: Exception) -> str:
    """The code of an error after which the same reading may succeed; empty for all others."""
    fault = fault_of(error) if isinstance(error, sa.exc.DBAPIError) else ""
    return fault if fault in PASSING else ""


def finding_of_error(name: str, error: Exception) -> Finding:
    """What a database said when it could not read its own rows."""
    return Finding("storage", "", name, {}, "rows that can be read", words_of(error))
