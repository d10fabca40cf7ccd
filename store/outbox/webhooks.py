"""URLs in, webhooks out: who listens to the events of a shop, and who of them does not hear."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa
from msgspec import Struct

from ..acting import look
from ..asking import careful
from ..errors import StoreError
from ..schema.outbox import deliveries, webhooks
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .claims import REMOVE, WEBHOOK, write
from .envelope import message_of
from .heads import wake
from .lines import HTTP, NATS, open_line
from .listener import Heard, Listener
from .relay import TIMEOUT_MS
from .signature import check_secret, new_secret
from .vocabulary import EVENT_TYPES, PING

ALL = of_tenant(webhooks).order_by(webhooks.c.created_at_us, webhooks.c.id)
COUNTS = (
    sa.select(deliveries.c.webhook, sa.func.count().label("waiting"))
    .where(deliveries.c.tenant == sa.bindparam("tenant"))
    .group_by(deliveries.c.webhook)
)
FAILING = (
    of_tenant(deliveries)
    .where(deliveries.c.error != "")
    .order_by(deliveries.c.webhook, deliveries.c.subject, deliveries.c.number)
)
# Whoever wrote an event at the moment in which its webhook was removed left a row as well.
REMOVE_ORPHANS = sa.delete(deliveries).where(
    deliveries.c.tenant == sa.bindparam("tenant"),
    ~sa.exists().where(
        webhooks.c.tenant == deliveries.c.tenant, webhooks.c.id == deliveries.c.webhook
    ),
)
REMOVE_WEBHOOK = sa.delete(webhooks).where(
    webhooks.c.tenant == sa.bindparam("tenant"), webhooks.c.id == sa.bindparam("webhook")
)


class Added(Struct, frozen=True):
    """A new webhook, and the only time its secret is told; empty: a NATS server has none."""

    id: str
    secret: str


class Webhook(Struct, frozen=True):
    """Who listens; no `types` means all of them. `waiting` counts what they have not heard yet."""

    id: str
    url: str
    types: list[str]
    status: str
    created_at_us: int
    waiting: int


class Failing(Struct, frozen=True):
    """An event that did not arrive, why, and when it is sent again. Its subject waits with it."""

    webhook: str
    event: str
    subject: str
    attempts: int
    error: str
    next_at_us: int


@careful
class Webhooks:
    """The webhooks of one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy

    def add(
        self,
        url: str,
        *,
        secret: str | None = None,
        types: Sequence[str] = (),
        at_us: int | None = None,
    ) -> Added:
        """Send what happens from now on to a URL, or only events of some types.

        `http` and `https` get signed posts, `nats` and `tls` are published to a JetStream. Raises
        `StoreError` for another URL, an unknown type, or a secret that is none, and where a webhook
        sends some of these events there already, unless a new secret is given: then both do, until
        the old one is removed.
        """
        parts = check_url(url)
        for place, name in enumerate(types):
            if name not in EVENT_TYPES:
                expected = f"one of {', '.join(EVENT_TYPES)}"
                raise StoreError("bad_webhook", f"types[{place}]", expected=expected, got=name)
        is_exchange = secret is not None and parts.scheme not in NATS
        if parts.scheme in NATS:
            secret = ""
        else:
            secret = new_secret() if secret is None else check_secret(secret)
        id = self._tenancy.ids()
        row: Found = {"id": id, "url": url, "secret": secret, "status": "active"}
        row["types"] = json.dumps(list(types)) if types else ""

        def work(tx: Transaction) -> None:
            check_new(tx, row, is_exchange)
            tx.insert(webhooks, [{**row, "created_at_us": tx.at_us}])

        self._write(work, at_us)
        return Added(id, secret)

    def all(self) -> list[Webhook]:
        """All webhooks, oldest first, without their secrets."""

        def work(tx: Transaction) -> list[Webhook]:
            waiting = {row["webhook"]: row["waiting"] for row in tx.fetch(COUNTS)}
            return [webhook_of(row, waiting.get(row["id"], 0)) for row in tx.fetch(ALL)]

        return look(self._tenancy, work)

    def pause(self, webhook: str) -> None:
        """Send nothing for now; what happens meanwhile waits. Raises `StoreError`."""
        self._set(webhook, "paused")

    def resume(self, webhook: str) -> None:
        """Send again, first of all what waits. Raises `StoreError`."""
        self._set(webhook, "active")

    def remove(self, webhook: str) -> None:
        """Forget a webhook, and what it has not heard. Raises `StoreError`."""

        def work(tx: Transaction) -> None:
            found(tx, webhook)
            values = {"tenant": tx.tenant, "webhook": webhook}
            tx.connection.execute(REMOVE_WEBHOOK, values)
            tx.connection.execute(REMOVE_ORPHANS, values)

        self._write(work, None)

    def ping(self, webhook: str, *, timeout_ms: int = TIMEOUT_MS) -> Heard:
        """Send an event of type `tallystick.ping.v1` now, once. Raises `StoreError`."""
        row = look(self._tenancy, lambda tx: found(tx, webhook))
        now_us = self._tenancy.clock()
        message = message_of(self._tenancy.tenant, self._tenancy.ids(), PING, now_us, {})
        listener = Listener(row["id"], row["url"], row["secret"])
        line = open_line(listener, timeout_ms, self._tenancy.clock)
        try:
            return line.send(message)
        finally:
            line.close()

    def failing(self) -> list[Failing]:
        """The events that were sent and did not arrive, by webhook and subject."""

        def work(tx: Transaction) -> list[Failing]:
            names = Failing.__struct_fields__
            return [Failing(**{name: row[name] for name in names}) for row in tx.fetch(FAILING)]

        return look(self._tenancy, work)

    def skip(self, webhook: str, event: str) -> None:
        """Give up an event that its listener will never take, so that its subject goes on."""

        def work(tx: Transaction) -> None:
            found(tx, webhook)
            values = {"tenant": tx.tenant, "webhook": webhook, "events": [event]}
            tx.connection.execute(REMOVE, values)
            wake(tx, webhook, [event])

        self._write(work, None)

    def _set(self, webhook: str, status: str) -> None:
        """Set the status of a webhook."""

        def work(tx: Transaction) -> None:
            tx.update(webhooks, [{**found(tx, webhook), "status": status}])

        self._write(work, None)

    def _write(self, work: Callable[[Transaction], None], at_us: int | None) -> None:
        """Do work in a transaction; a secret must not get into the table of requests."""
        write(self._tenancy, self._tenancy.clock() if at_us is None else at_us, work)


