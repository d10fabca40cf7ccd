"""Databases to be killed in: begun once, and copied as often as they are needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ..conftest import run


@pytest.fixture
def copies(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], str]]:
    """Makes copies of the database, which must not be in use."""
    url = sa.make_url(database_url)
    made: list[str] = []

    def copy() -> str:
        name = f"copy_{len(made)}_{Path(str(url.database)).stem}"
        if url.get_backend_name() == "sqlite":
            path = shutil.copy(str(url.database), tmp_path / f"{name}.db")
            made.append(f"sqlite:///{path}")
        else:
            server = request.getfixturevalue("postgresql")
            run(server, f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
            made.append(url.set(database=name).render_as_string(hide_password=False))
        return made[-1]

    yield copy
    for one in made:
        if one.startswith("postgresql"):
            server = request.getfixturevalue("postgresql")
            run(server, f'DROP DATABASE "{sa.make_url(one).database}" WITH (FORCE)')
