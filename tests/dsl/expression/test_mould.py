"""Tests of taking texts apart into what stays and what varies."""

import pytest

from tallystick.dsl.expression._pieces import take_apart
from tallystick.dsl.expression.mould import is_certain, starts_of


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ('sku == "A1"', ['"A1"']),
        ("sku in ['A', \"b'c\"]", ["'A'", '"b\'c"']),
        ("cart.subtotal >= 150.00 USD", ["150.00"]),
        ("cart.quantity in [1, 2,x]", ["1", "2"]),
        ("cart.subtotal >= 1,500 USD", []),
        ("cart.date >= 2026-01-31", []),
        ("cart.time < 17:30", []),
        ("cart.placed_at < 2026-01-31T09:30+02:00", []),
        ("a1 > -5 and b.c2 < 1.5.6", []),
        ("x == 20% or y < 30 days", ["20", "30"]),
        (r'sku == "a\"b" and x == "c"', ['"b"', '"c"']),
    ],
)
def test_literals_that_end_surely_are_taken_out(text: str, literals: list[str]) -> None:
    mould, found = take_apart(text)
    assert found == literals
    starts = starts_of(mould, found)
    assert [text[at : at + len(x)] for at, x in zip(starts, found, strict=True)] == found
    joined = "".join(stays + x for stays, x in zip(mould, [*found, ""], strict=True))
    assert joined == text


def test_a_quote_that_stays_makes_a_mould_uncertain() -> None:
    assert is_certain(take_apart('sku == "A" and x == 5')[0])
    assert not is_certain(take_apart(r'sku == "a\"b" and x == "c"')[0])
    assert not is_certain(take_apart('sku == "A')[0])
