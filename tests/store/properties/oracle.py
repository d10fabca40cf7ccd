"""What a ledger should do, in plain lists: written from the semantics (4.3), and from nothing else.

Slow and obvious. Instants are microseconds; `NEVER` stands for one that does not come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NEVER = 2**63 - 1


@dataclass(frozen=True)
class Club:
    """The terms of the one program."""

    zone: str = "UTC"
    days: int | None = 30  # how long points live
    rounding: str = "day"  # day, month, none
    is_from_earn: bool = False
    is_sliding: bool = False
    wait_days: int | None = None
    waits_for: str = ""
    deficit: str = "carry"  # carry, write_off, forbid
    deficit_max: int | None = None
    grace_days: int = 30
    levels: tuple[int, ...] = ()  # where tiers begin
    window_days: int | None = None  # None: for ever


@dataclass
class Counted:
    """What counts for tiers, on the day of its earn; negative: taken back."""

    earned: int
    points: int
    since: int  # when it was booked
    lot: Lot  # when that began to count


@dataclass
class Lot:
    """Points that were credited at once."""

    number: int
    entry: int  # that made it
    points: int
    left: int
    earned: int
    starts: int  # NEVER: waits for a state of its order
    ends: int  # as it was given
    waits_for: str = ""
    order: str = ""
    clawed: int = 0
    lapsed: int = 0
    forgiven: int = 0  # of what lapsed, not taken again
    slide: Slide | None = None
    holds: dict[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """What is left and not held."""
        return self.left - sum(self.holds.values())


@dataclass
class Slide:
    """An earn or redeem that moves the lots alive at its instant."""

    entry: int
    at: int
    until: int
    is_undone: bool = False


@dataclass
class Taken:
    """A redemption: what it drew, in order, and what of it is not given back."""

    order: str
    draws: list[list[int]]  # lot number, points
    slide: Slide | None = None


@dataclass
class Hold:
    """Points set aside."""

    name: str
    until: int
    status: str = "held"
    parts: list[tuple[int, int]] = field(default_factory=list)  # lot number, points

    @property
    def points(self) -> int:
        """What it set aside."""
        return sum(points for _, points in self.parts)


class Refused(Exception):
    """What the ledger has to decline, by its reason."""


class Purse:
    """One account."""

    def __init__(self, club: Club, pauses: list[list[int]], now: int) -> None:
        self.club = club
        self.pauses = pauses  # from, until; shared by all purses
        self.now = now
        self.entries: list[tuple[str, int, int]] = []  # kind, points, instant
        self.lots: list[Lot] = []
        self.holds: list[Hold] = []
        self.taken: list[Taken] = []
        self.slides: list[Slide] = []
        self.series: list[Counted] = []
        self.deficit = 0
        self.lifetime = 0

    # What there is.

    @property
    def balance(self) -> int:
        return sum(points for _, points, _ in self.entries)

    @property
    def active(self) -> int:
        return sum(lot.left for lot in self.lots if lot.starts <= self.now)

    @property
    def pending(self) -> int:
        return sum(lot.left for lot in self.lots if lot.starts > self.now)

    @property
    def held(self) -> int:
        return sum(sum(lot.holds.values()) for lot in self.lots)

    @property
    def available(self) -> int:
        return self.active - self.held

    def lot(self, number: int) -> Lot:
        return next(lot for lot in self.lots if lot.number == number)

    # The calendar.

    def midnight(self, day: date) -> int:
        """The first instant of a day."""
        return instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.club.zone)))

    def day(self, at: int) -> date:
        """The day of an instant."""
        return local(at, self.club.zone).date()

    def later(self, at: int, days: int) -> int:
        """The same time of day, some days later."""
        return instant(local(at, self.club.zone) + timedelta(days=days))

    def start_of(self, at: int) -> int:
        """When points that begin to wait at an instant count."""
        if self.club.wait_days is None:
            return at
        return max(at, self.midnight(self.day(at) + timedelta(days=self.club.wait_days)))

    def end_of(self, earned: int, starts: int) -> int:
        """When a lot is gone; who waits for something never expires before it comes."""
        club = self.club
        if club.days is None or starts == NEVER:
            return NEVER
        base = earned if club.is_from_earn else starts
        if club.rounding == "none":
            end = self.later(base, club.days)
        else:
            last = self.day(base) + timedelta(days=club.days)
            if club.rounding == "month":
                last = (last.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            end = self.midnight(last + timedelta(days=1))
        return max(starts, end)

    def expiry(self, lot: Lot) -> int:
        """The end of a lot: moved by slides that still hold, put off by pauses that are over."""
        end = lot.ends
        for slide in self.slides:
            if slide.entry <= lot.entry or slide.is_undone:
                continue
            end = self.put_off(end, slide.at)
            if self.put_off(end, NEVER) > slide.at:
                end = max(end, slide.until)
        return self.put_off(end, self.now)

    def put_off(self, end: int, by: int) -> int:
        """An end that falls in a pause is some days after it, as is known when it is over."""
        for begins, resumes in self.pauses:
            if begins <= end < resumes <= by:
                if resumes == NEVER:
                    return NEVER
                last = self.day(resumes) + timedelta(days=self.club.grace_days)
                end = self.midnight(last + timedelta(days=1))
        return end

    def lapse_of(self, lot: Lot) -> int:
        """When a lot is really gone; not before it began."""
        end = self.put_off(self.expiry(lot), NEVER)
        return end if lot.starts == NEVER else max(end, lot.starts)

    def is_paused(self, at: int | None = None) -> bool:
        at = self.now if at is None else at
        return any(begins <= at < ends for begins, ends in self.pauses)

    # Tiers.

    def worth(self, at: int) -> int:
        """What counts for tiers at an instant."""
        day = self.day(at)
        return sum(
            one.points
            for one in self.series
            if max(one.since, one.lot.starts) <= at
            and (
                self.club.window_days is None
                or day <= self.day(one.earned) + timedelta(days=self.club.window_days)
            )
        )

    def tier(self) -> str:
        """The highest level whose value is there, or was on the day on which it was reached."""
        rank = -1
        for level, least in enumerate(self.club.levels):
            if self.worth(self.now) >= least or self.was_reached_today(least):
                rank = level
        return f"level{rank}" if rank >= 0 else ""

    def was_reached_today(self, least: int) -> bool:
        """Whether the value came up to a level today."""
        begin = self.midnight(self.day(self.now))
        starts = {begin, *(max(one.since, one.lot.starts) for one in self.series)}
        return any(
            begin <= at <= self.now and self.worth(at - 1) < least <= self.worth(at)
            for at in starts
        )

    # Time.

    def settle(self, now: int) -> None:
        """Let everything happen that is due by an instant, one instant after the other."""
        while (due := self.next_due()) <= now and due != NEVER:
            before, self.now = self.now, max(due, self.now)
            came: list[Lot] = []
            for hold in self.holds:
                if hold.status == "held" and hold.until <= self.now:
                    came += self.let_go(hold, "expired")
            came += [lot for lot in self.lots if before < lot.starts <= self.now]
            self.repay(came)
            self.lapse()
        self.now = max(now, self.now)

    def next_due(self) -> int:
        due = [hold.until for hold in self.holds if hold.status == "held"]
        for lot in self.lots:
            if lot.left and lot.starts > self.now:
                due.append(lot.starts)
            elif lot.free:
                due.append(self.lapse_of(lot))
        return min(due, default=NEVER)

    def in_order(self, lots: Iterable[Lot]) -> list[Lot]:
        """Lots in the order of spending."""
        return sorted(lots, key=lambda lot: (self.expiry(lot), lot.earned, lot.number))

    def lapse(self) -> None:
        """An entry for each lot that is over and has something nobody holds."""
        for lot in self.in_order(self.lots):
            if lot.free and lot.starts <= self.now and self.lapse_of(lot) <= self.now:
                points = lot.free
                lot.lapsed += points
                lot.left -= points
                self.write("expire", -points)

    def repay(self, lots: Iterable[Lot]) -> None:
        """What is owed is paid with the first points that come free."""
        for lot in self.in_order(lots):
            paid = min(self.deficit, lot.free) if lot.starts <= self.now else 0
            lot.left -= paid
            self.deficit -= paid

    # What others do.

    def write(self, kind: str, points: int) -> int:
        self.entries.append((kind, points, self.now))
        return len(self.entries)

    def make_lot(self, points: int, earned: int, starts: int, ends: int, order: str = "") -> Lot:
        """A lot of the entry that was just written."""
        entry, number = len(self.entries), len(self.lots) + 1
        self.lots.append(Lot(number, entry, points, points, earned, starts, ends, order=order))
        return self.lots[-1]

    def come_in(self, lots: list[Lot]) -> None:
        """What becomes of new lots at once: they pay what is owed, or are over already."""
        self.repay(lots)
        self.lapse()

    def slide(self, earned: int) -> Slide | None:
        """Have the entry just written move all lots alive to the end of a lot earned then."""
        starts = self.start_of(earned)
        until = self.end_of(earned, starts)
        if not self.club.is_sliding or until == NEVER:
            return None
        self.slides.append(Slide(len(self.entries), self.now, until))
        return self.slides[-1]

    def undo(self, slide: Slide | None) -> None:
        """A slide that holds no more."""
        if slide is not None:
            slide.is_undone = True

    def earn(self, points: int, order: str, late: int = 0) -> None:
        """Points for something that happened so long ago."""
        earned = self.now - late
        if self.is_paused(earned):
            raise Refused("paused")
        waits = self.club.waits_for if order else ""
        starts = NEVER if waits else self.start_of(earned)
        self.write("earn", points)
        self.lifetime += points
        slide = self.slide(earned)
        lot = self.make_lot(points, earned, starts, self.end_of(earned, starts), order)
        lot.waits_for = waits
        lot.slide = slide
        self.series.append(Counted(lot.earned, points, self.now, lot))
        self.come_in([lot])

    def reach(self, order: str, state: str) -> None:
        """The order came into a state for which lots may wait."""
        for lot in self.lots:
            if lot.order == order and lot.waits_for == state and lot.starts == NEVER:
                lot.starts = self.start_of(self.now)
                lot.ends = self.end_of(lot.earned, lot.starts)
                self.repay([lot])
        self.lapse()

    def draw(self, points: int) -> list[list[int]]:
        """Take points out of lots in spend order."""
        drawn = []
        for lot in self.spendable():
            part = min(points, lot.free)
            if part:
                lot.left -= part
                points -= part
                drawn.append([lot.number, part])
        assert points == 0
        return drawn

    def spendable(self) -> list[Lot]:
        return self.in_order(lot for lot in self.lots if lot.starts <= self.now and lot.free)

    def redeem(self, points: int, order: str) -> None:
        if self.is_paused():
            raise Refused("paused")
        if points > self.available:
            raise Refused("insufficient_points")
        draws = self.draw(points)
        self.write("redeem", -points)
        self.taken.append(Taken(order, draws, self.slide(self.now)))

    def give_back(self, points: int, order: str) -> None:
        """Undo a redemption or a part of it."""
        taken = next((one for one in self.taken if one.order == order), None)
        if taken is None or points > sum(part for _, part in taken.draws):
            raise Refused("exceeds_booked")
        self.write("reverse", points)
        back: list[Lot] = []
        rest = points
        for draw in reversed(taken.draws):
            part = min(rest, draw[1])
            draw[1] -= part
            rest -= part
            if part:
                lot = self.lot(draw[0])
                lot.left += part
                back.append(lot)
        if not any(part for _, part in taken.draws):
            self.undo(taken.slide)
        self.come_in(back)

    def claw_back(self, points: int, order: str) -> None:
        """Take back what an order earned: what lapsed is gone, then its own lot, then others."""
        lot = next((one for one in self.lots if one.order == order), None)
        if lot is None or points > lot.points - lot.clawed:
            raise Refused("exceeds_booked")
        lapsed = min(points, lot.lapsed - lot.forgiven)
        own = min(points - lapsed, lot.free)
        others = self.available - (own if lot.starts <= self.now else 0)
        spent = min(points - own - lapsed, others)
        short = points - own - lapsed - spent
        if self.club.deficit == "forbid" and short:
            raise Refused("deficit")
        if self.club.deficit == "write_off":
            owed = 0
        elif self.club.deficit_max is not None:
            owed = min(short, max(0, self.club.deficit_max - self.deficit))
        else:
            owed = short
        lot.left -= own
        lot.clawed += points
        lot.forgiven += lapsed
        self.draw(spent)
        self.deficit += owed
        self.lifetime -= points
        self.series.append(Counted(lot.earned, -points, self.now, lot))
        self.write("reverse", -(own + spent + owed))
        if lot.clawed == lot.points:
            self.undo(lot.slide)
        self.lapse()

    def adjust(self, points: int) -> None:
        if points < 0:
            if -points > self.available:
                raise Refused("insufficient_points")
            self.draw(-points)
            self.write("adjust", points)
            return
        self.write("adjust", points)
        lot = self.make_lot(points, self.now, self.now, self.end_of(self.now, self.now))
        self.come_in([lot])

    def hold(self, name: str, points: int, ttl: int, is_clip: bool) -> None:
        if self.is_paused():
            raise Refused("paused")
        if points > self.available and not is_clip:
            raise Refused("insufficient_points")
        rest = min(points, self.available)
        hold = Hold(name, self.now + ttl)
        for lot in self.spendable():
            part = min(rest, lot.free)
            if part:
                lot.holds[name] = part
                hold.parts.append((lot.number, part))
                rest -= part
        self.holds.append(hold)

    def let_go(self, hold: Hold, status: str) -> list[Lot]:
        """Close a hold; the lots in which its points came free."""
        hold.status = status
        lots = [self.lot(number) for number, _ in hold.parts]
        for lot in lots:
            del lot.holds[hold.name]
        return lots

    def open_hold(self, name: str) -> Hold:
        hold = next((one for one in self.holds if one.name == name), None)
        if hold is None:
            raise Refused("unknown_hold")
        reasons = {"captured": "already_captured", "released": "already_released"}
        if hold.status != "held":
            raise Refused(reasons.get(hold.status, "expired"))
        return hold

    def release(self, name: str) -> None:
        self.come_in(self.let_go(self.open_hold(name), "released"))

    def capture(self, name: str, points: int | None, order: str) -> None:
        hold = self.open_hold(name)
        rest = hold.points if points is None else points
        if rest > hold.points:
            raise Refused("exceeds_hold")
        came = self.let_go(hold, "captured")
        draws = []
        for number, held in hold.parts:
            part = min(rest, held)
            if part:
                self.lot(number).left -= part
                draws.append([number, part])
                rest -= part
        if draws:
            self.write("redeem", -sum(part for _, part in draws))
            self.taken.append(Taken(order, draws, self.slide(self.now)))
        self.come_in(came)

    def give(self, taker: Purse, points: int) -> None:
        """A transfer: the lots go over with their dates."""
        if points > self.available:
            raise Refused("insufficient_points")
        draws = self.draw(points)
        self.write("transfer", -points)
        taker.write("transfer", points)
        made = []
        for number, part in draws:
            lot = self.lot(number)
            made.append(taker.make_lot(part, lot.earned, lot.starts, self.expiry(lot)))
        taker.come_in(made)


def local(at: int, zone: str) -> datetime:
    """What clock and calendar of a zone show at an instant."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(
        ZoneInfo(zone)
    )


def instant(time: datetime) -> int:
    """The instant of a time of a zone, in microseconds."""
    return (time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
