"""Events in, the engine's answers out, their moves booked: each event once, many at a time.

What is known of all events of a transaction is read together; then they are answered one after the
other, each by what the ones before it left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from ...dsl.loyalty import Loyalty
from ...engine.engine import Engine
from ...engine.loyalty.answers import EventAnswer
from ...engine.loyalty.earnings import measured
from ...engine.loyalty.event_needs import EventNeeds
from ...engine.loyalty.events import customer_of
from ...engine.loyalty.moves import Earn, Move
from ...engine.loyalty.referrals import REFERRAL
from ..ledger.account import POINTS, AccountKey
from ..member.people import Person
from ..refusals import Decline, Refusal
from ..schema.orders import happenings
from ..transaction import Found, Transaction, of_tenant
from ..usage.drawing import codes_left
from ..usage.stock import stock_of
from .booking import Occasion, Spend, book_moves
from .desk import Desk
from .facts import tiers_in, without_nothing
from .papers import Notice, encode_facts
from .standing import facts_about, keys_for

SOURCES_MAX = 10_000  # of one query
BEFORE = of_tenant(happenings).where(
    happenings.c.source.in_(sa.bindparam("sources", expanding=True))
)
read_answer = msgspec.json.Decoder(EventAnswer).decode
People = Mapping[str, Person]  # by what an event calls them


@dataclass(frozen=True, slots=True)
class Case:
    """An event, and who the people in it are."""

    notice: Notice
    people: People
    order_id: str = ""  # of which it comes

    @property
    def name(self) -> tuple[str, str]:
        """What makes it one event."""
        return self.notice.event.event, self.notice.event.id


@dataclass(frozen=True, slots=True)
class Open:
    """An event that is to be answered, and by what."""

    case: Case
    engine: Engine
    needs: EventNeeds
    keys: list[AccountKey]


def hear(desk: Desk, cases: Sequence[Case]) -> list[EventAnswer]:
    """Answer events, in their order, people by `members.id`; those answered before as before.

    Declines an event whose id was used for something else, and whatever moves are declined for.
    """
    before = find_before(desk.tx, cases)
    news = [open_case(desk, case) for case in cases if case.name not in before]
    accounts = desk.book.open([key for one in news for key in one.keys])
    desk.look_back((accounts[k], one.case.notice.at_us) for one in news for k in one.keys)
    causes = [(one.keys, occasion_of(one, desk.tx.at_us).cause("", "", "")) for one in news]
    desk.book.recall((accounts[key], cause) for keys, cause in causes for key in keys)
    opened = {one.case.name: one for one in news}
    rows: list[Found] = []
    answers = []
    for case in cases:
        row = before.get(case.name)
        if row is None:
            row = before[case.name] = answer(desk, opened[case.name])
            rows.append(row)
        answers.append(answer_before(row, case))
    desk.tx.insert(happenings, rows)
    return answers


def find_before(tx: Transaction, cases: Sequence[Case]) -> dict[tuple[str, str], Found]:
    """The rows of events that were answered before."""
    names = {case.name for case in cases}
    sources = sorted({source for _, source in names})
    found: dict[tuple[str, str], Found] = {}
    for start in range(0, len(sources), SOURCES_MAX):
        for row in tx.fetch(BEFORE, sources=sources[start : start + SOURCES_MAX]):
            if (row["event"], row["source"]) in names:
                found[row["event"], row["source"]] = row
    return found


def answer_before(row: Found, case: Case) -> EventAnswer:
    """The answer that is kept. Declines an event that is another of the same name."""
    if row["digest"] != case.notice.digest:
        kind, source = case.name
        words = f"there was another event `{source}` of the kind `{kind}` before"
        raise Decline(Refusal.CONFLICT, words)
    return read_answer(row["answer"])


def open_case(desk: Desk, case: Case) -> Open:
    """What an event is answered by: the rules of its instant, and what they ask."""
    event = case.notice.event
    engine = desk.timeline.engine_at(desk.tx, case.notice.at_us)
    needs = engine.event_needs(event.event, event.rule)
    keys = [key for person in case.people.values() for key in keys_for(engine, needs, person)]
    return Open(case, engine, needs, keys)


def occasion_of(
    one: Open, now_us: int, tiers: Mapping[tuple[str, str], str] | None = None
) -> Occasion:
    """What the moves of an event are booked for; no event is later than now."""
    notice, case = one.case.notice, one.case
    return Occasion(
        event=notice.event.event,
        source=notice.event.id,
        people={name: person.id for name, person in case.people.items()},
        ruleset=one.engine.ruleset.hash,
        at_us=min(notice.at_us, now_us),
        order_id=case.order_id,
        tiers=tiers or {},
    )


def answer(desk: Desk, one: Open) -> Found:
    """Answer an event and book its moves; the row that is kept of it."""
    case, engine = one.case, one.engine
    facts = facts_of(desk, one)
    known = encode_facts(facts)
    told = engine.award(case.notice.json, known)
    tiers = {
        key: tier
        for name, person in case.people.items()
        for key, tier in tiers_in(side_of(case, facts, name), person.id).items()
    }
    occasion = occasion_of(one, desk.tx.at_us, tiers)
    spend = spend_of(told, occasion, engine.ruleset.loyalty)
    book_moves(desk, occasion, engine.ruleset, told.moves, spend=spend)
    kept = rename(told, occasion.people)
    return row_of(desk, occasion, known, kept, case.notice.digest)


def row_of(desk: Desk, occasion: Occasion, facts: bytes, answer: EventAnswer, digest: str) -> Found:
    """The row of an event that was answered."""
    members = sorted(set(occasion.people.values()))
    return {
        "event": occasion.event,
        "source": occasion.source,
        "member": members[0] if len(members) == 1 else "",
        "digest": digest,
        "order_id": occasion.order_id,
        "ruleset": occasion.ruleset,
        "effective_at_us": occasion.at_us,
        "at_us": desk.tx.at_us,
        "facts": facts,
        "answer": answer.to_json(),
    }


# Facts.


def facts_of(desk: Desk, one: Open) -> dict[str, Any]:
    """What is known of an event's customer; of a referral, of both sides."""
    event = one.case.notice.event
    tx, loyalty, at_us = desk.tx, one.engine.ruleset.loyalty, one.case.notice.at_us
    if event.referrer is None or event.friend is None:
        customer = customer_of(event).id or ""
        facts = facts_about(desk, one.engine, one.needs, one.case.people[customer], at_us)
        facts["stock"] = stock_of(tx, one.needs.stock, loyalty)
        facts["pools"] = codes_left(tx, one.needs.pools)
        return without_nothing(facts)
    people = one.case.people
    referrer, friend = people[event.referrer.id or ""], people[event.friend.id or ""]
    return {
        "referrer": facts_about(desk, one.engine, one.needs, referrer, at_us),
        "friend": facts_about(desk, one.engine, one.needs, friend, at_us),
        "state": friend.row["referral"] or None,
    }


