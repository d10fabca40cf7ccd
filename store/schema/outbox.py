"""What happened, for others to hear: written with what it tells of, sent at least once."""

import sqlalchemy as sa

from .frame import append, key, name, state, whole

outbox = append(
    "outbox",
    key("id"),  # for whoever hears it twice
    name("type"),  # loyalty.earned, tier.changed, order.placed ...
    name("subject"),  # `account/<id>` or `order/<id>`, in whose order events are sent
    whole("number"),  # 1, 2, ... of the subject, without a gap
    whole("at_us"),
    name("data"),  # JSON
    sa.UniqueConstraint("tenant", "subject", "number"),
)

webhooks = state(
    "webhooks",
    key("id"),
    name("url"),
    name("secret"),
    name("types"),  # JSON list; empty: all
    name("status"),  # active, paused
    whole("created_at_us"),
)

# What a webhook has not heard yet: written with the event, removed when it is delivered.
deliveries = state(
    "deliveries",
    key("webhook"),
    key("event"),
    name("subject"),
    whole("number"),
    whole("attempts"),
    whole("next_at_us"),  # NEVER_US: parked, until all before it in its subject is delivered
    name("error"),
    sa.UniqueConstraint("tenant", "webhook", "subject", "number"),
)
sa.Index(
    "deliveries_by_next",
    deliveries.c.tenant,
    deliveries.c.webhook,
    deliveries.c.next_at_us,
    deliveries.c.event,
)
