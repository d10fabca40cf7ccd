"""What callers get: typed records whose fields stand in the order of the JSON keys."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from .moves import Move

encoder = msgspec.json.Encoder()

T = TypeVar("T", bound="Answer")


class Answer(Struct, frozen=True):
    """An answer and its two plain forms."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain dicts and lists."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def to_json(self) -> bytes:
        """The answer as compact UTF-8 JSON, the same bytes for the same input, always."""
        return encoder.encode(self)


class NextTier(Struct, frozen=True):
    """The next level up, where it begins, and what is missing until there."""

    tier: str
    from_: int = msgspec.field(name="from")
    missing: int


class TierAnswer(Answer, frozen=True):
    """Where a member stands in the tiers of a program; points in smallest units, or minor units.

    Instants are RFC 3339 in UTC. `since` is null for who always stood there, `valid_until` for who
    will not fall, `to_keep` then too; `next` is null at the top.
    """

    member: str | UnsetType
    program: str
    tier: str | None
    value: int
    since: str | None
    valid_until: str | None
    to_keep: int | None
    next: NextTier | None


class Refused(Struct, frozen=True):
    """What gave nothing, and why; of a referral also to whom it would have given."""

    rule: str
    reason: str
    member: str | UnsetType = UNSET


class LineRefund(Struct, frozen=True):
    """What a refund gives back of a line's net, and what is kept after it, in minor units."""

    id: str
    refunded: int
    kept: int


class Unrecoverable(Struct, frozen=True, omit_defaults=True):
    """Something that went with an order and does not come back with it."""

    kind: str  # gift, coupon, reward, stamps
    rule: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    code: str | UnsetType = UNSET
    issued: str | UnsetType = UNSET
    card: str | UnsetType = UNSET
    stamps: int | UnsetType = UNSET


class CardAnswer(Struct, frozen=True):
    """A stamp card after a refund: all stamps, the rewards open, and the stamps it shows."""

    card: str
    stamps: int
    open: int
    shown: int
    unrecoverable: int


class RefundAnswer(Answer, frozen=True):
    """What a refund takes back and gives back. `referral` is `reversed` where it went with it."""

    order: str
    refund: str
    ruleset: str
    lines: list[LineRefund]
    moves: list[Move]
    unrecoverable: list[Unrecoverable]
    cards: list[CardAnswer]
    referral: str | UnsetType = UNSET


class EventAnswer(Answer, frozen=True, kw_only=True):
    """What an event gives and takes. `state` is that of a referral; the last three are a refund's.

    `refused` says of every rule that waited for the event and gave nothing why, and of what was
    asked for and not given, or not all of it.
    """

    event: str
    type: str
    ruleset: str
    state: str | UnsetType = UNSET
    moves: list[Move]
    refused: list[Refused]
    lines: list[LineRefund] | UnsetType = UNSET
    unrecoverable: list[Unrecoverable] | UnsetType = UNSET
    cards: list[CardAnswer] | UnsetType = UNSET

    @property
    def event_id(self) -> str:
        """The id of the event, as errors have it too."""
        return self.event
