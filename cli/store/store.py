"""A URL in, a store made, brought up to date, proven or counted."""

from __future__ import annotations

import msgspec

from ...engine.quote.wording import count_of
from ...store.database.migration import newest
from ..failure import complain, telling_of_interrupt
from ..status import CLEAN, FINDINGS
from .opening import DEFAULT, StoreUrl, open_store
from .sheet import Format, print_lines, show, show_one
from .steps import Steps


def init(*, store: StoreUrl = DEFAULT) -> int:
    """Make a store where there is none; one that is there stays as it is."""
    with open_store(store) as opened:
        if opened.schema() is not None:
            complain(f"there is a store already, with schema {opened.schema()}: nothing was done")
            return CLEAN
        opened.migrate()
    complain(f"a store with schema {newest()} is made")
    return CLEAN


def migrate(*, store: StoreUrl = DEFAULT) -> int:
    """Bring a store of an earlier version up to this one, in one step, or leave it as it was."""
    with open_store(store) as opened:
        before = opened.schema()
        opened.migrate()
        after = opened.schema()
    complain(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")
    return CLEAN


def verify(*, store: StoreUrl = DEFAULT, tenant: str | None = None, format: Format = "text") -> int:
    """Prove that all rows agree with the entries, and that no byte has changed.

    Exit status 1 when something is wrong; each finding names its row.

    Parameters
    ----------
    tenant
        Only the rows of one tenant; by default all, and the database itself.
    """
    findings = 0
    steps = Steps()

    def words() -> str:
        return f"{count_of(steps.count, 'check')}, {count_of(findings, 'finding')}"

    how_far = telling_of_interrupt(lambda: f"interrupted; so far {words()}")
    with how_far, open_store(store) as opened, steps:
        for finding in opened.verify(tenant, steps.show):
            findings += 1
            steps.clear()
            if format == "json":
                show([msgspec.to_builtins(finding)], format)
            else:
                print_lines([str(finding)])
    complain(words())
    return FINDINGS if findings else CLEAN


def stats(*, store: StoreUrl = DEFAULT, tenant: str | None = None, format: Format = "text") -> int:
    """Count what is in a store, and what waits: accounts for the job, events for listeners.

    Parameters
    ----------
    tenant
        Only the rows of one tenant; by default all.
    """
    with open_store(store) as opened:
        schema = opened.schema()
        counts = opened.counts(tenant)
    waiting = {"accounts_due": counts.accounts_due, "events_waiting": counts.events_waiting}
    if format == "json":
        show_one({"schema": schema, **waiting, "rows": counts.rows}, format)
    else:
        show_one({"schema": schema, **waiting, **counts.rows}, format)
    return CLEAN
