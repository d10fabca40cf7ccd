"""What is given back of lines, and kept: parts, floors, and refunds of more than there was."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.engine.cart.checked import CheckedLine
from tallystick.engine.cart.errors import CartError
from tallystick.engine.loyalty.orders import Refund, RefundLine
from tallystick.engine.loyalty.returned import Returns, given_back, kept


def line(index: int, quantity: int) -> CheckedLine:
    """A line `l1`, `l2`, .. whose products are of no interest."""
    none: frozenset[str] = frozenset()
    return CheckedLine(index, f"l{index + 1}", "A", quantity, 500, 0, 0, none, None, none, {})


LINES = [line(0, 3), line(1, 1), line(2, 2)]
NETS = [1000, 400, 0]


def refund(*lines: dict[str, Any], id: str = "r1") -> Refund:
    return Refund(id=id, lines=[RefundLine(**one) for one in lines])


def parts(*refunds: Refund) -> list[Fraction]:
    returns = Returns(LINES, NETS)
    for index, one in enumerate(refunds):
        returns.add(one, f"refunds[{index}]")
    return returns.parts()


def test_units_and_amounts_are_parts_of_a_line() -> None:
    found = parts(refund({"id": "l1", "units": 1}, {"id": "l2", "amount": 100}))
    assert found == [Fraction(1, 3), Fraction(1, 4), 0]


def test_parts_add_up_over_refunds_and_are_at_most_the_whole() -> None:
    units, amount = refund({"id": "l1", "units": 2}), refund({"id": "l1", "amount": 250})
    assert parts(units, amount) == parts(amount, units) == [Fraction(11, 12), 0, 0]
    assert parts(units, amount, amount) == [1, 0, 0]


def test_of_a_line_that_cost_nothing_an_amount_is_nothing_and_units_are_not() -> None:
    assert parts(refund({"id": "l3", "amount": 70})) == [0, 0, 0]
    assert parts(refund({"id": "l3", "units": 1})) == [0, 0, Fraction(1, 2)]


@pytest.mark.parametrize(
    ("refunds", "code", "path", "message"),
    [
        (
            [refund({"id": "l9", "units": 1})],
            "bad_format",
            "refunds[0].lines[0].id",
            "expected a line of the order, got `l9`",
        ),
        (
            [refund({"id": "l1", "units": 4})],
            "out_of_range",
            "refunds[0].lines[0].units",
            "expected at most 3 units, which are left of the line, got 4",
        ),
        (
            [refund({"id": "l1", "units": 2}), refund({"id": "l1", "units": 2})],
            "out_of_range",
            "refunds[1].lines[0].units",
            "expected at most 1 unit, which is left of the line, got 2",
        ),
        (
            [refund({"id": "l2", "amount": 401})],
            "out_of_range",
            "refunds[0].lines[0].amount",
            "expected at most 400 minor units, which are left of the line, got 401",
        ),
        (
            [refund({"id": "l1", "units": 1}, {"id": "l1", "units": 1})],
            "duplicate_id",
            "refunds[0].lines[1].id",
            "expected an id of its own, got `l1`, which refunds[0].lines[0] has",
        ),
        (
            [refund({"id": "l1"})],
            "one_of",
            "refunds[0].lines[0]",
            "expected exactly one of `units` and `amount`, got none of them",
        ),
        (
            [refund({"id": "l1", "units": 1, "amount": 1})],
            "one_of",
            "refunds[0].lines[0]",
            "expected exactly one of `units` and `amount`, got both",
        ),
    ],
)
def test_what_cannot_be_given_back(
    refunds: list[Refund], code: str, path: str, message: str
) -> None:
    with pytest.raises(CartError) as caught:
        parts(*refunds)
    error = caught.value
    assert (error.code, error.path, error.message) == (code, path, message)


@given(amount=st.integers(0, 10**6), cuts=st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_the_last_part_takes_the_rest(amount: int, cuts: list[int]) -> None:
    whole = sum(cuts)
    steps = [kept(amount, Fraction(sum(cuts[: i + 1]), whole)) for i in range(len(cuts))]
    assert steps == sorted(steps, reverse=True) and steps[-1] == 0
    assert kept(amount, Fraction(0)) == amount


def test_points_come_back_by_what_they_paid() -> None:
    half, third = Fraction(1, 2), Fraction(1, 3)
    shares = [(0, 300), (2, 100)]
    assert given_back(400, shares, [half, half, Fraction(0)]) == 150
    assert given_back(400, shares, [third, half, third]) == 133  # 400 x (100 + 33.33) / 400
    assert given_back(400, shares, [Fraction(1)] * 3) == 400
    assert given_back(400, [], [half, half, half]) == 0
