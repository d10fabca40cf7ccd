"""A database in, its log emptied out: so that nothing that was erased is left in it.

SQLite overwrites what is deleted in its file (`secure_delete`), but pages as they were before stay
in the log until that is begun anew. PostgreSQL keeps old rows until it vacuums, and its log as long
as its administrator wants: there is nothing to do for it from here.
"""

import sqlalchemy as sa

from .database import Database


def empty_log(database: Database) -> bool:
    """Bring the log into the file and empty it; False while others still read what it holds."""
    if database.dialect != "sqlite":
        return True
    raw: sa.PoolProxiedConnection = database.engine.raw_connection()
    try:
        is_busy, _, _ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    return not is_busy
