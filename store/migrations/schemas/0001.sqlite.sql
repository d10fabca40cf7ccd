CREATE TABLE accounts (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    program TEXT DEFAULT '' NOT NULL,
    unit TEXT DEFAULT '' NOT NULL,
    card TEXT DEFAULT '' NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    opened_at_us INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lots INTEGER NOT NULL,
    head TEXT DEFAULT '' NOT NULL,
    written_at_us INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    active INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    held INTEGER NOT NULL,
    deficit INTEGER NOT NULL,
    lifetime INTEGER NOT NULL,
    tier TEXT DEFAULT '' NOT NULL,
    tier_since_us INTEGER NOT NULL,
    tier_most INTEGER NOT NULL,
    tier_due_us INTEGER NOT NULL,
    events INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, program, unit, card, member)
)

CREATE INDEX accounts_by_due ON accounts (tenant, due_at_us)

CREATE INDEX accounts_by_member ON accounts (tenant, member)

CREATE TABLE allocations (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    entry INTEGER NOT NULL,
    place INTEGER NOT NULL,
    lot INTEGER NOT NULL,
    points INTEGER NOT NULL,
    kind TEXT DEFAULT '' NOT NULL,
    at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry, place)
)

CREATE INDEX allocations_by_lot ON allocations (tenant, account, lot)

CREATE TRIGGER allocations_no_update BEFORE UPDATE ON allocations FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of allocations never change'); END

CREATE TRIGGER allocations_no_delete BEFORE DELETE ON allocations FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of allocations are never deleted'); END

CREATE TABLE awards (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    rule TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    times INTEGER NOT NULL,
    points INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, rule, source, kind)
)

CREATE TRIGGER awards_no_update BEFORE UPDATE ON awards FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of awards never change'); END

CREATE TRIGGER awards_no_delete BEFORE DELETE ON awards FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of awards are never deleted'); END

CREATE TABLE codes (
    tenant TEXT NOT NULL,
    code TEXT NOT NULL,
    pool TEXT DEFAULT '' NOT NULL,
    batch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    use_max INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, code),
    UNIQUE (tenant, pool, batch, number)
)

CREATE INDEX codes_to_draw ON codes (tenant, pool, expires_at_us, batch, number) WHERE status = 'free'

CREATE TRIGGER codes_no_update BEFORE UPDATE OF tenant, code, pool, batch, number, use_max ON codes FOR EACH ROW WHEN (OLD.tenant IS NOT NEW.tenant OR OLD.code IS NOT NEW.code OR OLD.pool IS NOT NEW.pool OR OLD.batch IS NOT NEW.batch OR OLD.number IS NOT NEW.number OR OLD.use_max IS NOT NEW.use_max) BEGIN SELECT RAISE(ABORT, 'of a row of codes only status, owner, member, expires_at_us may change'); END

CREATE TRIGGER codes_no_delete BEFORE DELETE ON codes FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of codes are never deleted'); END

CREATE TABLE compilations (
    tenant TEXT NOT NULL,
    hash TEXT NOT NULL,
    edition INTEGER NOT NULL,
    content BLOB NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hash, edition)
)

CREATE TABLE counters (
    tenant TEXT NOT NULL,
    promotion TEXT NOT NULL,
    place TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (tenant, promotion, place),
    CONSTRAINT used_is_not_negative CHECK (used >= 0)
)

CREATE TABLE deliveries (
    tenant TEXT NOT NULL,
    webhook TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    number INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at_us INTEGER NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, webhook, event),
    UNIQUE (tenant, webhook, subject, number)
)

CREATE INDEX deliveries_by_next ON deliveries (tenant, webhook, next_at_us, event)

CREATE TABLE disbursement_steps (
    tenant TEXT NOT NULL,
    disbursement TEXT NOT NULL,
    number INTEGER NOT NULL,
    was TEXT DEFAULT '' NOT NULL,
    becomes TEXT DEFAULT '' NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, disbursement, number)
)

