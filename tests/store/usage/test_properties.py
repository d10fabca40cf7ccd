"""Random carts that reserve, order, cancel and let go, against plain lists, on three stores.

One is SQLite with a job that comes by all the time, one PostgreSQL, one SQLite that no job ever
touches. All of them answer what the lists say, and end with the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.dsl.ruleset import Limits
from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.refusals import Refusal
from tallystick.store.schema.usage import codes, counters, tokens, usages
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant
from tallystick.store.usage.checkout import cancel, commit, release, reserve
from tallystick.store.usage.codes import pools_of
from tallystick.store.usage.counting import uses_of
from tallystick.store.usage.settling import settle_usage
from tallystick.store.usage.uses import Shopper, Use

from ..conftest import Clock, Ids, inside, run
from .till import Checkout

LIMITS = {
    "scarce": Limits(total=2),
    "personal": Limits(total=3, per_customer=1),
    "daily": Limits(per_day=2, per_group=1),
    "free": Limits(),
}
CODES = {"ONCE": 1, "TWICE": 2, "OPEN": 0}
TTL_US = 10
DAYS = ("2026-07-10", "2026-07-11")
numbers = count(1)


@dataclass(frozen=True)
class Cart:
    """What one cart uses, and whose it is."""

    promotions: frozenset[str]
    code: str  # empty: none; it opens the first promotion
    member: str
    day: str

    def uses(self) -> list[Use]:
        """Its uses, as the store has them."""
        names = sorted(self.promotions)
        opened = {names[0]: (self.code,)} if names and self.code else {}
        return [
            Use(name, LIMITS[name], opened.get(name, ()), opened.get(name, ()), 1, "")
            for name in names
        ]

    def shopper(self) -> Shopper:
        """Whom it counts for."""
        groups = ("gold",) if self.member == "ana" else ()
        return Shopper(self.member, "", "", "", groups, self.day, 0)

    def places(self, name: str) -> dict[tuple[str, str], int | None]:
        """Where a use of it counts, and what the limit is there."""
        if name in CODES:
            return {(name, "code"): CODES[name] or None}
        limits = LIMITS[name]
        found: dict[tuple[str, str], int | None] = {(name, ""): limits.total}
        found[name, self.day] = limits.per_day
        if self.member:
            found[name, self.member] = limits.per_customer
        if self.member == "ana":
            found[name, "gold"] = limits.per_group
        return found

    def names(self, is_reserving: bool) -> list[str]:
        """What it claims: promotions and codes; what nothing limits is not reserved."""
        names = [*sorted(self.promotions), *([self.code] if self.code and self.promotions else [])]
        return [n for n in names if not is_reserving or any(self.places(n).values())]


@dataclass
class Held:
    """A use that counts, or counted."""

    name: str
    cart: Cart
    owner: str  # a reservation, or an order
    until_us: int | None  # None: committed
    is_over: bool = False

    def counts(self, now_us: int) -> bool:
        """Whether it counts by the clock."""
        return not self.is_over and (self.until_us is None or self.until_us > now_us)


@dataclass
class Oracle:
    """All uses, in a list."""

    uses: list[Held] = field(default_factory=list)

    def used(self, place: tuple[str, str], now_us: int, but_for: str = "") -> int:
        """How many uses count in a place."""
        return sum(
            one.counts(now_us) and place in one.cart.places(one.name)
            for one in self.uses
            if one.until_us is None or not but_for or one.owner != but_for
        )

    def take(self, cart: Cart, reservation: str, now_us: int, order: str = "") -> bool:
        """Reserve or order; False where a limit is in the way."""
        wanted = cart.names(not order)
        mine = [
            one
            for one in self.uses
            if reservation and one.owner == reservation and one.until_us is not None
        ]
        kept = {
            one.name
            for one in mine
            if one.counts(now_us)
            and one.name in wanted
            and set(one.cart.places(one.name)) == set(cart.places(one.name))
        }
        for name in wanted:
            for place, most in cart.places(name).items():
                others = self.used(place, now_us, reservation)
                if name not in kept and most is not None and others + 1 > most:
                    return False
        for one in mine:
            one.is_over = True
        until_us = None if order else now_us + TTL_US
        self.uses += [Held(name, cart, order or reservation, until_us) for name in wanted]
        return True

    def end(self, owner: str, is_order: bool) -> None:
        """Cancel an order, or let go of a reservation."""
        for one in self.uses:
            if one.owner == owner and (one.until_us is None) == is_order:
                one.is_over = True


CARTS = st.builds(
    Cart,
    st.frozensets(st.sampled_from(sorted(LIMITS)), max_size=3),
    st.sampled_from(["", *CODES]),
    st.sampled_from(["", "ana", "bo"]),
    st.sampled_from(DAYS),
)
RESERVATIONS = st.sampled_from(["r1", "r2", "r3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), RESERVATIONS, CARTS),
        st.tuples(st.just("order"), st.one_of(st.just(""), RESERVATIONS), CARTS),
        st.tuples(st.just("release"), RESERVATIONS, st.none()),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 2 * TTL_US), st.none()),
    ),
    max_size=25,
)


class Machine:
    """Three stores and the lists, taken through the same steps."""

    def __init__(self, databases: list[Database]) -> None:
        self.clock = Clock()
        self.oracle = Oracle()
        self.orders: list[str] = []
        tenant = f"t{next(numbers)}"
        self.sides = []
        for database in databases:
            tenancy = Tenancy(database, tenant, self.clock, Ids())
            add_tenant(tenancy)
            self.sides.append(Checkout(tenancy))
        for side in self.sides:
            for name, use_max in CODES.items():
                side.coupons.add("leaflet", name, use_max=use_max)

    def step(self, kind: str, what: Any, cart: Cart | None) -> None:
        """One step on all sides."""
        now_us = self.clock.now_us
        if kind == "wait":
            self.clock.now_us += what
        elif kind == "release":
            self.oracle.end(what, is_order=False)
            self.ask(lambda tx: release(tx, what), True)
        elif kind == "cancel" and what < len(self.orders):
            order = self.orders.pop(what)
            self.oracle.end(order, is_order=True)
            self.ask(lambda tx: cancel(tx, order), True)
        elif kind == "reserve" and cart is not None:
            uses, shopper = cart.uses(), cart.shopper()
            is_taken = self.oracle.take(cart, what, now_us)
            self.ask(lambda tx: reserve(tx, what, uses, shopper, TTL_US), is_taken)
        elif kind == "order" and cart is not None:
            self.order(cart, what, now_us)
        self.sides[0].do(settle_usage)

    def order(self, cart: Cart, reservation: str, now_us: int) -> None:
        """Place an order."""
        order = f"o{next(numbers)}"
        uses, shopper = cart.uses(), cart.shopper()
        is_taken = self.oracle.take(cart, reservation, now_us, order)
        self.orders += [order] if is_taken else []
        self.ask(
            lambda tx: commit(tx, order, uses, shopper, revenue_minor=1, reservation=reservation),
            is_taken,
        )

    def ask(self, work: Any, is_taken: bool) -> None:
        """Do something on all sides, and see that they answer what the lists say."""
        for side in self.sides:
            declined = side.do(work)
            assert (declined is None) == is_taken, declined
            assert declined is None or declined.refusal is Refusal.LIMIT_REACHED

    def check_facts(self, cart: Cart, reservation: str) -> None:
        """Facts say what the lists say."""
        shopper, now_us = cart.shopper(), self.clock.now_us
        usable = {
            code
            for code, most in CODES.items()
            if not most or self.oracle.used((code, "code"), now_us, reservation) < most
        }
        for side in self.sides:
            uses = side.read(lambda tx: uses_of(tx, LIMITS, shopper, reservation))
            for name in LIMITS:
                told = uses.get(name, {})
                used = {"": told.get("total", 0), cart.day: told.get("day", 0)}
                if cart.member:
                    used[cart.member] = told.get("customer", 0)
                for place, number in used.items():
                    assert number == self.oracle.used((name, place), now_us, reservation)
            found = side.read(lambda tx: pools_of(tx, CODES, shopper, reservation))
            assert set(found.pools) == usable

    def check_rows(self) -> None:
        """All sides have the same rows, once the job was everywhere; counters are what is used."""
        for side in self.sides:
            side.do(settle_usage)
        first, *others = (
            [side.rows(table) for table in (counters, tokens, usages, codes)] for side in self.sides
        )
        assert all(other == first for other in others)
        for row in first[0]:
            kind, _, name = row["place"].partition("/")
            place = (name, "code") if kind == "code" else (row["promotion"], name)
            assert row["used"] == self.oracle.used(place, self.clock.now_us)


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory, postgresql: str, template: str
) -> Iterator[list[Database]]:
    """Three databases."""
    folder: Path = tmp_path_factory.mktemp("usage")
    name = f"tally_usage_{os.getpid()}"
    run(postgresql, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    urls = (f"sqlite:///{folder / 'eager.db'}", inside(postgresql, name))
    found = [Database(url) for url in (*urls, f"sqlite:///{folder / 'lazy.db'}")]
    for database in found:
        if database.dialect == "sqlite":
            migrate(database)
            sa.event.listen(database.engine, "connect", hurry)
    yield found
    for database in found:
        database.close()
    run(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')


def hurry(connection: Any, _: object) -> None:
    """Do not wait for the disk: nothing is killed here."""
    connection.execute("PRAGMA synchronous=OFF")


@settings(
    max_examples=int(os.environ.get("TALLYSTICK_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, last=CARTS, reservation=st.one_of(st.just(""), RESERVATIONS))
def test_limits_hold_and_all_stores_agree(
    databases: list[Database], steps: list[Any], last: Cart, reservation: str
) -> None:
    machine = Machine(databases)
    for step in steps:
        machine.step(*step)
    machine.check_facts(last, reservation)
    machine.check_rows()
