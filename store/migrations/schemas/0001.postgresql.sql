CREATE OR REPLACE FUNCTION tallystick_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$

CREATE TABLE accounts (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    program TEXT COLLATE "C" DEFAULT '' NOT NULL,
    unit TEXT COLLATE "C" DEFAULT '' NOT NULL,
    card TEXT COLLATE "C" DEFAULT '' NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    opened_at_us BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    lots BIGINT NOT NULL,
    head TEXT COLLATE "C" DEFAULT '' NOT NULL,
    written_at_us BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    active BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    held BIGINT NOT NULL,
    deficit BIGINT NOT NULL,
    lifetime BIGINT NOT NULL,
    tier TEXT COLLATE "C" DEFAULT '' NOT NULL,
    tier_since_us BIGINT NOT NULL,
    tier_most BIGINT NOT NULL,
    tier_due_us BIGINT NOT NULL,
    events BIGINT NOT NULL,
    due_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, program, unit, card, member)
)

CREATE INDEX accounts_by_due ON accounts (tenant, due_at_us)

CREATE INDEX accounts_by_member ON accounts (tenant, member)

CREATE TABLE allocations (
    tenant TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    entry BIGINT NOT NULL,
    place BIGINT NOT NULL,
    lot BIGINT NOT NULL,
    points BIGINT NOT NULL,
    kind TEXT COLLATE "C" DEFAULT '' NOT NULL,
    at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry, place)
)

CREATE INDEX allocations_by_lot ON allocations (tenant, account, lot)

CREATE TRIGGER allocations_no_update BEFORE UPDATE ON allocations FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of allocations never change')

CREATE TRIGGER allocations_no_delete BEFORE DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of allocations are never deleted')

CREATE TRIGGER allocations_no_truncate BEFORE TRUNCATE ON allocations FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of allocations are never deleted')

CREATE TABLE awards (
    tenant TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    times BIGINT NOT NULL,
    points BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, rule, source, kind)
)

CREATE TRIGGER awards_no_update BEFORE UPDATE ON awards FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of awards never change')

CREATE TRIGGER awards_no_delete BEFORE DELETE ON awards FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of awards are never deleted')

CREATE TRIGGER awards_no_truncate BEFORE TRUNCATE ON awards FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of awards are never deleted')

CREATE TABLE codes (
    tenant TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    pool TEXT COLLATE "C" DEFAULT '' NOT NULL,
    batch BIGINT NOT NULL,
    number BIGINT NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    owner TEXT COLLATE "C" DEFAULT '' NOT NULL,
    use_max BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, code),
    UNIQUE (tenant, pool, batch, number)
)

CREATE INDEX codes_to_draw ON codes (tenant, pool, expires_at_us, batch, number) WHERE status = 'free'

CREATE TRIGGER codes_no_update BEFORE UPDATE OF tenant, code, pool, batch, number, use_max ON codes FOR EACH ROW WHEN (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.code IS DISTINCT FROM NEW.code OR OLD.pool IS DISTINCT FROM NEW.pool OR OLD.batch IS DISTINCT FROM NEW.batch OR OLD.number IS DISTINCT FROM NEW.number OR OLD.use_max IS DISTINCT FROM NEW.use_max) EXECUTE FUNCTION tallystick_refuse('of a row of codes only status, owner, member, expires_at_us may change')

CREATE TRIGGER codes_no_delete BEFORE DELETE ON codes FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of codes are never deleted')

CREATE TRIGGER codes_no_truncate BEFORE TRUNCATE ON codes FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of codes are never deleted')

CREATE TABLE compilations (
    tenant TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    edition BIGINT NOT NULL,
    content BYTEA NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hash, edition)
)

CREATE TABLE counters (
    tenant TEXT COLLATE "C" NOT NULL,
    promotion TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (tenant, promotion, place),
    CONSTRAINT used_is_not_negative CHECK (used >= 0)
)

