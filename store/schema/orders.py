"""Orders as they were priced, frozen, what became of them since, and money that leaves the shop."""

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
    name("digest"),  # of cart and facts as they were
    whole("erased_at_us"),  # NEVER_US: not
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

# Events that were answered, by kind and id: one that comes again has one effect.
happenings = append(
    "happenings",
    key("event"),
    key("source"),
    name("member"),
    name("digest"),
    name("ruleset"),
    whole("effective_at_us"),
    whole("at_us"),
    blob("answer"),  # JSON
)

disbursements = state(
    "disbursements",
    key("id"),
    name("member"),
    name("program"),
    name("rule"),
    name("kind"),  # gift_card, cashback, donation, credit
    name("currency"),
    whole("amount_minor"),
    name("provider"),
    name("recipient"),
    name("status"),  # requested, sent, confirmed, failed, unknown
    name("hold"),  # what is set aside for it until it is confirmed
    name("source"),
    name("reference"),  # what the provider calls it
    whole("attempts"),
    whole("expires_at_us"),
    whole("created_at_us"),
    whole("next_at_us"),  # when it is tried or asked about again; NEVER_US: it is over
)
sa.Index("disbursements_by_next", disbursements.c.tenant, disbursements.c.next_at_us)
sa.Index("disbursements_by_member", disbursements.c.tenant, disbursements.c.member)

disbursement_steps = append(
    "disbursement_steps",
    key("disbursement"),
    count_key("number"),
    name("was"),
    name("becomes"),
    whole("at_us"),
    name("detail"),
)

gift_cards = state(
    "gift_cards",
    key("id"),
    name("code"),
    name("account"),
    name("status"),  # active, blocked
    name("currency"),
    name("disbursement"),
    whole("issued_at_us"),
    whole("expires_at_us"),
    sa.UniqueConstraint("tenant", "code"),
)
