"""Statements in, told to a server one after the other without waiting for its answers.

A server may be a millisecond away. Whoever waits for each answer waits as often as there are rows
to write, and others for the accounts that are locked meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from .faults import Quietly, interrupt_in


@contextmanager
def pipelined(connection: sa.Connection) -> Iterator[None]:
    """What is run inside is answered when it ends. Raises what went wrong first.

    After an interrupt nothing is asked of the server any more: the connection is of no use then.
    """
    raw: Any = connection.connection.dbapi_connection
    errors = connection.dialect.loaded_dbapi
    before = sys.exception()
    pipeline = raw.pipeline()
    pipeline.__enter__()
    try:
        yield
    except Exception:
        with Quietly():  # it says that the rest was not done
            pipeline.__exit__(None, None, None)
        with Quietly():
            if is_stuck(raw):
                connection.invalidate()
        raise
    try:
        pipeline.__exit__(None, None, None)
    except errors.Error as error:
        if is_stuck(raw):
            raw.close()
        raise interrupt_in(error, before) or first_of(error, before, errors.Error) from None


def is_stuck(raw: Any) -> bool:
    """Whether a connection waits for answers that do not come: those of a server that ended in the
    middle, whose last word the driver took for one of them."""
    return not raw.closed and bool(raw.pgconn.pipeline_status)


def first_of(
    error: BaseException, before: BaseException | None, kind: type[BaseException]
) -> BaseException:
    """The first error of a kind that led to this one: the others say that the rest was not done, or
    that the driver waits for it."""
    first, cause = error, error.__context__
    while cause is not None and cause is not before:
        if isinstance(cause, kind):
            first = cause
        cause = cause.__context__
    return first
