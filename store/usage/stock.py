"""Rewards in, what is left of their stock out: taken, and given back, by burning rule."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from msgspec import UNSET

from ...dsl.loyalty import Loyalty
from ...engine.loyalty.moves import Issue, Move, Redeem
from ..refusals import Decline, Refusal
from ..schema.frame import BIGGEST
from ..schema.usage import stocks, takings
from ..transaction import Transaction

TAKEN = sa.select(stocks.c.rule, stocks.c.taken).where(
    stocks.c.tenant == sa.bindparam("tenant"),
    stocks.c.rule.in_(sa.bindparam("rules", expanding=True)),
)
TAKEN_BY = sa.select(takings.c.times).where(
    takings.c.tenant == sa.bindparam("tenant"),
    takings.c.rule == sa.bindparam("rule"),
    takings.c.source == sa.bindparam("source"),
)
TAKE = (
    "INSERT INTO stocks (tenant, rule, taken) VALUES (?, ?, ?) "
    "ON CONFLICT (tenant, rule) DO UPDATE SET taken = stocks.taken + excluded.taken "
    "WHERE stocks.taken + excluded.taken <= ?"
)
PUT_BACK = "UPDATE stocks SET taken = taken - ? WHERE tenant = ? AND rule = ?"


def stock_of(tx: Transaction, rules: Collection[str], loyalty: Loyalty) -> dict[str, int]:
    """The facts `stock`: what is left of the rules that have a stock."""
    limits = stocks_in(loyalty)
    wanted = sorted(rule for rule in rules if rule in limits)
    if not wanted:
        return {}
    taken = {row["rule"]: row["taken"] for row in tx.fetch(TAKEN, rules=wanted)}
    return {rule: max(0, limits[rule] - taken.get(rule, 0)) for rule in wanted}


def stocks_in(loyalty: Loyalty) -> dict[str, int]:
    """The stock of each burning rule that has one."""
    return {rule.id: rule.stock for rule in loyalty.burning_rules if rule.stock is not None}


def rewards_in(moves: Iterable[Move]) -> Tally[str]:
    """How many rewards moves take out of stock, by rule.

    What is redeemed is then issued or paid out; only what a full card gives is issued alone.
    """
    taken: Tally[str] = Tally()
    for move in moves:
        is_had = isinstance(move, Redeem) or (isinstance(move, Issue) and move.card is not UNSET)
        if is_had and isinstance(move, Redeem | Issue) and move.rule is not None:
            taken[move.rule] += move.times
    return taken


def take_stock(tx: Transaction, wanted: Mapping[str, int], loyalty: Loyalty, source: str) -> None:
    """Take rewards out of stock, so many by rule, for an event (its kind and id).

    Rules without a stock are counted too. Raises `Decline` where there are not enough.
    """
    limits = stocks_in(loyalty)
    taken = {rule: by for rule, by in sorted(wanted.items()) if by}
    rows = [(tx.tenant, rule, by, limits.get(rule, BIGGEST)) for rule, by in taken.items()]
    is_enough = all(by <= most for _, _, by, most in rows)
    if not is_enough or tx.run_counted(TAKE, rows) < len(rows):
        names = ", ".join(f"`{rule}`" for rule in taken)
        raise Decline(Refusal.OUT_OF_STOCK, f"not enough is left of {names}", rules=list(taken))
    row = {"source": source, "kind": "take", "at_us": tx.at_us}
    tx.insert(takings, [row | {"rule": rule, "times": by} for rule, by in taken.items()])


def give_back_stock(tx: Transaction, taken: Mapping[str, int], source: str) -> None:
    """Put rewards back into stock, so many by rule, because of an event (its kind and id)."""
    undone = {rule: by for rule, by in sorted(taken.items()) if by}
    tx.run(PUT_BACK, [(by, tx.tenant, rule) for rule, by in undone.items()])
    row = {"source": source, "kind": "return", "at_us": tx.at_us}
    tx.insert(takings, [row | {"rule": rule, "times": -by} for rule, by in undone.items()])


def put_back_stock(tx: Transaction, rule: str, source: str) -> None:
    """Put back all that an event (its kind and id) took of a rule's rewards, unless it is back."""
    taken = sum(row["times"] for row in tx.fetch(TAKEN_BY, rule=rule, source=source))
    give_back_stock(tx, {rule: taken}, source)
