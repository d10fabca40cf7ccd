"""What callers get: typed records whose fields stand in the order of the JSON keys."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

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


__all__ = ["UNSET", "Answer", "NextTier", "TierAnswer"]
