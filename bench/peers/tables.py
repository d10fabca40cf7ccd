"""Demands and carts in, flat tables for engines that match by joining out.

Rules: a row each, with its window, minimum, and a mask of allowed values for each word. Keys: the
tokens under which a rule is filed. Needs: every clause of a rule, a row for each of its tokens.
Tokens: what each cart has. A rule matches when it was found by a key, its row fits the cart's, and
as many of its clauses are met as it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .access import clauses_of, shelf_tokens, tokens_of
from .question import Demand, Shelf

FOREVER = 2**62
ALL = 2**62 - 1  # every bit of a mask
WORDS = ("channel", "tier", "country", "method")

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The demands as columns."""

    rules: Columns  # rule, starts_at, ends_at, minimum, channel, tier, country, method, clauses
    keys: Columns  # token, rule
    open: Columns  # rule: those that every cart may match
    needs: Columns  # rule, clause, token, quantity
    bits: dict[str, dict[str, int]]  # by word and value


def columns_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows as columns."""
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def tables_of(demands: Sequence[Demand]) -> Tables:
    """The demands as tables; a rule is its place."""
    values = {word: sorted({v for d in demands for v in d.words.get(word, ())}) for word in WORDS}
    bits = {word: {value: 1 << n for n, value in enumerate(values[word])} for word in WORDS}
    rules, keys, open_, needs = [], [], [], []
    for rule, demand in enumerate(demands):
        clauses = clauses_of(demand)
        masks = [
            sum(bits[word][value] for value in demand.words[word]) if word in demand.words else ALL
            for word in WORDS
        ]
        starts_at = -1 if demand.starts_at is None else demand.starts_at
        ends_at = FOREVER if demand.ends_at is None else demand.ends_at
        rules.append((rule, starts_at, ends_at, demand.minimum_minor or 0, *masks, len(clauses)))
        if clauses:
            keys += [(token, rule) for token in tokens_of(clauses[0])]
        else:
            open_.append((rule,))
        for place, clause in enumerate(clauses):
            needs += [(rule, place, token, clause[2]) for token in tokens_of(clause)]
    names = ("rule", "starts_at", "ends_at", "minimum", *WORDS, "clauses")
    return Tables(
        columns_of(names, rules),
        columns_of(("token", "rule"), keys),
        columns_of(("rule",), open_),
        columns_of(("rule", "clause", "token", "quantity"), needs),
        bits,
    )


def carts_of(tables: Tables, shelves: Sequence[Shelf]) -> Columns:
    """The carts as columns; a value that no rule knows fits only rules that do not ask."""
    stranger = 1 << 61
    rows = [
        (
            cart,
            shelf.now,
            shelf.subtotal_minor,
            *(tables.bits[word].get(shelf.words[word], stranger) for word in WORDS),
        )
        for cart, shelf in enumerate(shelves)
    ]
    words = (f"cart_{word}" for word in WORDS)
    return columns_of(("cart", "now", "subtotal", *words), rows)


def tokens_on(shelves: Sequence[Shelf]) -> Columns:
    """The tokens of the carts."""
    rows = [
        (cart, token, units)
        for cart, shelf in enumerate(shelves)
        for token, units in shelf_tokens(shelf)
    ]
    return columns_of(("cart", "token", "units"), rows)


def read_pairs(ids: Sequence[str], carts: int, pairs: Sequence[tuple[int, int]]) -> list[list[str]]:
    """(cart, rule) pairs as sorted ids by cart."""
    found: list[list[str]] = [[] for _ in range(carts)]
    for cart, rule in pairs:
        found[cart].append(ids[rule])
    return [sorted(names) for names in found]
