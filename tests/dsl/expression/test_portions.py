"""How much a loyalty rule gives or takes, read exactly."""

import pytest

from tallystick.dsl.expression.mistake import LiteralError
from tallystick.dsl.expression.portions import (
    MULTIPLIER_MAX,
    POINTS_MAX,
    RATE_MAX,
    Coins,
    Portion,
    read_cashback_award,
    read_multiplier,
    read_points,
    read_points_award,
    read_stamps,
    read_stamps_award,
)
from tallystick.dsl.kinds import AwardForm
from tallystick.dsl.loyalty import Ratio

USD = Coins("USD", 2)


def refused(code: str, start: int, end: int, text: str, scale: int | None = 0) -> None:
    """An award of points is refused with a code, at a place."""
    with pytest.raises(LiteralError) as caught:
        read_points_award(text, scale, USD)
    assert (caught.value.code, caught.value.start, caught.value.end) == (code, start, end)


@pytest.mark.parametrize(
    ("text", "scale", "points"),
    [
        ("500 points", 0, 500),
        ("500", 0, 500),
        ("1 point", 2, 100),
        ("0.25  points", 2, 25),
        ("5.10", 1, 51),
        ("0", 0, 0),
        ("1000000000000", 0, POINTS_MAX),
        ("100000000", 4, POINTS_MAX),
        ("1.2345", None, 12345),  # nobody knows the scale: any will do
    ],
)
def test_points(text: str, scale: int | None, points: int) -> None:
    assert read_points(text, scale) == points


@pytest.mark.parametrize(
    ("text", "scale", "code"),
    [
        ("", 0, "R183"),
        ("500 Stars", 0, "R183"),
        ("500points", 0, "R183"),
        ("5 USD", 0, "R183"),
        ("0.5", 0, "R184"),
        ("0.00001", 4, "R184"),
        ("-1", 0, "R130"),
        ("1000000000001", 0, "R130"),
        ("100000000.0001", 4, "R130"),
        ("9" * 10_000, 0, "R130"),
    ],
)
def test_what_is_no_number_of_points(text: str, scale: int, code: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_points(text, scale)
    assert caught.value.code == code


def test_nothing_can_be_refused() -> None:
    with pytest.raises(LiteralError) as caught:
        read_points("0.00", 2, 1)
    assert caught.value.code == "R187"


@pytest.mark.parametrize(
    ("text", "scale", "portion"),
    [
        ("100", 0, Portion(AwardForm.FIXED, Ratio(100))),
        ("0.5 points", 1, Portion(AwardForm.FIXED, Ratio(5))),
        ("1 per 1 USD", 0, Portion(AwardForm.RATE, Ratio(1), 100)),
        ("1.5 points per 2 USD", 0, Portion(AwardForm.RATE, Ratio(3, 2), 200)),
        ("1 per 0.01 USD", 2, Portion(AwardForm.RATE, Ratio(100), 1)),
        ("0.000001 per 1 USD", 4, Portion(AwardForm.RATE, Ratio(1, 100), 100)),
        ("100 per unit", 0, Portion(AwardForm.PER_UNIT, Ratio(100))),
        ("0.1 per unit", 0, Portion(AwardForm.PER_UNIT, Ratio(1, 10))),
        ("event.points", 3, Portion(AwardForm.EVENT)),
    ],
)
def test_awards_of_points(text: str, scale: int, portion: Portion) -> None:
    assert read_points_award(text, scale, USD) == portion


def test_what_is_no_award_of_points() -> None:
    refused("R185", 0, 5, "a lot")
    refused("R185", 0, 8, "per unit")
    refused("R120", 6, 9, "1 per USD")
    refused("R121", 6, 7, "1 per 1")
    refused("R122", 8, 11, "1 per 1 EUR")
    refused("R123", 6, 11, "1 per 1.001 USD")
    refused("R187", 6, 11, "1 per 0 USD")
    refused("R187", 0, 1, "0 per 1 USD")
    refused("R187", 0, 1, "0")
    refused("R130", 0, 2, "-1 per 1 USD")
    refused("R130", 0, 10, f"{RATE_MAX + 1} per unit")
    refused("R132", 0, 9, "0.0000001 per unit")
    refused("R184", 0, 3, "0.5 points")


@pytest.mark.parametrize(
    ("text", "portion"),
    [
        ("3%", Portion(AwardForm.RATE, Ratio(3, 100))),
        ("0.0625 %", Portion(AwardForm.RATE, Ratio(1, 1600))),
        ("5 USD", Portion(AwardForm.FIXED, Ratio(500))),
        ("tier", Portion(AwardForm.TIER)),
    ],
)
def test_awards_of_cashback(text: str, portion: Portion) -> None:
    assert read_cashback_award(text, USD) == portion


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5", "R121"),
        ("5 EUR", "R122"),
        ("0%", "R187"),
        ("0.00 USD", "R187"),
        ("101%", "R128"),
        ("teir", "R185"),
        ("1 USD per 100 USD", "R120"),
    ],
)
def test_what_is_no_award_of_cashback(text: str, code: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_cashback_award(text, USD)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "portion"),
    [
        ("1", Portion(AwardForm.FIXED, Ratio(1))),
        ("2 stamps", Portion(AwardForm.FIXED, Ratio(2))),
        ("1 per unit", Portion(AwardForm.PER_UNIT, Ratio(1))),
        ("1 stamp per 10 USD", Portion(AwardForm.STEPS, Ratio(1), 1000)),
    ],
)
def test_awards_of_stamps(text: str, portion: Portion) -> None:
    assert read_stamps_award(text, USD) == portion


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("one", "R185"),
        ("1.5", "R129"),
        ("1.5 per unit", "R129"),
        ("0 stamps", "R187"),
        ("-1", "R130"),
        ("1 per 0 USD", "R187"),
        ("1 per apple", "R120"),
    ],
)
def test_what_is_no_award_of_stamps(text: str, code: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_stamps_award(text, USD)
    assert caught.value.code == code


def test_stamps() -> None:
    assert [read_stamps(text) for text in ("0", "1 stamp", "12 stamps")] == [0, 1, 12]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("2", Ratio(2)), ("1.25", Ratio(5, 4)), ("0.000001", Ratio(1, 10**6)), ("1000", Ratio(1000))],
)
def test_multipliers(text: str, ratio: Ratio) -> None:
    assert read_multiplier(text) == ratio


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "R187"),
        ("-1", "R130"),
        (f"{MULTIPLIER_MAX}.000001", "R130"),
        ("1.0000001", "R132"),
        ("2x", "R131"),
        ("50%", "R131"),
    ],
)
def test_what_is_no_multiplier(text: str, code: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_multiplier(text)
    assert caught.value.code == code


def test_an_unknown_currency_is_told_once_and_elsewhere() -> None:
    assert read_points_award("1 per 5 GBP", 0, Coins("", 2)) == Portion(
        AwardForm.RATE, Ratio(1), 500
    )
