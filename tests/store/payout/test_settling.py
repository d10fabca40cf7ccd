"""Payouts on their way: once under one key, whatever fails, dies or runs twice in between."""

from __future__ import annotations

import threading
import time

import pytest

from tallystick.store.database.database import Database
from tallystick.store.payout.claiming import LEASE_US
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.payout.provider import Confirmed, Failed, Outcome, Sent, Unknown
from tallystick.store.payout.settling import Settled
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from .counter import DAY_US, MINUTE_US, Bank, Counter


def test_cashback_goes_into_the_wallet_unless_somebody_is_named(tenancy: Tenancy) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    id = counter.cashback(400)
    assert (counter.account("cashback").balance, counter.account("cashback").held) == (1000, 400)
    assert counter.shop.payouts.settle() == Settled(1, 0)
    assert counter.show(id).status == "confirmed"
    assert (counter.account("cashback").balance, counter.account("cashback").held) == (600, 0)
    assert counter.shop.wallet.balance("ana", "EUR").available_minor == 400
    assert counter.told(id) == ["requested", "approved", "sent", "confirmed"]
    assert counter.shop.payouts.settle() == Settled(0, 0)


def test_a_reward_becomes_a_gift_card(tenancy: Tenancy) -> None:
    counter = Counter(tenancy)
    counter.fund(5000, "points")
    id = counter.reward(3000, "gift_card", 2000)
    counter.shop.payouts.settle()
    card = counter.shop.gift_cards.of(id)
    assert card is not None and (card.balance_minor, card.currency) == (2000, "EUR")
    assert counter.show(id).reference == card.id
    assert counter.account("points").balance == 2000
    assert counter.told(id) == ["requested", "sent", "confirmed"]


def test_nothing_is_lost_where_nobody_pays_yet(tenancy: Tenancy, clock: Clock) -> None:
    counter = Counter(tenancy)
    counter.fund(5000, "points")
    card = counter.reward(1000, "gift_card", 2000, "tango")
    gift = counter.reward(1000, "donation", 500, source="e2")
    assert counter.shop.payouts.settle() == Settled(0, 2)
    assert counter.show(card).status == counter.show(gift).status == "requested"
    assert "no provider `tango`" in counter.show(card).detail
    assert "no provider takes payouts of the kind `donation`" in counter.show(gift).detail
    clock.now_us += MINUTE_US
    bank = Bank()
    later = Shop(tenancy, plugged={"tango": bank})
    assert later.payouts.settle() == Settled(1, 1)
    assert bank.keys == [card]


def test_what_fails_for_good_gives_the_points_back(tenancy: Tenancy, clock: Clock) -> None:
    counter = Counter(tenancy, {"tango": Bank(Failed("no such address"))})
    counter.fund(1000, "points", "e0")
    clock.now_us += DAY_US
    counter.fund(1000, "points", "e00")
    before = counter.account("points")
    id = counter.reward(1500, "gift_card", 2000, "tango")
    clock.now_us += DAY_US
    counter.shop.payouts.settle()
    assert (counter.show(id).status, counter.show(id).detail) == ("failed", "no such address")
    after = counter.account("points")
    assert (after.balance, after.due_at_us) == (before.balance, before.due_at_us)
    assert after.lifetime == before.lifetime
    assert counter.told(id) == ["requested", "sent", "failed"]


def test_what_fails_for_good_sets_cashback_free(tenancy: Tenancy) -> None:
    counter = Counter(tenancy, {"bank": Bank(Failed("closed"))})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    counter.shop.payouts.settle()
    assert counter.show(id).status == "failed"
    assert counter.account("cashback").available == 1000


def test_the_reward_of_a_full_card_cost_nothing(tenancy: Tenancy) -> None:
    counter = Counter(tenancy, {"tango": Bank(Failed("no"))})
    id = counter.reward(0, "gift_card", 2000, "tango")
    counter.shop.payouts.settle()
    assert counter.show(id).status == "failed"
    assert counter.account("points").balance == 0


def test_unknown_stays_held_for_ever_and_is_asked_under_the_same_key(
    tenancy: Tenancy, clock: Clock
) -> None:
    bank = Bank(OSError("timed out"), *[Unknown("no answer")] * 20)
    counter = Counter(tenancy, {"bank": bank})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    counter.shop.payouts.settle()
    assert (counter.show(id).status, counter.show(id).detail) == ("unknown", "OSError: timed out")
    for _ in range(20):
        assert counter.shop.payouts.settle() == Settled(0, 0), "it rests"
        clock.now_us = counter.show(id).next_at_us
        assert counter.shop.payouts.settle() == Settled(1, 0)
    clock.now_us += 30 * DAY_US
    assert counter.account("cashback").held == 400
    counter.shop.payouts.settle()
    assert (counter.show(id).status, counter.show(id).reference) == ("confirmed", "tr-1")
    assert (counter.account("cashback").balance, counter.account("cashback").held) == (600, 0)
    assert set(bank.keys) == {id} and bank.keys[1:] == bank.asked
    assert counter.told(id) == ["requested", "approved", "sent", "unknown", "confirmed"]


def test_what_its_provider_has_is_asked_about_until_it_ends(tenancy: Tenancy, clock: Clock) -> None:
    bank = Bank(Sent("tr-7"), Unknown("busy"), Sent(), Confirmed())
    counter = Counter(tenancy, {"bank": bank})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    seen = []
    for _ in range(4):
        counter.shop.payouts.settle()
        seen.append((counter.show(id).status, counter.show(id).reference))
        clock.now_us += DAY_US
    assert seen == [("sent", "tr-7"), ("unknown", "tr-7"), ("sent", "tr-7"), ("confirmed", "tr-7")]


