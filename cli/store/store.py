"""A URL in, a store made, brought up to date, or counted."""

from ...store.database.migration import newest
from ..failure import complain
from ..status import CLEAN
from .opening import DEFAULT, StoreUrl, open_store


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
