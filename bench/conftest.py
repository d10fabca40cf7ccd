"""Carts, rule sets and engines of the standard workload out, made once for all suites of a run."""

import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.append(ROOT)

from bench.ratios import Measurement, print_ratios  # noqa: E402
from bench.stock import Stock  # noqa: E402
from bench.stopwatch import Stopwatch  # noqa: E402
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
def stopwatch(benchmark: BenchmarkFixture, request: pytest.FixtureRequest) -> Stopwatch:
    """What times the task of a test."""
    return Stopwatch(benchmark, request.config.stash.setdefault(BOOK, []))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the ratios below the tables of times."""
    book: list[Measurement] = config.stash.get(BOOK, [])
    if table := print_ratios(book):
        terminalreporter.section("ratios seen in this run")
        for line in table:
            terminalreporter.write_line(line)
