"""The ledger against an oracle, step by step, on SQLite and PostgreSQL at once.

Three ledgers are driven with the same steps: one on SQLite and one on PostgreSQL on which a job
settles accounts every now and then, and one on SQLite on which it never runs until the end. The
first two must write the same rows, seal for seal, the third the same entries, and all of them what
the oracle says. `TALLYSTICK_EXAMPLES=N` asks for more histories, `TALLYSTICK_SEED=N` for those of a
seed that failed, and `TALLYSTICK_SHRINK=1` for the shortest of them, which takes minutes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tallystick.dsl.kinds import Deficit, ExpireFrom, ExpireRound
from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.audit.verifying import verify
from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.ledger.account import Account
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.ledger.state import State
from tallystick.store.refusals import Declined
from tallystick.store.schema.ledger import (
    accounts,
    allocations,
    entries,
    hold_lots,
    holds,
    lots,
    qualifying,
    slides,
)
from tallystick.store.schema.outbox import outbox

from ..conftest import Clock, inside, run
from ..ledger.desk import FixedTerms
from .oracle import NEVER, Club, Purse, Refused, Taken
from .side import Done, Side, Work, key_of

EXAMPLES = int(os.environ.get("TALLYSTICK_EXAMPLES", "0")) or 6
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
STEPS = 30
PHASES = [Phase.generate, *([Phase.shrink] if os.environ.get("TALLYSTICK_SHRINK") else [])]
START_US = 1_774_000_000_000_000  # 2026-03-20: clocks change in Madrid nine days later
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
LEDGER = (entries, allocations, lots, holds, hold_lots, slides, qualifying, accounts)
FIGURES = ("balance", "active", "pending", "held", "deficit", "available", "lifetime")
Figures = tuple[object, ...]
NOBODYS = [("reference", "accounts"), ("reference", "entries")]
numbers = count(1)

MEMBERS = st.sampled_from(["ana", "bo"])
POINTS = st.integers(1, 100)
TTLS = st.sampled_from([HOUR_US, DAY_US, 3 * DAY_US, 7 * DAY_US])
LATE = st.sampled_from([0, 0, 0, HOUR_US, 3 * DAY_US])
TIMES = st.sampled_from(
    [1, HOUR_US, 11 * HOUR_US, DAY_US, 2 * DAY_US, 5 * DAY_US, 12 * DAY_US, 40 * DAY_US]
)


@st.composite
def clubs(draw: st.DrawFn) -> Club:
    """The terms of a program."""
    return Club(
        zone=draw(st.sampled_from(["UTC", "Europe/Madrid"])),
        days=draw(st.sampled_from([None, 2, 10, 10, 30])),
        rounding=draw(st.sampled_from(["day", "day", "month", "none"])),
        is_from_earn=draw(st.booleans()),
        is_sliding=draw(st.booleans()),
        wait_days=draw(st.sampled_from([None, None, 1, 5])),
        waits_for=draw(st.sampled_from(["", "", "fulfilled"])),
        deficit=draw(st.sampled_from(["carry", "carry", "write_off", "forbid"])),
        deficit_max=draw(st.sampled_from([None, None, 20])),
        grace_days=draw(st.sampled_from([0, 3, 30])),
        levels=draw(st.sampled_from([(), (0, 50, 150), (40,)])),
        window_days=draw(st.sampled_from([None, 3, 15])),
    )


def program_of(club: Club, *, is_paused: bool = False) -> Program:
    """The same terms, as the ledger is given them."""
    rounding = {
        "day": ExpireRound.DAY,
        "month": ExpireRound.MONTH,
        "none": ExpireRound.NONE,
    }[club.rounding]
    points = PointsCurrency(
        expire_after=None if club.days is None else Duration(days=club.days),
        expire_round=rounding,
        expire_from=ExpireFrom.EARN if club.is_from_earn else ExpireFrom.ACTIVATION,
        is_sliding=club.is_sliding,
        activate_after=None if club.wait_days is None else Duration(days=club.wait_days),
        activate_on=club.waits_for or None,
    )
    return Program(
        id="club",
        timezone=club.zone,
        points=points,
        is_paused=is_paused,
        deficit=Deficit(club.deficit),
        deficit_max=club.deficit_max,
        resume_grace=Duration(days=club.grace_days),
        tiers=tiers_of(club) if club.levels else None,
    )


def tiers_of(club: Club) -> Tiers:
    """The tiers, by the names that the oracle gives them."""
    levels = tuple(Level(f"level{rank}", least) for rank, least in enumerate(club.levels))
    return Tiers(levels, None if club.window_days is None else Duration(days=club.window_days))


class Databases:
    """The three databases of all histories; each history is a tenant of its own."""

    def __init__(self, folder: Path, postgresql: str) -> None:
        self.all = [
            Database(f"sqlite:///{folder / 'eager.db'}"),
            Database(postgresql),
            Database(f"sqlite:///{folder / 'lazy.db'}"),
        ]
        for database in self.all[::2]:
            migrate(database)


class Ledgers(RuleBasedStateMachine):
    """Steps on three ledgers and the oracle."""

    databases: Databases

    @initialize(club=clubs())
    def begin(self, club: Club) -> None:
        """An empty ledger."""
        self.club = club
        self.clock = Clock()
        self.clock.now_us = START_US
        self.terms = FixedTerms([(0, program_of(club))])
        tenant = f"t{next(numbers)}"
        self.sides = [
            Side(database, tenant, self.clock, self.terms) for database in self.databases.all
        ]
        self.pauses: list[list[int]] = []
        self.purses: dict[str, Purse] = {}
        self.past: dict[tuple[int, str], Figures] = {}
        self.steps = count(1)
        self.done: list[tuple[str, Work, bool]] = []
        self.earned: list[tuple[str, str]] = []  # member, order
        self.redeemed: list[tuple[str, str]] = []
        self.held: list[tuple[str, str, str]] = []  # member, name, id of the hold

    # Driving.

    def purse(self, member: str) -> Purse:
        """What the oracle knows of a member."""
        if member not in self.purses:
            self.purses[member] = Purse(self.club, self.pauses, self.clock.now_us)
        return self.purses[member]

    def settle(self) -> None:
        """Have the oracle come to now."""
        for purse in self.purses.values():
            purse.settle(self.clock.now_us)

    def ask(self, work: Work, refused: str | None, *, is_once: bool = False) -> Done | None:
        """Do something on all sides; all must answer what is expected.

        What is done `is_once` has no cause that would tell it from itself.
        """
        request = f"r{next(self.steps)}"
        answers = [side.ask(request, work) for side in self.sides]
        assert all(answer == answers[0] for answer in answers), answers
        answer = answers[0]
        if isinstance(answer, Declined):
            assert answer.refusal == refused, (answer, refused)
            return None
        assert refused is None, f"the oracle refuses: {refused}"
        self.done.append((request, work, not is_once))
        return answer

    def name(self, kind: str) -> str:
        """A name that was not there before."""
        return f"{kind}{next(self.steps)}"

    # Steps.

    @rule(member=MEMBERS, points=POINTS, has_order=st.booleans(), late_us=LATE)
    def earn(self, member: str, points: int, has_order: bool, late_us: int) -> None:
        source = self.name("o")
        order = source if has_order else ""
        refused = self.try_it(lambda: self.purse(member).earn(points, order, late_us))
        self.earned += [(member, source)] if has_order and not refused else []
        effective_us = self.clock.now_us - late_us if late_us else None
        cause = Cause("purchase", source, "buy", order, effective_at_us=effective_us)
        self.book(member, lambda book, one: book.earn(one, points, cause).points, refused)

    @rule(member=MEMBERS, points=POINTS)
    def redeem(self, member: str, points: int) -> None:
        order = self.name("o")
        refused = self.try_it(lambda: self.purse(member).redeem(points, order))
        self.redeemed += [] if refused else [(member, order)]
        cause = Cause("redeem", order, "", order)
        self.book(member, lambda book, one: book.redeem(one, points, cause).points, refused)

    @rule(member=MEMBERS, data=st.data())
    def redeem_and_cancel(self, member: str, data: st.DataObject) -> None:
        """What is undone was never done: no lot ends at another time."""
        before = self.states(member)
        most = self.purse(member).available
        if most and not self.purse(member).is_paused():
            self.redeem(member, data.draw(st.integers(1, most)))
            _, order = self.redeemed[-1]
            self.undo(member, left_of(self.purse(member).taken[-1]), order)
            assert self.states(member) == before

    @rule(member=MEMBERS, points=POINTS)
    def earn_and_refund(self, member: str, points: int) -> None:
        """What was earned and comes back in whole was never earned."""
        before = self.states(member)
        if not self.purse(member).is_paused():
            self.earn(member, points, True, 0)
            self.refund(member, points, self.earned[-1][1])
            assert not before or self.states(member) == before

    def states(self, member: str) -> list[State]:
        """How a member stands on all sides."""
        states = [side.states(self.clock.now_us).get(member) for side in self.sides]
        return [one for one in states if one is not None]

    @precondition(lambda self: self.redeemed)
    @rule(data=st.data(), points=POINTS)
    def give_back(self, data: st.DataObject, points: int) -> None:
        member, order = data.draw(st.sampled_from(self.redeemed))
        purse = self.purse(member)
        taken = next(one for one in purse.taken if one.order == order)
        self.undo(member, data.draw(st.sampled_from([points, left_of(taken) or 1])), order)

    def undo(self, member: str, points: int, order: str) -> None:
        """Give back what an order took."""
        refused = self.try_it(lambda: self.purse(member).give_back(points, order))
        cause = Cause("cancel", self.name("c"), "", order)
        self.book(
            member,
            lambda book, one: book.give_back(one, points, cause, order_id=order).points,
            refused,
        )

    @precondition(lambda self: self.earned)
    @rule(data=st.data(), points=POINTS)
    def claw_back(self, data: st.DataObject, points: int) -> None:
        member, order = data.draw(st.sampled_from(self.earned))
        purse = self.purse(member)
        lot = next(one for one in purse.lots if one.order == order)
        self.refund(
            member, data.draw(st.sampled_from([points, lot.points - lot.clawed or 1])), order
        )

    def refund(self, member: str, points: int, order: str) -> None:
        """Take back what an order earned."""
        refused = self.try_it(lambda: self.purse(member).claw_back(points, order))
        cause = Cause("refund", self.name("f"), "buy", order)

        def work(book: Book, one: Account) -> int:
            return book.claw_back(one, points, cause, order_id=order, rule="buy").points

        self.book(member, work, refused)

    @precondition(lambda self: self.earned)
    @rule(data=st.data())
    def fulfil(self, data: st.DataObject) -> None:
        member, order = data.draw(st.sampled_from(self.earned))
        self.purse(member).reach(order, "fulfilled")

        def work(book: Book, one: Account) -> int:
            book.activate(one, order, "fulfilled")
            return 0

        self.book(member, work, None)

    @rule(member=MEMBERS, points=st.integers(-50, 50).filter(bool))
    def adjust(self, member: str, points: int) -> None:
        refused = self.try_it(lambda: self.purse(member).adjust(points))
        cause = Cause("adjust", self.name("a"), reason="goodwill", actor="eva")
        self.book(member, lambda book, one: book.adjust(one, points, cause).points, refused)

    @rule(points=POINTS, giver=MEMBERS)
    def transfer(self, points: int, giver: str) -> None:
        taker = "bo" if giver == "ana" else "ana"
        purses = self.purse(giver), self.purse(taker)
        refused = self.try_it(lambda: purses[0].give(purses[1], points))
        cause = Cause("transfer", self.name("t"))

        def work(book: Book) -> Done:
            found = book.open([key_of(giver), key_of(taker)])
            given, _ = book.transfer(found[key_of(giver)], found[key_of(taker)], points, cause)
            return Done(given.points)

        self.ask(work, refused)

    @rule(member=MEMBERS, points=POINTS, ttl_us=TTLS, is_clip=st.booleans())
    def hold(self, member: str, points: int, ttl_us: int, is_clip: bool) -> None:
        name = self.name("h")
        purse = self.purse(member)
        refused = self.try_it(lambda: purse.hold(name, points, ttl_us, is_clip))

        def work(book: Book) -> Done:
            account = open_account(book, member)
            made = book.hold(account, points, ttl_us=ttl_us, is_clip=is_clip, source=name)
            return Done(made.points, made.id)

        answer = self.ask(work, refused, is_once=True)
        if answer is not None:
            self.held.append((member, name, answer.hold))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), points=st.one_of(st.none(), st.integers(0, 100)))
    def capture(self, data: st.DataObject, points: int | None) -> None:
        member, name, hold = data.draw(st.sampled_from(self.held))
        order = self.name("o")
        refused = self.try_it(lambda: self.purse(member).capture(name, points, order))
        cause = Cause("redeem", order, "", order)

        def work(book: Book) -> Done:
            entry = book.capture(hold, points, cause)
            return Done(entry.points if entry else 0)

        answer = self.ask(work, refused, is_once=True)
        if answer is not None and answer.points:
            self.redeemed.append((member, order))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        member, name, hold = data.draw(st.sampled_from(self.held))
        refused = self.try_it(lambda: self.purse(member).release(name))
        self.ask(lambda book: Done(book.release(hold).points), refused, is_once=True)

    def book(
        self, member: str, work: Callable[[Book, Account], int], refused: str | None
    ) -> Done | None:
        """Book something on an account of a member, on all sides."""
        return self.ask(lambda book: Done(work(book, open_account(book, member))), refused)

    def try_it(self, step: Callable[[], None]) -> str | None:
        """Have the oracle do something; why it refuses."""
        try:
            step()
        except Refused as refused:
            return str(refused)
        return None

    @rule(time_us=TIMES)
    def pass_time(self, time_us: int) -> None:
        """What was said of an instant to come is so when it has come."""
        then_us = self.clock.now_us + time_us
        expected = [side.states(then_us) for side in self.sides]
        self.clock.now_us = then_us
        self.settle()
        assert [side.states(then_us) for side in self.sides] == expected

    @rule()
    def pause_or_resume(self) -> None:
        is_paused = bool(self.pauses) and self.pauses[-1][1] == NEVER
        if is_paused:
            self.pauses[-1][1] = self.clock.now_us
        else:
            self.pauses.append([self.clock.now_us, NEVER])
        program = program_of(self.club, is_paused=not is_paused)
        self.terms.history.append((self.clock.now_us, program))
        for side in self.sides:
            side.publish()
        self.clock.now_us += 1
        self.settle()

    @rule(times=st.integers(1, 3))
    def run_jobs(self, times: int) -> None:
        for _ in range(times):
            number = next(self.steps)
            for side in self.sides[:2]:
                side.run_jobs(number)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """The same request comes again, and what it was for under another key."""
        request, work, is_known = data.draw(st.sampled_from(self.done))
        again = f"r{next(self.steps)}"
        for side in self.sides:
            first = side.ask(request, work)
            assert not is_known or side.ask(again, work) == first

    # What must hold.

    @invariant()
    def balances_are_what_the_oracle_says(self) -> None:
        if not hasattr(self, "sides"):
            return
        for side in self.sides:
            states = side.states(self.clock.now_us)
            for member, purse in self.purses.items():
                if not purse.entries and member not in states:
                    continue
                compare(purse, states[member])
                self.past[self.clock.now_us, member] = figures_of(states[member])

    def teardown(self) -> None:
        if not hasattr(self, "sides"):
            return
        self.settle()
        for side in self.sides:
            side.run_jobs(next(self.steps) * 0)
        eager, other, lazy = self.sides
        for table in (*LEDGER, outbox):
            assert eager.rows(table) == other.rows(table), table.name
        for table in LEDGER[:-1]:
            assert eager.rows(table) == lazy.rows(table), table.name
        self.balances_are_what_the_oracle_says()
        for side in self.sides:
            self.compare_entries(side)
            self.compare_past(side)
            tenancy = side.tenancy
            found = verify(tenancy.database, tenancy.tenant, terms_of=lambda *_: self.terms)
            # The people and the rules of these ledgers are nobody's.
            wrong = [one for one in found if (one.check, one.table) not in NOBODYS]
            assert [str(one) for one in wrong] == []

    def compare_past(self, side: Side) -> None:
        """What was so at an instant was so, whatever was booked since."""
        for (at_us, member), figures in list(self.past.items())[:: len(self.past) // 4 + 1]:
            assert figures_of(side.states(at_us)[member]) == figures

    def compare_entries(self, side: Side) -> None:
        """All entries are those of the oracle, in its order."""
        members = {row["id"]: row["member"] for row in side.rows(accounts)}
        found: dict[str, list[tuple[str, int, int]]] = {one: [] for one in self.purses}
        for row in side.rows(entries):
            entry = (row["kind"], row["points"], row["recorded_at_us"])
            found[members[row["account"]]].append(entry)
        assert found == {member: purse.entries for member, purse in self.purses.items()}


def compare(purse: Purse, state: State) -> None:
    """One account against the oracle."""
    expected = {name: getattr(purse, name) for name in FIGURES}
    assert {name: getattr(state, name) for name in FIGURES} == expected
    lots = [
        (lot.number, lot.left, lot.left - lot.free, none_if_never(purse.lapse_of(lot)))
        for lot in purse.in_order(lot for lot in purse.lots if lot.left)
    ]
    assert [(lot.lot, lot.points, lot.held, lot.expires_at_us) for lot in state.lots] == lots
    assert (state.tier.tier if state.tier else "") == purse.tier()
    assert purse.balance == sum(lot.left for lot in purse.lots) - purse.deficit


def figures_of(state: State) -> Figures:
    """What of a state does not depend on what is known of the time after it."""
    tier = state.tier.tier if state.tier else ""
    return (*(getattr(state, name) for name in FIGURES), tier)


def left_of(taken: Taken) -> int:
    """What of a redemption is not given back."""
    return sum(part for _, part in taken.draws)


def none_if_never(at_us: int) -> int | None:
    """An instant as states tell it."""
    return None if at_us == NEVER else at_us


def open_account(book: Book, member: str) -> Account:
    """The account of a member."""
    key = key_of(member)
    return book.open([key])[key]


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory, postgresql: str, template: str
) -> Iterator[Databases]:
    """Three databases."""
    name = f"tally_properties_{os.getpid()}"
    run(postgresql, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    found = Databases(tmp_path_factory.mktemp("properties"), inside(postgresql, name))
    yield found
    for database in found.all:
        database.close()
    run(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_ledger_does_what_the_oracle_does(databases: Databases) -> None:
    Ledgers.databases = databases
    print(f"seed {SEED}")  # shown where it fails
    seeded(SEED)(Ledgers)
    run_state_machine_as_test(
        Ledgers,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            database=None,
            print_blob=True,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
