"""The settings of a tenant in, checked and as a column holds them out; tenants, made and listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from .acting import look
from .database.database import Database
from .errors import StoreError
from .schema.tenancy import tenants
from .tenancy import Tenancy
from .transaction import Found, Transaction, of_tenant

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
ORDER_STATES = ("placed", "awaiting_fulfilment", "fulfilled")

FIND_TENANT = of_tenant(tenants)
LIST_TENANTS = sa.select(tenants.c.tenant).order_by(tenants.c.tenant)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tenant may choose about its store. Rules are no settings: they are published."""

    qualifying_state: str = "fulfilled"  # the state of an order in which its referral qualifies
    reservation_ttl_us: int = 1800 * SECOND_US  # how long a cart may keep what it reserved
    auto_enrol: bool = True  # a customer of an order becomes a member of the active programs


encoder = msgspec.json.Encoder(order="sorted")
decoder = msgspec.json.Decoder(Settings)


def check_settings(settings: Settings) -> Settings:
    """The settings, if a store can work by them; raises `StoreError`, naming the field."""
    if settings.qualifying_state not in ORDER_STATES:
        expected = f"one of {', '.join(ORDER_STATES)}"
        raise StoreError(
            "bad_value", "qualifying_state", expected=expected, got=settings.qualifying_state
        )
    if not SECOND_US <= settings.reservation_ttl_us <= 7 * DAY_US:
        expected = "microseconds, from a second to 7 days"
        raise StoreError(
            "bad_value", "reservation_ttl_us", expected=expected, got=settings.reservation_ttl_us
        )
    return settings


def change_settings(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """Settings with some of them changed. Raises `StoreError` for what there is not."""
    try:
        changed = msgspec.convert({**msgspec.structs.asdict(settings), **changes}, Settings)
    except msgspec.ValidationError as error:
        raise StoreError("bad_value", "settings", expected="settings", got=str(error)) from None
    return check_settings(changed)


def read_settings(column: str) -> Settings:
    """The settings of a column."""
    return decoder.decode(column)


def write_settings(settings: Settings) -> str:
    """Settings as a column holds them."""
    return encoder.encode(settings).decode()


def settings_of(tenancy: Tenancy) -> Settings:
    """The settings of a tenant. Raises `StoreError` for one that was never made."""
    found = look(tenancy, lambda transaction: transaction.find(FIND_TENANT))
    if found is None:
        raise StoreError("unknown_tenant", "tenant", got=tenancy.tenant)
    return read_settings(found["settings"])


def add_tenant(tenancy: Tenancy, settings: Settings | None = None) -> None:
    """Make a tenant. Raises `StoreError` for a name that cannot be one, or that is taken."""
    if not NAME.fullmatch(tenancy.tenant):
        expected = "up to 63 small letters, digits, `-`, `_` and `.`"
        raise StoreError("bad_value", "tenant", expected=expected, got=repr(tenancy.tenant))
    column = write_settings(check_settings(settings or Settings()))
    now_us = tenancy.clock()

    def work(connection: sa.Connection) -> None:
        transaction = Transaction(connection, tenancy.tenant, now_us, tenancy.ids)
        if transaction.find(FIND_TENANT) is not None:
            raise StoreError("tenant_exists", "tenant", got=tenancy.tenant)
        row: dict[str, Any] = {"created_at_us": now_us, "settings": column}
        transaction.insert(tenants, [row])

    tenancy.database.write(work)


def change_tenant(tenancy: Tenancy, changes: Mapping[str, object]) -> Settings:
    """Change some settings of a tenant; all of them as they are then. Raises `StoreError`."""
    now_us = tenancy.clock()

    def work(connection: sa.Connection) -> Settings:
        transaction = Transaction(connection, tenancy.tenant, now_us, tenancy.ids)
        row = lock_tenant(transaction)
        settings = change_settings(read_settings(row["settings"]), changes)
        transaction.update(tenants, [row | {"settings": write_settings(settings)}])
        return settings

    return tenancy.database.write(work)


def lock_tenant(transaction: Transaction) -> Found:
    """The row of the tenant, locked. Raises `StoreError` for a tenant that was never made."""
    found = transaction.lock(FIND_TENANT)
    if not found:
        raise StoreError("unknown_tenant", "tenant", got=transaction.tenant)
    return found[0]


def list_tenants(database: Database) -> list[str]:
    """The names of all tenants, in order."""
    return database.read(lambda one: list(one.execute(LIST_TENANTS).scalars()))
