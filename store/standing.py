"""What a tenant stands at: its settings, its last release, and whether anybody listens.

With the first two as before, all that is in force is as before.
"""

from __future__ import annotations

import sqlalchemy as sa

from .schema.outbox import webhooks
from .schema.tenancy import releases, tenants
from .transaction import Found, Transaction

# No settings: there is no such tenant.
STANDING = sa.select(
    sa.select(tenants.c.settings)
    .where(tenants.c.tenant == sa.bindparam("tenant"))
    .scalar_subquery()
    .label("settings"),
    sa.select(sa.func.max(releases.c.number))
    .where(releases.c.tenant == sa.bindparam("tenant"))
    .scalar_subquery()
    .label("number"),
    sa.select(sa.func.max(webhooks.c.id))
    .where(webhooks.c.tenant == sa.bindparam("tenant"))
    .scalar_subquery()
    .label("listener"),
)


def find_standing(transaction: Transaction) -> Found:
    """The `settings` of the tenant, the `number` of its last release and a `listener` to what is
    told, each None if there is none. What was read before is good enough, unless the transaction
    may have waited since."""
    if transaction.standing is None:
        [transaction.standing] = transaction.fetch(STANDING)
    return transaction.standing
