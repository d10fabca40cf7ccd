"""Limits under concurrency: never over, and nothing lost, by threads and by processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.pool import Pool

import pytest

from tallystick.store.schema.usage import codes, counters, rewards, stocks, usages
from tallystick.store.tenants import add_tenant

from .rush import WANTS, open_till, recount, rush, rush_by_processes
from .till import Checkout

LIMIT = 20
THREADS, PROCESSES = 32, 4


@pytest.fixture(scope="module")
def processes() -> Iterator[Pool]:
    """Processes that know nothing of this one."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        yield pool


@pytest.fixture
def till(database_url: str) -> Iterator[Checkout]:
    """A checkout with a code that may be used, and a pool that has, as often as there is place."""
    opened = open_till(database_url)
    add_tenant(opened.tenancy)
    opened.coupons.add("leaflet", "SHARED", use_max=LIMIT)
    opened.coupons.generate("gifts", LIMIT)
    yield opened
    opened.tenancy.database.close()


@pytest.mark.parametrize("want", ["promotion", "code", "stock", "reward"])
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_as_many_have_it_as_may(
    till: Checkout, database_url: str, processes: Pool, want: str, kind: str
) -> None:
    if kind == "threads":
        had = rush(till, WANTS[want], THREADS, 1)
    else:
        had = rush_by_processes(processes, database_url, want, PROCESSES, 8)
    assert had == LIMIT
    stand, counted = recount(till)
    assert stand == counted
    if want == "promotion":
        assert stand["scarce", ""] == LIMIT == len(till.rows(usages))
        assert max(stand["scarce", f"customer/c{one}"] for one in (0, 1)) <= 15
    elif want == "code":
        assert stand["", "code/SHARED"] == LIMIT == len(till.rows(usages))
    elif want == "stock":
        assert [row["taken"] for row in till.rows(stocks)] == [LIMIT]
    else:
        given = [row["code"] for row in till.rows(rewards)]
        assert len(set(given)) == LIMIT
        drawn = {row["code"] for row in till.rows(codes) if row["status"] == "issued"}
        assert drawn == {*given}


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_counters_are_what_tokens_say_whatever_happened(
    till: Checkout, database_url: str, processes: Pool, kind: str
) -> None:
    if kind == "threads":
        rush(till, WANTS["anything"], THREADS, 2)
    else:
        rush_by_processes(processes, database_url, "anything", PROCESSES, 12)
    stand, counted = recount(till)
    assert stand == counted
    assert stand.get(("scarce", ""), 0) <= LIMIT and stand.get(("other", ""), 0) <= 9
    assert all(row["used"] >= 0 for row in till.rows(counters))
