"""Everybody in the roster in, the time each needs a cart out, after all gave the same matches.

    .venv/bin/python -m bench.peers.race --out bench/results/peers.json

A peer that gives another match than the reference on any of its carts is not timed: the race ends
with its name, the cart and both answers. Carts are prepared before the clock runs, in the form
that each likes best; our own engine gets them as a checkout sends them. The best of some rounds
counts, with the garbage collector off, and u is measured beside.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from bench.machine import describe_machine, versions_of
from bench.workload import make_carts, make_lines, make_rules
from tallystick import Engine, load_text

from .peer import Entrant, Peer
from .question import Demand, Shelf, demands_of, print_rules, shelf_of

PACKAGES = (
    *("tallystick", "zen-engine", "rule-engine", "cedarpy", "common-expression-language"),
    *("maykin-json-logic-py", "polars", "duckdb"),
)
CHECKED = 100  # carts on which the reference is asked too, for its own small rule sets
ROUNDS = 15
SPENT_S = 2.0  # no new round of one entrant begins after so long


class WrongMatch(Exception):
    """A peer gave another answer than the reference."""


def best_seconds(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The shortest time of some rounds, the garbage collector off, what was made kept."""
    times: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            started = time.perf_counter()
            kept = run()
            times.append(time.perf_counter() - started)
            del kept
            if sum(times) > SPENT_S:
                break
    finally:
        gc.enable()
    return min(times)


def reference_matches(demands: Sequence[Demand], shelves: Sequence[Shelf]) -> list[list[str]]:
    """The answer that counts: our plain evaluator on the demands as rules."""
    engine = Engine(load_text(print_rules(demands)), "reference")
    results = (engine.quote(dict(shelf.cart)).result for shelf in shelves)
    return [sorted(one.id for one in result.applied_promotions) for result in results]


def check_matches(
    name: str, expected: Sequence[list[str]], got: Sequence[list[str]], shelves: Sequence[Shelf]
) -> None:
    """Raise `WrongMatch` at the first cart on which a peer is wrong."""
    for shelf, right, said in zip(shelves, expected, got, strict=True):
        if right != said:
            raise WrongMatch(f"{name}: cart {shelf.cart['id']} matches {right}, it says {said}")


def time_entrant(
    peer: Peer, name: str, shelves: Sequence[Shelf], expected: Sequence[list[str]]
) -> float:
    """Seconds a cart, once the matches are right."""
    prepared = peer.prepare(shelves)
    answers = peer.read(peer.match(prepared))
    check_matches(name, expected, answers[: len(expected)], shelves[: len(expected)])
    return best_seconds(lambda: peer.match(prepared)) / len(shelves)


def yardstick_seconds(lines: Sequence[bytes]) -> float:
    """u: decoding the line of one cart."""
    return best_seconds(lambda: [orjson.loads(line) for line in lines], 50) / len(lines)


def checked_carts(rules: int) -> int:
    """How many carts the reference is asked about: it looks at every promotion, too."""
    return {10: 200, 100: 200, 1_000: 60, 10_000: 10}[rules]


def race(
    roster: Sequence[Entrant], sizes: Sequence[int], say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row for each entrant and size."""
    shelves = [shelf_of(cart) for cart in make_carts(1_000)]
    lines = make_lines(1_000)
    rows: list[dict[str, Any]] = []
    for rules in sizes:
        demands = demands_of(load_text(make_rules(rules)))
        expected = reference_matches(demands, shelves[: checked_carts(rules)])
        for entrant in roster:
            if rules not in entrant.carts:
                continue
            mine = shelves[: entrant.carts[rules]]
            spent = time_entrant(entrant.enter(demands), entrant.name, mine, expected[: len(mine)])
            u = yardstick_seconds(lines)
            rows.append(
                {"peer": entrant.name, "rules": rules, "us": spent * 1e6, "u": spent / u}
                | {"form": entrant.form}
            )
            say(f"{rules:>7,}  {entrant.name:<16}{spent * 1e6:>12,.2f} us{spent / u:>12,.2f} u")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description="Time everybody who can match promotions.")
    parser.add_argument("--out", type=Path, help="the JSON file to write")
    parser.add_argument("--sizes", type=int, nargs="+", help="promotions (default: all sizes)")
    options = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    try:
        from .roster import ROSTER, SIZES
    except ImportError as error:
        print(f"{error.name} is missing: pip install -e '.[peers]'", file=sys.stderr)
        return 2
    rows = race(ROSTER, options.sizes or SIZES, lambda line: print(line, flush=True))
    if options.out is not None:
        record = {
            "machine": describe_machine(),
            "versions": versions_of(PACKAGES),
            "u_us": round(yardstick_seconds(make_lines(1_000)) * 1e6, 4),
            "rows": rows,
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
