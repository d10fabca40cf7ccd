"""Rule sets: published, effective, rolled back, and never without what they owe."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source
from tallystick.store.acting import act, look
from tallystick.store.audit.verifying import verify
from tallystick.store.errors import StoreError
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.ledger.state import State
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.rules import leaving
from tallystick.store.rules.timeline import Timeline, read_timeline
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import accounts, entries
from tallystick.store.schema.tenancy import releases, rulesets
from tallystick.store.schema.usage import rewards
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..conftest import Clock
from ..shops import CLUB, open_shop, publish

DAY_US = 86_400_000_000
TENTH = "promotions: {tenth: {then: {percent_off: 10%}}}"
FIFTH = "promotions: {fifth: {then: {percent_off: 20%}}}"
CART = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000}],
}


def timeline_of(shop: Shop) -> Timeline:
    """What is in force when."""
    return look(shop.tenancy, lambda one: read_timeline(one, shop.library))


def total_of(shop: Shop, at_us: int) -> int:
    """What the cart costs at an instant."""

    def work(transaction: Transaction) -> int:
        timeline = read_timeline(transaction, shop.library)
        return timeline.engine_at(transaction, at_us).quote(CART).grand_total

    return look(shop.tenancy, work)


def count_rows(tenancy: Tenancy, table: sa.Table) -> int:
    """How many rows of the tenant a table has."""
    return len(look(tenancy, lambda one: one.fetch(of_tenant(table))))


def account(program: str, id: str = "a1", **figures: int) -> dict[str, object]:
    """The row of an account."""
    row: dict[str, object] = {
        column.name: 0 if isinstance(column.type, sa.BigInteger) else ""
        for column in accounts.columns
    }
    row |= {"id": id, "program": program, "unit": "points", "member": f"m-{id}"}
    return row | {"due_at_us": NEVER_US} | figures


def add(tenancy: Tenancy, table: sa.Table, *rows: dict[str, object]) -> None:
    """Write rows as they are."""
    act(tenancy, "add", "", lambda one: one.insert(table, rows), type(None))


def test_rules_hold_from_when_they_were_published(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    first = publish(shop.rules, TENTH)
    start_us = clock.now_us
    clock.now_us += DAY_US
    second = publish(shop.rules, FIFTH)
    assert (first.number, second.number) == (1, 2)
    assert (first.effective_at_us, second.effective_at_us) == (start_us, start_us + DAY_US)
    assert total_of(shop, start_us) == total_of(shop, start_us + DAY_US - 1) == 900
    assert total_of(shop, start_us + DAY_US) == total_of(shop, start_us + 9 * DAY_US) == 800


def test_rules_can_be_published_for_later(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    publish(shop.rules, TENTH)
    publish(shop.rules, FIFTH, effective_at_us=clock.now_us + DAY_US)
    assert total_of(shop, clock.now_us) == 900
    assert [one.status for one in shop.rules.releases()] == ["in_force", "planned"]
    clock.now_us += DAY_US
    assert total_of(shop, clock.now_us) == 800
    assert [one.status for one in shop.rules.releases()] == ["past", "in_force"]


def test_nothing_is_published_for_when_there_are_no_dates(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy)
    with pytest.raises(StoreError, match="before the year 9000"):
        shop.rules.publish([Source("a.yaml", TENTH)], effective_at_us=2**62)
    assert all(one.status != "planned" for one in shop.rules.releases())


def test_of_two_that_begin_together_the_later_holds(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    begin_us = clock.now_us + DAY_US
    publish(shop.rules, TENTH)
    publish(shop.rules, FIFTH, effective_at_us=begin_us)
    publish(shop.rules, TENTH, effective_at_us=begin_us)
    assert total_of(shop, begin_us) == 900
    assert [one.status for one in shop.rules.releases()] == ["in_force", "replaced", "planned"]


def test_the_past_cannot_be_changed(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    with pytest.raises(StoreError, match="what was published cannot change"):
        publish(shop.rules, TENTH, effective_at_us=clock.now_us - 1)
    publish(shop.rules, TENTH)
    clock.now_us -= DAY_US  # the clock of another machine, or one that was set back
    assert publish(shop.rules, FIFTH).effective_at_us == clock.now_us + DAY_US
    with pytest.raises(StoreError, match="effective_at_us"):
        publish(shop.rules, TENTH, effective_at_us=clock.now_us)


def test_the_same_rules_are_not_published_again(tenancy: Tenancy) -> None:
    shop = Shop(tenancy)
    first = publish(shop.rules, TENTH)
    again = publish(shop.rules, TENTH)
    assert (again.number, again.is_new) == (first.number, False)
    assert count_rows(tenancy, releases) == count_rows(tenancy, rulesets) == 1


def test_a_request_is_answered_once(tenancy: Tenancy) -> None:
    rules = Shop(tenancy).rules
    first = rules.publish([Source("a.yaml", TENTH)], request="k1")
    rules.publish([Source("a.yaml", FIFTH)])
    assert rules.publish([Source("a.yaml", TENTH)], request="k1") == first
    assert count_rows(tenancy, releases) == 2
    other = rules.publish([Source("a.yaml", FIFTH)], request="k1")
    assert isinstance(other, Declined) and other.refusal is Refusal.CONFLICT


def test_texts_for_people_make_an_edition_and_no_hash(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    first = publish(shop.rules, TENTH)
    named = "promotions: {tenth: {name: Ten, then: {percent_off: 10%}}}"
    clock.now_us += 1
    second = publish(shop.rules, named)
    assert (first.hash, 1) == (second.hash, first.edition)
    assert (second.edition, second.is_new) == (2, True)

    def work(transaction: Transaction) -> str:
        timeline = read_timeline(transaction, shop.library)
        return timeline.engine_at(transaction, clock.now_us).ruleset.promotions[0].name

    assert look(tenancy, work) == "Ten"
    sources = shop.rules.sources(first.hash)
    assert not isinstance(sources, Declined) and [one.text for one in sources] == [named]


def test_rolling_back_lets_old_rules_hold_again(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    old = publish(shop.rules, TENTH)
    clock.now_us += DAY_US
    publish(shop.rules, FIFTH)
    clock.now_us += DAY_US
    back = shop.rules.roll_back(old.hash, author="ana", note="20 % was too much")
    assert not isinstance(back, Declined) and (back.number, back.hash) == (3, old.hash)
    assert [total_of(shop, clock.now_us - days * DAY_US) for days in (2, 1, 0)] == [900, 800, 900]
    assert count_rows(tenancy, rulesets) == 2
    last = shop.rules.releases()[-1]
    assert (last.author, last.note, last.status) == ("ana", "20 % was too much", "in_force")


def test_what_was_never_published_cannot_come_back(tenancy: Tenancy) -> None:
    answer = Shop(tenancy).rules.roll_back("sha256:0")
    assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_RULESET


def test_rules_with_mistakes_are_not_published(tenancy: Tenancy) -> None:
    shop = Shop(tenancy)
    with pytest.raises(RuleTextError, match="R203"):
        publish(shop.rules, "promotions: {tenth: {than: 3}}")
    with pytest.raises(StoreError, match="at least one rule file"):
        shop.rules.publish([])
    assert count_rows(tenancy, rulesets) == 0


@pytest.mark.parametrize(
    "figures",
    [
        {"balance": 7, "active": 7},
        {"balance": -7, "deficit": 7},
        {"pending": 3, "deficit": 3},
        {"balance": 2**62, "active": 2**62, "held": 2},
    ],
)
def test_a_program_with_balances_cannot_be_removed(
    tenancy: Tenancy, figures: dict[str, int]
) -> None:
    shop = open_shop(tenancy)
    rows = [account("club", id, **figures) for id in ("a1", "a2", "a3")]
    add(tenancy, accounts, *rows, account("club", "a4"))
    answer = shop.rules.publish([Source("a.yaml", TENTH)])
    assert isinstance(answer, Declined) and answer.refusal is Refusal.HAS_BALANCES
    held, balance = figures.get("held", 0), figures.get("balance", 0)
    owed = {"accounts": 3, "balance": 3 * balance, "held": 3 * held}
    assert answer.facts == {"club": {"points": owed}}
    assert "`club` has 3 accounts" in answer.message and "status: paused" in answer.message
    assert count_rows(tenancy, releases) == 1
    paused = CLUB.replace("club:\n", "club:\n    status: paused\n", 1)
    assert publish(shop.rules, paused).number == 2


def test_a_program_with_open_rewards_cannot_be_removed(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy)
    reward: dict[str, object] = {"id": "r1", "member": "m1", "program": "club", "rule": "x"}
    reward |= dict.fromkeys(("card", "reward", "code", "source", "order_id"), "")
    reward |= {"status": "open", "issued_at_us": 0, "closed_at_us": NEVER_US}
    now_us = tenancy.clock()
    ends = {"r1": NEVER_US, "r2": now_us + 1, "r3": now_us}  # the last is over already
    add(tenancy, rewards, *(reward | {"id": id, "expires_at_us": us} for id, us in ends.items()))
    answer = shop.rules.publish([Source("a.yaml", TENTH)])
    assert isinstance(answer, Declined) and answer.facts == {"club": {"rewards": 2}}


@pytest.mark.parametrize("step", [1, 500])
def test_what_has_lapsed_is_not_owed_whether_or_not_it_was_booked(
    tenancy: Tenancy, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(leaving, "DUE", leaving.DUE.limit(step))
    monkeypatch.setattr(leaving, "STEP", step)
    shop = open_shop(tenancy)
    for name in ("ana", "bo", "cy"):
        shop.members.enrol(name, "club")
        shop.ledger.earn(Award(Purse(name, "club"), 300, "signup", name))
    sources = [Source("a.yaml", TENTH)]
    answer = shop.rules.publish(sources)
    assert isinstance(answer, Declined) and answer.refusal is Refusal.HAS_BALANCES
    clock.now_us += 364 * DAY_US
    answer = shop.rules.publish(sources)
    assert isinstance(answer, Declined) and answer.refusal is Refusal.HAS_BALANCES
    clock.now_us += 2 * DAY_US
    assert publish(shop.rules, TENTH).number == 2
    lapsed = look(tenancy, lambda one: one.fetch(of_tenant(entries)))
    assert sorted(row["points"] for row in lapsed) == [-300, -300, -300, 300, 300, 300]
    assert [str(one) for one in verify(tenancy.database)] == []


def test_a_program_without_balances_can_be_removed_at_once_only(
    tenancy: Tenancy, clock: Clock
) -> None:
    shop = open_shop(tenancy)
    add(tenancy, accounts, account("club"))
    later = shop.rules.publish([Source("a.yaml", TENTH)], effective_at_us=clock.now_us + 1)
    assert isinstance(later, Declined) and later.refusal is Refusal.HAS_BALANCES
    publish(shop.rules, TENTH)
    assert timeline_of(shop).program("club", clock.now_us) is None


def test_a_program_cannot_come_before_rules_without_it(tenancy: Tenancy, clock: Clock) -> None:
    shop = Shop(tenancy)
    publish(shop.rules, TENTH)
    publish(shop.rules, FIFTH, effective_at_us=clock.now_us + DAY_US)
    answer = shop.rules.publish([Source("a.yaml", CLUB)])
    assert isinstance(answer, Declined) and answer.refusal is Refusal.HAS_BALANCES


def test_new_terms_have_accounts_looked_at(tenancy: Tenancy, clock: Clock) -> None:
    shop = open_shop(tenancy)
    add(tenancy, accounts, account("club", "a1"), account("club", "a2", due_at_us=5))
    add(tenancy, accounts, account("other", "b1"))

    def due() -> list[int]:
        query = of_tenant(accounts).order_by(accounts.c.id)
        return look(tenancy, lambda one: [row["due_at_us"] for row in one.fetch(query)])

    worth = CLUB.replace("value: 1 EUR", "value: 2 EUR")
    publish(shop.rules, worth)
    assert due() == [NEVER_US, 5, NEVER_US]
    paused = worth.replace("club:\n", "club:\n    status: paused\n", 1)
    publish(shop.rules, paused, effective_at_us=clock.now_us + DAY_US)
    assert due() == [clock.now_us + DAY_US, 5, NEVER_US]


@pytest.mark.parametrize("is_by_job", [True, False])
def test_a_tier_that_new_terms_leave_as_it_is_ends_by_these(
    tenancy: Tenancy, clock: Clock, is_by_job: bool
) -> None:
    tiers = "tiers: {window: 30 days, levels: {green: {from: 0}, black: {from: 100}}}"
    club = f"ruleset: {{currency: EUR}}\nprograms: {{club: {{{tiers}}}}}\n"
    shop = open_shop(tenancy, club)
    shop.members.enrol("ana", "club")
    purse = Purse("ana", "club")
    assert not isinstance(shop.ledger.earn(Award(purse, 100, "visit", "v1")), Declined)
    clock.now_us += DAY_US
    publish(shop.rules, club.replace("window", "keep: forever, window"))
    clock.now_us += DAY_US
    if is_by_job:
        shop.jobs.run()
    else:
        shop.ledger.adjust(purse, 1, reason="late", actor="eve")
    assert list(verify(tenancy.database)) == []
    state = shop.ledger.state(purse, at_us=clock.now_us + 90 * DAY_US)
    assert isinstance(state, State) and state.tier is not None
    assert state.tier.tier == "black"
