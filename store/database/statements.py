"""A statement and its values in, its text and the values in order out.

SQLAlchemy writes the text of a statement once for each kind of database. From its second use on the
text is kept, with the order of its values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
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
        self._pick = picker(compiled.positiontup or ())
        self._has_lists = bool(compiled.post_compile_params)
        self._variants: dict[tuple[int, ...], Variant] = {}
        self.names: tuple[str, ...] = ()  # of the columns it finds, known when it was run
        self.is_plain = all(
            isinstance(column.type.dialect_impl(dialect), PLAIN)
            for column in getattr(statement, "selected_columns", ())
        )

    def fill(self, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """The text for some values, and the values in their order."""
        known = {**self._constants, **values} if self._constants else values
        if not self._has_lists:
            return self._compiled.string, self._pick(known)
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


def picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What takes some values of a mapping, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


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
