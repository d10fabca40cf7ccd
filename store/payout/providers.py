"""URLs in, providers of payouts out: who pays out for a tenant over signed posts."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from ..acting import look
from ..asking import careful
from ..errors import StoreError
from ..outbox.claims import write
from ..outbox.lines import HTTP
from ..outbox.signature import check_secret, new_secret
from ..outbox.webhooks import check_url
from ..schema.payouts import disbursements, providers
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .registry import ALL, BY_NAME, OWN

KINDS = ("gift_card", "cashback", "donation", "credit")
# What may wait for a provider that is added.
WAITING = of_tenant(disbursements).where(
    disbursements.c.status == "requested",
    disbursements.c.provider.in_(sa.bindparam("names", expanding=True)),
)
REMOVE = sa.delete(providers).where(
    providers.c.tenant == sa.bindparam("tenant"), providers.c.name == sa.bindparam("name")
)


class ProviderAdded(Struct, frozen=True):
    """A new provider, and the only time its secret is told."""

    name: str
    secret: str


class ProviderListed(Struct, frozen=True):
    """A provider; `kinds` are those it pays where nobody names a provider."""

    name: str
    url: str
    kinds: list[str]
    created_at_us: int


@careful
class Providers:
    """The providers of one tenant that are reached by a URL. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy

    def add(
        self,
        name: str,
        url: str,
        *,
        secret: str | None = None,
        kinds: Sequence[str] = (),
        at_us: int | None = None,
    ) -> ProviderAdded:
        """Have a provider pay what names it, and the `kinds` for which nobody is named.

        Added again under its name it gets the new URL, and the secret it is given or a new one.
        Raises `StoreError` for a URL or a kind that is none, and the names of the shop's own.
        """
        if not name or name in OWN:
            expected = f"a name that is not {' or '.join(OWN)}"
            raise StoreError("bad_webhook", "name", expected=expected, got=name)
        if check_url(url).scheme not in HTTP:
            raise StoreError("bad_webhook", "url", expected="a URL of HTTP", got=url)
        for place, kind in enumerate(kinds):
            if kind not in KINDS:
                expected = f"one of {', '.join(KINDS)}"
                raise StoreError("bad_webhook", f"kinds[{place}]", expected=expected, got=kind)
        secret = new_secret() if secret is None else check_secret(secret)
        row = {"name": name, "url": url, "secret": secret, "kinds": json.dumps(list(kinds))}

        def work(tx: Transaction) -> None:
            before = tx.find(BY_NAME, name=name)
            if before is None:
                tx.insert(providers, [{**row, "created_at_us": tx.at_us}])
            else:
                tx.update(providers, [{**before, **row}])
            waiting = tx.lock(WAITING, names=[name, ""])
            tx.update(disbursements, [{**one, "next_at_us": tx.at_us} for one in waiting])

        write(self._tenancy, self._tenancy.clock() if at_us is None else at_us, work)
        return ProviderAdded(name, secret)

    def all(self) -> list[ProviderListed]:
        """All providers by name, without their secrets."""
        return look(self._tenancy, lambda tx: [listed(row) for row in tx.fetch(ALL)])

    def remove(self, name: str) -> None:
        """Forget a provider; what it was to pay waits. Raises `StoreError` where there is none."""

        def work(tx: Transaction) -> None:
            if tx.find(BY_NAME, name=name) is None:
                raise StoreError("bad_webhook", "name", expected="the name of a provider", got=name)
            tx.connection.execute(REMOVE, {"tenant": tx.tenant, "name": name})

        write(self._tenancy, self._tenancy.clock(), work)


def listed(row: Found) -> ProviderListed:
    """A provider as people see it."""
    kinds: list[str] = json.loads(row["kinds"])
    return ProviderListed(row["name"], row["url"], kinds, row["created_at_us"])