def found(tx: Transaction, webhook: str) -> Found:
    """The row of a webhook. Raises `StoreError`."""
    row = tx.find(WEBHOOK, webhook=webhook)
    if row is None:
        raise StoreError("unknown_webhook", "webhook", got=webhook)
    return row


def check_new(tx: Transaction, row: Found, is_exchange: bool) -> None:
    """Raise `StoreError` for a webhook of which there is one that sends some of the same.

    In an exchange of secrets only one with the same secret is in the way.
    """
    for one in tx.fetch(ALL):
        there, new = types_of(one), types_of(row)
        same = [name for name in new or there if name in (there or new)]
        is_other = is_exchange and one["secret"] != row["secret"]
        if one["url"] == row["url"] and (same or not (there or new)) and not is_other:
            events = ", ".join(f"`{name}`" for name in same) or "all events"
            raise StoreError("webhook_exists", "url", got=one["id"], events=events)


def types_of(row: Found) -> list[str]:
    """The types of events that a webhook hears; none for all."""
    found: list[str] = json.loads(row["types"]) if row["types"] else []
    return found


def webhook_of(row: Found, waiting: int) -> Webhook:
    """A webhook as people see it."""
    parts = (
        row["id"],
        spell_url(row["url"]),
        types_of(row),
        row["status"],
        row["created_at_us"],
        waiting,
    )
    return Webhook(*parts)


def spell_url(url: str) -> str:
    """A URL without the password or token that may stand in it.

    >>> spell_url("nats://shop:pw@broker:4222/shop")
    'nats://…@broker:4222/shop'
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"…@{host}").geturl() if at and user else url


def check_url(url: str) -> SplitResult:
    """The parts of a URL that can be listened at. Raises `StoreError`."""
    expected = "a URL such as `https://shop.example/events` or `nats://host:4222`"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        raise StoreError("bad_webhook", "url", expected=expected, got=spell_bad(url)) from None
    is_known = parts.scheme in (*HTTP, *NATS) and port != 0
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not is_known or not is_plain:
        raise StoreError("bad_webhook", "url", expected=expected, got=spell_bad(url))
    if "@" in parts.netloc and parts.scheme in HTTP:
        expected = "a URL without a user: posts are signed"
        raise StoreError("bad_webhook", "url", expected=expected, got=spell_url(url))
    return parts


def spell_bad(url: str) -> str:
    """A URL that is none, as far as it can be shown."""
    return url.rpartition("@")[2]
