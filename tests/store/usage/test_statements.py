"""How many statements usage takes: as many for fifty promotions as for two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tallystick.dsl.ruleset import Limits
from tallystick.store.usage.checkout import cancel, commit, reserve
from tallystick.store.usage.codes import pools_of
from tallystick.store.usage.counting import uses_of
from tallystick.store.usage.uses import Shopper, Use

from .till import MINUTE_US, Checkout

SHOPPER = Shopper("ana", "acme", "S1", "web", ("gold", "staff"), "2026-07-10", 0)


@contextmanager
def counted(shop: Checkout) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    engine = shop.tenancy.database.engine
    seen: list[str] = []

    def note(_: Any, __: Any, text: str, *___: Any) -> None:
        if not text.startswith(("BEGIN", "COMMIT")):
            seen.append(text)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def uses(promotions: int) -> list[Use]:
    """What a cart uses: so many promotions, each with a code of its own."""
    return [
        Use(f"p{n:02}", Limits(total=9, per_customer=9), (f"C{n}",), (f"C{n}",), 100, "")
        for n in range(promotions)
    ]


def steps(shop: Checkout, promotions: int) -> dict[str, int]:
    """The statements of each step of a cart."""
    wanted = uses(promotions)
    names = [use.promotion for use in wanted]
    codes = [code for use in wanted for code in use.codes]
    order, cart = f"o{promotions}", f"r{promotions}"
    work: dict[str, Any] = {
        "reserve": lambda tx: reserve(tx, cart, wanted, SHOPPER, MINUTE_US),
        "commit": lambda tx: commit(tx, order, wanted, SHOPPER, revenue_minor=1, reservation=cart),
        "order": lambda tx: commit(tx, f"{order}-2", wanted, SHOPPER, revenue_minor=1),
        "cancel": lambda tx: cancel(tx, order),
    }
    found = {}
    for name, one in work.items():
        with counted(shop) as seen:
            assert shop.do(one) is None
        found[name] = len(seen)
    with counted(shop) as seen:
        shop.read(lambda tx: uses_of(tx, names, SHOPPER))
        shop.read(lambda tx: pools_of(tx, codes, SHOPPER))
    return found | {"facts": len(seen)}


def test_statements_are_as_many_whatever_a_cart_uses(shop: Checkout) -> None:
    for use in uses(50):
        shop.coupons.add("leaflet", use.codes[0], use_max=9)
    steps(shop, 50)  # guards are made, and codes handed out
    few, many = steps(shop, 2), steps(shop, 49)
    assert few == many
    assert few["facts"] == 2
    most = {"reserve": 8, "commit": 8, "order": 8, "cancel": 8}
    assert all(few[name] <= number for name, number in most.items()), few
