"""Many at once on the same accounts: never over, never lost, and nobody is locked out for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tallystick.store.database.database import Database
from tallystick.store.identity import new_id
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.tenancy import Tenancy

from ..children import Child
from ..clerk import Booked, Clerk, is_sound
from ..writing import tenancy_of

THREADS = 32


@pytest.fixture
def clerk(database: Database) -> Clerk:
    """Requests at noon."""
    return Clerk(tenancy_of(database))


def all_at_once(work: Callable[[int], object], count: int) -> list[object]:
    """Do work for each number, on 32 threads."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(work, range(count)))


def kinds(answers: list[object]) -> dict[object, int]:
    """How many of each kind of answer there were."""
    return Counter(
        answer.refusal if isinstance(answer, Declined) else type(answer) for answer in answers
    )


def test_threads_spend_no_more_than_there_is(clerk: Clerk) -> None:
    clerk.earn("ana", 60, "o1")
    clerk.earn("ana", 40, "o2")
    answers = all_at_once(lambda number: clerk.redeem("ana", 1, f"r{number}"), 128)
    assert kinds(answers) == {Booked: 100, Refusal.INSUFFICIENT_POINTS: 28}
    left = sorted(answer.balance for answer in answers if isinstance(answer, Booked))
    assert left == list(range(100))  # each saw the one before
    assert clerk.balance("ana") == 0 and clerk.entries("redeem") == 100
    assert is_sound(clerk.tenancy.database)


def test_processes_spend_no_more_than_there_is(database_url: str) -> None:
    def spend(child: int) -> list[str]:
        clerk = Clerk(tenancy_of(Database(database_url)))
        answers = [clerk.redeem("ana", 1, f"{child}-{number}") for number in range(40)]
        return [type(answer).__name__ for answer in answers]

    database = Database(database_url)
    clerk = Clerk(tenancy_of(database))
    clerk.earn("ana", 100, "o1")
    children = [Child(lambda number=number: spend(number)) for number in range(4)]  # type: ignore[misc]
    seen: Counter[str] = Counter()
    for child in children:
        ended = child.end()
        assert ended.status == 0 and isinstance(ended.answer, list)
        seen.update(ended.answer)
    assert seen == {"Booked": 100, "Declined": 60}
    assert clerk.balance("ana") == 0 and is_sound(database)
    database.close()


def test_transfers_that_cross(clerk: Clerk) -> None:
    clerk.earn("ana", 50, "o1")
    clerk.earn("bo", 50, "o2")

    def move(number: int) -> object:
        giver, taker = ("ana", "bo") if number % 2 else ("bo", "ana")
        return clerk.transfer(giver, taker, 1 + number % 5, f"t{number}")

    answers = all_at_once(move, 96)
    assert set(kinds(answers)) <= {Booked, Refusal.INSUFFICIENT_POINTS}
    assert clerk.balance("ana") + clerk.balance("bo") == 100
    assert is_sound(clerk.tenancy.database)


def test_transfers_in_a_ring(clerk: Clerk) -> None:
    """Three who each wait for the next would wait for ever, were they not locked in order."""
    names = ["ana", "bo", "cy"]
    for name in names:
        clerk.earn(name, 100, f"of {name}")

    def move(number: int) -> object:
        return clerk.transfer(names[number % 3], names[(number + 1) % 3], 1, f"t{number}")

    assert kinds(all_at_once(move, 60)) == {Booked: 60}
    assert [clerk.balance(name) for name in names] == [100, 100, 100]
    assert is_sound(clerk.tenancy.database)


def test_one_request_sent_by_all_at_once(clerk: Clerk) -> None:
    """All get the answer of the one that came first, though there are points for only one, and
    nothing but the key tells that they are the same.
    """
    clerk.earn("ana", 10, "o1")
    answers = all_at_once(lambda number: clerk.redeem("ana", 10, f"r{number}", key="k1"), THREADS)
    assert answers == [Booked(-10, 0)] * THREADS
    assert clerk.entries("redeem") == 1 and is_sound(clerk.tenancy.database)


def test_one_key_for_two_things_at_once(clerk: Clerk) -> None:
    clerk.earn("ana", 1_000, "o1")
    answers = all_at_once(
        lambda number: clerk.redeem("ana", 1 + number % 2, f"r{number % 2}", key="k1"), THREADS
    )
    assert kinds(answers) == {Booked: 16, Refusal.CONFLICT: 16}
    assert clerk.entries("redeem") == 1


def test_one_event_heard_by_all_at_once(clerk: Clerk) -> None:
    """Also without a request key: what an account was given for is given once."""
    answers = all_at_once(lambda _: clerk.earn("ana", 10, "o1"), THREADS)
    assert answers == [Booked(10, 10)] * THREADS
    assert clerk.balance("ana") == 10 and is_sound(clerk.tenancy.database)


def test_an_account_that_all_make_at_once(clerk: Clerk) -> None:
    answers = all_at_once(lambda number: clerk.earn("ana", 1, f"o{number}"), 64)
    assert kinds(answers) == {Booked: 64}
    assert clerk.balance("ana") == 64 and is_sound(clerk.tenancy.database)


def test_accounts_of_different_people_and_tenants(database: Database) -> None:
    tenants = [Tenancy(database, name, lambda: 1_783_684_800_000_000, new_id) for name in "ab"]
    clerks = [Clerk(tenancy) for tenancy in tenants]

    def give(number: int) -> object:
        return clerks[number % 2].earn(f"m{number % 8}", number + 1, f"o{number}", key=f"k{number}")

    assert kinds(all_at_once(give, 96)) == {Booked: 96}
    held = sum(clerk.balance(f"m{number}") for clerk in clerks for number in range(8))
    assert held == sum(range(1, 97)) and is_sound(database)
