"""Carts, and what the store has of the orders made of them, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tallystick.store.acting import look
from tallystick.store.order.records import Placed
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop

NOW = "2026-07-10T12:00:00Z"


def line(sku: str = "MUG", quantity: int = 1, price: int = 1000, **more: Any) -> dict[str, Any]:
    """A line that is named by its product."""
    return {"id": sku, "sku": sku, "quantity": quantity, "unit_price": price, **more}


def cart(id: str, *lines: dict[str, Any], who: str | None = "ana", **more: Any) -> dict[str, Any]:
    """What somebody buys now: a mug for 10.00, unless lines say otherwise."""
    made = {"id": id, "currency": "EUR", "placed_at": NOW, "lines": list(lines) or [line()]}
    return made | ({"customer": {"id": who}} if who else {}) | more


def place(shop: Shop, *args: Any, **more: Any) -> Placed:
    """Place an order that nothing speaks against."""
    answer = shop.orders.place(*args, **more)
    assert isinstance(answer, Placed), answer
    return answer


def declined(answer: object) -> str:
    """Why something was declined."""
    assert isinstance(answer, Declined), answer
    return answer.refusal.value


def rows(shop: Shop, table: str, *columns: str, **where: Any) -> list[Any]:
    """Some columns of all rows of a table, in order; of one column its values."""
    picked = ", ".join(columns)
    words = " AND ".join(f"{name} = :{name}" for name in where) or "1 = 1"
    query = sa.text(f"SELECT {picked} FROM {table} WHERE {words} ORDER BY {picked}")
    found = look(shop.tenancy, lambda tx: tx.connection.execute(query, where).all())
    return [row[0] if len(columns) == 1 else tuple(row) for row in found]


def balances(shop: Shop) -> dict[tuple[str, str], int]:
    """Every balance that is not 0, by what the shop calls the member and by unit."""
    query = sa.text(
        "SELECT external_id, unit, balance FROM accounts JOIN members ON members.id = member "
        "WHERE balance <> 0"
    )
    found = look(shop.tenancy, lambda tx: tx.connection.execute(query).all())
    return {(row[0], row[1]): row[2] for row in found}


@contextmanager
def statements(shop: Shop) -> Iterator[list[str]]:
    """The statements that are run within, those of begin and commit aside."""
    found: list[str] = []

    def note(_: Any, __: Any, text: str, *rest: Any) -> None:
        if not text.startswith(("BEGIN", "COMMIT")):
            found.append(text)

    engine = shop.tenancy.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)
