"""Demands in, a dict of posting lists in plain Python out.

What a careful team would write without a compiler: each demand filed under its rarest clause, a
dict look-up for each token of the cart, and what is found tested with the cheapest checks first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .access import clauses_of, shelf_tokens, tokens_of
from .peer import Peer
from .question import Demand, Shelf

FORM = "posting lists in a dict, survivors tested in plain Python"
FOREVER = 2**62

# Window, minimum, one of each of some words, units of tokens, id.
Check = tuple[
    int,
    int,
    int,
    tuple[tuple[str, frozenset[str]], ...],
    tuple[tuple[tuple[str, ...], int], ...],
    str,
]


def check_of(demand: Demand) -> Check:
    """A demand as what is compared, cheapest first; a lone unit of its first clause is met."""
    clauses = [(tuple(tokens_of(clause)), clause[2]) for clause in clauses_of(demand)]
    left = clauses[1:] if clauses and clauses[0][1] == 1 else clauses
    return (
        -1 if demand.starts_at is None else demand.starts_at,
        FOREVER if demand.ends_at is None else demand.ends_at,
        demand.minimum_minor or 0,
        tuple((word, frozenset(values)) for word, values in demand.words.items()),
        tuple(left),
        demand.id,
    )


def passes(
    check: Check, now: int, subtotal: int, words: Mapping[str, str], tokens: Mapping[str, int]
) -> bool:
    """Whether a cart found by a token meets the rest."""
    starts_at, ends_at, minimum, wanted, clauses, _ = check
    if not (starts_at <= now < ends_at and minimum <= subtotal):
        return False
    for word, values in wanted:
        if words[word] not in values:
            return False
    for names, quantity in clauses:
        units = 0
        for name in names:
            units += tokens.get(name, 0)
        if units < quantity:
            return False
    return True


class IndexedPeer(Peer):
    """Plain Python with an index."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._open: list[Check] = []
        self._posts: dict[str, list[Check]] = {}
        for demand in demands:
            check, clauses = check_of(demand), clauses_of(demand)
            if not clauses:
                self._open.append(check)
            for token in tokens_of(clauses[0]) if clauses else ():
                self._posts.setdefault(token, []).append(check)

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [
            (shelf.now, shelf.subtotal_minor, shelf.words, dict(shelf_tokens(shelf)))
            for shelf in shelves
        ]

    def match(self, prepared: Any) -> Any:
        posts = self._posts.get
        answers = []
        for now, subtotal, words, tokens in prepared:
            found = {
                check[-1] for check in self._open if passes(check, now, subtotal, words, tokens)
            }
            for token in tokens:
                for check in posts(token, ()):
                    if passes(check, now, subtotal, words, tokens):
                        found.add(check[-1])
            answers.append(found)
        return answers

    def read(self, answer: Any) -> list[list[str]]:
        return [sorted(found) for found in answer]
