"""The schema that migrations make is the one the code has, to the last trigger.

`--update` writes the texts of the first schema anew, and records a store under it, as long as it
was not released.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.migrations.texts import FOLDER

from .recording import record, write
from .tables import DIALECTS, shape_of, statements_of, text_of

FIRST = "0001"
ADVICE = "tables have changed: before the first release `pytest tests/store/upgrades --update`"
HERE = Path(__file__).parent


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_first_schema_is_what_the_code_has(dialect: str, is_update: bool) -> None:
    """Until there is a second one, after which it says what it said."""
    file = FOLDER / f"{FIRST}.{dialect}.sql"
    if is_update:
        file.write_text(text_of(dialect), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text_of(dialect), ADVICE


def test_a_store_is_recorded(tmp_path: Path, is_update: bool) -> None:
    """The recorded store is what the code writes, until there is a second schema."""
    for dialect in DIALECTS if is_update else ():
        (FOLDER / f"{FIRST}.{dialect}.sql").write_text(text_of(dialect), encoding="utf-8")
    file, fresh = HERE / f"{FIRST}.json", tmp_path / "fresh.json"
    write(record(tmp_path / "shop.db"), fresh)
    if is_update:
        shutil.copy(fresh, file)
    assert file.exists() and fresh.stat().st_size > 10_000


def test_migrating_makes_what_the_code_has(empty_url: str, other_empty_url: str) -> None:
    migrated, made = Database(empty_url), Database(other_empty_url)
    migrate(migrated)

    def make(connection: sa.Connection) -> None:
        for statement in statements_of(made.dialect):
            connection.execute(sa.text(statement.replace(":", "\\:")))

    made.write(make)
    found, expected = shape_of(migrated), shape_of(made)
    assert found == expected, ADVICE
    assert len(found) > 100 and any("TRIGGER" in line.upper() for line in found)
    for database in (migrated, made):
        database.close()
