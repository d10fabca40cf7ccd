"""A task and its inputs in, its times out: to pytest-benchmark and to the table of ratios.

What earlier tests left in memory is hidden from the garbage collector while a task is timed, or
every collection would go through it. What the task itself makes is collected as in a checkout.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import TypeVar

from pytest_benchmark.fixture import BenchmarkFixture

from bench.ratios import Measurement, Subject

Input = TypeVar("Input")
Output = TypeVar("Output")


def time_each(run: Callable[[Input], object], inputs: Sequence[Input]) -> list[int]:
    """Nanoseconds of one call for each input; what reading the clock takes is in them."""
    clock = time.perf_counter_ns
    times = []
    for one in inputs:
        started = clock()
        run(one)
        times.append(clock() - started)
    return times


def clock_ns(calls: int = 1_000) -> float:
    """What an empty call seems to take: the clock's own time and the call's."""
    return median(time_each(bool, [None] * calls))


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

    def time_calls(
        self,
        subject: Subject,
        run: Callable[[Input], object],
        inputs: Sequence[Input],
        *,
        passes: int,
        group: str,
    ) -> None:
        """Time every call alone, in several passes over the inputs.

        The book gets one time an input, the best of its passes less the clock's own: quantiles are
        over inputs, and what else the machine did for a moment is in none of them.
        """
        seen: list[list[int]] = []
        self.time(
            Subject(f"{subject.task}, all", subject.rules, subject.evaluator),
            lambda ones: seen.append(time_each(run, ones)),
            iter(lambda: inputs, None),
            rounds=passes,
            group=group,
            carts=len(inputs),
        )
        overhead_ns = clock_ns()
        times = [max(min(ones) - overhead_ns, 0) / 1e9 for ones in zip(*seen[1:], strict=True)]
        if times:
            self._book.append(Measurement(subject, times))
