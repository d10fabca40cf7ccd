"""Rounding, shares and spreading: worked numbers, and the laws they never break."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.kinds import Rounding
from tallystick.engine.money import apportion, divide, percent_of, share, spread

AMOUNTS = st.integers(0, 10**13)
WEIGHTS = st.lists(st.integers(0, 10**13) | st.integers(0, 5), max_size=8)


def names(parts: Sequence[object]) -> list[str]:
    """Ids in the order of the parts."""
    return [f"l{i:02}" for i in range(len(parts))]


@pytest.mark.parametrize(
    ("numerator", "expected"),
    [(4, (2, 2, 2, 2)), (5, (3, 2, 2, 3)), (7, (4, 4, 3, 4)), (0, (0, 0, 0, 0))],
)
def test_halves_go_where_the_mode_says(numerator: int, expected: tuple[int, ...]) -> None:
    assert tuple(divide(numerator, 2, mode) for mode in Rounding) == expected


def test_only_up_rounds_a_small_remainder_up() -> None:
    assert [divide(100_001, 100_000, mode) for mode in Rounding] == [1, 1, 1, 2]


def test_an_eighth_of_a_tenth_of_a_percent_is_exact() -> None:
    # 0.0625 % of 80.00 is 0.05 to the cent.
    assert percent_of(8000, 625, Rounding.HALF_UP) == 5


def test_a_percentage_of_the_largest_amount_does_not_overflow() -> None:
    assert percent_of(10**13, 1_000_000, Rounding.DOWN) == 10**13


def test_the_odd_cent_goes_to_the_smallest_id_wherever_it_stands() -> None:
    assert share(100, [1, 1, 1], ["b", "c", "a"]) == [33, 33, 34]


def test_ids_are_compared_by_code_point() -> None:
    assert share(1, [1, 1], ["9", "10"]) == [0, 1]


def test_nothing_to_weigh_gives_zeros() -> None:
    assert share(100, [0, 0], ["a", "b"]) == [0, 0]


def test_a_full_line_passes_its_part_on() -> None:
    assert spread(90, [100, 100, 100], [10, 100, 100], ["a", "b", "c"]) == [10, 40, 40]


def test_filling_one_line_can_fill_the_next() -> None:
    # 60 each would exceed 10; then 85 each exceeds 70; the last takes what it can.
    assert spread(180, [1, 1, 1], [10, 70, 90], ["a", "b", "c"]) == [10, 70, 90]


def test_lines_of_no_weight_take_nothing_even_with_room() -> None:
    assert spread(10, [0, 5], [100, 5], ["a", "b"]) == [0, 5]


@given(AMOUNTS, WEIGHTS)
def test_shares_sum_to_the_total_and_miss_the_exact_share_by_less_than_one(
    total: int, weights: list[int]
) -> None:
    parts = share(total, weights, names(weights))
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total * weight, whole) if whole else Fraction(0)
        assert abs(part - exact) < 1


@given(AMOUNTS, st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10**13)), max_size=8))
def test_a_spread_places_all_there_is_room_for_and_no_part_exceeds_its_cap(
    total: int, lines: list[tuple[int, int]]
) -> None:
    weights = [weight for weight, _ in lines]
    caps = [cap for _, cap in lines]
    parts = spread(total, weights, caps, names(lines))
    assert sum(parts) == min(total, sum(cap for weight, cap in lines if weight))
    assert all(part <= cap for part, cap in zip(parts, caps, strict=True))


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_caps_equal_to_weights_need_one_pass(total: int, weights: list[int]) -> None:
    ids = names(weights)
    placed = min(total, sum(weights))
    assert spread(total, weights, weights, ids) == share(placed, weights, ids)


EXACT = st.lists(st.fractions(0, 10**13), max_size=8)


@given(EXACT, st.sampled_from(Rounding))
def test_what_is_apportioned_sums_to_the_total_and_nothing_moves_by_a_whole_unit(
    amounts: list[Fraction], rounding: Rounding
) -> None:
    exact = sum(amounts, Fraction(0))
    total = divide(exact.numerator, exact.denominator, rounding)
    parts = apportion(total, amounts, names(amounts))
    assert sum(parts) == total
    assert all(abs(part - amount) < 1 for part, amount in zip(parts, amounts, strict=True))


def test_units_left_over_go_to_the_largest_remainders_then_to_the_smaller_ids() -> None:
    halves = [Fraction(3, 2), Fraction(1, 2), Fraction(1, 2), Fraction(9, 10)]
    assert apportion(3, halves, ["c", "b", "a", "z"]) == [1, 0, 1, 1]
    assert apportion(2, halves, ["c", "b", "a", "z"]) == [1, 0, 0, 1]
    assert apportion(0, [], []) == []
