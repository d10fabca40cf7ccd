"""Coupon codes, how often what was used and may yet be, and rewards that were issued."""

import sqlalchemy as sa

from .frame import append, count_key, counted, frozen, key, name, state, whole

# A pool is filled batch by batch; each batch is there whole, or not at all.
pools = append(
    "pools",
    key("id"),
    count_key("batch"),
    name("spec"),  # JSON: length, charset, prefix, postfix, pattern, ... ; empty: brought along
    whole("codes"),
    whole("created_at_us"),
    name("author"),
)

# Codes of pools. What a promotion names itself under `coupons` needs no row here.
codes = frozen(
    "codes",
    ("status", "owner", "member", "expires_at_us"),
    key("code"),
    name("pool"),
    whole("batch"),
    whole("number"),  # in its batch, from 1
    name("status"),  # free (nobody has it), issued (somebody has it), revoked
    name("member"),  # who alone may use it; empty: anybody
    name("owner"),  # a member who shares it, and is rewarded for its use
    whole("use_max"),  # uses in all; 0: no limit of its own
    whole("expires_at_us"),
    sa.UniqueConstraint("tenant", "pool", "batch", "number"),
)
# In the order in which rewards draw them.
sa.Index(
    "codes_to_draw",
    codes.c.tenant,
    codes.c.pool,
    codes.c.expires_at_us,
    codes.c.batch,
    codes.c.number,
    sqlite_where=codes.c.status == "free",
    postgresql_where=codes.c.status == "free",
)

# Uses that are reserved or committed, by what limits count. `place` is empty for all uses of a
# promotion, or `customer/<member>`, `account/..`, `location/..`, `group/..`, `day/2026-07-10`; of
# a code it is `code/<code>`, and `promotion` is empty.
counters = counted(
    "counters",
    key("promotion"),
    key("place"),
    whole("used"),
    sa.CheckConstraint("used >= 0", name="used_is_not_negative"),
)

# One use of a promotion, or of a code, by one cart: reserved, then committed with its order, or
# given back. Only what is reserved or committed stands in counters.
tokens = state(
    "tokens",
    key("id"),
    name("reservation"),  # all tokens of one cart; the order id, where none was made before
    name("promotion"),  # one of the two
    name("code"),
    name("status"),  # reserved, committed, released, expired
    name("places"),  # JSON: the counters it is in
    name("member"),
    name("order_id"),
    whole("created_at_us"),
    whole("expires_at_us"),  # NEVER_US when it is committed
    whole("closed_at_us"),  # NEVER_US while it counts
)
sa.Index("tokens_by_reservation", tokens.c.tenant, tokens.c.reservation)
sa.Index("tokens_by_order", tokens.c.tenant, tokens.c.order_id)
RESERVED = tokens.c.status == "reserved"
sa.Index(
    "tokens_to_free",
    tokens.c.tenant,
    tokens.c.promotion,
    tokens.c.code,
    tokens.c.expires_at_us,
    sqlite_where=RESERVED,
    postgresql_where=RESERVED,
)
sa.Index(
    "tokens_by_expiry",
    tokens.c.tenant,
    tokens.c.expires_at_us,
    sqlite_where=RESERVED,
    postgresql_where=RESERVED,
)

# What analytics read: a row a promotion and code of an order, and one more if it is cancelled.
usages = append(
    "usages",
    key("order_id"),
    key("promotion"),
    key("code"),  # empty: none
    key("kind"),  # use, cancel (then amounts are negative)
    name("member"),
    name("account"),
    name("location"),
    name("channel"),
    whole("amount_minor"),
    whole("revenue_minor"),  # what the order came to
    whole("at_us"),
    name("warning"),  # why it should not have applied, where it was let through
)
sa.Index("usages_by_promotion", usages.c.tenant, usages.c.promotion, usages.c.at_us)

# Awards and redemptions of rules that limit them by member.
awards = append(
    "awards",
    key("member"),
    key("rule"),
    key("source"),  # event and id
    key("kind"),  # award, undo (then counts are negative)
    whole("times"),
    whole("points"),
    whole("at_us"),  # of what they were for: the windows of limits are counted from its day
)

# Rewards that were taken out of stock, and put back: what `stocks` are proven by.
takings = append(
    "takings",
    key("rule"),
    key("source"),  # event and id
    key("kind"),  # take, return (then counts are negative)
    whole("times"),
    whole("at_us"),
)

# How many rewards of a rule are out.
stocks = counted(
    "stocks",
    key("rule"),
    whole("taken"),
    sa.CheckConstraint("taken >= 0", name="taken_is_not_negative"),
)

rewards = state(
    "rewards",
    key("id"),
    name("member"),
    name("program"),
    name("rule"),
    name("card"),
    name("reward"),  # JSON: what it is
    name("status"),  # open, used, revoked, expired
    name("code"),  # of a coupon
    name("source"),  # event and id it came by
    name("order_id"),  # by which it was used
    whole("issued_at_us"),
    whole("expires_at_us"),
    whole("closed_at_us"),
)
sa.Index("rewards_by_member", rewards.c.tenant, rewards.c.member, rewards.c.status)
sa.Index("rewards_by_source", rewards.c.tenant, rewards.c.source)
sa.Index("rewards_by_order", rewards.c.tenant, rewards.c.order_id)
sa.Index("rewards_by_code", rewards.c.tenant, rewards.c.code)
sa.Index("rewards_by_expiry", rewards.c.tenant, rewards.c.status, rewards.c.expires_at_us)
