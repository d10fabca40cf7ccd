"""Coupon codes, how often what was used and may yet be, and rewards that were issued."""

import sqlalchemy as sa

from .frame import append, count_key, counted, frozen, key, name, state, whole

pools = append(
    "pools",
    key("id"),
    count_key("batch"),  # a pool can be filled several times
    name("spec"),  # JSON: length, charset, prefix, postfix, pattern, ...
    whole("codes"),
    whole("created_at_us"),
    name("author"),
)

# Codes of pools. What a promotion names itself under `coupons` needs no row here.
codes = frozen(
    "codes",
    ("status", "owner", "member"),
    key("code"),
    name("pool"),
    whole("batch"),
    whole("number"),  # in its batch
    name("status"),  # free, issued (as a reward), revoked
    name("member"),  # who alone may use it; empty: anybody
    name("owner"),  # a member who shares it, and is rewarded for its use
    whole("use_max"),  # uses in all; 0: no limit of its own
    whole("expires_at_us"),
)
sa.Index("codes_by_pool", codes.c.tenant, codes.c.pool, codes.c.status, codes.c.code)

# Uses that are reserved or committed, by what limits count. `scope` is total, customer, account,
# location, group, day, or code (then `promotion` is empty).
counters = counted(
    "counters",
    key("promotion"),
    key("scope"),
    key("name"),
    whole("used"),
    sa.CheckConstraint("used >= 0", name="used_is_not_negative"),
)

# One use of a promotion by one cart: reserved, then committed with its order, or given back.
tokens = state(
    "tokens",
    key("id"),
    name("reservation"),  # all tokens of one cart; the order id, where none was made before
    name("promotion"),
    name("codes"),  # JSON list: those it was opened with
    name("status"),  # reserved, committed, released, expired
    name("counts"),  # JSON: [[scope, name], ...] of the counters it is in
    name("member"),
    name("order_id"),
    whole("created_at_us"),
    whole("expires_at_us"),
    whole("closed_at_us"),
)
sa.Index("tokens_by_reservation", tokens.c.tenant, tokens.c.reservation)
sa.Index("tokens_by_order", tokens.c.tenant, tokens.c.order_id)
sa.Index("tokens_by_status", tokens.c.tenant, tokens.c.status, tokens.c.expires_at_us)

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

# Awards and redemptions that count for limits by member, until they count no more.
awards = append(
    "awards",
    key("member"),
    key("rule"),
    key("source"),  # event and id
    key("kind"),  # award, undo (then counts are negative)
    whole("times"),
    whole("points"),
    whole("at_us"),
    whole("until_us"),
)

# Rewards taken out of a stock that rules limit.
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
sa.Index("rewards_by_expiry", rewards.c.tenant, rewards.c.status, rewards.c.expires_at_us)
