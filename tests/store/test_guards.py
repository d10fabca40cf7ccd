"""The database itself refuses to change what is written once."""

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.schema.catalog import metadata

KEPT = [table for table in metadata.sorted_tables if table.info["sort"] in ("append", "frozen")]


def fill(database: Database, table: sa.Table) -> None:
    """Write a row of ones."""
    values = {
        column.name: b"1" if isinstance(column.type, sa.LargeBinary) else ONES[text_or_not(column)]
        for column in table.columns
    }
    database.write(lambda one: one.execute(table.insert(), values))


ONES = {True: "1", False: 1}
TWOS = {True: "2", False: 2}


def text_or_not(column: sa.Column[object]) -> bool:
    """Whether a column holds text."""
    return isinstance(column.type, sa.Text)


@pytest.mark.parametrize("table", KEPT, ids=str)
def test_a_row_cannot_be_changed_or_deleted(database: Database, table: sa.Table) -> None:
    fill(database, table)
    free = table.info.get("may_change", ())
    for column in table.columns:
        new = b"2" if isinstance(column.type, sa.LargeBinary) else TWOS[text_or_not(column)]
        change = table.update().values({column.name: new})
        if column.name in free:
            database.write(lambda one, change=change: one.execute(change))  # type: ignore[misc]
        else:
            with pytest.raises(sa.exc.DBAPIError, match="change"):
                database.write(lambda one, change=change: one.execute(change))  # type: ignore[misc]
    with pytest.raises(sa.exc.DBAPIError, match="never deleted"):
        database.write(lambda one: one.execute(table.delete()))
    if database.dialect == "postgresql":
        with pytest.raises(sa.exc.DBAPIError, match="never deleted"):
            database.write(lambda one: one.exec_driver_sql(f"TRUNCATE {table.name}"))
    assert len(database.read(lambda one: one.execute(sa.select(table)).all())) == 1
