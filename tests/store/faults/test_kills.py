"""A process is killed at every step of work on accounts: nothing half is there, and again is once.

`TALLYSTICK_EVERY_STEP=1` kills the job, which has many transactions, at each of its steps too.
"""

from __future__ import annotations

import os

import pytest

from tallystick.store import jobs as module
from tallystick.store.jobs import Jobs
from tallystick.store.tenancy import Tenancy

from ..clerk import Booked, Clerk, lively
from ..killing import DAY_US, NOON_US, Copy, check_request, do, is_killed_at, rows_in, without_ids

LATER_US = NOON_US + 100 * DAY_US


def clerk(tenancy: Tenancy) -> Clerk:
    """Requests under terms by which points end."""
    return Clerk(tenancy, lively())


# What has happened, a day each, and what is asked then.
BEFORE = [
    lambda tenancy: clerk(tenancy).earn("ana", 100, "o1"),
    lambda tenancy: clerk(tenancy).earn("ana", 100, "o2"),
    lambda tenancy: clerk(tenancy).earn("bo", 80, "o2"),
    lambda tenancy: clerk(tenancy).redeem("bo", 60, "o3"),
]
ACTIONS = {
    "the first points of somebody": lambda tenancy: clerk(tenancy).earn("new", 100, "o9", "k"),
    "earn": lambda tenancy: clerk(tenancy).earn("ana", 100, "o9", "k"),
    "redeem": lambda tenancy: clerk(tenancy).redeem("ana", 120, "o9", "k"),
    "claw back": lambda tenancy: clerk(tenancy).claw_back("ana", 50, "o1", "k"),
    "give back": lambda tenancy: clerk(tenancy).give_back("bo", 30, "o3", "k"),
    "transfer": lambda tenancy: clerk(tenancy).transfer("ana", "bo", 120, "t9", "k"),
    "hold and capture": lambda tenancy: clerk(tenancy).hold_and_capture("ana", 120, "o9", "k"),
}


@pytest.fixture
def copy(database_url: str, copies: Copy) -> Copy:
    """Makes copies of a database in which something has happened."""
    for day, action in enumerate(BEFORE):
        answer = do(database_url, action, NOON_US + (day - 9) * DAY_US, f"day-{day}")
        assert isinstance(answer, Booked)
    return copies


@pytest.mark.parametrize("name", ACTIONS)
def test_a_request_that_is_killed_at_every_step(copy: Copy, name: str) -> None:
    check_request(copy, ACTIONS[name])


def job(tenancy: Tenancy) -> object:
    """The job."""
    return Jobs(tenancy, lambda _: lively()).run()


def test_a_job_that_is_killed_at_many_steps(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes in several transactions: what was done stays, and the next run does the rest."""
    monkeypatch.setattr(module, "STEP", 1)
    monkeypatch.setattr(module, "DUE", module.DUE.limit(1))
    undisturbed = copy()
    before = without_ids(rows_in(undisturbed))
    assert not is_killed_at(0, undisturbed, job, LATER_US)
    after = without_ids(rows_in(undisturbed, is_checked=True))
    stride = 1 if os.environ.get("TALLYSTICK_EVERY_STEP") else 7
    step, states = 2, []
    while is_killed_at(step, url := copy(), job, LATER_US):
        states.append(without_ids(rows_in(url)))
        do(url, job, LATER_US, "again")
        assert without_ids(rows_in(url)) == after
        step += stride
    assert any(one not in (before, after) for one in states)  # between two transactions
