"""Money that leaves the shop: what is paid out, who pays it, and gift cards."""

import sqlalchemy as sa

from .frame import append, count_key, key, name, state, whole

disbursements = state(
    "disbursements",
    key("id"),  # what the provider knows it by: one key, however often it is sent
    name("member"),
    name("program"),
    name("rule"),  # of the reward; empty: a member asked to be paid their cashback
    name("kind"),  # gift_card, cashback, donation, credit
    name("currency"),
    whole("amount_minor"),
    name("provider"),  # empty: whoever takes this kind, until it is sent
    name("recipient"),
    name("status"),  # pending, requested, sent, confirmed, failed, unknown, cancelled
    name("hold"),  # what is set aside for it until it is confirmed
    name("source"),  # event and id it came by
    name("reference"),  # what the provider calls it
    name("detail"),  # what was last said about it
    whole("steps"),
    whole("attempts"),
    whole("expires_at_us"),  # of the gift card
    whole("created_at_us"),
    whole(
        "next_at_us"
    ),  # when it is sent or asked about; NEVER_US: it waits for somebody, or ended
)
sa.Index("disbursements_by_next", disbursements.c.tenant, disbursements.c.next_at_us)
sa.Index("disbursements_by_member", disbursements.c.tenant, disbursements.c.member)

disbursement_steps = append(
    "disbursement_steps",
    key("disbursement"),
    count_key("number"),
    name("was"),  # empty: it is the first
    name("becomes"),
    whole("at_us"),
    name("actor"),
    name("detail"),
)

# Who pays out for the shop, beside the wallet and the gift cards that are its own.
providers = state(
    "providers",
    key("name"),
    name("url"),
    name("secret"),
    name("kinds"),  # JSON list: what it pays where nobody names a provider
    whole("created_at_us"),
)

gift_cards = state(
    "gift_cards",
    key("id"),
    name("code"),
    name("account"),
    name("status"),  # active, blocked
    name("currency"),
    name("disbursement"),  # it was issued for; empty: by hand
    whole("amount_minor"),  # when it was issued
    whole("issued_at_us"),
    whole("expires_at_us"),
    sa.UniqueConstraint("tenant", "code"),
)