CREATE TABLE deliveries (
    tenant TEXT COLLATE "C" NOT NULL,
    webhook TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" DEFAULT '' NOT NULL,
    number BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_us BIGINT NOT NULL,
    error TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, webhook, event),
    UNIQUE (tenant, webhook, subject, number)
)

CREATE INDEX deliveries_by_next ON deliveries (tenant, webhook, next_at_us, event)

CREATE TABLE disbursement_steps (
    tenant TEXT COLLATE "C" NOT NULL,
    disbursement TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    was TEXT COLLATE "C" DEFAULT '' NOT NULL,
    becomes TEXT COLLATE "C" DEFAULT '' NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT COLLATE "C" DEFAULT '' NOT NULL,
    detail TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, disbursement, number)
)

CREATE TRIGGER disbursement_steps_no_update BEFORE UPDATE ON disbursement_steps FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of disbursement_steps never change')

CREATE TRIGGER disbursement_steps_no_delete BEFORE DELETE ON disbursement_steps FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of disbursement_steps are never deleted')

CREATE TRIGGER disbursement_steps_no_truncate BEFORE TRUNCATE ON disbursement_steps FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of disbursement_steps are never deleted')

CREATE TABLE disbursements (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    program TEXT COLLATE "C" DEFAULT '' NOT NULL,
    rule TEXT COLLATE "C" DEFAULT '' NOT NULL,
    kind TEXT COLLATE "C" DEFAULT '' NOT NULL,
    currency TEXT COLLATE "C" DEFAULT '' NOT NULL,
    amount_minor BIGINT NOT NULL,
    provider TEXT COLLATE "C" DEFAULT '' NOT NULL,
    recipient TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    hold TEXT COLLATE "C" DEFAULT '' NOT NULL,
    source TEXT COLLATE "C" DEFAULT '' NOT NULL,
    reference TEXT COLLATE "C" DEFAULT '' NOT NULL,
    detail TEXT COLLATE "C" DEFAULT '' NOT NULL,
    steps BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL,
    next_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX disbursements_by_member ON disbursements (tenant, member)

CREATE INDEX disbursements_by_next ON disbursements (tenant, next_at_us)

CREATE TABLE enrolments (
    tenant TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    program TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    joined_at_us BIGINT NOT NULL,
    tier_floor TEXT COLLATE "C" DEFAULT '' NOT NULL,
    note TEXT COLLATE "C",
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, program)
)

CREATE TABLE entries (
    tenant TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT COLLATE "C" DEFAULT '' NOT NULL,
    points BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    effective_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    event TEXT COLLATE "C" DEFAULT '' NOT NULL,
    source TEXT COLLATE "C" DEFAULT '' NOT NULL,
    rule TEXT COLLATE "C" DEFAULT '' NOT NULL,
    order_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    ruleset TEXT COLLATE "C" DEFAULT '' NOT NULL,
    tier TEXT COLLATE "C" DEFAULT '' NOT NULL,
    campaigns TEXT COLLATE "C" DEFAULT '' NOT NULL,
    lot BIGINT NOT NULL,
    reverses BIGINT NOT NULL,
    undoes TEXT COLLATE "C" DEFAULT '' NOT NULL,
    reason TEXT COLLATE "C" DEFAULT '' NOT NULL,
    actor TEXT COLLATE "C" DEFAULT '' NOT NULL,
    note TEXT COLLATE "C" DEFAULT '' NOT NULL,
    previous TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, seq),
    UNIQUE (tenant, account, event, source, rule, kind, undoes)
)

CREATE INDEX entries_by_order ON entries (tenant, order_id) WHERE order_id != ''

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of entries never change')

CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of entries are never deleted')

CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of entries are never deleted')

CREATE TABLE gift_cards (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" DEFAULT '' NOT NULL,
    account TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    currency TEXT COLLATE "C" DEFAULT '' NOT NULL,
    disbursement TEXT COLLATE "C" DEFAULT '' NOT NULL,
    amount_minor BIGINT NOT NULL,
    issued_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, code)
)

