"""Digests of rows: every value counts in its place, but for what was added and is empty."""

from __future__ import annotations

import sqlalchemy as sa

from tallystick.store.database.seal import sealer_of

NAMES = ("name", "text", "number")


def seal(*values: object, table: str = "shops", more: tuple[str, ...] = ()) -> str:
    """The digest of a row of a table, which may have got more columns since."""
    columns = [sa.Column(name, sa.Text) for name in (*NAMES, *more, "seal")]
    return sealer_of(sa.Table(table, sa.MetaData(), *columns)).seal(values)


def test_every_value_has_its_place() -> None:
    rows: list[tuple[object, ...]] = [
        ("a", "b", 1),
        ("b", "a", 1),
        ("ab", "", 1),
        ("", "ab", 1),
        ("a", "b", 2),
    ]
    rows += [("a", None, 1), ("a", "null", 1), ("a", "b", None), ('a","b', "b", 1)]
    assert len({seal(*row) for row in rows}) == len(rows)
    assert seal("a", "b", 1) != seal("a", "b", 1, table="other")


def test_a_column_that_was_added_counts_when_it_holds_something() -> None:
    before = seal("a", "b", 1)
    assert seal("a", "b", 1, None, None, more=("note", "color")) == before
    assert seal("a", "b", 1, None, "red", more=("note", "color")) != before
    assert seal("a", "b", 1, "red", None, more=("note", "color")) != before
