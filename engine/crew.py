"""Tasks in, their answers out in the same order, done by the caller and those hired to help."""

from _thread import LockType, allocate_lock, start_new_thread
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")


class Crew(Generic[T, A]):
    """Those who work on the tasks of one call, side by side.

    The caller is one of them, so nobody waits for a thread to start. Who takes a task and sees
    another behind it hires the next one, as long as there are places.
    """

    def __init__(self, tasks: Iterator[T], work: Callable[[T], A], places: int) -> None:
        self._tasks = tasks
        self._work = work
        self._places = places - 1  # that are free
        self._turn = allocate_lock()  # to take a task, and to look what comes behind it
        self._taken_count = 0
        self._ahead: list[T] = []  # the next task, or nothing when there are no more
        self._answers: dict[int, A] = {}
        self._failures: dict[int, BaseException] = {}
        self._hired: list[LockType] = []  # each held until its thread is done

    def run(self) -> list[A]:
        """Work until all is done. What failed first, in the order of tasks, is raised."""
        try:
            self._look_ahead()
            self._toil()
        finally:
            self._ahead.clear()
            for done in self._hired:
                done.acquire()
        if self._failures:
            failure = self._failures[min(self._failures)]
            self._failures.clear()
            try:
                raise failure
            finally:
                del failure  # its frames hold this one
        return [self._answers[number] for number in range(self._taken_count)]

    def _toil(self) -> None:
        while (taken := self._take()) is not None:
            number, task = taken
            try:
                self._answers[number] = self._work(task)
            except BaseException as failure:
                self._failures[number] = failure

    def _take(self) -> tuple[int, T] | None:
        with self._turn:
            if self._failures or not self._ahead:
                return None
            taken = self._taken_count, self._ahead.pop()
            self._taken_count += 1
            self._look_ahead()
            if self._ahead and self._places:
                self._hire()
            return taken

    def _look_ahead(self) -> None:
        try:
            self._ahead.append(next(self._tasks))
        except StopIteration:
            pass
        except BaseException as failure:
            self._failures[self._taken_count] = failure

    def _hire(self) -> None:
        done = allocate_lock()
        done.acquire()
        self._places -= 1
        try:
            start_new_thread(self._help, (done,))
        except RuntimeError:  # the system has no thread to give: those at work do it all
            self._places = 0
        else:
            self._hired.append(done)

    def _help(self, done: LockType) -> None:
        try:
            self._toil()
        finally:
            done.release()
