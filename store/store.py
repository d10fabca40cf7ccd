"""A URL in, a store out: made, brought up to date, and opened for a tenant."""

from __future__ import annotations

from .database.database import Database
from .database.migration import check_schema, migrate, schema_of
from .identity import new_id, now_us
from .shop import Shop
from .tenancy import Clock, Ids, Tenancy

MAIN = "main"  # the tenant of a shop that has no other


class Store:
    """One database of any number of tenants. Safe to share between threads.

    >>> store = Store("sqlite://")
    >>> store.migrate()
    """

    def __init__(self, url: str, *, clock: Clock = now_us, ids: Ids = new_id) -> None:
        """Open a database; nothing is read or written yet. Raises `StoreError` for a bad URL."""
        self.database = Database(url)
        self._clock = clock
        self._ids = ids

    def schema(self) -> str | None:
        """The schema the database has; None: it holds no store."""
        return schema_of(self.database)

    def migrate(self) -> None:
        """Make the tables, or bring those of an earlier version up to this one, in one step."""
        migrate(self.database)

    def shop(self, tenant: str = MAIN) -> Shop:
        """Everything of one tenant. Raises `StoreError` where the schema is another."""
        check_schema(self.database)
        return Shop(Tenancy(self.database, tenant, self._clock, self._ids))

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