def side_of(case: Case, facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The facts of one of the people of an event."""
    event = case.notice.event
    sides = {"referrer": event.referrer, "friend": event.friend}
    found = [side for side, who in sides.items() if who is not None and who.id == name]
    told: Mapping[str, Any] = facts[found[0]] if found else facts
    return told


# Answers.


def spend_of(answer: EventAnswer, occasion: Occasion, loyalty: Loyalty) -> Spend:
    """What an event of an amount spends in programs that measure it; a referral spends nothing."""
    if answer.type == REFERRAL:
        return {}
    programs = measured(loyalty)
    return {
        AccountKey(occasion.people[move.member], move.program): move.base
        for move in answer.moves
        if isinstance(move, Earn) and move.kind == POINTS and move.program in programs
    }


def renamed(moves: Iterable[Move], names: Mapping[str | None, str]) -> list[Move]:
    """Moves with other names for their members; names that are not there stay."""
    return [
        msgspec.structs.replace(move, member=names.get(move.member, move.member)) for move in moves
    ]


def rename(answer: EventAnswer, names: Mapping[str | None, str]) -> EventAnswer:
    """An answer with other names for its people; names that are not there stay."""
    refused = [
        one
        if one.member is UNSET
        else msgspec.structs.replace(one, member=names.get(one.member, one.member))
        for one in answer.refused
    ]
    moves = renamed(answer.moves, names)
    return msgspec.structs.replace(answer, moves=moves, refused=refused)
