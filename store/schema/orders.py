"""Orders as they were priced, frozen, and what became of them since."""

import sqlalchemy as sa

from .frame import append, blob, count_key, frozen, key, name, state, whole

orders = frozen(
    "orders",
    ("status",),
    key("id"),
    name("member"),
    name("status"),  # the last of its transitions
    name("ruleset"),
    name("currency"),
    name("channel"),
    name("location"),
    whole("placed_at_us"),
    whole("recorded_at_us"),
    whole("subtotal_minor"),
    whole("discount_minor"),
    whole("total_minor"),
    blob("result"),  # JSON, byte for byte as the engine gave it
)
sa.Index("orders_by_member", orders.c.tenant, orders.c.member, orders.c.placed_at_us)

# What an order was priced from. Personal data, so the one change allowed is to be erased.
papers = frozen(
    "papers",
    ("cart", "facts", "erased_at_us"),
    key("order_id"),
    blob("cart"),
    blob("facts"),
    name("cart_digest"),  # of the cart as it was
    name("facts_digest"),
    whole("erased_at_us"),  # NEVER_US: not
)

# What a cart keeps for itself while its customer decides: uses (`tokens`) and points (`holds`).
reservations = state(
    "reservations",
    key("id"),
    name("cart"),
    name("member"),
    name("holds"),  # JSON: [[program, rule, hold], ...]
    name("status"),  # reserved, placed, released
    whole("created_at_us"),
    whole("expires_at_us"),
)

# Who took how much of which line, for ever.
placements = append(
    "placements",
    key("order_id"),
    key("part"),  # line, shipment, payment
    key("item"),  # id of the line or shipment
    count_key("place"),
    name("rule"),
    whole("stage"),
    whole("amount_minor"),
)

transitions = append(
    "transitions",
    key("order_id"),
    count_key("number"),
    name("was"),
    name("becomes"),
    whole("at_us"),
    name("actor"),
    name("source"),  # the request, refund or event it came by
)

refunds = append(
    "refunds",
    key("order_id"),
    key("id"),
    count_key("number"),
    blob("request"),  # JSON
    blob("answer"),  # JSON: lines, moves, what could not be had back
    whole("amount_minor"),
    whole("at_us"),
)

# Events that were answered, by kind and id: one that comes again has one effect. What was known of
# somebody then may be erased.
happenings = frozen(
    "happenings",
    ("facts",),
    key("event"),
    key("source"),
    name("member"),
    name("digest"),
    name("order_id"),  # that made it happen; empty: somebody told us
    name("ruleset"),
    whole("effective_at_us"),
    whole("at_us"),
    blob("facts"),  # JSON: what it was answered by
    blob("answer"),  # JSON; people by `members.id`
)
sa.Index("happenings_by_order", happenings.c.tenant, happenings.c.order_id)
