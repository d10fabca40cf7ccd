"""Rules, events and facts in, a line an event out: what it gives and takes, or why it cannot be."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from ..engine.engine import Engine
from ..engine.loyalty.errors import EventError
from ..files import load
from .carts import refuse_clashes
from .factbook import open_factbook
from .output import STDOUT
from .replies import reply_to


def events(
    events: Path,
    /,
    *,
    rules: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
    facts: Path | None = None,
    evaluator: Literal["kernel", "reference"] = "kernel",
) -> int:
    """Say what each event gives and takes, and what it refuses, in order.

    An event that cannot be read gives an error in its place, and exit status 1 at the end. One that
    is refused does not: that is an answer.

    Parameters
    ----------
    events
        What happened, JSON Lines; `-` reads standard input.
    rules
        A rule file, or a folder of them.
    output
        Where the answers go. A file is replaced only when all are done; `-` is standard output.
    facts
        What the store knows, JSON Lines, each with the id of its event under `event`, in any order.
    evaluator
        Who prices the carts of purchases. Both give the same bytes.
    """
    refuse_clashes(events, facts, rules, output, "events")
    engine = Engine(load(rules), evaluator)
    with nullcontext() if facts is None else open_factbook(facts, "event") as book:

        def reply(line: bytes) -> bytes:
            (answer,) = engine.award_batch([line], book)
            if book is not None:
                book.see(answer.event_id)
            if isinstance(answer, EventError):
                raise answer
            return answer.to_json()

        return reply_to(events, output, "event", reply, book)
