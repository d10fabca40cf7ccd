"""A database and a number in, death at that step out: nothing is said, flushed or rolled back.

The steps of work are its statements, each before it is run, and every COMMIT twice: before and
after. A child that is killed at every step in turn has been killed wherever it can matter.
"""

from __future__ import annotations

import os
import signal
from typing import Any

import sqlalchemy as sa

from tallystick.store.database.database import Database


class Trap:
    """Counts the steps of a database, and kills this process at one of them."""

    def __init__(self, database: Database, deadly: int = 0) -> None:
        """Set it; `deadly` 0 kills at no step."""
        self.steps = 0
        self._deadly = deadly
        engine = database.engine
        commit = engine.dialect.do_commit

        def committing(connection: Any) -> None:
            self.step()
            commit(connection)
            self.step()

        @sa.event.listens_for(engine, "before_cursor_execute")
        def executing(*_: object) -> None:
            self.step()

        vars(engine.dialect)["do_commit"] = committing

    def step(self) -> None:
        """One more."""
        self.steps += 1
        if self.steps == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)
