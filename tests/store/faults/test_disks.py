"""Disks that are full, fail, or may not be written: a clear error, and nothing is lost."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store.acting import look
from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.errors import StoreError
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from ..children import in_child
from ..writing import add, names, tenancy_of

NOBODY = 65_534


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A store of SQLite with one member, in a folder that everybody can get to."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        if folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    made = tmp_path / "shop.db"
    database = Database(f"sqlite:///{made}")
    migrate(database)
    add(tenancy_of(database), "ana")
    database.close()
    yield made
    tmp_path.chmod(0o755)


def code_of_adding(tenancy: Tenancy, external_id: str = "bo") -> list[str]:
    """The code and the words of the error that writing ends with; both empty without one."""
    try:
        add(tenancy, external_id, request=external_id)
    except StoreError as error:
        return [error.code, str(error)]
    return ["", ""]


def names_in(path: Path) -> list[str]:
    """Who is written in a file, read anew."""
    database = Database(f"sqlite:///{path}")
    found = names(tenancy_of(database))
    assert database.read(lambda one: one.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    database.close()
    return found


def test_a_full_database_loses_nothing_and_goes_on_when_there_is_room(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    tenancy = tenancy_of(database)

    def limit(pages: int) -> None:
        # Every connection has its own limit: there is one, as the others were closed.
        database.write(lambda one: one.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

    pages = database.read(lambda one: one.exec_driver_sql("PRAGMA page_count").scalar_one())
    limit(pages)
    written, code, words = ["ana"], "", ""
    while not code:
        name = f"member {len(written)}".ljust(250, ".")
        code, words = code_of_adding(tenancy, name)
        written += [] if code else [name]
    assert code == "full" and str(path) in words and "Make some" in words
    assert names(tenancy) == sorted(written)
    assert code_of_adding(tenancy, name)[0] == "full"  # not once more, half written
    limit(pages + 100)
    assert code_of_adding(tenancy, name) == ["", ""]
    assert names(tenancy) == sorted([*written, name])
    database.close()
    assert names_in(path) == sorted([*written, name])


def test_a_disk_that_takes_no_more_bytes(path: Path) -> None:
    """The limit of a process on the size of files is the nearest thing to a disk that fails."""

    def work() -> list[str]:
        database = Database(f"sqlite:///{path}")
        tenancy = tenancy_of(database)
        assert code_of_adding(tenancy, "cleo") == ["", ""]
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = Path(f"{path}-wal").stat().st_size + 3_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return code_of_adding(tenancy)

    ended = in_child(work)
    assert isinstance(ended.answer, list)
    assert ended.answer[0] == "unsure" and "disk I/O error" in ended.answer[1]
    assert names_in(path) == ["ana", "cleo"]  # and it was not


def as_nobody(path: Path) -> list[str]:
    """What writing says to somebody whom the system does not let."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    return code_of_adding(tenancy_of(Database(f"sqlite:///{path}")))


def test_a_file_that_may_only_be_read(path: Path) -> None:
    path.chmod(0o444)
    answer = in_child(lambda: as_nobody(path)).answer
    assert isinstance(answer, list)
    assert answer[0] in ("read_only", "cannot_open") and str(path) in answer[1]
    path.chmod(0o644)
    assert names_in(path) == ["ana"]


def test_a_folder_in_which_nothing_may_be_made(path: Path) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o555)
    answer = in_child(lambda: as_nobody(path)).answer
    assert isinstance(answer, list)
    assert answer[0] in ("read_only", "cannot_open") and str(path) in answer[1]
    path.parent.chmod(0o755)
    assert names_in(path) == ["ana"]


def test_a_url_that_only_reads(path: Path) -> None:
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert names(tenancy_of(database)) == ["ana"]
    assert code_of_adding(tenancy_of(database))[0] == "read_only"
    database.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no' / 'shop.db'}")
    with pytest.raises(StoreError, match="Is its folder there") as caught:
        migrate(database)
    assert caught.value.code == "cannot_open"
    database.close()


def test_a_server_that_only_reads(postgresql_url: str) -> None:
    """As a standby does."""
    database = Database(postgresql_url)
    tenancy = tenancy_of(database)
    add(tenancy, "ana")
    name = sa.make_url(postgresql_url).database
    change = f'ALTER DATABASE "{name}" SET default_transaction_read_only'
    database.write(lambda one: one.exec_driver_sql(f"{change} = on"))
    database.close()
    assert code_of_adding(tenancy)[0] == "read_only"
    assert names(tenancy) == ["ana"]
    database.close()


def damage_last(path: Path, word: bytes) -> None:
    """Overwrite the page of a table in which a word stands last."""
    content = bytearray(path.read_bytes())
    starts = range(0, len(content), 4096)
    is_of_table = [s for s in starts if content[s] == 13 and word in content[s : s + 4096]]
    content[is_of_table[-1] : is_of_table[-1] + 4096] = b"\xff" * 4096
    path.write_bytes(content)


def test_a_page_that_is_met_behind_the_first_row_is_as_damaged(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    tenancy, query = tenancy_of(database), of_tenant(members)

    def count() -> int:
        return look(tenancy, lambda tx: len(tx.fetch(query)))

    for number in range(60):
        add(tenancy, f"member {number:03}".ljust(250, "."))
    assert [count(), count()] == [61, 61]  # the query is run twice, and its text known
    database.close()
    damage_last(path, b"member 059")
    with pytest.raises(StoreError) as caught:
        count()
    assert caught.value.code == "damaged" and str(path) in str(caught.value)
    database.close()