CREATE TABLE happenings (
    tenant TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    digest TEXT COLLATE "C" DEFAULT '' NOT NULL,
    order_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    ruleset TEXT COLLATE "C" DEFAULT '' NOT NULL,
    effective_at_us BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    facts BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, event, source)
)

CREATE INDEX happenings_by_order ON happenings (tenant, order_id)

CREATE TRIGGER happenings_no_update BEFORE UPDATE OF tenant, event, source, member, digest, order_id, ruleset, effective_at_us, at_us, answer ON happenings FOR EACH ROW WHEN (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.event IS DISTINCT FROM NEW.event OR OLD.source IS DISTINCT FROM NEW.source OR OLD.member IS DISTINCT FROM NEW.member OR OLD.digest IS DISTINCT FROM NEW.digest OR OLD.order_id IS DISTINCT FROM NEW.order_id OR OLD.ruleset IS DISTINCT FROM NEW.ruleset OR OLD.effective_at_us IS DISTINCT FROM NEW.effective_at_us OR OLD.at_us IS DISTINCT FROM NEW.at_us OR OLD.answer IS DISTINCT FROM NEW.answer) EXECUTE FUNCTION tallystick_refuse('of a row of happenings only facts may change')

CREATE TRIGGER happenings_no_delete BEFORE DELETE ON happenings FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of happenings are never deleted')

CREATE TRIGGER happenings_no_truncate BEFORE TRUNCATE ON happenings FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of happenings are never deleted')

CREATE TABLE hold_lots (
    tenant TEXT COLLATE "C" NOT NULL,
    hold TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    account TEXT COLLATE "C" DEFAULT '' NOT NULL,
    lot BIGINT NOT NULL,
    points BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hold, place)
)

CREATE TRIGGER hold_lots_no_update BEFORE UPDATE ON hold_lots FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of hold_lots never change')

CREATE TRIGGER hold_lots_no_delete BEFORE DELETE ON hold_lots FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of hold_lots are never deleted')

CREATE TRIGGER hold_lots_no_truncate BEFORE TRUNCATE ON hold_lots FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of hold_lots are never deleted')

CREATE TABLE holds (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" DEFAULT '' NOT NULL,
    asked BIGINT NOT NULL,
    points BIGINT NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    created_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    closed_at_us BIGINT NOT NULL,
    captured BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    source TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX holds_by_account ON holds (tenant, account, status)

CREATE TABLE interventions (
    tenant TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    action TEXT COLLATE "C" DEFAULT '' NOT NULL,
    program TEXT COLLATE "C" DEFAULT '' NOT NULL,
    detail TEXT COLLATE "C" DEFAULT '' NOT NULL,
    actor TEXT COLLATE "C" DEFAULT '' NOT NULL,
    reason TEXT COLLATE "C" DEFAULT '' NOT NULL,
    at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, member, number)
)

CREATE TRIGGER interventions_no_update BEFORE UPDATE ON interventions FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of interventions never change')

CREATE TRIGGER interventions_no_delete BEFORE DELETE ON interventions FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of interventions are never deleted')

CREATE TRIGGER interventions_no_truncate BEFORE TRUNCATE ON interventions FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of interventions are never deleted')

CREATE TABLE lots (
    tenant TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    points BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    held BIGINT NOT NULL,
    lapsed BIGINT NOT NULL,
    clawed BIGINT NOT NULL,
    absorbed BIGINT NOT NULL,
    earned_at_us BIGINT NOT NULL,
    activates_at_us BIGINT NOT NULL,
    waits_for TEXT COLLATE "C" DEFAULT '' NOT NULL,
    expires_at_us BIGINT NOT NULL,
    first_expires_at_us BIGINT NOT NULL,
    order_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    rule TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, number)
)

CREATE INDEX lots_by_order ON lots (tenant, account, order_id) WHERE order_id != ''

CREATE INDEX lots_to_spend ON lots (tenant, account, expires_at_us, earned_at_us, number) WHERE remaining > 0

