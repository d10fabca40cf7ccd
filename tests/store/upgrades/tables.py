"""The tables as the code has them in, what makes them and what a database says of them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from tallystick.store.database.database import Database
from tallystick.store.database.guards import FUNCTION, guards_of
from tallystick.store.schema.catalog import metadata

DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.dialect(),  # type: ignore[no-untyped-call]
}
OURS = "tallystick_schema"  # where Alembic notes the schema
# What PostgreSQL knows of a schema, each row a text.
CATALOG = (
    "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default,"
    " collation_name FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def statements_of(name: str) -> Iterator[str]:
    """What makes all tables and their guards on one kind of database."""
    dialect = DIALECTS[name]
    if name == "postgresql":
        yield FUNCTION.strip()
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
        yield from guards_of(table, name)


def text_of(name: str) -> str:
    """The same as it stands in a file: no empty lines within, one between."""
    return "\n\n".join(tidy(one) for one in statements_of(name)) + "\n"


def tidy(statement: str) -> str:
    """A statement without empty lines, tabs, and spaces at the ends of lines."""
    return re.sub(r"[ \t]*\n\s*", "\n    ", statement).replace("\n    )", "\n)")


def shape_of(database: Database) -> list[str]:
    """Everything a database says of its schema, in one order: one line a thing."""

    def read(connection: sa.Connection) -> list[str]:
        if database.dialect == "sqlite":
            found = connection.exec_driver_sql(
                "SELECT type, name, tbl_name, sql FROM sqlite_master"
            )
            rows = [tuple(row) for row in found]
        else:
            rows = [tuple(row) for query in CATALOG for row in connection.exec_driver_sql(query)]
        return sorted(
            " ".join(str(row).replace("\\n", " ").replace("\\t", " ").split()) for row in rows
        )

    return [line for line in database.read(read) if OURS not in line]
