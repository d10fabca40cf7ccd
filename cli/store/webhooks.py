"""Who is to hear of what happens in, and shown."""

from __future__ import annotations

from typing import Annotated

import msgspec
from cyclopts import Parameter

from ..failure import complain
from ..status import CLEAN
from .instants import readable
from .opening import HERE, Where, open_shop
from .sheet import Format, print_lines, show


def add(
    url: str,
    /,
    *,
    type: Annotated[list[str] | None, Parameter(name="--type", negative="")] = None,
    where: Where = HERE,
) -> int:
    """Send what happens from now on to a URL. The secret of its signatures is printed, this once.

    Parameters
    ----------
    url
        `https://...`, or `nats://...` with the extra `nats`.
    type
        Only events of this type, such as `loyalty.earned`; may be given several times.
    """
    with open_shop(where) as shop:
        added = shop.webhooks.add(url, types=type or ())
    complain(f"webhook {added.id} hears what happens from now on")
    if added.secret:
        print_lines([added.secret])
    return CLEAN


def show_list(*, where: Where = HERE, format: Format = "text") -> int:
    """Show who listens, and how many events wait for each."""
    with open_shop(where) as shop:
        found = shop.webhooks.all()
    show((readable(msgspec.to_builtins(one)) for one in found), format, "nobody listens")
    return CLEAN


def remove(webhook: str, /, *, where: Where = HERE) -> int:
    """Send no more to a webhook, and forget what it has not heard.

    Parameters
    ----------
    webhook
        Its id, as `tally webhooks list` shows it.
    """
    with open_shop(where) as shop:
        shop.webhooks.remove(webhook)
    complain(f"webhook {webhook} is removed")
    return CLEAN
