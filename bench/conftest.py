"""Carts, rule sets and engines of the standard workload out, made once for all suites of a run."""

import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.append(ROOT)

from bench.compare import WORSE_PERCENT, find_worse  # noqa: E402
from bench.ratios import Board, Measurement  # noqa: E402
from bench.results import last_release, load, record_of, store  # noqa: E402
from bench.stock import Stock  # noqa: E402
from bench.stopwatch import Stopwatch  # noqa: E402
from bench.table import print_plain, print_table  # noqa: E402
from bench.targets import STORE, TABLE  # noqa: E402
from bench.workload import make_carts, make_lines  # noqa: E402

BOOK = pytest.StashKey[list[Measurement]]()


@pytest.fixture(scope="session")
def carts() -> list[dict[str, Any]]:
    """A thousand carts."""
    return make_carts(1_000)


@pytest.fixture(scope="session")
def lines() -> list[bytes]:
    """The same carts as lines of JSON."""
    return make_lines(1_000)


@pytest.fixture(scope="session")
def stock() -> Stock:
    """Rule sets and engines of every size."""
    return Stock()


@pytest.fixture
def book(request: pytest.FixtureRequest) -> list[Measurement]:
    """What the run has measured so far."""
    return request.config.stash.setdefault(BOOK, [])


@pytest.fixture
def stopwatch(benchmark: BenchmarkFixture, book: list[Measurement]) -> Stopwatch:
    """What times the task of a test."""
    return Stopwatch(benchmark, book)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the ratios below the tables of times, store them, and say what got worse."""
    measured: list[Measurement] = config.stash.get(BOOK, [])
    board = Board(measured)
    tables = {
        "ratios seen in this run": print_table(board, TABLE),
        "ratios of a store": print_plain(board, STORE),
    }
    for title, table in tables.items():
        if table:
            terminalreporter.section(title)
        for line in table:
            terminalreporter.write_line(line)
    if not any(tables.values()):
        return
    record = record_of(board, TABLE, STORE)
    store(record)
    if (release := last_release()) is not None:
        terminalreporter.section(f"more than {WORSE_PERCENT} % worse than {release.stem}")
        for change in find_worse(record, load(release), WORSE_PERCENT):
            terminalreporter.write_line(str(change))
