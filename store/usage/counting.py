"""Promotions in, how often they were used out: the facts `uses` of a cart, in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from ..schema.usage import counters, tokens
from ..transaction import Transaction
from .counters import OF_PROMOTIONS, OWN, TOTAL
from .tokens import IS_EXPIRED, IS_RESERVED
from .uses import Shopper

# What stands in counters, and the reserved tokens among it that do not count for this cart: those
# that expired, and its own.
BOTH = sa.union_all(
    sa.select(
        counters.c.promotion, counters.c.place, counters.c.used, sa.literal("").label("places")
    ).where(OWN, OF_PROMOTIONS, counters.c.place.in_(sa.bindparam("places", expanding=True))),
    *(
        sa.select(tokens.c.promotion, sa.literal(""), sa.literal(-1), tokens.c.places).where(
            tokens.c.tenant == sa.bindparam("tenant"),
            tokens.c.promotion.in_(sa.bindparam("promotions", expanding=True)),
            *void,
        )
        for void in (
            (tokens.c.code == "", IS_RESERVED, IS_EXPIRED),
            (
                tokens.c.reservation == sa.bindparam("reservation"),
                tokens.c.status == "reserved",
                # A difference, as SQLite would walk an index over the instants of all others.
                tokens.c.expires_at_us - sa.bindparam("now_us") > 0,
            ),
        )
    ),
)
USES = sa.select(BOTH.subquery())


def uses_of(
    tx: Transaction, promotions: Collection[str], shopper: Shopper, reservation: str = ""
) -> dict[str, dict[str, Any]]:
    """The facts `uses` of a cart about promotions, such as those `engine.needs` names.

    What the cart itself has reserved does not count against it. Who was never used is absent.
    """
    if not promotions:
        return {}
    places = [TOTAL, *shopper.places().values(), *shopper.group_places()]
    rows = tx.fetch(
        USES,
        promotions=sorted(promotions),
        places=places,
        now_us=tx.at_us,
        reservation=reservation,
    )
    used: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(places, 0))
    for row in rows:
        counted = used[row["promotion"]]
        for place in msgspec.json.decode(row["places"]) if row["places"] else [row["place"]]:
            if place in counted:
                counted[place] += row["used"]
    return {promotion: facts_of(counted) for promotion, counted in sorted(used.items())}


def facts_of(counted: dict[str, int]) -> dict[str, Any]:
    """The counters of a promotion by place, as facts have them."""
    facts: dict[str, Any] = {}
    for place, used in counted.items():
        kind, _, name = place.partition("/")
        if kind == "group":
            facts.setdefault("group", {})[name] = used
        else:
            facts[kind or "total"] = used
    return facts
