"""Carts of another seed than the suites' in, what a compiler learns from out: counts of what ran.

    .venv/bin/python -m bench.train

A build made with TALLYSTICK_PROFILE=collect counts while this runs, and writes the counts down when
it ends; `setup.py` says how they are used. Every way in and out is taken, with few rules and with
many, and with the unusual ones, each about as long as the others.
"""

import sys
from collections.abc import Iterator

import orjson

from tallystick import Engine, Ruleset, load_text

from .arrow import table_of
from .faces import join_lines, price_lines
from .variants import make_variants
from .workload import SIZES, make_lines, make_rules

SEED = 4_242
CARTS = 2_000


def take_all_ways(engine: Engine, lines: list[bytes]) -> None:
    """Price carts in each form that an engine takes."""
    carts = [orjson.loads(line) for line in lines]
    price_lines(engine, join_lines(lines))
    for _ in range(2):
        engine.quote_columns(table_of(carts))
    for source in (*lines, *carts):
        engine.quote(source).to_json()


def workloads(carts: int, sizes: tuple[int, ...]) -> Iterator[tuple[Ruleset, list[bytes]]]:
    """Rule sets, each with carts."""
    lines = make_lines(carts, SEED)
    for rules in sizes:
        yield load_text(make_rules(rules, SEED)), lines
    for variant in make_variants(min(1_000, *sizes[-1:]), carts // 10):
        yield variant.ruleset, variant.lines


def train(carts: int = CARTS, sizes: tuple[int, ...] = SIZES) -> int:
    """Price all workloads; how many carts that were."""
    count = 0
    for ruleset, lines in workloads(carts, sizes):
        take_all_ways(Engine(ruleset), lines)
        count += len(lines)
    return count


if __name__ == "__main__":
    print(f"trained on {train():,} carts", file=sys.stderr)
