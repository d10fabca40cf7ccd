"""Answers stand in the order of their tasks, and what fails first is what the caller hears of."""

import gc
import weakref
from _thread import get_ident
from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from tallystick.engine import crew
from tallystick.engine.crew import Crew


@pytest.mark.parametrize("places", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_answers_stand_in_the_order_of_tasks(places: int, count: int) -> None:
    assert Crew(iter(range(count)), str, places).run() == [str(task) for task in range(count)]


def test_those_hired_work_side_by_side_with_the_caller() -> None:
    meeting = Barrier(3)

    def work(task: int) -> int:
        meeting.wait(10)
        return get_ident()

    workers = Crew(iter(range(3)), work, 3).run()
    assert len(set(workers)) == 3
    assert get_ident() in workers


def test_nobody_is_hired_for_one_task() -> None:
    assert Crew(iter([1]), lambda task: get_ident(), 8).run() == [get_ident()]


def test_the_first_failure_is_raised_though_a_later_one_came_sooner() -> None:
    later = Event()

    def work(task: int) -> None:
        if task == 2:
            later.set()
            raise ValueError("later")
        if task == 1:
            later.wait(10)
            raise ValueError("sooner")

    with pytest.raises(ValueError, match="sooner"):
        Crew(iter(range(50)), work, 2).run()


def test_nothing_is_begun_after_a_failure() -> None:
    begun: list[int] = []

    def work(task: int) -> None:
        begun.append(task)
        raise KeyError(task)

    with pytest.raises(KeyError):
        Crew(iter(range(1000)), work, 4).run()
    assert len(begun) <= 4


def test_tasks_that_cannot_be_had_fail_in_their_place() -> None:
    done: list[int] = []

    def tasks() -> Iterator[int]:
        yield from range(7)
        raise ValueError("the source failed")

    with pytest.raises(ValueError, match="the source failed"):
        Crew(tasks(), done.append, 3).run()
    assert sorted(done) == list(range(7))[: len(done)]


def test_an_interrupt_waits_for_those_at_work() -> None:
    caller, started = get_ident(), Event()
    ended: list[int] = []

    def work(task: int) -> None:
        if get_ident() == caller:
            started.wait(10)
            raise KeyboardInterrupt
        started.set()
        ended.append(sum(range(100_000)))

    with pytest.raises(KeyboardInterrupt):
        Crew(iter(range(2)), work, 2).run()
    assert len(ended) == 1


def test_whom_the_system_cannot_start_the_others_do_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    def refuse(*given: object) -> int:
        asked.append(given)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(crew, "start_new_thread", refuse)
    assert Crew(iter(range(9)), str, 4).run() == [str(task) for task in range(9)]
    assert len(asked) == 1


def test_a_failure_holds_no_task() -> None:
    class Task:
        """Something whose end can be seen."""

    def work(task: Task) -> None:
        raise ValueError

    task = Task()
    gone = weakref.ref(task)
    gc.disable()
    try:
        with pytest.raises(ValueError):
            Crew(iter([task]), work, 2).run()
        del task
        assert gone() is None
    finally:
        gc.enable()