class Killed(BaseException):
    """The end of a process, as far as the database can tell."""


def test_killed_in_the_middle_it_is_asked_about_when_the_claim_is_over(
    tenancy: Tenancy, clock: Clock
) -> None:
    bank = Bank(Killed())
    counter = Counter(tenancy, {"bank": bank})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    with pytest.raises(Killed):
        counter.shop.payouts.settle()
    assert counter.show(id).status == "sent", "it was written before"
    assert counter.shop.payouts.settle() == Settled(0, 0), "the claim holds"
    clock.now_us += LEASE_US
    assert counter.shop.payouts.settle() == Settled(1, 0)
    assert bank.keys == [id, id] and bank.asked == [id]
    assert counter.account("cashback").balance == 600


@pytest.mark.parametrize("provider", ["wallet", "gift_cards"])
def test_killed_after_it_was_paid_it_is_not_paid_again(
    tenancy: Tenancy, clock: Clock, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shop's own money is booked under the same key, in a transaction of its own."""
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    id = counter.cashback(400, provider)

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("tallystick.store.payout.settling.finish", die)
        with pytest.raises(Killed):
            counter.shop.payouts.settle()
    clock.now_us += LEASE_US
    counter.shop.payouts.settle()
    assert counter.show(id).status == "confirmed"
    card = counter.shop.gift_cards.of(id)
    paid = (
        counter.shop.wallet.balance("ana", "EUR").balance_minor
        if card is None
        else card.balance_minor
    )
    assert (paid, counter.account("cashback").balance) == (400, 600)


def test_whoever_lost_its_claim_changes_nothing(tenancy: Tenancy, clock: Clock) -> None:
    class Slow(Bank):
        def send(self, disbursement: Disbursement) -> Outcome:
            if not self.keys:
                self.keys.append(disbursement.id)
                clock.now_us += LEASE_US
                assert other.payouts.settle() == Settled(1, 0)
                return Failed("late")
            return super().send(disbursement)

    bank = Slow()
    counter = Counter(tenancy, {"bank": bank})
    other = Shop(tenancy, plugged={"bank": bank})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    counter.shop.payouts.settle()
    assert counter.show(id).status == "confirmed"
    assert counter.account("cashback").balance == 600


def test_jobs_at_once_send_each_payout_once(tenancy: Tenancy, database_url: str) -> None:
    class Busy(Bank):
        def send(self, disbursement: Disbursement) -> Outcome:
            time.sleep(0.003)
            return super().send(disbursement)

    bank = Busy()
    counter = Counter(tenancy, {"bank": bank})
    counter.fund(1000, "cashback")
    ids = [counter.cashback(10, "bank") for _ in range(12)]

    def job() -> None:
        database = Database(database_url)
        other = Tenancy(database, tenancy.tenant, tenancy.clock, tenancy.ids)
        handed.append(Shop(other, plugged={"bank": bank}).payouts.settle().handed)
        database.close()

    handed: list[int] = []
    threads = [threading.Thread(target=job) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(handed) == 12
    assert sorted(bank.keys) == sorted(ids) and bank.asked == []
    assert (counter.account("cashback").balance, counter.account("cashback").held) == (880, 0)


def test_a_key_is_written_before_anything_is_sent(tenancy: Tenancy) -> None:
    class Watching(Bank):
        def send(self, disbursement: Disbursement) -> Outcome:
            assert counter.show(disbursement.id).status == "sent"
            return super().send(disbursement)

    bank = Watching()
    counter = Counter(tenancy, {"bank": bank})
    counter.fund(1000, "cashback")
    counter.cashback(400, "bank")
    counter.shop.payouts.settle()
    (seen,) = bank.seen
    assert (seen.customer, seen.recipient, seen.amount_minor) == ("ana", "iban", 400)


def test_only_what_was_never_sent_is_cancelled(tenancy: Tenancy) -> None:
    counter = Counter(tenancy, {"bank": Bank(Unknown("?"))})
    payouts = counter.shop.payouts
    counter.fund(1000, "cashback")
    counter.fund(1000, "points")
    reward = counter.reward(700, "gift_card", 500)
    cancelled = payouts.cancel(reward, actor="staff", reason="asked for")
    assert isinstance(cancelled, Disbursement) and cancelled.status == "cancelled"
    assert counter.account("points").balance == 1000
    id = counter.cashback(400, "bank")
    payouts.settle()
    answer = payouts.cancel(id, actor="staff")
    assert isinstance(answer, Declined) and answer.refusal is Refusal.WRONG_STATE
    assert counter.account("cashback").held == 400
    assert payouts.settle() == Settled(0, 0)


@pytest.mark.parametrize("is_paid", [True, False])
def test_staff_end_what_nobody_answers_for(tenancy: Tenancy, is_paid: bool) -> None:
    counter = Counter(tenancy, {"bank": Bank(Unknown("?"))})
    counter.fund(1000, "cashback")
    id = counter.cashback(400, "bank")
    resolve = counter.shop.payouts.resolve
    early = resolve(id, is_paid=is_paid, actor="eva", reason="called them")
    assert isinstance(early, Declined) and early.refusal is Refusal.WRONG_STATE
    counter.shop.payouts.settle()
    resolve(id, is_paid=is_paid, actor="eva", reason="called them")
    assert counter.show(id).status == ("confirmed" if is_paid else "failed")
    assert counter.account("cashback").balance == (600 if is_paid else 1000)
    last = counter.shop.payouts.steps(id)[-1]
    assert (last.actor, last.detail) == ("eva", "called them")
