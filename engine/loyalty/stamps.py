"""Stamps and used rewards of a card in, what it shows and how many rewards are open out.

Worked example: with 10 stamps for a reward, 23 stamps and one used reward there is one reward open
and 3 stamps are shown. When 4 of them are taken back, 19 are left: the open reward goes, 9 are
shown. With 9 left although one reward was used, none is shown and one stamp cannot be had back.
"""

from typing import NamedTuple


class CardState(NamedTuple):
    """How a card stands."""

    open: int  # rewards that can be used
    shown: int  # stamps on the card
    unrecoverable: int  # stamps that were taken back after their reward was used


def card_state(stamps: int, used: int, size: int) -> CardState:
    """How a card stands with so many net stamps and used rewards.

    >>> card_state(23, 1, 10)
    CardState(open=1, shown=3, unrecoverable=0)
    >>> card_state(9, 1, 10)
    CardState(open=0, shown=0, unrecoverable=1)
    """
    full = stamps // size
    left = stamps - size * max(used, full)
    return CardState(max(0, full - used), max(0, left), max(0, -left))
