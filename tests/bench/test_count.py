"""Counted instructions in, the verdict out; valgrind itself is not run here."""

import pytest

from bench.count import CARTS, SUBJECTS, TOTAL, judge, per_cart


def test_difference_of_two_stretches_is_what_a_cart_costs() -> None:
    start = [123_456_789]
    stretches = start
    for place, _ in enumerate(SUBJECTS):
        cost = 1_000 * (place + 1)
        fixed = 777_777
        stretches = [*stretches, fixed + cost * CARTS, fixed + 2 * cost * CARTS, 55]
    assert per_cart(stretches) == {
        subject: 1_000 * (place + 1) for place, subject in enumerate(SUBJECTS)
    }


def test_missing_parts_are_said() -> None:
    with pytest.raises(SystemExit, match="callgrind wrote 2 parts"):
        per_cart([1, 2])


@pytest.mark.parametrize(
    ("now", "is_fine"), [(9_000, True), (10_000, True), (10_300, True), (10_301, False)]
)
def test_three_percent_are_fine(now: int, is_fine: bool) -> None:
    assert (judge({"100": 10_000}, {"100": now}) == []) is is_fine


def test_growth_is_said_in_numbers() -> None:
    assert judge({"lines": 10_000}, {"lines": 11_000}) == [
        "lines: 11,000 instructions a cart, 10,000 stored, +10.0 % (at most +3 %)"
    ]
    assert judge({}, {"lines": 5}) == ["lines: 5 instructions a cart, none stored"]


@pytest.mark.parametrize("line", ["totals: 4711", "summary: 4711"])
def test_totals_are_found(line: str) -> None:
    found = TOTAL.search(f"version: 1\n{line}\nfn=x\n")
    assert found is not None and int(found[1]) == 4_711
