"""Members who want their cashback: asked for, approved, listed; and what is kept of the erased."""

from __future__ import annotations

from tallystick.store.acting import look
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.tenancy import requests
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from .counter import Counter


def test_asking_sets_aside_and_waits_for_approval(tenancy: Tenancy) -> None:
    counter = Counter(tenancy)
    payouts = counter.shop.payouts
    counter.fund(1000, "cashback")
    asked = payouts.request("ana", "club", 700, recipient="ES91", request="k1")
    again = payouts.request("ana", "club", 700, recipient="ES91", request="k1")
    assert isinstance(asked, Disbursement) and asked == again
    assert (asked.status, asked.amount_minor, asked.currency) == ("pending", 700, "EUR")
    assert payouts.settle().handed == 0
    assert counter.account("cashback").available == 300
    more = payouts.request("ana", "club", 301)
    assert isinstance(more, Declined) and more.refusal is Refusal.INSUFFICIENT_POINTS
    assert [one.id for one in payouts.in_status("pending")] == [asked.id]
    assert payouts.in_status("pending", after=asked.id) == []
    mine = payouts.of_member("ana")
    assert isinstance(mine, list)
    assert [one.id for one in mine] == [asked.id]
    nobody = payouts.of_member("nobody")
    assert isinstance(nobody, Declined)
    assert nobody.refusal is Refusal.UNKNOWN_MEMBER
    payouts.approve(asked.id, actor="eva")
    answer = payouts.approve(asked.id, actor="eva")
    assert isinstance(answer, Declined) and answer.refusal is Refusal.WRONG_STATE
    assert [(one.becomes, one.actor) for one in payouts.steps(asked.id)] == [
        ("pending", ""),
        ("requested", "eva"),
    ]


def test_who_or_what_is_not_there_is_declined(tenancy: Tenancy) -> None:
    payouts = Counter(tenancy).shop.payouts
    answers = [
        payouts.request("zoe", "club", 1),
        payouts.request("ana", "clubs", 1),
        payouts.approve("x", actor="eva"),
    ]
    refusals = [one.refusal for one in answers if isinstance(one, Declined)]
    assert refusals == [
        Refusal.UNKNOWN_MEMBER,
        Refusal.UNKNOWN_PROGRAM,
        Refusal.UNKNOWN_DISBURSEMENT,
    ]
    assert payouts.show("x") is None


def test_answers_that_are_kept_do_not_keep_recipients(tenancy: Tenancy) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    counter.shop.payouts.request("ana", "club", 700, recipient="ES91", request="k1")
    kept = look(tenancy, lambda tx: tx.fetch(of_tenant(requests)))
    assert kept and not any(b"ES91" in row["answer"] or b"ana" in row["answer"] for row in kept)


def test_recipients_of_the_erased_are_forgotten_when_it_is_over(tenancy: Tenancy) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    done, open_ = (
        counter.cashback(100),
        counter.shop.payouts.request("ana", "club", 100, recipient="ES91"),
    )
    counter.shop.payouts.settle()
    assert isinstance(open_, Disbursement)

    counter.shop.members.erase("ana", actor="eve", reason="asked for it")
    assert (counter.show(done).recipient, counter.show(open_.id).recipient) == ("", "ES91")
