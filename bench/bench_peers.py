"""The fastest peer in, the time it needs to say which promotions match a cart out.

Only zen-engine runs here, beside our own numbers, since the table compares the two; everybody else
runs in `make bench-peers`.
"""

from itertools import repeat
from typing import Any

import pytest

from bench.peers.question import demands_of, shelf_of
from bench.ratios import Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch

CARTS = {100: 200, 1_000: 50, 10_000: 10}


@pytest.mark.parametrize("rules", CARTS)
def test_zen(stopwatch: Stopwatch, stock: Stock, carts: list[dict[str, Any]], rules: int) -> None:
    """zen-engine in its best form; its matches are those of our reference."""
    pytest.importorskip("zen", reason="the extra `peers` is not installed")
    from bench.peers.race import check_matches, reference_matches
    from bench.peers.zen_peer import ZenPeer

    demands = demands_of(stock.ruleset(rules))
    shelves = [shelf_of(cart) for cart in carts[: CARTS[rules]]]
    peer = ZenPeer(demands)
    prepared = peer.prepare(shelves)
    few = shelves[:10]
    check_matches(
        "zen-engine", reference_matches(demands, few), peer.read(peer.match(prepared[:10])), few
    )
    stopwatch.time(
        Subject("zen", rules),
        peer.match,
        repeat(prepared),
        rounds=5,
        group="zen-engine, matching alone",
        carts=len(prepared),
    )
