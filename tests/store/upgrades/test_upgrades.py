"""Stores of every earlier schema, with data in them, brought up to this one: nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store import Purse
from tallystick.store.audit.verifying import verify
from tallystick.store.database import migration
from tallystick.store.database.database import Database
from tallystick.store.database.migration import all_schemas, check_schema, migrate, schema_of
from tallystick.store.identity import new_id
from tallystick.store.order.records import Placed
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..order.sales import cart
from .recording import load

HERE = Path(__file__).parent
STEP = '''"""A step that only a test knows."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{before}"


def upgrade() -> None:
    """Add a column that says nothing of old rows."""
    op.add_column("members", sa.Column("nickname", sa.Text()))
    op.create_index("members_by_nickname", "members", ["tenant", "nickname"])
    {more}
'''


def shop_of(database: Database) -> Shop:
    """The shop of a recorded store, some days later."""
    clock = Clock()
    clock.now_us += 3 * 86_400_000_000
    return Shop(Tenancy(database, "main", clock, new_id))


def test_every_schema_has_a_recorded_store() -> None:
    assert [path.stem for path in sorted(HERE.glob("*.json"))] == list(all_schemas())


@pytest.mark.parametrize("schema", all_schemas())
def test_a_recorded_store_is_brought_up_and_goes_on(empty_url: str, schema: str) -> None:
    database = Database(empty_url)
    migrate(database, schema)
    recorded = load(HERE / f"{schema}.json", database)
    assert len(recorded) > 20
    migrate(database)
    check_schema(database)
    assert list(verify(database)) == []
    shop = shop_of(database)
    for order in recorded["orders"]["rows"]:
        columns = dict(zip(recorded["orders"]["columns"], order, strict=True))
        assert shop.orders.replay(columns["id"]).is_same, columns["id"]  # type: ignore[union-attr]
    before = shop.ledger.balance(Purse("ana", "club"))
    placed = shop.orders.place(cart("new") | {"placed_at": "2026-07-13T12:00:00Z"})
    assert isinstance(placed, Placed)
    after = shop.ledger.balance(Purse("ana", "club"))
    # 921 of o1 less 50 that were refunded, and 36 of o4; o3 was cancelled.
    assert (before.balance, after.balance) == (907, 917)  # type: ignore[union-attr]
    assert list(verify(database)) == []
    database.close()


@pytest.fixture
def with_a_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of one more step, which can be rewritten."""
    folder = tmp_path / "migrations"
    shutil.copytree(migration.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migration, "FOLDER", folder)
    migration.all_schemas.cache_clear()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    return folder / "versions" / "s9001_step.py"


def test_a_step_more_and_a_step_that_fails(
    empty_url: str, with_a_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that ends in the middle leaves the store as it was."""
    last = sorted(path.stem for path in HERE.glob("*.json"))[-1]
    database = Database(empty_url)
    migrate(database, last)
    load(HERE / f"{last}.json", database)
    with_a_step.write_text(STEP.format(before=last, more='raise ValueError("in the middle")'))
    migration.all_schemas.cache_clear()
    with pytest.raises(ValueError, match="in the middle"):
        migrate(database)
    assert schema_of(database) == last
    assert list(verify(database)) == []
    with_a_step.write_text(STEP.format(before=last, more=""))
    migrate(database)
    assert schema_of(database) == "9001"
    names = {column["name"] for column in sa.inspect(database.engine).get_columns("members")}
    assert "nickname" in names
    assert list(verify(database)) == []  # what is empty changes no seal
    database.close()
    monkeypatch.undo()
    migration.all_schemas.cache_clear()
