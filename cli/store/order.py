"""A cart in, a placed order out; an order in, what became of it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ...engine.cart.errors import CartError
from ...store.order.records import OrderShown, Placed, Replayed
from ...store.refusals import Declined
from ...store.shop import Shop
from ..carts import MARK, open_source
from ..codes import why_refused
from ..failure import Failure, complain
from ..status import CLEAN, FINDINGS
from ..whole import Whole
from .instants import readable
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Order, Request, user
from .sheet import Format, print_lines, show, show_one

SECTIONS = ("steps", "refunds")
RESULT = ("lines", "rejected_coupons", "redemptions", "earned")  # what people see of a result


def place(
    cart: Path,
    /,
    *,
    where: Where = HERE,
    grand_total: Whole | None = None,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Place an order: priced by what the store knows, booked and frozen in one step.

    Parameters
    ----------
    cart
        A file with one cart as JSON; `-` reads standard input. The order is called as the cart is.
    grand_total
        What it must cost, in minor units; at any other price it is declined.
    request
        A key of your own under which it is placed once.
    """
    with open_source(cart) as source, open_shop(where) as shop:
        try:
            content = source.read().removeprefix(MARK)
            answer = shop.orders.place(content, grand_total=grand_total, request=request)
        except CartError as error:
            raise Failure(f"{cart}: {error}") from None
        status = tell_placed(answer, format)
        tell_refused(shop, granted(answer))
    return status


def move(
    order: Order,
    state: str,
    /,
    *,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Bring an order forward. Points that wait for its state begin to count.

    Parameters
    ----------
    state
        `awaiting_fulfilment` or `fulfilled`; steps may be skipped.
    """
    with open_shop(where) as shop:
        answer = shop.orders.transition(order, state, actor=actor or user(), request=request)
    return tell_placed(answer, format)


def cancel(
    order: Order,
    /,
    *,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Undo an order that was not fulfilled: points, uses, stock and rewards are given back."""
    with open_shop(where) as shop:
        answer = shop.orders.cancel(order, actor=actor or user(), request=request)
    return tell_placed(answer, format)


def tell_placed(answer: Placed | Declined, format: Format) -> int:
    """Show an order as whoever placed or changed it is answered."""
    show_one(readable(msgspec.to_builtins(granted(answer))), format)
    return CLEAN


def tell_refused(shop: Shop, placed: Placed) -> None:
    """Say which coupons an order has not got, and why."""
    found = granted(shop.orders.show(placed.order))
    for one in msgspec.json.decode(found.result)["rejected_coupons"]:
        complain(f"coupon {one['code']} refused: {why_refused(one['reason'], one.get('by'))}")


def show_order(order: Order, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Show an order: what it came to, what became of it, what was refunded; its result in JSON."""
    with open_shop(where) as shop:
        found = shop.orders.show(order)
    plain = record_of(granted(found))
    if format == "json":
        show_one(plain, format)
        return CLEAN
    show_one({name: plain[name] for name in plain if name not in (*SECTIONS, "result")}, format)
    sections = {name: plain["result"][name] for name in RESULT} | {n: plain[n] for n in SECTIONS}
    for name, records in sections.items():
        if records:
            print_lines(["", name.replace("_", " ").capitalize()])
            show([flat(one) for one in records], format)
    return CLEAN


def record_of(found: OrderShown) -> dict[str, Any]:
    """An order as it is shown."""
    return readable(msgspec.json.decode(msgspec.json.encode(found)))


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what is a list of records."""
    return {name: value for name, value in record.items() if not isinstance(value, list)}


def replay(order: Order, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Price a stored order again, by its own rules and facts, and compare it byte for byte.

    Exit status 1 when it comes out another. As JSON with both results.
    """
    with open_shop(where) as shop:
        answer = shop.orders.replay(order)
    return tell(granted(answer), format)


def tell(answer: Replayed, format: Format) -> int:
    """Say how a replay came out."""
    if format == "json":
        show_one(msgspec.json.decode(msgspec.json.encode(answer)), format)
    elif answer.is_same:
        print_lines([f"{answer.order}: the same, byte for byte, by {answer.ruleset}"])
    else:
        frozen, again = bytes(answer.frozen), bytes(answer.again)
        print_lines([f"{answer.order}: another result", frozen.decode(), again.decode()])
        complain("the result that is kept stands above the one of now")
    return CLEAN if answer.is_same else FINDINGS
