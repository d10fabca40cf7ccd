"""A pool of 100,000 coupon codes in, the time to fill it out: beside the rows alone.

Codes are written in batches, so that checkouts never wait long. The bare rows are written at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.ratios import Measurement, Subject
from bench.stopwatch import Stopwatch
from bench.till import Twin, open_shop
from tallystick.store.usage.coupons import Generated

CODES = 100_000
ROUNDS = 3


def test_generate(stopwatch: Stopwatch, book: list[Measurement], tmp_path: Path) -> None:
    """Codes to a pool."""
    shop = open_shop(f"sqlite:///{tmp_path / 'shop.db'}")
    twin = Twin(shop, tmp_path / "twin.db")
    bare: list[float] = []

    def between() -> Iterator[None]:
        while True:
            started = time.perf_counter()
            twin.catch_up()
            bare.append((time.perf_counter() - started) / CODES)
            yield None

    def generate(_: None) -> None:
        answer = shop.coupons.generate("leaflet", CODES)
        assert isinstance(answer, Generated)

    group = "codes of a pool"
    stopwatch.time(
        Subject("generate codes"), generate, between(), rounds=ROUNDS, group=group, carts=CODES
    )
    if len(bare) > 1:
        book.append(Measurement(Subject("generate codes, bare"), bare[1:]))
    twin.close()
    shop.tenancy.database.close()