CREATE TABLE members (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    referral_code TEXT COLLATE "C" DEFAULT '' NOT NULL,
    referred_by TEXT COLLATE "C" DEFAULT '' NOT NULL,
    referral TEXT COLLATE "C" DEFAULT '' NOT NULL,
    segments TEXT COLLATE "C" DEFAULT '' NOT NULL,
    joined_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, external_id),
    UNIQUE (tenant, referral_code)
)

CREATE TABLE orders (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    ruleset TEXT COLLATE "C" DEFAULT '' NOT NULL,
    currency TEXT COLLATE "C" DEFAULT '' NOT NULL,
    channel TEXT COLLATE "C" DEFAULT '' NOT NULL,
    location TEXT COLLATE "C" DEFAULT '' NOT NULL,
    placed_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    result BYTEA NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX orders_by_member ON orders (tenant, member, placed_at_us)

CREATE TRIGGER orders_no_update BEFORE UPDATE OF tenant, id, member, ruleset, currency, channel, location, placed_at_us, recorded_at_us, subtotal_minor, discount_minor, total_minor, result ON orders FOR EACH ROW WHEN (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.id IS DISTINCT FROM NEW.id OR OLD.member IS DISTINCT FROM NEW.member OR OLD.ruleset IS DISTINCT FROM NEW.ruleset OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.channel IS DISTINCT FROM NEW.channel OR OLD.location IS DISTINCT FROM NEW.location OR OLD.placed_at_us IS DISTINCT FROM NEW.placed_at_us OR OLD.recorded_at_us IS DISTINCT FROM NEW.recorded_at_us OR OLD.subtotal_minor IS DISTINCT FROM NEW.subtotal_minor OR OLD.discount_minor IS DISTINCT FROM NEW.discount_minor OR OLD.total_minor IS DISTINCT FROM NEW.total_minor OR OLD.result IS DISTINCT FROM NEW.result) EXECUTE FUNCTION tallystick_refuse('of a row of orders only status may change')

CREATE TRIGGER orders_no_delete BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of orders are never deleted')

CREATE TRIGGER orders_no_truncate BEFORE TRUNCATE ON orders FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of orders are never deleted')

CREATE TABLE outbox (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" DEFAULT '' NOT NULL,
    subject TEXT COLLATE "C" DEFAULT '' NOT NULL,
    number BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    data TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, subject, number)
)

CREATE TRIGGER outbox_no_update BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of outbox never change')

CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of outbox are never deleted')

CREATE TRIGGER outbox_no_truncate BEFORE TRUNCATE ON outbox FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of outbox are never deleted')

CREATE TABLE papers (
    tenant TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    cart BYTEA NOT NULL,
    facts BYTEA NOT NULL,
    cart_digest TEXT COLLATE "C" DEFAULT '' NOT NULL,
    facts_digest TEXT COLLATE "C" DEFAULT '' NOT NULL,
    erased_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id)
)

CREATE TRIGGER papers_no_update BEFORE UPDATE OF tenant, order_id, cart_digest, facts_digest ON papers FOR EACH ROW WHEN (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.order_id IS DISTINCT FROM NEW.order_id OR OLD.cart_digest IS DISTINCT FROM NEW.cart_digest OR OLD.facts_digest IS DISTINCT FROM NEW.facts_digest) EXECUTE FUNCTION tallystick_refuse('of a row of papers only cart, facts, erased_at_us may change')

CREATE TRIGGER papers_no_delete BEFORE DELETE ON papers FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of papers are never deleted')

CREATE TRIGGER papers_no_truncate BEFORE TRUNCATE ON papers FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of papers are never deleted')

CREATE TABLE placements (
    tenant TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    rule TEXT COLLATE "C" DEFAULT '' NOT NULL,
    stage BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, part, item, place)
)

CREATE TRIGGER placements_no_update BEFORE UPDATE ON placements FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of placements never change')

CREATE TRIGGER placements_no_delete BEFORE DELETE ON placements FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of placements are never deleted')

CREATE TRIGGER placements_no_truncate BEFORE TRUNCATE ON placements FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of placements are never deleted')

