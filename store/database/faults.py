"""An error of a database in, what it means to whoever asked out.

Databases and their drivers have many names for the same trouble. Each is brought to one of the
codes of `store.errors`, and three things are told apart: others were in the way, so the same work
may succeed now; the connection was lost; and all else, which trying again does not cure.
"""

import re
import sys

import sqlalchemy as sa

BUSY = "busy"  # others were in the way, and for too long
CUT = "unreachable"  # the connection was lost, or there never was one
DOUBLE = "double"  # others wrote the same key first; what persists is a mistake in the store
DISK = "disk"  # reading or writing failed
NO_STORE = "not_a_store"  # its tables are gone, as those in memory are once it was closed
PASSING = (BUSY, CUT, DOUBLE)  # worth another try

# By the states of PostgreSQL, or the classes they begin with.
STATES = {
    "40001": BUSY,  # could not serialize
    "40P01": BUSY,  # deadlock
    "55P03": BUSY,  # lock not available in time
    "57014": BUSY,  # cancelled: it took too long for the server, or for whoever looks after it
    "53300": BUSY,  # too many connections
    "23505": DOUBLE,
    "57P01": CUT,  # shut down by hand
    "57P02": CUT,  # shut down by a crash
    "57P03": CUT,  # starting up
    "08": CUT,
    "25006": "read_only",
    "42501": "denied",
    "42P01": NO_STORE,
    "28": "denied",
    "53100": "full",
    "58": DISK,
    "XX001": "damaged",
    "XX002": "damaged",
    "22003": "too_large",
    "22021": "bad_text",
    "22P05": "bad_text",  # a character that the encoding of the database lacks
    "54": "too_long",
}
# By the codes of SQLite; the lower byte of the longer ones.
CODES = {
    3: "denied",
    5: BUSY,
    6: BUSY,
    8: "read_only",
    10: DISK,
    11: "damaged",
    13: "full",
    14: "cannot_open",
    18: "too_long",
    23: "denied",
    26: "not_a_database",
    1555: DOUBLE,  # of a primary key
    2067: DOUBLE,  # of another key
}
# What PostgreSQL's own client says, which has no states, when it is worth waiting for the server.
WAITING = re.compile(
    r"refused|starting up|shutting down|too many clients|slots are|time ?out|closed"
)


def fault_of(error: sa.exc.DBAPIError) -> str:
    """The code of an error; empty for one that only a mistake in the store explains."""
    if error.connection_invalidated:
        return CUT
    cause = error.orig
    number = getattr(cause, "sqlite_errorcode", None)
    if number is not None:
        if str(cause).startswith("no such table"):  # the number says no more than that it is wrong
            return NO_STORE
        return CODES.get(number) or CODES.get(number & 0xFF, "")
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return STATES.get(state) or STATES.get(state[:2], "")
    if isinstance(error, sa.exc.DataError):  # the driver did not even send it
        return "bad_text"
    if isinstance(error, sa.exc.OperationalError):
        return CUT if WAITING.search(str(cause)) else "no_connection"
    return ""


def words_of(error: Exception) -> str:
    """What the database said, in one line."""
    return " ".join(str(getattr(error, "orig", error)).split()).rstrip(".?!")


def interrupt_in(error: BaseException | None, before: BaseException | None) -> BaseException | None:
    """The interrupt that an error is, or that led to it since `before` was handled, if one did.

    Whoever cleans up after an interrupt can meet errors, which hide it.
    """
    while error is not None and error is not before and isinstance(error, Exception):
        error = error.__context__
    return None if error is before else error


class Quietly:
    """Work of which no trouble is told. Only an interrupt is, also where it led to an error."""

    def __enter__(self) -> None:
        self._before = sys.exception()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        interrupt = interrupt_in(error, self._before)
        if interrupt is not None and interrupt is not error:
            raise interrupt
        return interrupt is None
