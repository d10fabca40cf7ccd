"""What comes back of an order in, what is paid back for it and which points come and go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from ...engine.cart.errors import CartError
from ...store.order.records import Refunded
from ...store.refusals import Declined
from ..carts import MARK, open_source
from ..failure import Failure, complain
from ..status import CLEAN
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Order, Request, user
from .sheet import Format, Record, even, print_lines, show, show_one

Parts = Annotated[list[str] | None, Parameter(negative="")]

SECTIONS = ("lines", "moves", "unrecoverable", "cards")


def refund(
    order: Order,
    file: Path | None = None,
    /,
    *,
    id: str | None = None,
    units: Parts = None,
    amount: Parts = None,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Take back units or amounts of lines, and say what is to be paid back for them.

    The same refund again is one refund, with or without a key.

    Parameters
    ----------
    file
        A file with the refund as JSON, instead of the three options; `-` reads standard input.
    id
        What the refund is called; another one of the order has another name.
    units
        `LINE=UNITS`: so many units of a line come back; may be given several times.
    amount
        `LINE=AMOUNT`: so much of what was paid for a line, in minor units; the same.
    """
    source = read_source(file, id, units or (), amount or ())
    with open_shop(where) as shop:
        try:
            answer = shop.orders.refund(order, source, actor=actor or user(), request=request)
        except CartError as error:
            raise Failure(str(error) if file is None else f"{file}: {error}") from None
    return tell(answer, format)


def read_source(
    file: Path | None, id: str | None, units: Sequence[str], amounts: Sequence[str]
) -> bytes | dict[str, Any]:
    """The refund that somebody means. Raises `Failure` for two of them, or none."""
    if file is not None:
        if id is not None or units or amounts:
            raise Failure("a refund is told by a file, or by `--id` and its lines: not by both")
        with open_source(file) as source:
            return source.read().removeprefix(MARK)
    if id is None:
        raise Failure("name the refund with `--id`, and its lines with `--units` or `--amount`")
    lines = [*lines_of(units, "units"), *lines_of(amounts, "amount")]
    return {"id": id, "lines": lines}


def lines_of(parts: Sequence[str], name: str) -> Iterator[dict[str, object]]:
    """The lines of a refund, of which so many units or so much is named."""
    for part in parts:
        line, _, number = part.rpartition("=")
        if not line or not number.isascii() or not number.isdecimal():
            raise Failure(f"--{name}: expected a line and a whole number, `LINE=2`, got `{part}`")
        yield {"id": line, name: int(number)}


def tell(answer: Refunded | Declined, format: Format) -> int:
    """Show what a refund came to."""
    refunded = granted(answer)
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(refunded))
    if format == "json":
        show_one(plain, format)
        return CLEAN
    show_one({name: plain[name] for name in plain if name not in SECTIONS}, format)
    plain["moves"] = map(shown_of, plain["moves"])
    for name in SECTIONS:
        if records := even(plain[name]):
            print_lines(["", name.capitalize()])
            show(records, format)
    complain(f"to pay back, in minor units: {refunded.amount_minor - refunded.credit_minor:,}")
    return CLEAN


def shown_of(move: Record) -> Record:
    """A move as people read it: what moves, and how much of it, in the same columns for all."""
    words = {name: move[name] for name in move if name not in ("points", "times")}
    words["move"] = words["move"].replace("_", " ")
    if "points" in move:
        words |= {"kind": "points", "amount": move["points"]}
    if "times" in move:
        words |= {"kind": "rewards", "amount": move["times"]}
    return words
