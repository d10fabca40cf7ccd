"""Jobs in, their answers out in the same order, each made by one of several processes.

    parent                                 a worker, started afresh
    job ---> pipe of an idle worker ---->  foreman() once, then an answer for every job
    answers in order <---- pipe <--------  answer, or why there is none

No job is handed out more than two rounds ahead of the answer that is due, so that no more answers
wait than that. Workers never see Ctrl-C: the parent ends them. A worker whose parent is gone finds
its pipe closed and ends as well.
"""

import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

from .failure import Failure
from .output import unbroken

AHEAD = 2  # jobs for each worker between the answer that is due and the last one handed out
LEAVE_SECONDS = 5  # for a worker without work to end by itself

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Crash(Exception):
    """A bug in a worker; its text is the worker's traceback."""


@dataclass(frozen=True, slots=True)
class Report(Generic[Answer]):
    """What a worker sends back: an answer, a person's mistake, or a bug."""

    answer: Answer | None
    failure: str | None = None
    crash: str | None = None


@dataclass(slots=True)
class Worker(Generic[Job, Answer]):
    """One process, and the parent's end of its pipe."""

    process: SpawnProcess
    pipe: "Connection[Job, Report[Answer]]"

    def tell(self, job: Job) -> None:
        """Hand out a job."""
        try:
            self.pipe.send(job)
        except OSError:
            raise self.loss() from None

    def hear(self) -> Answer:
        """The answer to the job in hand; raises `Failure` if there will be none."""
        try:
            report = self.pipe.recv()
        except (EOFError, OSError):
            raise self.loss() from None
        if report.failure is not None:
            raise Failure(report.failure)
        if report.answer is None:
            raise Crash(report.crash)
        return report.answer

    def loss(self) -> Failure:
        """The failure of a worker that died."""
        self.process.join(LEAVE_SECONDS)
        code = self.process.exitcode
        how = f"with exit status {code}"
        if code is not None and code < 0:
            how = f"by signal {-code}, {signal.strsignal(-code)}"
        hint = "; it may have run out of memory: use fewer workers" if code == -9 else ""
        return Failure(f"a worker process was ended {how}{hint}")


@dataclass(slots=True)
class Crew(Generic[Job, Answer]):
    """Some workers. Used in a `with` block, at the end of which they are gone."""

    foreman: Callable[[], Callable[[Job], Answer]]  # picklable; makes what does the jobs
    count: int
    workers: list[Worker[Job, Answer]] = field(default_factory=list)

    def __enter__(self) -> "Crew[Job, Answer]":
        # The tracker unblocks SIGINT when it starts, so it has to be there before.
        resource_tracker.ensure_running()
        try:
            with unbroken():
                # A mask is inherited: no worker is broken off by Ctrl-C, not even as it starts.
                before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
                try:
                    for _ in range(self.count):
                        self.workers.append(self.start())
                finally:
                    signal.pthread_sigmask(signal.SIG_SETMASK, before)
        except BaseException:
            self.dismiss()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            for worker in self.workers:
                worker.pipe.close()
            for worker in self.workers:
                worker.process.join(LEAVE_SECONDS)
        self.dismiss()

    def start(self) -> Worker[Job, Answer]:
        """One worker more."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.foreman), daemon=True)
        process.start()
        theirs.close()
        return Worker(process, ours)

    def dismiss(self) -> None:
        """End the workers, whatever they do."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()

    def work(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """The answer to each job, in order."""
        numbered = enumerate(jobs)
        idle = deque(self.workers)
        busy: dict[object, tuple[Worker[Job, Answer], int]] = {}  # by pipe
        ready: dict[int, Answer] = {}
        due = 0
        while True:
            room = AHEAD * self.count - len(ready) - len(busy)
            for number, job in islice(numbered, min(len(idle), room)):
                worker = idle.popleft()
                worker.tell(job)
                busy[worker.pipe] = worker, number
            if not busy:
                return
            for pipe in wait([worker.pipe for worker, _ in busy.values()]):
                worker, number = busy.pop(pipe)
                ready[number] = worker.hear()
                idle.append(worker)
            while due in ready:
                yield ready.pop(due)
                due += 1


def serve(
    pipe: "Connection[Report[Answer], Job]", foreman: Callable[[], Callable[[Job], Answer]]
) -> None:
    """The life of a worker."""
    with suppress(EOFError, OSError):
        try:
            work = foreman()
            while True:
                pipe.send(Report(work(pipe.recv())))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
        except Failure as failure:
            pipe.send(Report(None, failure=str(failure)))
        except Exception:
            pipe.send(Report(None, crash=traceback.format_exc()))
