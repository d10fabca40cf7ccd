"""Where new ids and the time come from, unless somebody brings their own."""

import time

from uuid_utils.compat import uuid7


def new_id() -> str:
    """An id that was never there before; later ones sort behind."""
    return uuid7().hex


def now_us() -> int:
    """The time, in microseconds since 1970 UTC."""
    return time.time_ns() // 1000
