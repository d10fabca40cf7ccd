"""A database and what is done in it in, the same killed at every step out; and then begun again.

A step is a statement, or COMMIT before and after. Until COMMIT is done a process that is killed
leaves the rows as they were; from then on they are as if nothing had happened, and the same request
again gets its answer and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from tallystick.store.database.database import Database
from tallystick.store.refusals import Declined
from tallystick.store.tenancy import Tenancy

from .children import in_child
from .clerk import is_sound, rows_of
from .conftest import Ids
from .trap import Trap

NOON_US = 1_783_684_800_000_000  # 2026-07-10T12:00:00Z
DAY_US = 86_400_000_000
KILLED = -9

Action = Callable[[Tenancy], object]
Copy = Callable[[], str]  # makes a copy of a database; its URL
Rows = dict[str, list[tuple[object, ...]]]


def tenancy_at(url: str, now_us: int = NOON_US, word: str = "later") -> Tenancy:
    """The tenant `main` of a database that nobody else has open; the same ids each time."""
    return Tenancy(Database(url), "main", lambda: now_us, Ids(word))


def do(url: str, action: Action, now_us: int = NOON_US, word: str = "later") -> object:
    """Do something, and close the database."""
    tenancy = tenancy_at(url, now_us, word)
    answer = action(tenancy)
    tenancy.database.close()
    return answer


def is_killed_at(step: int, url: str, action: Action, now_us: int = NOON_US) -> bool:
    """Do something in a process that is killed at a step; whether it lived so long."""

    def run_into() -> None:
        tenancy = tenancy_at(url, now_us)
        Trap(tenancy.database, step)
        action(tenancy)

    ended = in_child(run_into)
    assert ended.status in (0, KILLED)
    return ended.status == KILLED


def rows_in(url: str, *, is_checked: bool = False, has_shop: bool = False) -> Rows:
    """Everything in a database; `is_checked`: and nothing is wrong in it."""
    database = Database(url)
    assert not is_checked or is_sound(database, has_shop=has_shop)
    found = rows_of(database)
    database.close()
    return found


def check_request(copy: Copy, action: Action, *, has_shop: bool = False) -> None:
    """Kill one request, which has a key, at each of its steps."""
    undisturbed, url = copy(), copy()
    do(copy(), action)  # what is worked out at a first use, children have then
    before = rows_in(url)
    answer = do(undisturbed, action)
    assert not isinstance(answer, Declined), answer
    after = rows_in(undisturbed)

    step = 1
    while is_killed_at(step, url, action) and rows_in(url) == before:
        step += 1
    assert step > 5  # the last of them was killed after COMMIT
    assert rows_in(url) == after
    assert not is_killed_at(step + 1, url, action)
    assert do(url, action) == answer
    assert rows_in(url, is_checked=True, has_shop=has_shop) == after


def without_ids(rows: Rows) -> Rows:
    """Rows as they can be compared between runs that were killed elsewhere: events have new ids."""
    others = {name: found for name, found in rows.items() if name != "outbox"}
    return {**others, "outbox": sorted((row[2:-1] for row in rows["outbox"]), key=repr)}