CREATE TABLE pools (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    batch BIGINT NOT NULL,
    spec TEXT COLLATE "C" DEFAULT '' NOT NULL,
    codes BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL,
    author TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id, batch)
)

CREATE TRIGGER pools_no_update BEFORE UPDATE ON pools FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of pools never change')

CREATE TRIGGER pools_no_delete BEFORE DELETE ON pools FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of pools are never deleted')

CREATE TRIGGER pools_no_truncate BEFORE TRUNCATE ON pools FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of pools are never deleted')

CREATE TABLE providers (
    tenant TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" DEFAULT '' NOT NULL,
    secret TEXT COLLATE "C" DEFAULT '' NOT NULL,
    kinds TEXT COLLATE "C" DEFAULT '' NOT NULL,
    created_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
)

CREATE TABLE qualifying (
    tenant TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    entry BIGINT NOT NULL,
    place BIGINT NOT NULL,
    lot BIGINT NOT NULL,
    earned_at_us BIGINT NOT NULL,
    counts_from_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    points BIGINT NOT NULL,
    spend_minor BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry, place)
)

CREATE TRIGGER qualifying_no_update BEFORE UPDATE ON qualifying FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of qualifying never change')

CREATE TRIGGER qualifying_no_delete BEFORE DELETE ON qualifying FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of qualifying are never deleted')

CREATE TRIGGER qualifying_no_truncate BEFORE TRUNCATE ON qualifying FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of qualifying are never deleted')

CREATE TABLE refunds (
    tenant TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    request BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    amount_minor BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, id, number)
)

CREATE TRIGGER refunds_no_update BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of refunds never change')

CREATE TRIGGER refunds_no_delete BEFORE DELETE ON refunds FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of refunds are never deleted')

CREATE TRIGGER refunds_no_truncate BEFORE TRUNCATE ON refunds FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of refunds are never deleted')

CREATE TABLE releases (
    tenant TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT COLLATE "C" DEFAULT '' NOT NULL,
    edition BIGINT NOT NULL,
    effective_at_us BIGINT NOT NULL,
    published_at_us BIGINT NOT NULL,
    author TEXT COLLATE "C" DEFAULT '' NOT NULL,
    note TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
)

CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of releases never change')

CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of releases are never deleted')

CREATE TRIGGER releases_no_truncate BEFORE TRUNCATE ON releases FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of releases are never deleted')

CREATE TABLE requests (
    tenant TEXT COLLATE "C" NOT NULL,
    request TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" DEFAULT '' NOT NULL,
    digest TEXT COLLATE "C" DEFAULT '' NOT NULL,
    at_us BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, request)
)

CREATE TRIGGER requests_no_update BEFORE UPDATE ON requests FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of requests never change')

CREATE TRIGGER requests_no_delete BEFORE DELETE ON requests FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of requests are never deleted')

CREATE TRIGGER requests_no_truncate BEFORE TRUNCATE ON requests FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of requests are never deleted')

CREATE TABLE reservations (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    cart TEXT COLLATE "C" DEFAULT '' NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    holds TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    created_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE TABLE rewards (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    program TEXT COLLATE "C" DEFAULT '' NOT NULL,
    rule TEXT COLLATE "C" DEFAULT '' NOT NULL,
    card TEXT COLLATE "C" DEFAULT '' NOT NULL,
    reward TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    code TEXT COLLATE "C" DEFAULT '' NOT NULL,
    source TEXT COLLATE "C" DEFAULT '' NOT NULL,
    order_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    issued_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    closed_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX rewards_by_code ON rewards (tenant, code)

CREATE INDEX rewards_by_expiry ON rewards (tenant, status, expires_at_us)

CREATE INDEX rewards_by_member ON rewards (tenant, member, status)

CREATE INDEX rewards_by_order ON rewards (tenant, order_id)

CREATE INDEX rewards_by_source ON rewards (tenant, source)

CREATE TABLE rulesets (
    tenant TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    edition BIGINT NOT NULL,
    sources BYTEA NOT NULL,
    programs BYTEA NOT NULL,
    published_at_us BIGINT NOT NULL,
    author TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, hash, edition)
)

CREATE TRIGGER rulesets_no_update BEFORE UPDATE ON rulesets FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of rulesets never change')

CREATE TRIGGER rulesets_no_delete BEFORE DELETE ON rulesets FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of rulesets are never deleted')

CREATE TRIGGER rulesets_no_truncate BEFORE TRUNCATE ON rulesets FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of rulesets are never deleted')

CREATE TABLE slides (
    tenant TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    entry BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    undone_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, account, entry)
)

