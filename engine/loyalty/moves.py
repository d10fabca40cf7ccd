"""What is to be written down after an event or a refund: one record a move, in JSON's order.

Points are in the smallest unit of their program, money in minor units. A list of moves is all or
nothing: whoever books them books all, or none.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Share(Struct, frozen=True):
    """What a line of the cart has of an amount."""

    id: str
    share: int


class Earn(Struct, frozen=True, kw_only=True, tag_field="move", tag="earn"):
    """Points, cashback or stamps are given; `rule` is an earning rule, or a campaign's bonus.

    Points have the instants from which they count and from which they are gone, others have none.
    """

    member: str | None
    program: str
    rule: str
    kind: str
    card: str | UnsetType = UNSET
    amount: int
    base: int
    multiplier: str
    campaigns: list[str]
    lines: list[Share]
    clipped: bool
    activates_at: str | UnsetType | None = UNSET
    expires_at: str | UnsetType | None = UNSET


class Redeem(Struct, frozen=True, tag_field="move", tag="redeem"):
    """Points are taken; `rule` is null where they paid by the program's own rate."""

    member: str | None
    program: str
    rule: str | None
    times: int
    points: int
    amount: int


class Use(Struct, frozen=True, tag_field="move", tag="use"):
    """A reward that was issued is used up."""

    member: str | None
    program: str
    rule: str
    issued: str


class Issue(Struct, frozen=True, kw_only=True, tag_field="move", tag="issue"):
    """A reward is given to be used later, so many times; `card` is the full one it is for."""

    member: str | None
    program: str
    rule: str
    card: str | UnsetType = UNSET
    times: int
    reward: dict[str, Any]
    expires_at: str | None


class Disburse(Struct, frozen=True, tag_field="move", tag="disburse"):
    """Money leaves the shop: a gift card, cashback or a donation. `amount` is all of it."""

    member: str | None
    program: str
    rule: str
    kind: str
    times: int
    amount: int
    provider: str | None
    to: str | None
    expires_at: str | None


class GiveBack(Struct, frozen=True, tag_field="move", tag="give_back"):
    """Points that paid for what was returned come back."""

    member: str | None
    program: str
    rule: str | None
    points: int


class ClawBack(Struct, frozen=True, kw_only=True, tag_field="move", tag="claw_back"):
    """What was earned on what was returned is taken back."""

    member: str | None
    program: str
    rule: str
    kind: str
    card: str | UnsetType = UNSET
    amount: int


class EarnAgain(Struct, frozen=True, kw_only=True, tag_field="move", tag="earn_again"):
    """What the kept lines earn more than before, as when a condition holds only now.

    It is earned with its order: points live as though they had been given then.
    """

    member: str | None
    program: str
    rule: str
    kind: str
    card: str | UnsetType = UNSET
    amount: int
    activates_at: str | UnsetType | None = UNSET
    expires_at: str | UnsetType | None = UNSET


class Revoke(Struct, frozen=True, tag_field="move", tag="revoke"):
    """Rewards of a card that is no longer full are taken back unused, newest first."""

    member: str | None
    program: str
    rule: str
    card: str
    times: int


Move = Earn | Redeem | Use | Issue | Disburse | GiveBack | ClawBack | EarnAgain | Revoke
