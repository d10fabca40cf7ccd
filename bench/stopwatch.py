"""A task and its inputs in, its times out: to pytest-benchmark and to the table of ratios.

What earlier tests left in memory is hidden from the garbage collector while a task is timed, or
every collection would go through it. What the task itself makes is collected as in a checkout.
"""

import gc
from collections.abc import Callable, Iterator
from typing import TypeVar

from pytest_benchmark.fixture import BenchmarkFixture

from bench.ratios import Measurement, Subject

Input = TypeVar("Input")
Output = TypeVar("Output")


class Stopwatch:
    """Times one task in one test."""

    def __init__(self, benchmark: BenchmarkFixture, book: list[Measurement]) -> None:
        self._benchmark = benchmark
        self._book = book

    def time(
        self,
        subject: Subject,
        run: Callable[[Input], Output],
        inputs: Iterator[Input],
        *,
        rounds: int,
        group: str,
        carts: int = 1,
        is_warm: bool = True,
    ) -> Output:
        """Run the task on the next input in every round; the output of the last.

        The book gets seconds per cart, of which one input has so many. A warm task has run once
        before it is timed. Tests of one `group` share a table.
        """
        self._benchmark.group = group
        if is_warm:
            run(next(inputs))
        gc.collect()
        gc.freeze()
        try:
            output: Output = self._benchmark.pedantic(  # type: ignore[no-untyped-call]
                run, setup=lambda: ((next(inputs),), {}), rounds=rounds
            )
        finally:
            gc.unfreeze()
        stats = self._benchmark.stats
        if stats is not None:  # None when benchmarks are switched off
            self._book.append(Measurement(subject, [spent / carts for spent in stats.stats.data]))
        return output
