"""Accounts, their entries, and the lots, allocations, holds and series behind the balances.

    account 1--n entry        what happened, append-only, each with the digest of the one before
    account 1--n lot          what a credit left to spend, and until when; a transfer makes several
    entry   1--n allocation   from which lots a debit was taken, to which a credit was given back
    account 1--n hold         points set aside, with the lots they are set aside in
    account 1--n qualifying   what counts for tiers, a series of its own
    account 1--n slide        what moved the expiry of lots, until it is undone

INVARIANT: balance = sum of entries = sum of `remaining` of lots - deficit. `held` is part of
`remaining`. available = active - held.
"""

import sqlalchemy as sa

from .frame import append, count_key, key, name, state, whole

# One purse: of a member in a program, or of a gift card (`member` empty, `card` its id).
accounts = state(
    "accounts",
    key("id"),
    name("program"),
    name("unit"),  # points, cashback, stamps, credit, gift_card
    name("card"),  # of stamps: the card; of gift cards: their id
    name("member"),
    whole("opened_at_us"),
    whole("seq"),  # of the last entry
    whole("lots"),  # number of the last lot
    name("head"),  # seal of the last entry
    whole("written_at_us"),  # of the last change; nothing is written before it
    whole("balance"),  # active + pending - deficit
    whole("active"),  # left in lots that count, held or not
    whole("pending"),  # left in lots that do not count yet
    whole("held"),
    whole("deficit"),
    whole("lifetime"),  # earned less clawed back
    name("tier"),
    whole("tier_since_us"),
    whole("tier_most"),  # what counts for tiers, now or later, is not more if nothing is earned
    whole("tier_due_us"),  # the tier stays until then if nothing is earned or taken back
    whole("events"),  # number of its last event in the outbox
    whole("due_at_us"),  # nothing happens by itself before it; NEVER_US: nothing will
    sa.UniqueConstraint("tenant", "program", "unit", "card", "member"),
    fixed=("program", "unit", "card", "member", "opened_at_us"),
)
sa.Index("accounts_by_member", accounts.c.tenant, accounts.c.member)
sa.Index("accounts_by_due", accounts.c.tenant, accounts.c.due_at_us)

entries = append(
    "entries",
    key("account"),
    count_key("seq"),
    name("kind"),  # earn, redeem, adjust, expire, transfer, reverse
    whole("points"),  # signed, smallest unit
    whole("balance"),  # after it
    whole("effective_at_us"),
    whole("recorded_at_us"),
    name("event"),  # what happened: purchase, signup, refund, cancel, expire, adjust, transfer ...
    name("source"),  # its id
    name("rule"),
    name("order_id"),
    name("ruleset"),
    name("tier"),  # at the event
    name("campaigns"),  # JSON list, or empty
    whole("lot"),  # the lot it made or was about; 0: several, see allocations
    whole("reverses"),  # the entry it takes back; 0: none
    name("undoes"),  # of reverse: the kind of what it takes back, earn or redeem
    name("reason"),
    name("actor"),
    name("note"),  # JSON object, or empty: lapsed, written_off, hold, ...
    name("previous"),  # seal of the entry before
    # The last line against doing one thing twice.
    sa.UniqueConstraint("tenant", "account", "event", "source", "rule", "kind", "undoes"),
)
ENTRY_HAS_ORDER = entries.c.order_id != sa.text("''")  # as queries have it, and no parameter
sa.Index(
    "entries_by_order",
    entries.c.tenant,
    entries.c.order_id,
    sqlite_where=ENTRY_HAS_ORDER,
    postgresql_where=ENTRY_HAS_ORDER,
)

lots = state(
    "lots",
    key("account"),
    count_key("number"),  # 1, 2, ... of the account
    whole("entry"),  # that made it
    whole("points"),  # when it was made
    whole("remaining"),
    whole("held"),
    whole("lapsed"),  # expired out of it so far
    whole("clawed"),  # taken back of its earn so far
    whole("absorbed"),  # of these: had lapsed, and was not taken again
    whole("earned_at_us"),
    whole("activates_at_us"),  # NEVER_US: waits for `waits_for`
    name("waits_for"),  # the state of its order that activates it
    whole("expires_at_us"),  # as moved by slides; NEVER_US: never, or not known yet
    whole("first_expires_at_us"),  # as it was given
    name("order_id"),
    name("rule"),
    fixed=("entry", "points", "earned_at_us", "order_id", "rule"),
)
# In the order in which points are spent.
sa.Index(
    "lots_to_spend",
    lots.c.tenant,
    lots.c.account,
    lots.c.expires_at_us,
    lots.c.earned_at_us,
    lots.c.number,
    sqlite_where=lots.c.remaining > 0,
    postgresql_where=lots.c.remaining > 0,
)
LOT_HAS_ORDER = lots.c.order_id != sa.text("''")
sa.Index(
    "lots_by_order",
    lots.c.tenant,
    lots.c.account,
    lots.c.order_id,
    sqlite_where=LOT_HAS_ORDER,
    postgresql_where=LOT_HAS_ORDER,
)

allocations = append(
    "allocations",
    key("account"),
    count_key("entry"),
    count_key("place"),  # 1, 2, ... in the order in which lots were drawn
    whole("lot"),
    whole("points"),  # taken out of the lot; negative: given back to it
    name("kind"),  # spend, adjust, claw, return, repay (of a deficit), expire, move
    whole("at_us"),
)
sa.Index("allocations_by_lot", allocations.c.tenant, allocations.c.account, allocations.c.lot)

holds = state(
    "holds",
    key("id"),
    name("account"),
    whole("asked"),
    whole("points"),  # set aside
    name("status"),  # held, captured, released, expired
    whole("created_at_us"),
    whole("expires_at_us"),
    whole("closed_at_us"),  # NEVER_US while held
    whole("captured"),  # points of them
    whole("entry"),  # that captured them; 0: none
    name("source"),  # what for: a cart, an order, a disbursement
)
sa.Index("holds_by_account", holds.c.tenant, holds.c.account, holds.c.status)

hold_lots = append(
    "hold_lots",
    key("hold"),
    count_key("place"),
    name("account"),
    whole("lot"),
    whole("points"),
)

slides = state(
    "slides",
    key("account"),
    count_key("entry"),
    whole("at_us"),
    whole("expires_at_us"),  # lots alive then live at least until then
    whole("undone_at_us"),  # NEVER_US: holds
)

qualifying = append(
    "qualifying",
    key("account"),
    count_key("entry"),  # 0: of none
    count_key("place"),  # 1, 2, ... of the entry: what is taken back has the dates of several lots
    whole("lot"),  # whose order state it waits for; 0: counts from `counts_from_us`
    whole("earned_at_us"),
    whole("counts_from_us"),  # from its activation; not known where there is a lot
    whole("recorded_at_us"),
    whole("points"),
    whole("spend_minor"),
)
