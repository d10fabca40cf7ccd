"""Unusual carts and rules in, the time until their result lines are there out.

Each workload is checked before it is timed: kernel and reference give the same bytes on its first
carts. Its times stand beside the time of decoding its own lines. Long carts are timed by the line.
"""

from collections.abc import Iterator
from itertools import repeat

import orjson
import pytest

from bench.faces import join_lines, price_lines
from bench.ratios import Subject
from bench.stopwatch import Stopwatch
from bench.variants import (
    EARNING,
    LINE_COUNTS,
    RULES,
    WRITERS,
    Variant,
    make_variants,
    real_baskets,
)
from tallystick import Engine

BY_CART = (*WRITERS, EARNING)
NAMES = (*(f"{count} lines a cart" for count in LINE_COUNTS), *BY_CART)
CHECKED = 5  # carts priced by the reference too


@pytest.fixture(scope="module")
def variants() -> Iterator[dict[str, Variant]]:
    """All workloads, by name."""
    yield {variant.name: variant for variant in make_variants()}


def time_variant(stopwatch: Stopwatch, variant: Variant, parts: int) -> None:
    """Check a workload, then time it; `parts` is what the time is divided by."""
    kernel, reference = Engine(variant.ruleset), Engine(variant.ruleset, "reference")
    for line in variant.lines[:CHECKED]:
        assert kernel.quote(line).to_json() == reference.quote(line).to_json()
    results = stopwatch.time(
        Subject(variant.name, RULES, "kernel"),
        lambda block: price_lines(kernel, block),
        repeat(join_lines(variant.lines)),
        rounds=20,
        group=variant.name,
        carts=parts,
    )
    assert results.count(b"\n") == len(variant.lines)


def time_decoding(stopwatch: Stopwatch, variant: Variant) -> None:
    """The yardstick of a workload."""
    stopwatch.time(
        Subject(f"u, {variant.name}", RULES),
        lambda lines: [orjson.loads(line) for line in lines],
        repeat(variant.lines),
        rounds=50,
        group=variant.name,
        carts=len(variant.lines),
    )


@pytest.mark.parametrize("name", NAMES)
def test_variant(stopwatch: Stopwatch, variants: dict[str, Variant], name: str) -> None:
    """One workload; those of a fixed length by the line of a cart."""
    variant = variants[name]
    lengths = [len(orjson.loads(line)["lines"]) for line in variant.lines]
    by_line = name not in BY_CART
    time_variant(stopwatch, variant, sum(lengths) if by_line else len(variant.lines))


@pytest.mark.benchmark(disable_gc=True)
@pytest.mark.parametrize("name", BY_CART)
def test_decoding(stopwatch: Stopwatch, variants: dict[str, Variant], name: str) -> None:
    """What decoding the lines of a workload takes."""
    time_decoding(stopwatch, variants[name])


@pytest.mark.benchmark(disable_gc=True)
@pytest.mark.parametrize("is_pricing", [False, True], ids=["decoding", "pricing"])
def test_real_baskets(stopwatch: Stopwatch, is_pricing: bool) -> None:
    """Real baskets under the rules of the demo."""
    variant = real_baskets()
    if variant is None:
        pytest.skip("the extra `demo` is not installed")
    if is_pricing:
        time_variant(stopwatch, variant, len(variant.lines))
    else:
        time_decoding(stopwatch, variant)
