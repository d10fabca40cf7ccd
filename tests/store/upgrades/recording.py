"""A store with a bit of everything in, its rows as JSON out; and those rows in a database again.

A recorded store is what an earlier version has left behind. It is loaded under the schema it was
recorded with, by the names of its columns, so it needs nothing of today's tables.
"""

from __future__ import annotations

import base64
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.refusals import Declined
from tallystick.store.schema.catalog import metadata
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant
from tallystick.store.usage.form import CodeForm

from ..conftest import Clock, Ids
from ..order.conftest import RULES
from ..order.sales import cart, line
from ..shops import open_shop

DAY_US = 86_400_000_000
Recorded = dict[str, dict[str, Any]]  # table -> columns and rows


def taken(answer: Any) -> Any:
    """An answer that must not be a refusal."""
    assert not isinstance(answer, Declined), answer
    return answer


def bought(id: str, day: int, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order of a day of July."""
    return cart(id, *lines, **more) | {"placed_at": f"2026-07-{day:02}T12:00:00Z"}


def live(tenancy: Tenancy, clock: Clock) -> Shop:
    """Three days of a shop."""
    shop = open_shop(tenancy, RULES)
    shop.webhooks.add("https://listener.example/events", secret="whsec_" + "A" * 44)
    for name in ("ana", "bo"):
        taken(shop.members.enrol(name, "club", request=f"enrol {name}"))
    shop.coupons.generate("leaflet", 3, CodeForm(length=6), author="eve")
    taken(shop.orders.place(bought("o1", 10, line("MUG", 90), line("COFFEE", 7, 300)), request="1"))
    taken(shop.orders.place(bought("o2", 10, line("MUG", 20), who="bo"), request="2"))
    clock.now_us += DAY_US
    paid = {"program": "club", "points": 300}
    order = bought("o3", 11, line("MUG", 9), coupons=["TENTH"], redeem=[paid])
    taken(shop.orders.place(order, request="3"))
    taken(shop.orders.cancel("o3", request="4"))
    back = {"id": "r1", "lines": [{"id": "MUG", "units": 5}]}
    taken(shop.orders.refund("o1", back, request="5"))
    taken(shop.orders.transition("o2", "fulfilled", request="6"))
    clock.now_us += DAY_US
    taken(shop.orders.place(bought("o4", 12, line("MUG", 4), coupons=["TENTH"]), request="7"))
    taken(shop.orders.reserve(bought("o5", 12, line("MUG", 2), redeem=[paid]), request="8"))
    taken(shop.gift_cards.issue(5_000, "EUR", request="9"))
    shop.jobs.run()
    return shop


def record(path: Path) -> Recorded:
    """Live those days in a new file, and write down its rows."""
    database = Database(f"sqlite:///{path}")
    migrate(database)
    clock, numbers = Clock(), count()
    tenancy = Tenancy(database, "main", clock, Ids())
    add_tenant(tenancy)
    with pytest.MonkeyPatch.context() as patch:
        # What is drawn by lot comes in turn.
        patch.setattr("secrets.choice", lambda signs: signs[next(numbers) % len(signs)])
        live(tenancy, clock)

    def read(connection: sa.Connection) -> Recorded:
        found: Recorded = {}
        for table in metadata.sorted_tables:
            rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            values = [[spell(value) for value in row] for row in rows]
            if values:
                columns = [str(name) for name, _ in table.columns.items()]
                found[str(table.name)] = {"columns": columns, "rows": values}
        return found

    recorded = database.read(read)
    database.close()
    return recorded


def spell(value: object) -> object:
    """A value as JSON can say it."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value


def read_value(value: Any) -> object:
    """The same, read again."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def write(recorded: Recorded, path: Path) -> None:
    """Keep a recorded store, a row a line."""
    lines = []
    for table, held in recorded.items():
        head = msgspec.json.encode(held["columns"]).decode()
        rows = ",\n  ".join(msgspec.json.encode(row).decode() for row in held["rows"])
        lines.append(f'"{table}": {{"columns": {head}, "rows": [\n  {rows}]}}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def load(path: Path, database: Database) -> Recorded:
    """Put a recorded store into a database that has its schema and nothing in it."""
    recorded: Recorded = msgspec.json.decode(path.read_bytes())

    def insert(connection: sa.Connection) -> None:
        for table, held in recorded.items():
            columns = held["columns"]
            marks = ", ".join(f":{name}" for name in columns)
            text = sa.text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})")
            for row in held["rows"]:
                values = [read_value(value) for value in row]
                connection.execute(text, dict(zip(columns, values, strict=True)))

    database.write(insert)
    return recorded
