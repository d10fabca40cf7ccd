"""What is known of a customer in, the facts that the engine needs for a cart or an event out.

    members   balance, tier and all that from the accounts; not in it: no member of that program
    cards     stamps from the accounts, used rewards from the rewards
    rooms, stock, pools, issued, uses, codes    as `store.usage` counts them

The engine names what a cart or an event can need, and only that is read: a few queries, however
many rules there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ...dsl.loyalty import Loyalty, Program
from ...dsl.ruleset import Ruleset
from ...engine.cart.cart import COUNT_MAX
from ...engine.loyalty.days import day_of, spell_day
from ..ledger.account import POINTS, AccountKey
from ..member.people import Person

STAMPS = "stamps"
CASHBACK = "cashback"


class Purse(NamedTuple):
    """What facts say of an account; points in the smallest unit of its program."""

    available: int
    lifetime: int
    tier: str  # empty: none
    qualifying: int  # 0 where it does not matter


EMPTY = Purse(0, 0, "", 0)
Purses = Mapping[AccountKey, Purse]


def keys_of(
    ruleset: Ruleset, person: Person, programs: Collection[str], cards: Collection[str]
) -> list[AccountKey]:
    """The accounts of a person that facts about these programs and cards are read from."""
    homes = {card.id: card.program for card in ruleset.loyalty.stamp_cards}
    return [
        *(AccountKey(person.id, program, POINTS) for program in programs),
        *(AccountKey(person.id, homes[card], STAMPS, card) for card in cards),
    ]


def members_of(
    loyalty: Loyalty, person: Person, programs: Collection[str], purses: Purses
) -> dict[str, Any]:
    """The facts `members`: where a person stands in the programs they are in."""
    wanted = [one for one in loyalty.programs if one.id in programs and one.id in person.programs]
    return {
        program.id: member_of(program, person, purses.get(AccountKey(person.id, program.id), EMPTY))
        for program in wanted
    }


def member_of(program: Program, person: Person, purse: Purse) -> dict[str, Any]:
    """Where a person stands in a program."""
    enrolment = person.programs[program.id]
    joined = day_of(enrolment.joined_at_us, ZoneInfo(program.timezone))
    found: dict[str, Any] = {
        "balance": within(purse.available),
        "qualifying": within(purse.qualifying),
        "lifetime_points": within(purse.lifetime),
        "segments": sorted(person.segments.get(program.id, ())),
        "joined": spell_day(joined),
    }
    if program.tiers is not None:
        found["tier"] = tier_of(program, purse.tier)
    return found


def tier_of(program: Program, *names: str) -> str | None:
    """The highest of some tiers, and of the one that everybody holds, if there is such a one."""
    levels = () if program.tiers is None else program.tiers.levels
    ranks = {level.id: rank for rank, level in enumerate(levels) if level.threshold == 0}
    ranks |= {level.id: rank for rank, level in enumerate(levels) if level.id in names}
    return max(ranks, key=lambda name: ranks[name], default=None)


def tiers_in(facts: Mapping[str, Any], member: str) -> dict[tuple[str, str], str]:
    """The tiers that facts say a member holds, by member and program; empty for none."""
    members: Mapping[str, Any] = facts.get("members") or {}
    return {(member, name): told.get("tier") or "" for name, told in members.items()}


def cards_of(
    ruleset: Ruleset,
    person: Person,
    cards: Collection[str],
    purses: Purses,
    used: Mapping[str, int],
) -> dict[str, Any]:
    """The facts `cards`: stamps ever given, less those taken back, and rewards that were used."""
    homes = {card.id: card.program for card in ruleset.loyalty.stamp_cards}
    found = {}
    for card in sorted(cards):
        purse = purses.get(AccountKey(person.id, homes[card], STAMPS, card), EMPTY)
        found[card] = {"stamps": within(purse.lifetime), "used": used.get(card, 0)}
    return found


def within(count: int) -> int:
    """A count as facts take it: what is beyond their limit is as good as the limit."""
    return max(0, min(count, COUNT_MAX))


def without_nothing(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts without what says nothing; that there are no members says something."""
    return {name: told for name, told in facts.items() if told or name == "members"}