CREATE TRIGGER disbursement_steps_no_update BEFORE UPDATE ON disbursement_steps FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of disbursement_steps never change'); END

CREATE TRIGGER disbursement_steps_no_delete BEFORE DELETE ON disbursement_steps FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of disbursement_steps are never deleted'); END

CREATE TABLE disbursements (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    program TEXT DEFAULT '' NOT NULL,
    rule TEXT DEFAULT '' NOT NULL,
    kind TEXT DEFAULT '' NOT NULL,
    currency TEXT DEFAULT '' NOT NULL,
    amount_minor INTEGER NOT NULL,
    provider TEXT DEFAULT '' NOT NULL,
    recipient TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    hold TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    reference TEXT DEFAULT '' NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    steps INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    created_at_us INTEGER NOT NULL,
    next_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX disbursements_by_member ON disbursements (tenant, member)

CREATE INDEX disbursements_by_next ON disbursements (tenant, next_at_us)

CREATE TABLE enrolments (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    program TEXT NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    joined_at_us INTEGER NOT NULL,
    tier_floor TEXT DEFAULT '' NOT NULL,
    note TEXT,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, program)
)

CREATE TABLE entries (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT DEFAULT '' NOT NULL,
    points INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    effective_at_us INTEGER NOT NULL,
    recorded_at_us INTEGER NOT NULL,
    event TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    rule TEXT DEFAULT '' NOT NULL,
    order_id TEXT DEFAULT '' NOT NULL,
    ruleset TEXT DEFAULT '' NOT NULL,
    tier TEXT DEFAULT '' NOT NULL,
    campaigns TEXT DEFAULT '' NOT NULL,
    lot INTEGER NOT NULL,
    reverses INTEGER NOT NULL,
    undoes TEXT DEFAULT '' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    previous TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, seq),
    UNIQUE (tenant, account, event, source, rule, kind, undoes)
)

CREATE INDEX entries_by_order ON entries (tenant, order_id) WHERE order_id != ''

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of entries never change'); END

CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of entries are never deleted'); END

CREATE TABLE gift_cards (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT DEFAULT '' NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    currency TEXT DEFAULT '' NOT NULL,
    disbursement TEXT DEFAULT '' NOT NULL,
    amount_minor INTEGER NOT NULL,
    issued_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, code)
)

CREATE TABLE happenings (
    tenant TEXT NOT NULL,
    event TEXT NOT NULL,
    source TEXT NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    digest TEXT DEFAULT '' NOT NULL,
    order_id TEXT DEFAULT '' NOT NULL,
    ruleset TEXT DEFAULT '' NOT NULL,
    effective_at_us INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    facts BLOB NOT NULL,
    answer BLOB NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, event, source)
)

CREATE INDEX happenings_by_order ON happenings (tenant, order_id)

CREATE TRIGGER happenings_no_update BEFORE UPDATE OF tenant, event, source, member, digest, order_id, ruleset, effective_at_us, at_us, answer ON happenings FOR EACH ROW WHEN (OLD.tenant IS NOT NEW.tenant OR OLD.event IS NOT NEW.event OR OLD.source IS NOT NEW.source OR OLD.member IS NOT NEW.member OR OLD.digest IS NOT NEW.digest OR OLD.order_id IS NOT NEW.order_id OR OLD.ruleset IS NOT NEW.ruleset OR OLD.effective_at_us IS NOT NEW.effective_at_us OR OLD.at_us IS NOT NEW.at_us OR OLD.answer IS NOT NEW.answer) BEGIN SELECT RAISE(ABORT, 'of a row of happenings only facts may change'); END

CREATE TRIGGER happenings_no_delete BEFORE DELETE ON happenings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of happenings are never deleted'); END

