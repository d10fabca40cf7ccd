"""How often something failed in, how long it rests before it is tried again out."""

FIRST_PAUSE_US = 5_000_000
PAUSE_US_MAX = 6 * 3_600_000_000


def pause_after(attempts: int) -> int:
    """The pause after so many tries: 5 s, doubled with each, at most 6 hours. No chance is in it.

    >>> [pause_after(number) // 1_000_000 for number in (1, 2, 3, 13, 14, 100)]
    [5, 10, 20, 20480, 21600, 21600]
    """
    return min(FIRST_PAUSE_US << min(attempts - 1, 32), PAUSE_US_MAX)
