"""A process is killed at every step of what it does: nothing half is there, and again is once.

A step is a statement, or COMMIT before and after. Until COMMIT is done a killed process leaves the
rows as they were; from then on they are as if nothing had happened, and the same request again
gets its answer and changes nothing.

`TALLYSTICK_EVERY_STEP=1` kills the job, which has many transactions, at each of its steps too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store import jobs as module
from tallystick.store.database.database import Database
from tallystick.store.jobs import Jobs
from tallystick.store.tenancy import Tenancy

from ..children import in_child
from ..clerk import Booked, Clerk, is_sound, lively, rows_of
from ..conftest import Ids, run
from ..trap import Trap

NOON_US = 1_783_684_800_000_000
DAY_US = 86_400_000_000
KILLED = -9

Action = Callable[[Clerk], object]
Copy = Callable[[], str]

BEFORE: list[Action] = [
    lambda clerk: clerk.earn("ana", 100, "o1"),
    lambda clerk: clerk.earn("ana", 100, "o2"),
    lambda clerk: clerk.earn("bo", 80, "o2"),
    lambda clerk: clerk.redeem("bo", 60, "o3"),
]
# What is asked, with what was there before.
ACTIONS: dict[str, Action] = {
    "the first points of somebody": lambda clerk: clerk.earn("new", 100, "o9", "k"),
    "earn": lambda clerk: clerk.earn("ana", 100, "o9", "k"),
    "redeem": lambda clerk: clerk.redeem("ana", 120, "o9", "k"),
    "claw back": lambda clerk: clerk.claw_back("ana", 50, "o1", "k"),
    "give back": lambda clerk: clerk.give_back("bo", 30, "o3", "k"),
    "transfer": lambda clerk: clerk.transfer("ana", "bo", 120, "t9", "k"),
    "hold and capture": lambda clerk: clerk.hold_and_capture("ana", 120, "o9", "k"),
}


def clerk_at(url: str, now_us: int = NOON_US) -> Clerk:
    """Requests to a database that nobody else has open."""
    return Clerk(Tenancy(Database(url), "main", lambda: now_us, Ids("later")), lively())


@pytest.fixture
def begun_url(database_url: str) -> str:
    """A database in which something has happened."""
    database = Database(database_url)
    for day, action in enumerate(BEFORE):
        now_us = NOON_US + (day - 9) * DAY_US
        tenancy = Tenancy(database, "main", lambda now_us=now_us: now_us, Ids(f"day-{day}"))  # type: ignore[misc]
        assert isinstance(action(Clerk(tenancy, lively())), Booked)
    database.close()
    return database_url


@pytest.fixture
def copy(begun_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Copy]:
    """Makes copies of that database, which must not be in use."""
    url = sa.make_url(begun_url)
    made: list[str] = []

    def copied() -> str:
        name = f"copy_{len(made)}_{Path(str(url.database)).stem}"
        if url.get_backend_name() == "sqlite":
            path = shutil.copy(str(url.database), tmp_path / f"{name}.db")
            made.append(f"sqlite:///{path}")
        else:
            server = request.getfixturevalue("postgresql")
            run(server, f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
            made.append(url.set(database=name).render_as_string(hide_password=False))
        return made[-1]

    yield copied
    for one in made:
        if one.startswith("postgresql"):
            server = request.getfixturevalue("postgresql")
            run(server, f'DROP DATABASE "{sa.make_url(one).database}" WITH (FORCE)')


def killed_at(step: int, url: str, work: Action, now_us: int = NOON_US) -> bool:
    """Do something in a process that is killed at a step; whether it lived so long."""

    def run_into() -> None:
        clerk = clerk_at(url, now_us)
        Trap(clerk.tenancy.database, step)
        work(clerk)

    ended = in_child(run_into)
    assert ended.status in (0, KILLED)
    return ended.status == KILLED


def rows_in(url: str, *, is_checked: bool = False) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a database; `is_checked`: and nothing is wrong in it."""
    database = Database(url)
    assert not is_checked or is_sound(database)
    found = rows_of(database)
    database.close()
    return found


@pytest.mark.parametrize("name", ACTIONS)
def test_a_request_that_is_killed_at_every_step(copy: Copy, name: str) -> None:
    action = ACTIONS[name]
    undisturbed, url = copy(), copy()
    before = rows_in(url)
    clerk = clerk_at(undisturbed)
    answer = action(clerk)
    clerk.tenancy.database.close()
    assert isinstance(answer, Booked)
    after = rows_in(undisturbed)

    step = 1
    while killed_at(step, url, action) and rows_in(url) == before:
        step += 1
    assert step > 5  # the last of them was killed after COMMIT
    assert rows_in(url) == after
    assert not killed_at(step + 1, url, action)
    clerk = clerk_at(url)
    assert action(clerk) == answer
    clerk.tenancy.database.close()
    assert rows_in(url, is_checked=True) == after


def test_a_job_that_is_killed_at_many_steps(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes in several transactions: what was done stays, and the next run does the rest."""
    monkeypatch.setattr(module, "STEP", 1)
    monkeypatch.setattr(module, "DUE", module.DUE.limit(1))

    def job(clerk: Clerk) -> object:
        return Jobs(clerk.tenancy, lambda _: clerk.terms).run()

    later_us = NOON_US + 100 * DAY_US
    undisturbed = copy()
    assert not killed_at(0, undisturbed, job, later_us)
    after = without_ids(rows_in(undisturbed, is_checked=True))
    assert after != without_ids(rows_in(copy()))
    stride = 1 if os.environ.get("TALLYSTICK_EVERY_STEP") else 7
    step, states = 2, []
    while True:
        url = copy()
        if not killed_at(step, url, job, later_us):
            break
        states.append(without_ids(rows_in(url)))
        assert not killed_at(0, url, lambda clerk: job(with_other_ids(clerk)), later_us)
        assert without_ids(rows_in(url)) == after
        step += stride
    assert any(one != after and one != states[0] for one in states)  # between two transactions


def with_other_ids(clerk: Clerk) -> Clerk:
    """The same, with ids that the one that was killed has not used."""
    tenancy = clerk.tenancy
    return Clerk(Tenancy(tenancy.database, "main", tenancy.clock, Ids("again")), clerk.terms)


def without_ids(rows: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """Rows as they can be compared between runs that were killed elsewhere: events have new ids."""
    others = {name: found for name, found in rows.items() if name != "outbox"}
    return {**others, "outbox": sorted((row[2:-1] for row in rows["outbox"]), key=repr)}
