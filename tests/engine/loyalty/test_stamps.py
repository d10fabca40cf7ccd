"""Stamp cards: what is open, what is shown, and what cannot be had back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.engine.loyalty.stamps import card_state


@pytest.mark.parametrize(
    ("stamps", "used", "size", "wanted"),
    [
        (0, 0, 10, (0, 0, 0)),
        (9, 0, 10, (0, 9, 0)),
        (10, 0, 10, (1, 0, 0)),
        (25, 0, 10, (2, 5, 0)),
        (25, 1, 10, (1, 5, 0)),
        (25, 2, 10, (0, 5, 0)),
        (19, 2, 10, (0, 0, 1)),  # a used reward of a card that is no longer full
        (21, 2, 10, (0, 1, 0)),
        (0, 2, 10, (0, 0, 20)),
        (7, 3, 1, (4, 0, 0)),
    ],
)
def test_a_card(stamps: int, used: int, size: int, wanted: tuple[int, int, int]) -> None:
    assert card_state(stamps, used, size) == wanted


@given(st.integers(0, 200), st.integers(0, 20), st.integers(1, 12))
def test_every_stamp_is_somewhere(stamps: int, used: int, size: int) -> None:
    state = card_state(stamps, used, size)
    assert stamps == size * (used + state.open) + state.shown - state.unrecoverable
    assert min(state) >= 0 and state.shown < size
