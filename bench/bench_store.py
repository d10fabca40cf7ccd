"""Points given and spent in, the time until they are on disk out: beside the rows alone.

A commit waits for the disk, and disks differ more than anything else here; so a request is timed
beside a bare commit of the rows it has just left, one after the other, on the same disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.ratios import Measurement, Subject
from bench.stopwatch import Stopwatch
from bench.till import Till, Twin, open_shop

ROUNDS = 300
BATCH = 1_000


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A till of a shop whose members have points already."""
    made = Till(open_shop(f"sqlite:///{tmp_path_factory.mktemp('store') / 'shop.db'}"))
    for member, lots in (("ana", 1_000), ("few", 10), ("many", 10_000)):
        made.fill(member, lots)
    made.award_many(names())
    yield made
    made.tenancy.database.close()


@pytest.fixture
def twin(till: Till, tmp_path: Path) -> Iterator[Twin]:
    """A second file with the same rows."""
    made = Twin(till.shop, tmp_path / "twin.db")
    yield made
    made.close()


def names() -> list[str]:
    """A thousand members."""
    return [f"member {number}" for number in range(BATCH)]


def beside(
    stopwatch: Stopwatch,
    book: list[Measurement],
    twin: Twin,
    task: str,
    run: Callable[[None], object],
    rounds: int = ROUNDS,
    awards: int = 1,
) -> None:
    """Time a request, and before each next one a bare commit of the rows it has left."""
    bare: list[float] = []

    def between() -> Iterator[None]:
        while True:
            started = time.perf_counter()
            twin.catch_up()
            bare.append((time.perf_counter() - started) / awards)
            yield None

    group = "requests of a store"
    stopwatch.time(Subject(task), run, between(), rounds=rounds, group=group, carts=awards)
    if len(bare) > 2:
        book.append(Measurement(Subject(f"{task}, bare"), bare[2:]))


@pytest.mark.parametrize("task", ["award", "redeem"])
def test_request(
    stopwatch: Stopwatch, book: list[Measurement], till: Till, twin: Twin, task: str
) -> None:
    """One request, alone in its transaction."""
    run = {"award": lambda _: till.award(), "redeem": lambda _: till.redeem()}[task]
    beside(stopwatch, book, twin, task, run)


@pytest.mark.parametrize("member", ["few", "many"])
def test_redeem_by_lots(stopwatch: Stopwatch, till: Till, member: str) -> None:
    """A point out of ten lots, and out of ten thousand."""
    stopwatch.time(
        Subject(f"redeem, {member} lots"),
        lambda _: till.redeem(member),
        iter(lambda: None, 0),
        rounds=ROUNDS,
        group="redeem by number of lots",
    )


def test_batch(stopwatch: Stopwatch, book: list[Measurement], till: Till, twin: Twin) -> None:
    """A thousand awards in one transaction; its bare commit is of 5,000 rows."""
    members = names()
    run = lambda _: till.award_many(members)  # noqa: E731
    beside(stopwatch, book, twin, "awards, 1,000", run, rounds=10, awards=BATCH)
