"""Rows in, those out that speak of a row that is not there.

No table has foreign keys: rows are written by one transaction each, and found by their own keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from ..schema.ledger import (
    accounts,
    allocations,
    entries,
    hold_lots,
    holds,
    lots,
    qualifying,
    slides,
)
from ..schema.orders import happenings, orders, papers
from ..schema.outbox import deliveries, outbox, webhooks
from ..schema.payouts import disbursement_steps, disbursements, gift_cards
from ..schema.tenancy import enrolments, members, releases, rulesets
from ..schema.usage import awards, codes, pools, rewards, tokens, usages
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot

Columns = tuple[sa.Column[Any], ...]


class Reference(NamedTuple):
    """Columns that name a row of another table by `target`; empty or 0 names none."""

    columns: Columns
    target: Columns


REFERENCES = [
    # The ledger.
    Reference((accounts.c.member,), (members.c.id,)),
    Reference((entries.c.ruleset,), (rulesets.c.hash,)),
    Reference((lots.c.account, lots.c.entry), (entries.c.account, entries.c.seq)),
    Reference((allocations.c.account, allocations.c.entry), (entries.c.account, entries.c.seq)),
    Reference((allocations.c.account, allocations.c.lot), (lots.c.account, lots.c.number)),
    Reference((holds.c.account,), (accounts.c.id,)),
    Reference((holds.c.account, holds.c.entry), (entries.c.account, entries.c.seq)),
    Reference((hold_lots.c.hold, hold_lots.c.account), (holds.c.id, holds.c.account)),
    Reference((hold_lots.c.account, hold_lots.c.lot), (lots.c.account, lots.c.number)),
    Reference((slides.c.account, slides.c.entry), (entries.c.account, entries.c.seq)),
    Reference((qualifying.c.account, qualifying.c.entry), (entries.c.account, entries.c.seq)),
    Reference((qualifying.c.account, qualifying.c.lot), (lots.c.account, lots.c.number)),
    # Rules and people.
    Reference((releases.c.hash, releases.c.edition), (rulesets.c.hash, rulesets.c.edition)),
    Reference((enrolments.c.member,), (members.c.id,)),
    Reference((members.c.referred_by,), (members.c.id,)),
    # Usage.
    Reference((codes.c.pool, codes.c.batch), (pools.c.id, pools.c.batch)),
    Reference((codes.c.member,), (members.c.id,)),
    Reference((codes.c.owner,), (members.c.id,)),
    Reference((tokens.c.order_id,), (orders.c.id,)),
    Reference((usages.c.order_id,), (orders.c.id,)),
    Reference((awards.c.member,), (members.c.id,)),
    Reference((rewards.c.member,), (members.c.id,)),
    Reference((rewards.c.order_id,), (orders.c.id,)),
    # Orders and payouts.
    Reference((orders.c.id,), (papers.c.order_id,)),
    Reference((orders.c.member,), (members.c.id,)),
    Reference((orders.c.ruleset,), (rulesets.c.hash,)),
    Reference((happenings.c.member,), (members.c.id,)),
    Reference((happenings.c.ruleset,), (rulesets.c.hash,)),
    Reference((happenings.c.order_id,), (orders.c.id,)),
    Reference((disbursements.c.member,), (members.c.id,)),
    Reference((disbursements.c.hold,), (holds.c.id,)),
    Reference((disbursement_steps.c.disbursement,), (disbursements.c.id,)),
    Reference((gift_cards.c.account,), (accounts.c.id,)),
    Reference((gift_cards.c.disbursement,), (disbursements.c.id,)),
    # Events.
    Reference((deliveries.c.event,), (outbox.c.id,)),
    Reference((deliveries.c.webhook,), (webhooks.c.id,)),
]


def check_references(snapshot: Snapshot) -> Iterator[Finding]:
    """Look for every row that another one names."""
    for reference in REFERENCES:
        table, target = reference.columns[0].table, reference.target[0].table
        assert isinstance(table, sa.Table) and isinstance(target, sa.Table)
        for row in snapshot.rows(dangling(table, target, reference), table):
            key = [f"{column.name} {getattr(row, column.name)}" for column in reference.columns]
            yield finding_of(table, row, "reference", f"a row of {target.name}", ", ".join(key))


def dangling(table: sa.Table, target: sa.Table, reference: Reference) -> sa.Select[Any]:
    """The rows of a table that name a row which is not there."""
    there = target.alias() if target is table else target
    same = [there.c.tenant == table.c.tenant]
    named: list[sa.ColumnElement[bool]] = []
    for column, key in zip(reference.columns, reference.target, strict=True):
        same.append(there.c[key.name] == column)
        named.append(column != (0 if isinstance(column.type, sa.BigInteger) else ""))
    is_there = sa.select(sa.literal(1)).select_from(there).where(*same).correlate(table).exists()
    return sa.select(table).where(*named, ~is_there)
