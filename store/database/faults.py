"""An error of a database in, whether it makes sense to try again out."""

import sqlalchemy as sa

SERIALIZATION = ("40001", "40P01", "55P03")  # could not serialize, deadlock, lock not available
UNIQUE = "23505"


def is_passing(error: sa.exc.DBAPIError) -> bool:
    """Whether somebody else was in the way, and the same work may succeed now."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in (*SERIALIZATION, UNIQUE)
    words = str(error.orig)
    return "database is locked" in words or "UNIQUE constraint failed" in words


def is_cut(error: sa.exc.DBAPIError) -> bool:
    """Whether the connection was lost."""
    return bool(error.connection_invalidated)
