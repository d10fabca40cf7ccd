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
        raise
    try:
        pipeline.__exit__(None, None, None)
    except errors.Error as error:
        interrupt = interrupt_in(error, before)
        raise interrupt or first_of(error, errors.errors.PipelineAborted) from None


def first_of(error: BaseException, aborted: type[BaseException]) -> BaseException:
    """What went wrong before the rest was not done."""
    while isinstance(error, aborted) and error.__context__ is not None:
        error = error.__context__
    return error
