"""Rules and histories in, a line a member out: the tier they hold, since when, and until when."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..engine.cart.errors import CartError
from ..engine.cart.instants import read_instant_us
from ..engine.engine import Engine
from ..files import load
from .carts import refuse_clashes
from .failure import Failure
from .output import STDOUT
from .replies import reply_to


def tier(
    histories: Path,
    /,
    *,
    rules: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
    at: str | None = None,
    program: str | None = None,
) -> int:
    """Say which tier members hold, since when, how long, and what the next one wants.

    A history that cannot be read gives an error in its place, and exit status 1 at the end.

    Parameters
    ----------
    histories
        What members earned, JSON Lines; `-` reads standard input.
    rules
        A rule file, or a folder of them.
    output
        Where the answers go. A file is replaced only when all are done; `-` is standard output.
    at
        The instant asked about, as 2026-07-10T12:00:00Z; by default now.
    program
        Which program; by default the one each history names, or the only one with tiers.
    """
    refuse_clashes(histories, None, rules, output)
    instant = datetime.now(UTC).isoformat() if at is None else at
    try:
        read_instant_us(instant, "")
    except CartError as error:
        raise Failure(f"--at: {error.message}") from None
    engine = Engine(load(rules))
    return reply_to(
        histories, output, "history", lambda line: engine.tier(program, line, instant).to_json()
    )
