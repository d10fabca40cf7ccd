"""The name of a schema in, its statements run: texts that were written once and never change.

A schema that was released stays as it is in `schemas/`, whatever the tables look like later. What
changes afterwards is a step of its own, with texts or operations of its own, and a store recorded
under the schema before it in `tests/store/upgrades`.
"""

from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).with_name("schemas")


def run_texts(connection: sa.Connection, schema: str) -> None:
    """Run the statements of a schema for this kind of database: those between empty lines."""
    text = (FOLDER / f"{schema}.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        # Drivers that fill in values by % read it so also where there are none.
        is_filled = connection.dialect.paramstyle == "format"
        connection.exec_driver_sql(statement.replace("%", "%%") if is_filled else statement)
