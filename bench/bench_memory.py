"""Rule sets in, the bytes a promotion takes in their plans out; and the time to make an engine."""

from dataclasses import fields
from itertools import repeat

import numpy as np
import pytest

from bench.ratios import Measurement, Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch
from tallystick import Engine
from tallystick.engine.kernel.directory import directory_of
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import Plan
from tallystick.engine.plan.symbols import SymbolTable

SIZES = (1_000, 10_000)


# What is walked for every cart, whatever matches: the index with its directory, its gates and the
# texts it knows.
HOT = (
    *("line_lists", "cart_lists", "cart_slots", "scales"),
    *("symbols", "channels", "post_starts", "posts", "always"),
    *("badges", "badge_bits", "slices", "levels"),
)


def sizes_of(plan: Plan) -> dict[str, int]:
    """The bytes of each part of a plan that the kernel reads."""
    symbols = plan.symbols
    assert isinstance(symbols, SymbolTable)
    found = {"symbols": len(symbols.texts) + symbols.starts.nbytes}
    directory = directory_of(plan)
    for part in (plan, directory):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                found[field.name] = value.nbytes
    scales = (directory.slices, directory.levels)
    found["scales"] = sum(scale.marks.nbytes + scale.steps.nbytes for scale in scales)
    return found


@pytest.mark.parametrize("rules", SIZES)
def test_engine(stopwatch: Stopwatch, stock: Stock, book: list[Measurement], rules: int) -> None:
    """A rule set to an engine, and what its plan weighs."""
    ruleset = stock.ruleset(rules)
    sizes = sizes_of(lower(ruleset))
    hot_bytes, all_bytes = sum(sizes[name] for name in HOT), sum(sizes.values())
    book.append(Measurement(Subject("memory, hot", rules), [hot_bytes / rules]))
    book.append(Measurement(Subject("memory, all", rules), [all_bytes / rules]))
    stopwatch.time(
        Subject("engine", rules), Engine, repeat(ruleset), rounds=2, group="rule set to engine"
    )
