"""A member in, what they have out; and what staff change of it by hand."""

from __future__ import annotations

from typing import Any

import msgspec

from ...store.ledger.entry import Entry
from ...store.ledger.purse import Purse
from ...store.member.showing import MemberShown
from ..failure import complain
from ..status import CLEAN
from ..whole import Whole
from .instants import At, instant_of, readable
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Member, Program, Reason, Request, Unit, user
from .sheet import Format, print_lines, show, show_one

SECTIONS = ("programs", "accounts", "rewards", "interventions")
SHOWN = (
    "recorded_at_us",
    "kind",
    "points",
    "balance",
    "program",
    "unit",
    "event",
    "source",
    "rule",
    "reason",
    "actor",
)


def enrol(
    member: Member,
    program: Program,
    /,
    *,
    where: Where = HERE,
    referral_code: str | None = None,
    request: Request = None,
) -> int:
    """Make somebody a member of a program.

    Parameters
    ----------
    referral_code
        Of the member who brought them.
    """
    with open_shop(where) as shop:
        answer = shop.members.enrol(member, program, referral_code=referral_code, request=request)
    granted(answer)
    complain(f"`{member}` is a member of `{program}`")
    return CLEAN


def show_member(
    member: Member, /, *, where: Where = HERE, at: At = None, format: Format = "text"
) -> int:
    """Show all of a member: programs, tiers, balances, open rewards, what staff did by hand."""
    with open_shop(where) as shop:
        found = shop.members.show(member, at_us=instant_of(at))
    plain = record_of(granted(found))
    if format == "json":
        show_one(plain, format)
        return CLEAN
    show_one({name: value for name, value in plain.items() if name not in SECTIONS}, format)
    for name in SECTIONS:
        if plain[name]:
            print_lines(["", name.capitalize()])
            show(plain[name], format)
    return CLEAN


def record_of(found: MemberShown) -> dict[str, Any]:
    """A member as they are shown."""
    return readable(msgspec.to_builtins(found))


def adjust(
    member: Member,
    program: Program,
    points: Whole,
    /,
    *,
    reason: Reason,
    unit: Unit = "points",
    card: str = "",
    actor: Actor = None,
    where: Where = HERE,
    request: Request = None,
) -> int:
    """Give points by hand, or take them, but never more than somebody can spend.

    Parameters
    ----------
    points
        How many, in the smallest unit of the program; negative takes them.
    card
        Of stamps: which card.
    """
    with open_shop(where) as shop:
        purse = Purse(member, program, unit, card)
        answer = shop.ledger.adjust(
            purse, points, reason=reason, actor=actor or user(), request=request
        )
    entry = granted(answer)
    complain(f"entry {entry.seq}: {entry.points:+,}, balance {entry.balance:,}")
    return CLEAN


def history(
    member: Member,
    /,
    *,
    where: Where = HERE,
    limit: Whole = 100,
    cursor: str | None = None,
    format: Format = "text",
) -> int:
    """Show what was booked for a member, the newest first; as JSON each entry whole.

    Parameters
    ----------
    limit
        How many entries, at most 1000.
    cursor
        Where the page before ended: it is told when there is more.
    """
    with open_shop(where) as shop:
        page = granted(shop.ledger.transactions(member, cursor=cursor, limit=limit))
    entries = [entry_of(entry, page.purses[entry.account]) for entry in page.entries]
    if format == "text":
        entries = [shown_of(entry) for entry in entries]
    show(map(readable, entries), format, "nothing was booked yet")
    if page.cursor is not None:
        complain(f"there is more: --cursor {page.cursor}")
    return CLEAN


def entry_of(entry: Entry, purse: Purse) -> dict[str, Any]:
    """An entry as it is shown, with what its account is of."""
    account = {"program": purse.program, "unit": purse.unit, "card": purse.card}
    return {"account": entry.account, **account, **msgspec.to_builtins(entry)}


def shown_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Of an entry what people read; stamps are those of a card."""
    unit = f"{entry['unit']} {entry['card']}".rstrip()
    return {name: unit if name == "unit" else entry[name] for name in SHOWN}
