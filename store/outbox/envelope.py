"""A row of the outbox in, the CloudEvents 1.0 that others receive out.

Members stand in events by the id that means nothing outside; what leaves the shop has the shop's
own name of them, as it is when the event is sent, and none of those who were erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from ...engine.loyalty.days import spell_instant
from ..transaction import Found

# The fields of `data` that hold the id of a member.
MEMBER_FIELDS = ("member", "giver", "taker", "friend", "referrer", "owner")
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SEQUENCE_DIGITS = 19  # of the largest number, so that sequences sort as texts

encoder = msgspec.json.Encoder(order="sorted")


class Message(msgspec.Struct, frozen=True):
    """An event as it is sent; `id` is the same whenever it is sent again."""

    id: str
    type: str
    body: bytes


def members_in(row: Found) -> list[str]:
    """The ids of the members an event is about."""
    told = msgspec.json.decode(row["data"])
    return [told[field] for field in MEMBER_FIELDS if told.get(field)]


def wrap(tenant: str, row: Found, names: Mapping[str, str]) -> Message:
    """The message of an event; `names` are members' names by their ids."""
    told = msgspec.json.decode(row["data"])
    for field in MEMBER_FIELDS:
        if field not in told:
            continue
        name = names.get(told.pop(field))
        if name is not None:
            told[field] = name
    id = outside_id(tenant, row["id"])
    return message_of(tenant, id, row["type"], row["at_us"], told, row["subject"], row["number"])


def outside_id(tenant: str, id: str) -> str:
    """The id of an event as others get it: no other tenant has it, and it fits into a header.

    >>> outside_id("main", "order/a b/3")
    'main/order/a%20b/3'
    """
    return f"{tenant}/{quote(id)}"


def message_of(
    tenant: str,
    id: str,
    type: str,
    at_us: int,
    told: Mapping[str, Any],
    subject: str = "",
    number: int = 0,
) -> Message:
    """The message of anything that is told; `number` counts the events of the subject."""
    outside = f"tallystick.{type}.v1"
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": f"/tallystick/{tenant}",
        "type": outside,
        "time": spell_instant(at_us),
        "datacontenttype": "application/json",
        "data": told,
    }
    if subject:
        event |= {"subject": subject, "sequence": f"{number:0{SEQUENCE_DIGITS}}"}
    return Message(id, outside, encoder.encode(event))
