"""Jobs in, answers in order out, whatever becomes of the processes that make them."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallystick.cli.crew import AHEAD, Crash, Crew
from tallystick.cli.failure import Failure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def path_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the workers find this file."""
    monkeypatch.syspath_prepend(ROOT)


def square_slowly(job: int) -> tuple[int, int]:
    """The square, early jobs later than late ones, and who made it."""
    time.sleep(0.05 if job % 3 == 0 else 0)
    return job * job, os.getpid()


def squarer() -> Callable[[int], tuple[int, int]]:
    """The foreman of those who square."""
    return square_slowly


def break_at_two(job: int) -> int:
    """A bug on the way."""
    return job // (2 - job)


def refuse_two(job: int) -> int:
    """A person's mistake on the way."""
    if job == 2:
        raise Failure("no twos here")
    return job


def die_at_two(job: int) -> int:
    """A process that is killed on the way."""
    if job == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def breaker() -> Callable[[int], int]:
    """The foreman of those with a bug."""
    return break_at_two


def refuser() -> Callable[[int], int]:
    """The foreman of those who refuse."""
    return refuse_two


def victim() -> Callable[[int], int]:
    """The foreman of those who die."""
    return die_at_two


def absent() -> Callable[[int], int]:
    """A foreman who finds nothing to work with."""
    raise Failure("no desk")


@pytest.mark.parametrize("count", [1, 2, 4])
def test_answers_come_in_order_from_all_workers(count: int) -> None:
    with Crew[int, tuple[int, int]](squarer, count) as crew:
        answers = list(crew.work(range(20)))
    assert [square for square, _ in answers] == [job * job for job in range(20)]
    makers = {maker for _, maker in answers}
    assert os.getpid() not in makers
    assert len(makers) <= count
    assert count == 1 or len(makers) > 1


def test_no_jobs_no_answers() -> None:
    with Crew[int, tuple[int, int]](squarer, 2) as crew:
        assert list(crew.work([])) == []


def test_jobs_are_not_taken_far_ahead() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[int]:
        for job in range(50):
            taken.append(job)
            yield job

    with Crew[int, tuple[int, int]](squarer, 2) as crew:
        for done, _ in enumerate(crew.work(jobs())):
            assert len(taken) <= done + 2 * AHEAD + 1


@pytest.mark.parametrize(
    ("foreman", "error", "words"),
    [
        (refuser, Failure, "^no twos here$"),
        (absent, Failure, "^no desk$"),
        (breaker, Crash, "ZeroDivisionError"),
        (victim, Failure, "ended by signal 9, Killed; it may have run out of memory"),
    ],
)
def test_trouble_in_a_worker_ends_the_work(
    foreman: Callable[[], Callable[[int], int]], error: type[Exception], words: str
) -> None:
    crew = Crew[int, int](foreman, 2)
    with pytest.raises(error, match=words), crew:
        list(crew.work(range(9)))
    assert [worker.process.is_alive() for worker in crew.workers] == [False, False]


def test_workers_are_gone_when_the_work_is_broken_off() -> None:
    crew = Crew[int, tuple[int, int]](squarer, 2)
    with pytest.raises(KeyboardInterrupt), crew:
        for _ in crew.work(range(100)):
            raise KeyboardInterrupt
    assert [worker.process.exitcode for worker in crew.workers] == [-signal.SIGKILL] * 2
