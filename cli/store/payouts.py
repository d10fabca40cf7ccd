"""Payouts in, how they stand out; and what staff say of them: asked for, let go, ended by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, get_args

import msgspec
from cyclopts import Parameter

from ...store.payout.disbursement import OVER, Disbursement
from ...store.refusals import Declined, Refusal
from ...store.shop import Shop
from ..failure import Failure
from ..status import CLEAN
from ..whole import Whole
from .instants import readable, spell_at
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Member, Program, Reason, Request, user
from .sheet import Format, print_lines, show, show_one

Status = Literal["pending", "requested", "sent", "unknown", "confirmed", "failed", "cancelled"]
STATUSES: tuple[Status, ...] = get_args(Status)
Payout = Annotated[str, Parameter(help="Its id, as `tally payouts list` shows it.")]


def show_list(
    *,
    status: Annotated[list[Status] | None, Parameter(negative="")] = None,
    member: str | None = None,
    where: Where = HERE,
    format: Format = "text",
) -> int:
    """Show payouts that are not over, or others, the oldest of a status first.

    Parameters
    ----------
    status
        Only these; may be given several times. By default all that are not over.
    member
        Only those of one member, by what the shop calls them.
    """
    wanted = status or [one for one in STATUSES if one not in OVER]
    with open_shop(where) as shop:
        found = list(list_payouts(shop, wanted, member))
    records = map(record_of, found) if format == "json" else map(row_of, found)
    show(records, format, "there are no such payouts")
    return CLEAN


def list_payouts(
    shop: Shop, statuses: Collection[str], member: str | None
) -> Iterator[Disbursement]:
    """The payouts in some statuses, of everybody or of one member."""
    if member is not None:
        found = granted(shop.payouts.of_member(member))
        yield from (one for one in found if one.status in statuses)
        return
    for status in statuses:
        after = ""
        while page := shop.payouts.in_status(status, after=after):
            yield from page
            after = page[-1].id


def show_payout(payout: Payout, /, *, where: Where = HERE, format: Format = "text") -> int:
    """Show a payout, and what became of it step by step: when, by whom and why."""
    with open_shop(where) as shop:
        found = shop.payouts.show(payout)
        steps = shop.payouts.steps(payout)
    if found is None:
        raise Failure(f"{Refusal.UNKNOWN_DISBURSEMENT}: there is no payout `{payout}`")
    told = [readable(msgspec.to_builtins(step)) for step in steps]
    if format == "json":
        show_one(record_of(found) | {"steps": told}, format)
        return CLEAN
    show_one(record_of(found), format)
    print_lines(["", "Steps"])
    show(told, format)
    return CLEAN


def request(
    member: Member,
    program: Program,
    amount: Whole,
    /,
    *,
    provider: str = "",
    recipient: str = "",
    where: Where = HERE,
    request: Request = None,
    format: Format = "text",
) -> int:
    """Ask for a member's cashback to be paid out. It is set aside, and waits to be approved.

    Parameters
    ----------
    amount
        How much, in minor units.
    provider
        Who pays it; by default whoever takes cashback, which is the wallet.
    recipient
        Where it goes, as the provider wants it told.
    """
    with open_shop(where) as shop:
        answer = shop.payouts.request(
            member, program, amount, provider=provider, recipient=recipient, request=request
        )
    return tell(answer, format)


def approve(
    payout: Payout, /, *, where: Where = HERE, actor: Actor = None, format: Format = "text"
) -> int:
    """Let a pending payout be sent by the next `tally jobs pay`."""
    with open_shop(where) as shop:
        answer = shop.payouts.approve(payout, actor=actor or user())
    return tell(answer, format)


def cancel(
    payout: Payout,
    /,
    *,
    reason: Reason,
    where: Where = HERE,
    actor: Actor = None,
    format: Format = "text",
) -> int:
    """Have a payout not be sent, and free what is held for it; not one that was sent."""
    with open_shop(where) as shop:
        answer = shop.payouts.cancel(payout, actor=actor or user(), reason=reason)
    return tell(answer, format)


def confirm(
    payout: Payout,
    /,
    *,
    reason: Reason,
    reference: str = "",
    where: Where = HERE,
    actor: Actor = None,
    format: Format = "text",
) -> int:
    """Say that a payout under way arrived, where its provider will never say so.

    Parameters
    ----------
    reference
        What its provider calls it.
    """
    with open_shop(where) as shop:
        answer = shop.payouts.resolve(
            payout, is_paid=True, actor=actor or user(), reason=reason, reference=reference
        )
    return tell(answer, format)


def fail(
    payout: Payout,
    /,
    *,
    reason: Reason,
    where: Where = HERE,
    actor: Actor = None,
    format: Format = "text",
) -> int:
    """Say that a payout under way will not arrive, and free what is held for it."""
    with open_shop(where) as shop:
        answer = shop.payouts.resolve(payout, is_paid=False, actor=actor or user(), reason=reason)
    return tell(answer, format)


def tell(answer: Disbursement | Declined, format: Format) -> int:
    """Show how a payout stands."""
    show_one(record_of(granted(answer)), format)
    return CLEAN


def record_of(payout: Disbursement) -> dict[str, Any]:
    """A payout as it is shown."""
    return readable(msgspec.to_builtins(payout))


def row_of(payout: Disbursement) -> dict[str, Any]:
    """Of a payout what people read in a table."""
    return {
        "payout": payout.id,
        "status": payout.status,
        "kind": payout.kind,
        "member": payout.customer,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "provider": payout.provider,
        "since": spell_at(payout.created_at_us),
        "detail": payout.detail,
    }
