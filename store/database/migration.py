"""A database in, its schema out: made, brought up to date, or found wanting."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ..errors import StoreError
from .database import Database

FOLDER = Path(__file__).resolve().parents[1] / "migrations"


def config_of(connection: sa.Connection | None = None) -> Config:
    """What Alembic needs to know; nothing stands in a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The schema of this version."""
    head = ScriptDirectory.from_config(config_of()).get_current_head()
    assert head is not None
    return head


def schema_of(database: Database) -> str | None:
    """The schema a database has; None for none."""
    return database.read(lambda one: MigrationContext.configure(one).get_current_revision())


def migrate(database: Database, revision: str = "head") -> None:
    """Bring a database to a schema, all of it or not at all; tables are made where none are."""
    database.write(lambda one: command.upgrade(config_of(one), revision))


def check_schema(database: Database) -> None:
    """Raise `StoreError` unless a database has the schema of this version."""
    found, expected = schema_of(database), newest()
    if found is None:
        raise StoreError("not_a_store", "", got=database.url.render_as_string())
    if found < expected:
        raise StoreError("old_schema", "", got=found, expected=expected)
    if found > expected:
        raise StoreError("new_schema", "", got=found)
