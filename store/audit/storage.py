"""A database file in, what SQLite itself says of it out."""

from __future__ import annotations

from collections.abc import Iterator

from .finding import Finding
from .snapshot import Snapshot


def check_storage(snapshot: Snapshot) -> Iterator[Finding]:
    """Let SQLite look at every page and index. Servers look after their files by themselves."""
    if snapshot.connection.dialect.name != "sqlite":
        return
    for (words,) in snapshot.connection.exec_driver_sql("PRAGMA integrity_check"):
        if words != "ok":
            yield Finding("storage", "", "sqlite", {}, "ok", str(words))
