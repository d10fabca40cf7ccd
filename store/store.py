"""A URL in, a store out: made, brought up to date, and opened for a tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .asking import careful
from .audit.finding import Finding
from .audit.verifying import Progress, verify
from .counts import Counts, count_rows
from .database.database import Database
from .database.migration import check_schema, migrate, schema_of
from .errors import StoreError
from .identity import new_id, now_us
from .payout.provider import Provider
from .rules.shelf import Shelf
from .shop import Shop
from .tenancy import Clock, Ids, Tenancy
from .tenants import Settings, add_tenant, change_tenant, list_tenants, settings_of

MAIN = "main"  # the tenant of a shop that has no other


@careful
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
        self._shelf = Shelf()

    def schema(self) -> str | None:
        """The schema the database has; None: it holds no store."""
        return schema_of(self.database)

    def migrate(self) -> None:
        """Make the tables, or bring those of an earlier version up to this one, in one step.

        A store without tenants gets the first, `main`.
        """
        migrate(self.database)
        if not self.tenants():
            self.add_tenant(MAIN)

    def tenants(self) -> list[str]:
        """The names of all tenants, in order."""
        return list_tenants(self.database)

    def add_tenant(self, tenant: str, settings: Settings | None = None) -> None:
        """Make a tenant. Raises `StoreError` for a name that cannot be one, or that is taken."""
        add_tenant(self._tenancy(tenant), settings)

    def settings(self, tenant: str = MAIN) -> Settings:
        """What a tenant chose. Raises `StoreError` for one that was never made."""
        return settings_of(self._tenancy(tenant))

    def change_settings(self, tenant: str = MAIN, /, **changes: object) -> Settings:
        """Change some settings of a tenant, from now on; all of them as they are then.

        Raises `StoreError` for a setting that there is not, or a value that it cannot have.
        """
        return change_tenant(self._tenancy(tenant), changes)

    def shop(self, tenant: str = MAIN, *, plugged: Mapping[str, Provider] | None = None) -> Shop:
        """Everything of one tenant; `plugged` are providers of payouts beside those it has.

        Raises `StoreError` where the schema is another, and for a tenant that was never made.
        """
        self._check(tenant)
        return Shop(self._tenancy(tenant), self._shelf, plugged)

    def verify(
        self, tenant: str | None = None, progress: Progress | None = None
    ) -> Iterator[Finding]:
        """Everything that is wrong with the rows of a tenant, or of all and the database itself.

        `progress` gets the name of each check as it begins. Nothing is written, nobody waits.
        """
        self._check(tenant)
        return verify(self.database, tenant, progress)

    def counts(self, tenant: str | None = None) -> Counts:
        """How much there is, of a tenant or of all."""
        self._check(tenant)
        return count_rows(self.database, self._clock(), tenant)

    def _check(self, tenant: str | None) -> None:
        """Raise `StoreError` where the schema is another, and for a tenant that was never made."""
        check_schema(self.database)
        if tenant is not None and tenant not in self.tenants():
            raise StoreError("unknown_tenant", "tenant", got=tenant)

    def _tenancy(self, tenant: str) -> Tenancy:
        """The surroundings of a tenant."""
        return Tenancy(self.database, tenant, self._clock, self._ids)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
