"""What staff decide of a member in, how they stand from then on out."""

from __future__ import annotations

from ...store.refusals import Declined
from ..failure import Failure, complain
from ..status import CLEAN
from ..whole import Whole
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Member, Program, Reason, Request, user


def floor(
    member: Member,
    program: Program,
    tier: str | None = None,
    /,
    *,
    reason: Reason,
    remove: bool = False,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
) -> int:
    """Give a member a tier below which they do not fall, until it is taken away.

    Parameters
    ----------
    tier
        The tier.
    remove
        Take away the one they have.
    """
    if remove == (tier is not None):
        raise Failure("name the tier, or take it away with `--remove`")
    with open_shop(where) as shop:
        answer = shop.members.set_floor(
            member, program, tier, actor=actor or user(), reason=reason, request=request
        )
    granted(answer)
    words = "has no floor any more" if tier is None else f"does not fall below `{tier}`"
    complain(f"`{member}` {words} in `{program}`")
    return CLEAN


def close(
    member: Member,
    /,
    *,
    reason: Reason,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
) -> int:
    """Let a member earn and spend nothing any more; what they have stays."""
    with open_shop(where) as shop:
        answer = shop.members.close(member, actor=actor or user(), reason=reason, request=request)
    return tell(member, answer)


def reopen(
    member: Member,
    /,
    *,
    reason: Reason,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
) -> int:
    """Let a member who was closed earn and spend again."""
    with open_shop(where) as shop:
        answer = shop.members.reopen(member, actor=actor or user(), reason=reason, request=request)
    return tell(member, answer)


def tell(member: str, answer: str | Declined) -> int:
    """Say which status a member has."""
    complain(f"`{member}` is {granted(answer)}")
    return CLEAN


def credit(
    member: Member,
    amount: Whole,
    currency: str,
    /,
    *,
    source: str,
    reason: Reason,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
) -> int:
    """Give store credit by hand: money in a member's wallet, which pays in carts.

    Parameters
    ----------
    amount
        How much, in minor units.
    currency
        Of which currency, such as EUR.
    source
        The case, such as a ticket; credit is given once for it.
    """
    with open_shop(where) as shop:
        answer = shop.wallet.give(
            member,
            amount,
            currency,
            source=source,
            reason=reason,
            actor=actor or user(),
            request=request,
        )
    moved = granted(answer)
    given, left = moved.amount_minor, moved.available_minor
    complain(f"{given:+,} minor units of {currency}, {left:,} available")
    return CLEAN
