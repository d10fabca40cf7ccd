"""Rules, orders and their refunds in, a line a refund out: what comes back, what is clawed back."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from ..engine.engine import Engine
from ..engine.loyalty.event_intake import read_return
from ..files import load
from .carts import refuse_clashes
from .output import STDOUT
from .replies import reply_to


def refund(
    refunds: Path,
    /,
    *,
    rules: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
    evaluator: Literal["kernel", "reference"] = "kernel",
) -> int:
    """Say what refunds give back, claw back and cannot have back, in order.

    A refund that cannot be read, or of more than was bought, gives an error in its place, and exit
    status 1 at the end.

    Parameters
    ----------
    refunds
        Orders and their refunds, JSON Lines of `{"order": .., "refund": ..}`; `-` reads standard
        input.
    rules
        A rule file, or a folder of them: those that priced the orders.
    output
        Where the answers go. A file is replaced only when all are done; `-` is standard output.
    evaluator
        Who prices the orders. Both give the same bytes.
    """
    refuse_clashes(refunds, None, rules, output)
    engine = Engine(load(rules), evaluator)

    def reply(line: bytes) -> bytes:
        sent = read_return(line)
        return engine.refund(sent.order, sent.refund).to_json()

    return reply_to(refunds, output, "refund", reply)