CREATE TABLE hold_lots (
    tenant TEXT NOT NULL,
    hold TEXT NOT NULL,
    place INTEGER NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    lot INTEGER NOT NULL,
    points INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hold, place)
)

CREATE TRIGGER hold_lots_no_update BEFORE UPDATE ON hold_lots FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of hold_lots never change'); END

CREATE TRIGGER hold_lots_no_delete BEFORE DELETE ON hold_lots FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of hold_lots are never deleted'); END

CREATE TABLE holds (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    asked INTEGER NOT NULL,
    points INTEGER NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    captured INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX holds_by_account ON holds (tenant, account, status)

CREATE TABLE interventions (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    number INTEGER NOT NULL,
    action TEXT DEFAULT '' NOT NULL,
    program TEXT DEFAULT '' NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, number)
)

CREATE TRIGGER interventions_no_update BEFORE UPDATE ON interventions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of interventions never change'); END

CREATE TRIGGER interventions_no_delete BEFORE DELETE ON interventions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of interventions are never deleted'); END

CREATE TABLE lots (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    number INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    points INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    held INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    clawed INTEGER NOT NULL,
    absorbed INTEGER NOT NULL,
    earned_at_us INTEGER NOT NULL,
    activates_at_us INTEGER NOT NULL,
    waits_for TEXT DEFAULT '' NOT NULL,
    expires_at_us INTEGER NOT NULL,
    first_expires_at_us INTEGER NOT NULL,
    order_id TEXT DEFAULT '' NOT NULL,
    rule TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, number)
)

CREATE INDEX lots_by_order ON lots (tenant, account, order_id) WHERE order_id != ''

CREATE INDEX lots_to_spend ON lots (tenant, account, expires_at_us, earned_at_us, number) WHERE remaining > 0

CREATE TABLE members (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    external_id TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    referral_code TEXT DEFAULT '' NOT NULL,
    referred_by TEXT DEFAULT '' NOT NULL,
    referral TEXT DEFAULT '' NOT NULL,
    segments TEXT DEFAULT '' NOT NULL,
    joined_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, external_id),
    UNIQUE (tenant, referral_code)
)

CREATE TABLE orders (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    ruleset TEXT DEFAULT '' NOT NULL,
    currency TEXT DEFAULT '' NOT NULL,
    channel TEXT DEFAULT '' NOT NULL,
    location TEXT DEFAULT '' NOT NULL,
    placed_at_us INTEGER NOT NULL,
    recorded_at_us INTEGER NOT NULL,
    subtotal_minor INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    result BLOB NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX orders_by_member ON orders (tenant, member, placed_at_us)

CREATE TRIGGER orders_no_update BEFORE UPDATE OF tenant, id, member, ruleset, currency, channel, location, placed_at_us, recorded_at_us, subtotal_minor, discount_minor, total_minor, result ON orders FOR EACH ROW WHEN (OLD.tenant IS NOT NEW.tenant OR OLD.id IS NOT NEW.id OR OLD.member IS NOT NEW.member OR OLD.ruleset IS NOT NEW.ruleset OR OLD.currency IS NOT NEW.currency OR OLD.channel IS NOT NEW.channel OR OLD.location IS NOT NEW.location OR OLD.placed_at_us IS NOT NEW.placed_at_us OR OLD.recorded_at_us IS NOT NEW.recorded_at_us OR OLD.subtotal_minor IS NOT NEW.subtotal_minor OR OLD.discount_minor IS NOT NEW.discount_minor OR OLD.total_minor IS NOT NEW.total_minor OR OLD.result IS NOT NEW.result) BEGIN SELECT RAISE(ABORT, 'of a row of orders only status may change'); END

CREATE TRIGGER orders_no_delete BEFORE DELETE ON orders FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of orders are never deleted'); END

CREATE TABLE outbox (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT DEFAULT '' NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    number INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    data TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, subject, number)
)

CREATE TRIGGER outbox_no_update BEFORE UPDATE ON outbox FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of outbox never change'); END

CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of outbox are never deleted'); END

CREATE TABLE papers (
    tenant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    cart BLOB NOT NULL,
    facts BLOB NOT NULL,
    cart_digest TEXT DEFAULT '' NOT NULL,
    facts_digest TEXT DEFAULT '' NOT NULL,
    erased_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id)
)

CREATE TRIGGER papers_no_update BEFORE UPDATE OF tenant, order_id, cart_digest, facts_digest ON papers FOR EACH ROW WHEN (OLD.tenant IS NOT NEW.tenant OR OLD.order_id IS NOT NEW.order_id OR OLD.cart_digest IS NOT NEW.cart_digest OR OLD.facts_digest IS NOT NEW.facts_digest) BEGIN SELECT RAISE(ABORT, 'of a row of papers only cart, facts, erased_at_us may change'); END

CREATE TRIGGER papers_no_delete BEFORE DELETE ON papers FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of papers are never deleted'); END

CREATE TABLE placements (
    tenant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    part TEXT NOT NULL,
    item TEXT NOT NULL,
    place INTEGER NOT NULL,
    rule TEXT DEFAULT '' NOT NULL,
    stage INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, part, item, place)
)

CREATE TRIGGER placements_no_update BEFORE UPDATE ON placements FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of placements never change'); END

CREATE TRIGGER placements_no_delete BEFORE DELETE ON placements FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of placements are never deleted'); END

CREATE TABLE pools (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    batch INTEGER NOT NULL,
    spec TEXT DEFAULT '' NOT NULL,
    codes INTEGER NOT NULL,
    created_at_us INTEGER NOT NULL,
    author TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id, batch)
)

CREATE TRIGGER pools_no_update BEFORE UPDATE ON pools FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of pools never change'); END

CREATE TRIGGER pools_no_delete BEFORE DELETE ON pools FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of pools are never deleted'); END

CREATE TABLE providers (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    secret TEXT DEFAULT '' NOT NULL,
    kinds TEXT DEFAULT '' NOT NULL,
    created_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
)

CREATE TABLE qualifying (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    entry INTEGER NOT NULL,
    place INTEGER NOT NULL,
    lot INTEGER NOT NULL,
    earned_at_us INTEGER NOT NULL,
    counts_from_us INTEGER NOT NULL,
    recorded_at_us INTEGER NOT NULL,
    points INTEGER NOT NULL,
    spend_minor INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry, place)
)

CREATE TRIGGER qualifying_no_update BEFORE UPDATE ON qualifying FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of qualifying never change'); END

CREATE TRIGGER qualifying_no_delete BEFORE DELETE ON qualifying FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of qualifying are never deleted'); END

CREATE TABLE refunds (
    tenant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    request BLOB NOT NULL,
    answer BLOB NOT NULL,
    amount_minor INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, id, number)
)

CREATE TRIGGER refunds_no_update BEFORE UPDATE ON refunds FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of refunds never change'); END

CREATE TRIGGER refunds_no_delete BEFORE DELETE ON refunds FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of refunds are never deleted'); END

CREATE TABLE releases (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT DEFAULT '' NOT NULL,
    edition INTEGER NOT NULL,
    effective_at_us INTEGER NOT NULL,
    published_at_us INTEGER NOT NULL,
    author TEXT DEFAULT '' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
)

CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of releases never change'); END

CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of releases are never deleted'); END

CREATE TABLE requests (
    tenant TEXT NOT NULL,
    request TEXT NOT NULL,
    action TEXT DEFAULT '' NOT NULL,
    digest TEXT DEFAULT '' NOT NULL,
    at_us INTEGER NOT NULL,
    answer BLOB NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, request)
)

CREATE TRIGGER requests_no_update BEFORE UPDATE ON requests FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of requests never change'); END

CREATE TRIGGER requests_no_delete BEFORE DELETE ON requests FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of requests are never deleted'); END

