"""Answers with `members.id` in, as the store keeps them; with the names that the shop knows out."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.loyalty.answers import EventAnswer
from ...engine.loyalty.moves import Move
from ..member.people import find_members_by_id
from ..transaction import Transaction
from .hearing import rename, renamed


def with_names(tx: Transaction, moves: Iterable[Move]) -> list[Move]:
    """Moves that call their members as the shop does."""
    found = list(moves)
    return renamed(found, names_of(tx, found))


def answers_with_names(tx: Transaction, answers: Iterable[EventAnswer]) -> list[EventAnswer]:
    """Answers that call people as the shop does."""
    found = list(answers)
    names = names_of(tx, [move for answer in found for move in answer.moves])
    return [rename(answer, names) for answer in found]


def names_of(tx: Transaction, moves: Iterable[Move]) -> dict[str | None, str]:
    """What the shop calls the members of moves."""
    ids = sorted({move.member for move in moves if move.member})
    return {id: row["external_id"] for id, row in find_members_by_id(tx, ids).items()}
