"""One bit of a file that flips by itself is found, wherever it matters.

`TALLYSTICK_EXAMPLES=N` flips more of them, `TALLYSTICK_SEED=N` others.
"""

from __future__ import annotations

import os
import random
import re
import secrets
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store.audit.verifying import verify
from tallystick.store.database.database import Database
from tallystick.store.errors import StoreError
from tallystick.store.schema.catalog import metadata
from tallystick.store.shop import Shop

from .changes import rows_of, unguard

FLIPS = int(os.environ.get("TALLYSTICK_EXAMPLES", "0")) or 12
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)


def whole_file(database: Database) -> bytes:
    """All of a database in one file: who closes it last leaves nothing beside it."""
    database.close()
    return Path(str(database.url.database)).read_bytes()


def content(database: Database) -> list[object]:
    """All that is in the tables."""
    return [rows_of(database, table) for table in metadata.sorted_tables]


def seal_in(content: list[object]) -> bytes:
    """The seal of some row, as it stands in a file."""
    found = re.search(r"'seal': '([0-9a-f]{64})'", str(content))
    assert found is not None
    return found[1].encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_flipped_bit_changes_nothing_or_is_found(shop: Shop, tmp_path: Path) -> None:
    print(f"seed {SEED}")  # shown where it fails
    expected = content(shop.tenancy.database)
    file = bytearray(whole_file(shop.tenancy.database))
    draw = random.Random(SEED)
    # Most of a small file is empty, where nothing is lost: one flip is in the middle of a row.
    flips = [(file.index(seal_in(expected)) + 7, 1)]
    flips += [(draw.randrange(len(file)), 1 << draw.randrange(8)) for _ in range(FLIPS)]
    for number, (place, bit) in enumerate(flips):
        file[place] ^= bit
        path = tmp_path / f"flipped-{number}.db"
        path.write_bytes(file)
        file[place] ^= bit
        is_found = is_damage_found(f"sqlite:///{path}")
        assert is_found or number, "the flip in a row is not found"
        assert is_found or content(Database(f"sqlite:///{path}")) == expected, (place, bit)


def is_damage_found(url: str) -> bool:
    """Whether something is said of a database; that it cannot be opened is enough."""
    database = Database(url)
    try:
        return bool(list(verify(database)))
    except StoreError:
        return True
    finally:
        database.close()


def test_guards_that_are_gone_are_missed(database: Database) -> None:
    unguard(database)
    missed = {one.expected for one in verify(database) if one.check == "guard"}
    assert {"the trigger entries_no_update", "the trigger orders_no_delete"} <= missed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_guard_that_guards_something_else_is_found(database: Database) -> None:
    other = "CREATE TRIGGER entries_no_update BEFORE UPDATE ON lots BEGIN SELECT 1; END"

    def change(connection: sa.Connection) -> None:
        for statement in ("DROP TRIGGER entries_no_update", other):
            connection.exec_driver_sql(statement)

    database.write(change)
    assert [str(one) for one in verify(database)] == [
        "entries: guard: expected the trigger entries_no_update, found another"
    ]
