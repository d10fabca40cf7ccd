"""What carts of tests ask to redeem."""

import pytest

from .clubs import NOTHING, case, codes


def cart(redeem: str, line: str = "") -> str:
    """A test whose cart asks for these redemptions."""
    lines = f"lines: [{{sku: A, quantity: 1, unit_price: 5 USD{line}}}]"
    return f"cart: {{placed_at: 2026-07-10T12:00, {lines}, redeem: {redeem}}}\n{NOTHING}"


def test_every_request() -> None:
    asked = """[{rule: off, times: 3, if_short: clip}, {program: club, points: 1000 points},
      {program: wallet, points: 5.25, if_short: reject}, {program: club, points: max},
      {issued: r1}]"""
    assert case(cart(asked)).cart["redeem"] == [
        {"rule": "off", "times": 3, "if_short": "clip"},
        {"program": "club", "points": 1000},
        {"program": "wallet", "points": 525, "if_short": "reject"},
        {"program": "club", "points": "max"},
        {"issued": "r1"},
    ]


def test_one_request_alone() -> None:
    assert case(cart("{rule: off}")).cart["redeem"] == [{"rule": "off"}]
    assert case(cart("[]")).cart["redeem"] == []


def test_a_line_of_stored_value() -> None:
    lines = case(cart("[]", ", stored_value: true")).cart["lines"]
    assert lines == [{"sku": "A", "quantity": 1, "unit_price": 500, "stored_value": True}]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("{}", ["R305"]),
        ("{rule: off, issued: r1}", ["R305"]),
        ("{rule: fo}", ["R318"]),
        ("{rule: club}", ["R318"]),
        ("{program: off, points: 5}", ["R316"]),
        ("{program: club}", ["R204"]),
        ("{program: club, points: 0}", ["R187"]),
        ("{program: club, points: 0.5}", ["R184"]),
        ("{program: club, points: 5, times: 2}", ["R304"]),
        ("{rule: off, points: 5}", ["R304"]),
        ("{rule: off, times: 0}", ["R130"]),
        ("{issued: r1, times: 1}", ["R304"]),
        ("{rule: off, if_short: cut}", ["R206"]),
        ("off", ["R205"]),
    ],
)
def test_what_is_wrong_with_a_request(asked: str, expected: list[str]) -> None:
    assert codes(cart(asked)) == expected
