"""Members who want their cashback in, payouts out: asked for, approved, watched and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ..acting import act, look, look_up
from ..asking import careful
from ..knowing import check_program
from ..ledger.account import AccountKey
from ..ledger.book import Book
from ..ledger.terms import TermsOf
from ..member.enrolling import find_member
from ..member.people import check_active
from ..refusals import Decline, Declined, Refusal
from ..schema.payouts import disbursements
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .claiming import moved
from .codes import Codes, new_code
from .disbursement import (
    APPROVED,
    BEFORE_SENT,
    BY_ID,
    UNDER_WAY,
    Disbursement,
    Step,
    begin,
    disbursements_of,
    keep,
    lock_disbursement,
    step,
    steps_of,
)
from .finishing import confirm, undo
from .posting import outcome_of_statement, read_call_back
from .provider import Provider
from .purse import check_amount
from .registry import find_secret
from .settling import Settled, settle_payouts

CurrencyOf = Callable[[Transaction], str]  # the currency of the rules in force

CASHBACK = "cashback"
PAGE = 100

OF_MEMBER = (
    of_tenant(disbursements)
    .where(disbursements.c.member == sa.bindparam("member"))
    .order_by(disbursements.c.created_at_us, disbursements.c.id)
)
IN_STATUS = (
    of_tenant(disbursements)
    .where(disbursements.c.status == sa.bindparam("status"))
    .where(disbursements.c.id > sa.bindparam("after"))
    .order_by(disbursements.c.id)
    .limit(sa.bindparam("most"))
)


@careful
class Payouts:
    """The payouts of one tenant. Safe to share between threads.

    `plugged` are providers beside the wallet, the gift cards and those of `providers`, by name.
    """

    def __init__(
        self,
        tenancy: Tenancy,
        terms_of: TermsOf,
        currency_of: CurrencyOf,
        *,
        plugged: Mapping[str, Provider] | None = None,
        codes: Codes = new_code,
    ) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of
        self._currency_of = currency_of
        self._plugged = dict(plugged or {})
        self._codes = codes

    def request(
        self,
        member: str,
        program: str,
        amount_minor: int,
        *,
        provider: str = "",
        recipient: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> Disbursement | Declined:
        """Ask for cashback to be paid out; it is set aside, and waits until it is approved.

        Without a `provider` whoever takes cashback pays it, which is the wallet unless one was
        added that does. Declines UNKNOWN_MEMBER, UNKNOWN_PROGRAM, PAUSED, INSUFFICIENT_POINTS, and
        WRONG_STATE for a member who is closed.
        """

        def work(tx: Transaction) -> str:
            check_amount(amount_minor)
            id = tx.ids()
            book = Book(tx, self._terms_of(tx))
            found = find_member(tx, member)
            check_active(found)
            key = AccountKey(found["id"], program, CASHBACK)
            check_program(program, book.journal.terms.programs_at(tx.at_us))
            source = f"payout/{id}"
            held = book.hold(book.open([key])[key], amount_minor, ttl_us=None, source=source)
            row = {"id": id, "member": key.member, "program": program, "rule": ""}
            row |= {"kind": CASHBACK, "currency": self._currency_of(tx), "status": "pending"}
            row |= {"provider": provider, "recipient": recipient, "source": source}
            begin(tx, {**row, "amount_minor": amount_minor, "hold": held.id})
            return id

        asked = [member, program, amount_minor, provider, recipient]
        return self._act("request", asked, work, request, at_us)

    def approve(
        self, disbursement: str, *, actor: str, at_us: int | None = None
    ) -> Disbursement | Declined:
        """Let a pending payout be sent. Declines one that is not pending."""

        def change(tx: Transaction, row: Found) -> Found:
            check_status(row, ("pending",))
            sent = step(tx, row, "requested", actor=actor, called=APPROVED)
            return {**sent, "next_at_us": tx.at_us}

        return self._change("approve", disbursement, actor, change, at_us)

    def cancel(
        self, disbursement: str, *, actor: str, reason: str = "", at_us: int | None = None
    ) -> Disbursement | Declined:
        """Have a payout not be sent, and free what is held for it. Declines one that was sent."""

        def change(tx: Transaction, row: Found) -> Found:
            check_status(row, BEFORE_SENT)
            book = Book(tx, self._terms_of(tx))
            return undo(tx, book, row, "cancelled", actor=actor, detail=reason)

        return self._change("cancel", disbursement, [actor, reason], change, at_us)

    def resolve(
        self,
        disbursement: str,
        *,
        is_paid: bool,
        actor: str,
        reason: str,
        reference: str = "",
        at_us: int | None = None,
    ) -> Disbursement | Declined:
        """End a payout by hand, after its provider was asked in another way.

        For those whose provider will never answer. Declines what is not under way: `cancel` ends
        what was never sent.
        """

        def change(tx: Transaction, row: Found) -> Found:
            check_status(row, UNDER_WAY)
            book = Book(tx, self._terms_of(tx))
            if is_paid:
                row = {**row, "reference": reference or row["reference"]}
                return confirm(tx, book, row, actor=actor, detail=reason)
            return undo(tx, book, row, "failed", actor=actor, detail=reason)

        asked = [is_paid, actor, reason, reference]
        return self._change("resolve", disbursement, asked, change, at_us)

    def confirm(
        self,
        provider: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        at_us: int | None = None,
    ) -> Disbursement | Declined:
        """Take in what a provider posts by itself, headers and body as they came.

        The body is `{"id": .., "status": "sent" | "confirmed" | "failed", "reference": ..}`, signed
        with the provider's secret. Declines BAD_SIGNATURE, a disbursement of another provider, and
        another end than the one it has; the same end again is answered as the first time.
        """
        now_us = self._tenancy.clock() if at_us is None else at_us

        def work(tx: Transaction) -> str:
            secret = find_secret(tx, provider)
            stated = None if not secret else read_call_back(secret, headers, body, now_us)
            outcome = None if stated is None else outcome_of_statement(stated)
            if stated is None or outcome is None:
                words = f"it is not signed by `{provider}`, or says nothing of a payout"
                raise Decline(Refusal.BAD_SIGNATURE, words)
            row = lock_disbursement(tx, stated.id)
            if row["provider"] != provider:
                words = f"`{provider}` does not pay out `{stated.id}`"
                raise Decline(Refusal.UNKNOWN_DISBURSEMENT, words)
            if row["status"] != stated.status:
                check_status(row, UNDER_WAY)
                row = moved(tx, Book(tx, self._terms_of(tx)), row, outcome)
                keep(tx, row)
            return stated.id

        return self._act("confirm", "", work, None, now_us)

    def settle(self, at_us: int | None = None) -> Settled:
        """Send what is due and ask about what is under way; see `settle_payouts`."""
        return settle_payouts(
            self._tenancy, self._terms_of, at_us, plugged=self._plugged, codes=self._codes
        )

    def show(self, disbursement: str) -> Disbursement | None:
        """A payout as it stands; None where there is none."""
        found = self._look(BY_ID, id=disbursement)
        return found[0] if found else None

    def steps(self, disbursement: str) -> list[Step]:
        """What became of a payout, step by step."""
        return look(self._tenancy, lambda tx: steps_of(tx, disbursement))

    def of_member(self, member: str) -> list[Disbursement] | Declined:
        """The payouts of a member, oldest first. Declines `unknown_member`."""

        def work(tx: Transaction) -> list[Disbursement]:
            return disbursements_of(tx, tx.fetch(OF_MEMBER, member=find_member(tx, member)["id"]))

        return look_up(self._tenancy, work)

    def in_status(self, status: str, *, after: str = "", limit: int = PAGE) -> list[Disbursement]:
        """A page of payouts in a status, oldest first, behind the payout `after`."""
        return self._look(IN_STATUS, status=status, after=after, most=limit)

    def _look(self, query: sa.Select[Any], **values: object) -> list[Disbursement]:
        """Payouts as others see them."""
        return look(self._tenancy, lambda tx: disbursements_of(tx, tx.fetch(query, **values)))

    def _change(
        self,
        verb: str,
        disbursement: str,
        asked: object,
        change: Callable[[Transaction, Found], Found],
        at_us: int | None,
    ) -> Disbursement | Declined:
        """Change one payout."""

        def work(tx: Transaction) -> str:
            keep(tx, change(tx, lock_disbursement(tx, disbursement)))
            return disbursement

        return self._act(verb, [disbursement, asked], work, None, at_us)

    def _act(
        self,
        verb: str,
        asked: object,
        work: Callable[[Transaction], str],
        request: str | None,
        at_us: int | None,
    ) -> Disbursement | Declined:
        """Do work on a payout in one transaction, and show the payout.

        The answer of a request is its id alone: answers are kept for ever, and recipients must not
        be.
        """
        action = f"payouts.{verb}"
        id = act(self._tenancy, action, asked, work, str, request=request, at_us=at_us)
        if isinstance(id, Declined):
            return id
        shown = self.show(id)
        assert shown is not None
        return shown


def check_status(row: Found, allowed: Sequence[str]) -> None:
    """Decline a payout in another status."""
    if row["status"] not in allowed:
        words = f"the payout is {row['status']}, and has to be {' or '.join(allowed)}"
        raise Decline(Refusal.WRONG_STATE, words)
