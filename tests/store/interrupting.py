"""Numbers of steps in, an interrupt at each of them out: what work is broken off with, everywhere.

Steps are the lines of the database layer, or (`Calls`) the beginnings and ends of its calls and of
those of the libraries below it. The interpreter looks for signals there, and when it jumps back; so
one cannot arrive at a `try:`, or between the last line of a `with` and what it does at its end.
"""

from __future__ import annotations

import inspect
import sys
from dis import opmap
from linecache import getline
from pathlib import Path
from types import FrameType
from typing import Any, Self

from tallystick.store.database import database as module

FOLDER = str(Path(module.__file__).resolve().parent)
BELOW = ("/sqlalchemy/", "/psycopg/")
NOP = opmap["NOP"]  # a `try:` by itself


class Lines:
    """Interrupts at some of the lines that are run, counted from 1, as long as it is entered."""

    def __init__(self, *deadly: int) -> None:
        self._deadly = deadly
        self._steps = 0
        self._begun: set[tuple[FrameType, int]] = set()
        self.places: list[str] = []  # where it did

    def __enter__(self) -> Self:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self._begun.clear()

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        """Called by the interpreter."""
        if not frame.f_code.co_filename.startswith(FOLDER):
            return None
        if event == "line" and not self._is_safe(frame):
            self._step(frame)
        return self._trace

    def _is_safe(self, frame: FrameType) -> bool:
        """Whether this is a `try:`, or the line of a `with` that is at its end."""
        if frame.f_code.co_code[frame.f_lasti] == NOP:
            return True
        if "with " not in getline(frame.f_code.co_filename, frame.f_lineno):
            return False
        place = (frame, frame.f_lineno)
        is_begun = place in self._begun
        self._begun.add(place)
        return is_begun

    def _step(self, frame: FrameType) -> None:
        """One more."""
        self._steps += 1
        if self._steps in self._deadly:
            self.places.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
            raise KeyboardInterrupt


class Calls(Lines):
    """The same for calls."""

    def __enter__(self) -> Self:
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _profile(self, frame: FrameType, event: str, _: object) -> None:
        """Called by the interpreter. A generator that only pauses is no end."""
        code = frame.f_code
        is_pause = event == "return" and code.co_flags & inspect.CO_GENERATOR
        if event == "c_call" or is_pause:
            return
        if any(part in code.co_filename for part in (FOLDER, *BELOW)):
            self._step(frame)
