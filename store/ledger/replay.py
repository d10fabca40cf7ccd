"""The history of one account in, how it stood at an instant out: past, present or to come.

Rows that were recorded by the instant are added up. From there the account goes on by itself, in
memory, through everything that was due by then: holds time out, points become active and repay what
is owed, points lapse. So it makes no difference whether, or when, a job wrote that down.

INVARIANT: nothing here is shared with what writes these rows. `store.audit` holds the two against
each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from msgspec import json

from ...engine.loyalty.days import add, day_of, end_of
from ..database.pile import Row
from ..schema.frame import NEVER_US
from .history import History
from .terms import Terms

# What the note of a claw-back says of points that it did not take.
NOT_TAKEN = ("lapsed", "written_off")


@dataclass(slots=True)
class LotThen:
    """A lot as it stood. `lapses_at_us` is its expiry, moved by pauses of its program."""

    number: int
    entry: int  # that made it
    points: int
    left: int
    held: int
    lapsed: int
    earned_at_us: int
    activates_at_us: int
    expires_at_us: int
    lapses_at_us: int
    order_id: str
    rule: str

    @property
    def free(self) -> int:
        """What is left and not held."""
        return self.left - self.held


@dataclass(slots=True)
class HoldThen:
    """A hold that was open; `lots` are the points it holds, by lot."""

    id: str
    expires_at_us: int
    lots: dict[int, int]


class Replay:
    """One account on its way through time. `now_us` is the instant at which it stands."""

    def __init__(self, history: History, at_us: int, terms: Terms) -> None:
        self._terms = terms
        self._program = history.account.program
        self._pauses = terms.pauses(self._program) if self._program else ()
        self.balance: int = sum(
            one.points for one in history.entries if one.recorded_at_us <= at_us
        )
        self.deficit = owed_then(history, at_us)
        self.now_us = written_by(history, at_us)
        self.lots = lots_then(history, at_us)
        self.holds = holds_then(history, at_us, self.lots)
        slides = [one for one in history.slides if one.at_us <= at_us < one.undone_at_us]
        for lot in self.lots.values():
            self._slide(lot, slides)

    @property
    def active(self) -> int:
        """Points that count, held or not."""
        return sum(lot.left for lot in self.lots.values() if lot.activates_at_us <= self.now_us)

    @property
    def pending(self) -> int:
        """Points that do not count yet."""
        return sum(lot.left for lot in self.lots.values() if lot.activates_at_us > self.now_us)

    @property
    def held(self) -> int:
        """Points set aside."""
        return sum(lot.held for lot in self.lots.values())

    # The end of lots.

    def _slide(self, lot: LotThen, slides: Sequence[Row]) -> None:
        """Move the end of a lot as far as the slides did that found it alive and still hold."""
        for one in slides:
            if one.entry > lot.entry:
                lot.expires_at_us = self.put_off(lot.expires_at_us, one.at_us)
                if self.put_off(lot.expires_at_us, NEVER_US) > one.at_us:
                    lot.expires_at_us = max(lot.expires_at_us, one.expires_at_us)
        self._know(lot)

    def _know(self, lot: LotThen) -> None:
        """Find out when a lot ends, as far as pauses are over now, and when it will have lapsed."""
        lot.expires_at_us = self.put_off(lot.expires_at_us, self.now_us)
        lot.lapses_at_us = self.put_off(lot.expires_at_us, NEVER_US)

    def put_off(self, ends_at_us: int, by_us: int) -> int:
        """The end of a lot, put off by every pause that it falls in and that is over by then.

        It lapses some time after the pause. With `by_us` as NEVER_US it is when a lot lapses, and
        that is never if a pause goes on for ever.
        """
        for starts_us, resumes_us in self._pauses:
            if starts_us <= ends_at_us < resumes_us <= by_us:
                ends_at_us = self._end_of_grace(resumes_us)
        return ends_at_us

    def _end_of_grace(self, resumes_us: int) -> int:
        """Until when lots live that were due in a pause: through the last day of grace."""
        program = self._terms.program(self._program, resumes_us)
        if resumes_us == NEVER_US or program is None:
            return NEVER_US
        zone = ZoneInfo(program.timezone)
        return end_of(add(day_of(resumes_us, zone), program.resume_grace), zone)

    # What happens by itself.

    def next_due_us(self) -> int:
        """When something happens next, if nobody does anything; `NEVER_US` for nothing.

        Nothing happens at the end of a lot that is held whole: its hold decides.
        """
        due = [hold.expires_at_us for hold in self.holds.values()]
        for lot in self.lots.values():
            if lot.left and lot.activates_at_us > self.now_us:
                due.append(lot.activates_at_us)
            elif lot.free:
                due.append(lot.lapses_at_us)
        return min(due, default=NEVER_US)

    def advance(self, at_us: int) -> None:
        """Go on to an instant, through all that is due by then, in the order of a day boundary."""
        for due_us, lots in sorted(self._agenda(at_us).items()):
            was_us, self.now_us = self.now_us, max(self.now_us, due_us)
            free = self._time_out()
            free += [lot for lot in lots if was_us < lot.activates_at_us <= self.now_us]
            for lot in spending_order(free):
                paid = min(lot.free, self.deficit)
                lot.left -= paid
                self.deficit -= paid
            for lot in (*lots, *free):
                self._lapse(lot)
        self.now_us = max(self.now_us, at_us)
        for lot in self.lots.values():
            self._know(lot)

    def _agenda(self, until_us: int) -> dict[int, list[LotThen]]:
        """The instants at which something is due, and the lots that begin or end then."""
        found: defaultdict[int, list[LotThen]] = defaultdict(list)
        for hold in self.holds.values():
            found[hold.expires_at_us] += []
        for lot in self.lots.values():
            if lot.left and lot.activates_at_us > self.now_us:
                found[lot.activates_at_us].append(lot)
            if lot.left:
                found[max(lot.lapses_at_us, lot.activates_at_us)].append(lot)
        return {
            due_us: lots
            for due_us, lots in found.items()
            if due_us <= until_us and due_us < NEVER_US
        }

    def _time_out(self) -> list[LotThen]:
        """Let holds go whose time is up; the lots in which points came free."""
        freed: list[LotThen] = []
        for hold in list(self.holds.values()):
            if hold.expires_at_us <= self.now_us:
                del self.holds[hold.id]
                for number, points in hold.lots.items():
                    self.lots[number].held -= points
                    freed.append(self.lots[number])
        return freed

    def _lapse(self, lot: LotThen) -> None:
        """Let points go that nobody may spend any more, but for those that are held."""
        if max(lot.lapses_at_us, lot.activates_at_us) <= self.now_us:
            lot.lapsed += lot.free
            self.balance -= lot.free
            lot.left = lot.held


def spending_order(lots: Iterable[LotThen]) -> list[LotThen]:
    """Lots in the order in which they are spent: earliest expiry, earliest earned, first made."""
    return sorted(lots, key=lambda lot: (lot.expires_at_us, lot.earned_at_us, lot.number))


def written_by(history: History, at_us: int) -> int:
    """The last instant by which something of an account was written, up to an instant."""
    instants = [history.account.opened_at_us]
    instants += [one.recorded_at_us for one in history.entries]
    instants += [one.at_us for one in history.allocations]
    instants += [one.created_at_us for one in history.holds]
    instants += [one.closed_at_us for one in history.holds]
    return max((one for one in instants if one <= at_us), default=at_us)


def lots_then(history: History, at_us: int) -> dict[int, LotThen]:
    """The lots that were made up to an instant, with what was left in them."""
    made = {one.seq: one.recorded_at_us for one in history.entries}
    lots = {
        lot.number: LotThen(
            number=lot.number,
            entry=lot.entry,
            points=lot.points,
            left=lot.points,
            held=0,
            lapsed=0,
            earned_at_us=lot.earned_at_us,
            activates_at_us=lot.activates_at_us,
            expires_at_us=lot.first_expires_at_us,
            lapses_at_us=NEVER_US,
            order_id=lot.order_id,
            rule=lot.rule,
        )
        for lot in history.lots
        if made.get(lot.entry, NEVER_US) <= at_us
    }
    for one in history.allocations:
        if one.at_us <= at_us and one.lot in lots:
            lots[one.lot].left -= one.points
            if one.kind == "expire":
                lots[one.lot].lapsed += one.points
    return lots


def owed_then(history: History, at_us: int) -> int:
    """What claw-backs took that was in no lot, less what was repaid since."""
    claws = {one.seq: one.recorded_at_us for one in history.entries if one.undoes == "earn"}
    owed = 0
    for one in history.entries:
        if claws.get(one.seq, NEVER_US) <= at_us:
            owed -= one.points
    for one in history.allocations:
        is_claw = one.kind == "claw" and one.entry in claws
        if one.at_us <= at_us and (is_claw or one.kind == "repay"):
            owed -= one.points
    return owed


def holds_then(history: History, at_us: int, lots: dict[int, LotThen]) -> dict[str, HoldThen]:
    """The holds that were open at an instant, marked in their lots."""
    holds = {
        hold.id: HoldThen(hold.id, hold.expires_at_us, {})
        for hold in history.holds
        if hold.created_at_us <= at_us < hold.closed_at_us
    }
    for part in history.hold_lots:
        if part.hold in holds and part.lot in lots:
            holds[part.hold].lots[part.lot] = part.points
            lots[part.lot].held += part.points
    return holds


def lifetime_then(history: History, at_us: int) -> int:
    """What was ever earned, less what was taken back of it, whether or not it could be had."""
    return sum(earned_by(one) for one in history.entries if one.recorded_at_us <= at_us)


def earned_by(entry: Row) -> int:
    """What was earned by an entry; of a claw-back what it takes back, less than 0."""
    points: int = entry.points
    if entry.kind == "earn":
        return points
    if entry.undoes != "earn":
        return 0
    note: dict[str, int] = json.decode(entry.note) if entry.note else {}
    return points - sum(note.get(name, 0) for name in NOT_TAKEN)