CREATE TABLE reservations (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    cart TEXT DEFAULT '' NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    holds TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE TABLE rewards (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    program TEXT DEFAULT '' NOT NULL,
    rule TEXT DEFAULT '' NOT NULL,
    card TEXT DEFAULT '' NOT NULL,
    reward TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    code TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    order_id TEXT DEFAULT '' NOT NULL,
    issued_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX rewards_by_code ON rewards (tenant, code)

CREATE INDEX rewards_by_expiry ON rewards (tenant, status, expires_at_us)

CREATE INDEX rewards_by_member ON rewards (tenant, member, status)

CREATE INDEX rewards_by_order ON rewards (tenant, order_id)

CREATE INDEX rewards_by_source ON rewards (tenant, source)

CREATE TABLE rulesets (
    tenant TEXT NOT NULL,
    hash TEXT NOT NULL,
    edition INTEGER NOT NULL,
    sources BLOB NOT NULL,
    programs BLOB NOT NULL,
    published_at_us INTEGER NOT NULL,
    author TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hash, edition)
)

CREATE TRIGGER rulesets_no_update BEFORE UPDATE ON rulesets FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of rulesets never change'); END

CREATE TRIGGER rulesets_no_delete BEFORE DELETE ON rulesets FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of rulesets are never deleted'); END

CREATE TABLE slides (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    entry INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    undone_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry)
)

CREATE TABLE stocks (
    tenant TEXT NOT NULL,
    rule TEXT NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (tenant, rule),
    CONSTRAINT taken_is_not_negative CHECK (taken >= 0)
)

CREATE TABLE takings (
    tenant TEXT NOT NULL,
    rule TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    times INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, rule, source, kind)
)

CREATE TRIGGER takings_no_update BEFORE UPDATE ON takings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of takings never change'); END

CREATE TRIGGER takings_no_delete BEFORE DELETE ON takings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of takings are never deleted'); END

CREATE TABLE tenants (
    tenant TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    settings TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant)
)

CREATE TABLE tokens (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    reservation TEXT DEFAULT '' NOT NULL,
    promotion TEXT DEFAULT '' NOT NULL,
    code TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    places TEXT DEFAULT '' NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    order_id TEXT DEFAULT '' NOT NULL,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX tokens_by_expiry ON tokens (tenant, expires_at_us) WHERE status = 'reserved'

CREATE INDEX tokens_by_order ON tokens (tenant, order_id)

CREATE INDEX tokens_by_reservation ON tokens (tenant, reservation)

CREATE INDEX tokens_to_free ON tokens (tenant, promotion, code, expires_at_us) WHERE status = 'reserved'

CREATE TABLE transitions (
    tenant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    was TEXT DEFAULT '' NOT NULL,
    becomes TEXT DEFAULT '' NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, number)
)

CREATE TRIGGER transitions_no_update BEFORE UPDATE ON transitions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of transitions never change'); END

CREATE TRIGGER transitions_no_delete BEFORE DELETE ON transitions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of transitions are never deleted'); END

CREATE TABLE usages (
    tenant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    promotion TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    member TEXT DEFAULT '' NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    location TEXT DEFAULT '' NOT NULL,
    channel TEXT DEFAULT '' NOT NULL,
    amount_minor INTEGER NOT NULL,
    revenue_minor INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    warning TEXT DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, promotion, code, kind)
)

CREATE INDEX usages_by_promotion ON usages (tenant, promotion, at_us)

CREATE TRIGGER usages_no_update BEFORE UPDATE ON usages FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of usages never change'); END

CREATE TRIGGER usages_no_delete BEFORE DELETE ON usages FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rows of usages are never deleted'); END

CREATE TABLE webhooks (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    secret TEXT DEFAULT '' NOT NULL,
    types TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT '' NOT NULL,
    created_at_us INTEGER NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)
