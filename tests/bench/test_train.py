"""A little of the training in, carts priced in all forms out."""

from bench.train import train
from bench.variants import LINE_COUNTS, WRITERS


def test_all_workloads_are_priced() -> None:
    standard, variants = 20 * 2, len(LINE_COUNTS) + len(WRITERS) + 1
    assert train(carts=20, sizes=(10, 20)) >= standard + variants * 2
