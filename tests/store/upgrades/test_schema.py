"""The schema that migrations make is the one the code has, to the last trigger.

`--update` writes the texts of the newest schema anew, as long as it was not released.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.migrations.texts import FOLDER

from .tables import DIALECTS, shape_of, statements_of, text_of

FIRST = "0001"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_first_schema_is_what_the_code_has(dialect: str, is_update: bool) -> None:
    """Until there is a second one, after which it says what it said."""
    file = FOLDER / f"{FIRST}.{dialect}.sql"
    if is_update:
        file.write_text(text_of(dialect), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text_of(dialect)


def test_migrating_makes_what_the_code_has(empty_url: str, other_empty_url: str) -> None:
    migrated, made = Database(empty_url), Database(other_empty_url)
    migrate(migrated)

    def make(connection: sa.Connection) -> None:
        for statement in statements_of(made.dialect):
            connection.execute(sa.text(statement.replace(":", "\\:")))

    made.write(make)
    found, expected = shape_of(migrated), shape_of(made)
    assert found == expected
    assert len(found) > 100 and any("TRIGGER" in line.upper() for line in found)
    for database in (migrated, made):
        database.close()
