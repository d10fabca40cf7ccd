"""An amount in, a gift card out; a code in, how its card stands out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from cyclopts import Parameter

from ...store.payout.gift_cards import GiftCard
from ...store.refusals import Declined, Refusal
from ...store.schema.frame import NEVER_US
from ..failure import Failure
from ..status import CLEAN
from ..whole import Whole
from .instants import instant_of, readable
from .opening import HERE, Where, granted, open_shop
from .options import Request
from .sheet import Format, show_one

Code = Annotated[str, Parameter(help="Its code, with or without dashes, in any case.")]


def issue(
    amount: Whole,
    currency: str,
    /,
    *,
    expires: str | None = None,
    where: Where = HERE,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Issue a gift card, such as one that was sold. Whoever has its code can spend it.

    Parameters
    ----------
    amount
        How much is on it, in minor units.
    currency
        In which currency, such as EUR.
    expires
        The instant from which what is left on it is gone; by default never.
    """
    expires_us = instant_of(expires, "--expires")
    ends_us = NEVER_US if expires_us is None else expires_us
    with open_shop(where) as shop:
        answer = shop.gift_cards.issue(amount, currency, expires_at_us=ends_us, request=request)
    return tell(answer, format)


def show_card(code: Code, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Show how a gift card stands."""
    with open_shop(where) as shop:
        found = shop.gift_cards.show(code)
    if found is None:
        raise Failure(f"{Refusal.UNKNOWN_CODE}: no gift card has this code")
    return tell(found, format)


def block(code: Code, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Have a gift card pay no more, as when it was stolen; what is on it stays."""
    with open_shop(where) as shop:
        answer = shop.gift_cards.block(code)
    return tell(answer, format)


def unblock(code: Code, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Have a gift card pay again."""
    with open_shop(where) as shop:
        answer = shop.gift_cards.unblock(code)
    return tell(answer, format)


def tell(answer: GiftCard | Declined, format: Format) -> int:
    """Show a gift card."""
    show_one(readable(msgspec.to_builtins(granted(answer))), format)
    return CLEAN
