"""A statement and its values in, a cursor of the driver out: what runs in every request.

SQLAlchemy writes the text of a statement once for each kind of database. From its second use on the
text is kept, with the order of its values, and goes to the driver as it is: of the 60 microseconds
that a query of one row takes otherwise, two are the database's. Errors and events are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

PREPARED_MAX = 1_000  # statements: what was used twice is kept, also if it was made by the way
# Kinds of column whose values are handed over as the driver has them.
PLAIN = (sa.Integer, sa.String, sa.LargeBinary)


class Variant(NamedTuple):
    """The text of a statement for lists of some lengths."""

    text: str
    order: tuple[tuple[str, int], ...]  # a name, and the place in its list or -1


class Statement:
    """The texts of one statement for one kind of database."""

    def __init__(self, statement: sa.Executable, dialect: sa.Dialect) -> None:
        assert isinstance(statement, sa.ClauseElement)
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self._compiled = compiled
        self._constants = {name: one for name, one in compiled.params.items() if one is not None}
        self._order = tuple(compiled.positiontup or ())
        self._has_lists = bool(compiled.post_compile_params)
        self._variants: dict[tuple[int, ...], Variant] = {}
        self.names: tuple[str, ...] = ()  # of the columns it finds, known when it was run
        self.is_plain = all(
            isinstance(column.type.dialect_impl(dialect), PLAIN)
            for column in getattr(statement, "selected_columns", ())
        )

    def fill(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The text for some values, and the values in their order."""
        known = {**self._constants, **values} if self._constants else values
        if not self._has_lists:
            return self._compiled.string, [known[name] for name in self._order]
        lists = {name: one for name, one in known.items() if isinstance(one, list | tuple)}
        lengths = tuple([len(lists[name]) for name in sorted(lists)])
        variant = self._variants.get(lengths)
        if variant is None:
            variant = self._variants[lengths] = self._vary(known)
        flat = {name: flatten(one) for name, one in lists.items()}
        return variant.text, [
            known[name] if place < 0 else flat[name][place] for name, place in variant.order
        ]

    def _vary(self, values: Mapping[str, Any]) -> Variant:
        """A text for lists as long as these."""
        state = self._compiled.construct_expanded_state(dict(values))
        places = {
            one: (name, place)
            for name, ones in state.parameter_expansion.items()
            for place, one in enumerate(ones)
        }
        order = tuple(places.get(name, (name, -1)) for name in state.positiontup or ())
        return Variant(state.statement, order)


# By the id of a statement and the name of a kind of database; with the statement, whose id nothing
# else has as long as it is here. None: it was used once.
prepared: dict[tuple[int, str], tuple[sa.Executable, Statement | None]] = {}
locked: WeakKeyDictionary[sa.Select[Any], sa.Select[Any]] = WeakKeyDictionary()


def locking(query: sa.Select[Any]) -> sa.Select[Any]:
    """A query that keeps others from what it finds, until the end."""
    found = locked.get(query)
    if found is None:
        found = locked[query] = query.with_for_update()
    return found


def flatten(ones: Sequence[Any]) -> Sequence[Any]:
    """A list of values, or of tuples of values, as one list."""
    if ones and isinstance(ones[0], list | tuple):
        return [value for one in ones for value in one]
    return ones


def prepare(statement: sa.Executable, dialect: sa.Dialect) -> Statement | None:
    """The texts of a statement that was used before. One that is made anew each time has none."""
    key = (id(statement), dialect.name)
    known = prepared.get(key)
    if known is None:
        if len(prepared) > PREPARED_MAX:
            prepared.clear()
        prepared[key] = (statement, None)
        return None
    _, found = known
    if found is None:
        found = Statement(statement, dialect)
        prepared[key] = (statement, found)
    return found if found.is_plain else None


def fetch(
    connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any]
) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """The names of the columns of a query, and its rows."""
    statement = prepare(query, connection.dialect)
    if statement is None:
        result = connection.execute(query, values)
        return tuple(result.keys()), list(result.fetchall())
    cursor = run(connection, *statement.fill(values))
    if not statement.names:
        statement.names = tuple(column[0] for column in cursor.description)
    rows: list[Sequence[Any]] = cursor.fetchall()
    cursor.close()
    return statement.names, rows


def fetch_rows(
    connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a query as dicts."""
    names, rows = fetch(connection, query, values)
    return [dict(zip(names, row, strict=True)) for row in rows]


def run_all(connection: sa.Connection, text: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run a text for each of some rows, at least one: the database hears of it once.

    How many rows of the table it wrote.
    """
    is_many = len(rows) > 1
    cursor = run(connection, text, rows if is_many else rows[0], is_many)
    written = int(cursor.rowcount)
    cursor.close()
    return written


def run(connection: sa.Connection, text: str, values: Sequence[Any], is_many: bool = False) -> Any:
    """Run a text that is ready, once or (`is_many`) for each of many values; the cursor."""
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    # Most of the time nobody listens, and asking is much cheaper than going through nobody.
    hooks = connection.engine.dispatch
    if hooks.before_cursor_execute:
        for listen in hooks.before_cursor_execute:
            listen(connection, cursor, text, values, None, is_many)
    try:
        if is_many:
            cursor.executemany(text, values)
        else:
            cursor.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise wrap(connection, text, error, cursor) from error
    if hooks.after_cursor_execute:
        for listen in hooks.after_cursor_execute:
            listen(connection, cursor, text, values, None, is_many)
    return cursor


def wrap(connection: sa.Connection, text: str, error: Any, cursor: Any) -> sa.exc.DBAPIError:
    """An error of the driver as SQLAlchemy hands it on; a connection that is lost is put away."""
    is_lost = connection.dialect.is_disconnect(error, connection.connection, cursor)
    if is_lost:
        connection.invalidate(error)
    wrapped: sa.exc.DBAPIError = sa.exc.DBAPIError.instance(
        text,
        None,
        error,
        connection.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=connection.dialect,
    )
    return wrapped
