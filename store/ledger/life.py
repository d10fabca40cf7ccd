"""Terms and instants in, the life of a lot out: from when it counts, and when it is gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...dsl.kinds import ExpireRound
from ...dsl.loyalty import Duration, Program
from ...engine.loyalty.days import activation_of, add, day_of, end_of, expiry_of
from ..schema.frame import NEVER_US
from .account import POINTS
from .lot import Lot
from .slide import Slide
from .terms import Terms


class Life(NamedTuple):
    """The instants of a lot; NEVER_US: not known yet, or never."""

    activates_at_us: int
    expires_at_us: int
    waits_for: str = ""


def life_of(program: Program, unit: str, earned_at_us: int, has_order: bool) -> Life:
    """The life of what is earned at an instant; what is not points counts at once, and for ever.

    Points that come without an order wait for no state of it: they are counted from the earn.
    """
    points = program.points
    if unit != POINTS:
        return Life(earned_at_us, NEVER_US)
    zone = ZoneInfo(program.timezone)
    waits_for = points.activate_on if has_order else None
    active_us = activation_of(points, earned_at_us, zone, None if waits_for else earned_at_us)
    if active_us is None:
        return Life(NEVER_US, NEVER_US, waits_for or "")
    expires_us = expiry_of(points, earned_at_us, active_us, zone)
    return Life(active_us, NEVER_US if expires_us is None else expires_us)


NO_TIME = Duration()
DAYS_MAX = 1_000  # kept at once


class Lives:
    """The lives of what is earned, worked out once for all that is earned on one day.

    With `expire_round: none` ends have the time of day, and each has its own. Safe to share between
    threads.
    """

    def __init__(self) -> None:
        self._days: dict[tuple[int, int], tuple[Program, Life]] = {}
        self._last: tuple[Program, str, int, bool, Life] | None = None

    def of(self, program: Program, unit: str, earned_at_us: int, has_order: bool) -> Life:
        """The life of what is earned at an instant; see `life_of`."""
        last = self._last  # in a batch they are all of one instant
        if last is not None and last[0] is program and last[1:4] == (unit, earned_at_us, has_order):
            return last[4]
        life = self._of_day(program, unit, earned_at_us, has_order)
        self._last = (program, unit, earned_at_us, has_order, life)
        return life

    def _of_day(self, program: Program, unit: str, earned_at_us: int, has_order: bool) -> Life:
        """The same, from what is known of the day."""
        points = program.points
        waits = has_order and points.activate_on is not None
        if unit != POINTS or waits or points.expire_round is ExpireRound.NONE:
            return life_of(program, unit, earned_at_us, has_order)
        key = id(program), day_of(earned_at_us, ZoneInfo(program.timezone))
        found = self._days.get(key)
        if found is None:
            found = program, life_of(program, unit, earned_at_us, has_order)
            if len(self._days) >= DAYS_MAX:
                self._days.clear()
            self._days[key] = found  # with the program, so that nothing else gets its id
        _, life = found
        if points.activate_after is not None and points.activate_after != NO_TIME:
            return life
        return Life(earned_at_us, life.expires_at_us)


lives = Lives()  # of all that is earned here: terms never change, only which of them hold


def activated(program: Program, earned_at_us: int, reached_at_us: int) -> Life:
    """The life of points whose order came into the state they waited for."""
    zone = ZoneInfo(program.timezone)
    active_us = activation_of(program.points, earned_at_us, zone, reached_at_us)
    assert active_us is not None
    expires_us = expiry_of(program.points, earned_at_us, active_us, zone)
    return Life(active_us, NEVER_US if expires_us is None else expires_us)


def pause_at(pauses: Sequence[tuple[int, int]], at_us: int) -> tuple[int, int] | None:
    """The pause in which an instant falls."""
    index = bisect_right(pauses, at_us, key=lambda pause: pause[0]) - 1
    if index < 0 or at_us >= pauses[index][1]:
        return None
    return pauses[index]


class Calendar:
    """What pauses of a program do to the end of its lots."""

    def __init__(self, terms: Terms, program: str) -> None:
        self.pauses = terms.pauses(program) if program else ()
        self._terms = terms
        self._program = program

    def is_over(self, expires_at_us: int, at_us: int) -> bool:
        """Whether a lot with this end is gone; in a pause nothing lapses."""
        if expires_at_us > at_us:
            return False
        pause = pause_at(self.pauses, expires_at_us)
        return pause is None or pause[1] <= at_us

    def put_off(self, expires_at_us: int, at_us: int) -> int:
        """The end of a lot, as an instant knows it: later, if a pause came in between."""
        while True:
            pause = pause_at(self.pauses, expires_at_us)
            if pause is None or pause[1] > at_us:
                return expires_at_us
            expires_at_us = self.grace_of(pause[1])

    def grace_of(self, resumed_at_us: int) -> int:
        """When lots are gone that were due in a pause which ended at an instant."""
        program = self._terms.program(self._program, resumed_at_us) or Program(id=self._program)
        zone = ZoneInfo(program.timezone)
        return end_of(add(day_of(resumed_at_us, zone), program.resume_grace), zone)

    def end_of_lot(self, lot: Lot, first_us: int, slides: Iterable[Slide], at_us: int) -> int:
        """The end of a lot that began with `first_us`, after all slides that still hold."""
        expires_us = first_us
        for slide in slides:
            if slide.entry <= lot.entry:
                continue
            expires_us = self.put_off(expires_us, slide.at_us)
            if not self.is_over(expires_us, slide.at_us):
                expires_us = max(expires_us, slide.expires_at_us)
        return self.put_off(expires_us, at_us)
