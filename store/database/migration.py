"""A database in, its schema out: made, brought up to date, or found wanting."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ..errors import StoreError
from .connecting import file_of
from .database import Database

FOLDER = Path(__file__).resolve().parents[1] / "migrations"
# Where the schema is noted. A name of our own: others that use Alembic have its usual one.
OPTIONS = {"version_table": "tallystick_schema"}
TURN = "SELECT pg_advisory_xact_lock(7526411801)"  # any number that nobody else uses


def config_of(connection: sa.Connection | None = None) -> Config:
    """What Alembic needs to know; nothing stands in a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["options"] = OPTIONS
    return config


@lru_cache(maxsize=1)
def all_schemas() -> tuple[str, ...]:
    """Every schema there ever was, the oldest first, that of this version last."""
    steps = ScriptDirectory.from_config(config_of()).walk_revisions()
    return tuple(step.revision for step in steps)[::-1]


def newest() -> str:
    """The schema of this version."""
    return all_schemas()[-1]


def schema_in(connection: sa.Connection) -> str | None:
    """The schema noted in a database; None: it holds no store."""
    return MigrationContext.configure(connection, opts=OPTIONS).get_current_revision()


def schema_of(database: Database) -> str | None:
    """The schema a database has; None for none. A file that is missing stays so."""
    file = file_of(database.url)
    if file is not None and not file.exists():
        return None
    return database.read(schema_in)


def migrate(database: Database, revision: str = "head") -> None:
    """Bring a database to a schema, all of it or not at all; tables are made where none are.

    Several may try at once: one does it, and the others find it done. Raises `StoreError` for a
    schema of a later version, and for a database in which somebody else keeps something.
    """

    def upgrade(connection: sa.Connection) -> None:
        if database.dialect == "postgresql":
            connection.exec_driver_sql(TURN)
        found = schema_in(connection)
        if found is None and sa.inspect(connection).get_table_names():
            raise StoreError("not_ours", "", got=database)
        if found is not None and found not in all_schemas():
            raise StoreError("new_schema", "", got=found)
        command.upgrade(config_of(connection), revision)

    database.write(upgrade)


def check_schema(database: Database) -> None:
    """Raise `StoreError` unless a database has the schema of this version."""
    found, expected = schema_of(database), newest()
    if found is None:
        raise StoreError("not_a_store", "", got=database)
    if found not in all_schemas():
        raise StoreError("new_schema", "", got=found)
    if found != expected:
        raise StoreError("old_schema", "", got=found, expected=expected)
