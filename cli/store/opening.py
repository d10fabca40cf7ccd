"""The options that name a store in, the store out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar

from cyclopts import Parameter

from ...store.errors import StoreError
from ...store.refusals import Declined
from ...store.shop import Shop
from ...store.store import MAIN, Store
from ..failure import Failure

T = TypeVar("T")

DEFAULT = "sqlite:///tally.db"

StoreUrl = Annotated[
    str,
    Parameter(
        name="--store",
        env_var="TALLYSTICK_STORE",
        help="The store: `sqlite:///shop.db` or `postgresql://user@host/name`.",
    ),
]
Tenant = Annotated[
    str, Parameter(name="--tenant", env_var="TALLYSTICK_TENANT", help="Whose store it is.")
]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A tenant's part of a store, as options name it."""

    store: StoreUrl = DEFAULT
    tenant: Tenant = MAIN


HERE = Where()


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """Open a store for a command. What it cannot be asked ends the command with a sentence.

    What an interrupt meets while connections are closed, SQLAlchemy would print with a traceback.
    """
    logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
    try:
        store = Store(url)
        try:
            yield store
        finally:
            store.close()
    except StoreError as error:
        raise Failure(str(error)) from None


@contextmanager
def open_shop(where: Where) -> Iterator[Shop]:
    """Open a tenant's part of a store."""
    with open_store(where.store) as store:
        yield store.shop(where.tenant)


def granted(answer: T | Declined) -> T:
    """What the store answered. If it declined, that ends the command with a sentence."""
    if isinstance(answer, Declined):
        raise Failure(f"{answer.refusal}: {answer.message}")
    return answer
