"""A database in, the guards it lost out: triggers that refuse to change what is kept."""

from __future__ import annotations

from collections.abc import Iterator

from ..database.guards import guards_of
from ..schema.catalog import metadata
from .finding import Finding
from .snapshot import Snapshot

# Of PostgreSQL only the names: it keeps no text.
QUERIES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, '' FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}


def check_guards(snapshot: Snapshot) -> Iterator[Finding]:
    """Look for every trigger of every table."""
    dialect = snapshot.connection.dialect.name
    rows = snapshot.connection.exec_driver_sql(QUERIES[dialect])
    found = {row[0]: row[1] for row in rows}
    for table in metadata.sorted_tables:
        for statement in guards_of(table, dialect):
            name = statement.split()[2]
            is_same = dialect == "postgresql" or found.get(name) == statement
            if name not in found or not is_same:
                words = "another" if name in found else "none"
                yield Finding("guard", "", table.name, {}, f"the trigger {name}", words)
