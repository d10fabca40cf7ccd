"""A shop with real rows in it is sound, and no value in it can change without being found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tallystick.store.audit.verifying import verify, verify_snapshot
from tallystick.store.database.rows import keys_of
from tallystick.store.database.seal import SEAL
from tallystick.store.refusals import Declined
from tallystick.store.schema.catalog import metadata
from tallystick.store.shop import Shop

from ..order.sales import cart, line, place
from ..shops import publish
from .changes import changed, rows_of, unguard
from .conftest import RULES


def test_a_shop_is_sound(shop: Shop) -> None:
    assert [str(one) for one in verify(shop.tenancy.database)] == []
    assert [str(one) for one in verify(shop.tenancy.database, "main")] == []


@pytest.mark.parametrize(
    "rules",
    [
        RULES.replace("black: {from: 50", "black: {from: 500"),
        RULES.replace("tiers:", "tiers: {levels: {blue: {from: 0}}} #"),
        RULES.replace("tiers:", "timezone: UTC #"),
    ],
)
def test_terms_that_begin_in_the_moment_of_a_booking_are_no_fault(shop: Shop, rules: str) -> None:
    later = {"placed_at": "2026-07-13T12:00:00Z"}
    place(shop, cart("o4", line(price=2500), **later))
    publish(shop.rules, rules)
    assert [str(one) for one in verify(shop.tenancy.database)] == []
    place(shop, cart("o5", **later))
    assert [str(one) for one in verify(shop.tenancy.database)] == []
    shop.jobs.run()
    assert [str(one) for one in verify(shop.tenancy.database)] == []


def test_progress_is_told(shop: Shop) -> None:
    told: list[str] = []
    list(verify(shop.tenancy.database, progress=told.append))
    assert told[0] == "storage" and "seals of entries" in told and "orders" in told


def test_a_value_that_changes_is_found_at_its_row(shop: Shop) -> None:
    """That the seals of all columns are looked at is shown in `test_verifying`."""
    database = shop.tenancy.database
    unguard(database)
    seen = set()
    for table in metadata.sorted_tables:
        for row in rows_of(database, table)[-1:]:
            seen.add(table.name)
            is_sealed = SEAL in row
            for column in [list(row)[-2]] if is_sealed else row:
                check_change(shop, table, row, column)
    assert {"accounts", "entries", "lots", "counters", "stocks", "orders", "papers"} <= seen


def check_change(shop: Shop, table: sa.Table, row: dict[str, object], column: str) -> None:
    """Change a value, and see that it is found."""
    with changed(shop.tenancy.database, table, row, column) as (snapshot, now):
        found = list(verify_snapshot(snapshot))
    keys = [name for name in keys_of(table) if name != "tenant"]
    places = [{name: one[name] for name in keys} for one in (row, now)]
    here = [one for one in found if one.table == table.name and one.key in places]
    assert here, f"{table.name}.{column}: {[str(one) for one in found]}"


def test_what_was_given_back_is_held_against_what_was_taken(shop: Shop) -> None:
    database = shop.tenancy.database
    back = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
    assert not isinstance(shop.orders.refund("o3", back), Declined)
    assert [str(one) for one in verify(database)] == []
    unguard(database)
    database.write(
        lambda one: one.exec_driver_sql("UPDATE entries SET points = -19 WHERE kind = 'redeem'")
    )
    found = [one for one in verify(database) if one.expected == "19 points at most given back"]
    assert [one.found for one in found] == ["20"]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("DELETE FROM allocations WHERE kind = 'spend'", "balance: expected 0 points in its lots"),
        ("UPDATE counters SET used = 1", "count: expected used 2, found used 1"),
        ("DELETE FROM tokens", "count: expected used 0, found used 2"),
        ("UPDATE stocks SET taken = 7", "count: expected taken 1, found taken 7"),
        ("DELETE FROM stocks", "count: expected taken 1, found no row"),
        ("DELETE FROM counters", "count: expected used 2, found no row"),
        ("DELETE FROM placements", "sum: expected the placement"),
        ("DELETE FROM papers", "reference: expected papers, found none"),
        ("DELETE FROM members", "reference: expected a row of members"),
    ],
)
def test_what_is_gone_is_missed(shop: Shop, change: str, finding: str) -> None:
    database = shop.tenancy.database
    unguard(database)
    database.write(lambda one: one.exec_driver_sql(change))
    found = [str(one) for one in verify(database)]
    assert [one for one in found if finding in one], found