CREATE TABLE stocks (
    tenant TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (tenant, rule),
    CONSTRAINT taken_is_not_negative CHECK (taken >= 0)
)

CREATE TABLE takings (
    tenant TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    times BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, rule, source, kind)
)

CREATE TRIGGER takings_no_update BEFORE UPDATE ON takings FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of takings never change')

CREATE TRIGGER takings_no_delete BEFORE DELETE ON takings FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of takings are never deleted')

CREATE TRIGGER takings_no_truncate BEFORE TRUNCATE ON takings FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of takings are never deleted')

CREATE TABLE tenants (
    tenant TEXT COLLATE "C" NOT NULL,
    created_at_us BIGINT NOT NULL,
    settings TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant)
)

CREATE TABLE tokens (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    reservation TEXT COLLATE "C" DEFAULT '' NOT NULL,
    promotion TEXT COLLATE "C" DEFAULT '' NOT NULL,
    code TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    places TEXT COLLATE "C" DEFAULT '' NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    order_id TEXT COLLATE "C" DEFAULT '' NOT NULL,
    created_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    closed_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE INDEX tokens_by_expiry ON tokens (tenant, expires_at_us) WHERE status = 'reserved'

CREATE INDEX tokens_by_order ON tokens (tenant, order_id)

CREATE INDEX tokens_by_reservation ON tokens (tenant, reservation)

CREATE INDEX tokens_to_free ON tokens (tenant, promotion, code, expires_at_us) WHERE status = 'reserved'

CREATE TABLE transitions (
    tenant TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    was TEXT COLLATE "C" DEFAULT '' NOT NULL,
    becomes TEXT COLLATE "C" DEFAULT '' NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT COLLATE "C" DEFAULT '' NOT NULL,
    source TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, number)
)

CREATE TRIGGER transitions_no_update BEFORE UPDATE ON transitions FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of transitions never change')

CREATE TRIGGER transitions_no_delete BEFORE DELETE ON transitions FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of transitions are never deleted')

CREATE TRIGGER transitions_no_truncate BEFORE TRUNCATE ON transitions FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of transitions are never deleted')

CREATE TABLE usages (
    tenant TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    promotion TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" DEFAULT '' NOT NULL,
    account TEXT COLLATE "C" DEFAULT '' NOT NULL,
    location TEXT COLLATE "C" DEFAULT '' NOT NULL,
    channel TEXT COLLATE "C" DEFAULT '' NOT NULL,
    amount_minor BIGINT NOT NULL,
    revenue_minor BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    warning TEXT COLLATE "C" DEFAULT '' NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id, promotion, code, kind)
)

CREATE INDEX usages_by_promotion ON usages (tenant, promotion, at_us)

CREATE TRIGGER usages_no_update BEFORE UPDATE ON usages FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of usages never change')

CREATE TRIGGER usages_no_delete BEFORE DELETE ON usages FOR EACH ROW EXECUTE FUNCTION tallystick_refuse('rows of usages are never deleted')

CREATE TRIGGER usages_no_truncate BEFORE TRUNCATE ON usages FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('rows of usages are never deleted')

CREATE TABLE webhooks (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" DEFAULT '' NOT NULL,
    secret TEXT COLLATE "C" DEFAULT '' NOT NULL,
    types TEXT COLLATE "C" DEFAULT '' NOT NULL,
    status TEXT COLLATE "C" DEFAULT '' NOT NULL,
    created_at_us BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)
