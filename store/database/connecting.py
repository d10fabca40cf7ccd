"""A URL in, connections out: SQLite in one file or in memory, or PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from ..errors import StoreError
from .opening import Files, Memory
from .wire import Wire

BUSY_S = 60  # how long a writer waits for others, before it gives up
CONNECT_S = 10  # how long a server may take to take a connection
CONNECTIONS = 16  # of one process at once
CACHE_KIB = 16_384  # of pages, of each connection to SQLite that needs so much
STATEMENTS = 512  # that SQLite has ready, of each connection
# What a connection to SQLite is told first. What is deleted is overwritten: it may be about people.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    f"cache_size=-{CACHE_KIB}",
)
SCHEMES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def read_url(text: str) -> sa.URL:
    """A URL of a database that is known, its driver filled in. Raises `StoreError`."""
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError("bad_url", "url", got=without_password(text)) from None
    scheme = SCHEMES.get(url.drivername)
    if scheme is None or (
        scheme == "sqlite" and (url.host or (url.query and "uri" not in url.query))
    ):
        raise StoreError("bad_url", "url", got=url.render_as_string())
    return url.set(drivername=scheme)


def without_password(text: object) -> str:
    """What can be shown of a URL that nobody could read."""
    return re.sub(r"//[^/]*@", "//***@", str(text))


def is_memory(url: sa.URL) -> bool:
    """Whether a database of SQLite lives only as long as its connection."""
    named = url.database or ":memory:"
    return ":memory:" in named or url.query.get("mode") == "memory"


def file_of(url: sa.URL) -> Path | None:
    """The file of a database of SQLite; None: it has none, or only SQLite knows."""
    if url.get_backend_name() != "sqlite" or is_memory(url) or "uri" in url.query:
        return None
    return Path(str(url.database))


def open_engine(url: sa.URL, files: Files) -> sa.Engine:
    """Connections as the store wants them, made when they are needed; `files` opens files.

    Raises `StoreError` if the driver of PostgreSQL is not installed.
    """
    if url.get_backend_name() == "postgresql":
        return open_postgresql(url)
    return open_sqlite(url, files)


def open_postgresql(url: sa.URL) -> sa.Engine:
    """Connections to a server. Nothing waits for a lock for ever."""
    try:
        from psycopg.types.numeric import Int8Dumper

        engine = sa.create_engine(
            url,
            isolation_level="READ COMMITTED",
            paramstyle="format",  # values by their order, as SQLite has them
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=BUSY_S,
            hide_parameters=True,  # in messages: they may be about people
            connect_args={} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_S},
        )
    except ModuleNotFoundError:
        raise StoreError("no_driver", "") from None

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Numbers of any size alike, or every mixture of sizes is a statement of its own.
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = '{BUSY_S}s'")
        connection.autocommit = False

    return engine


def open_sqlite(url: sa.URL, files: Files) -> sa.Engine:
    """Connections to a file, or the one to a database in memory, which ends with the engine."""
    memory = Memory()
    options: dict[str, Any] = {"poolclass": StaticPool}
    if not is_memory(url):
        options = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": BUSY_S}
    engine = sa.create_engine(
        url,
        connect_args={
            "timeout": BUSY_S,
            "check_same_thread": False,
            "cached_statements": STATEMENTS,
        },
        hide_parameters=True,
        **options,
    )
    if is_memory(url):
        sa.event.listen(engine, "do_connect", memory.connect)
        sa.event.listen(engine, "engine_disposed", memory.end)
    else:
        sa.event.listen(engine, "do_connect", files.connect)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        Wire(connection).run(begin_text(connection.get_execution_options()), ())

    return engine


def begin_text(options: Mapping[str, Any]) -> str:
    """What begins a transaction in SQLite; options of a connection that only reads say so."""
    # A writer that began as a reader could find the file changed under it.
    return str(options.get("tallystick_begin", "BEGIN IMMEDIATE"))
