"""Codes of gift cards in, what is on them and what they pay out: the face of gift cards."""

from __future__ import annotations

from ..acting import look
from ..asking import careful
from ..knowing import check_currency
from ..ledger.book import Book
from ..ledger.hold import TTL_MAX_US
from ..ledger.past import account_at
from ..ledger.terms import TermsOf
from ..refusals import Declined
from ..schema.frame import NEVER_US
from ..schema.payouts import gift_cards
from ..tenancy import Tenancy
from ..transaction import Found, Transaction
from . import purse
from .codes import Codes, new_code, read_code
from .gift_cards import (
    ACTIVE,
    BLOCKED,
    BY_CODE,
    BY_DISBURSEMENT,
    BY_ID,
    GIFT_CARD,
    GiftCard,
    account_of,
    card_of,
    check_active,
    find_by_code,
    find_usable,
    issue,
)
from .purse import Held, Moved, Purses


@careful
class GiftCards(Purses):
    """The gift cards of one tenant. Safe to share between threads.

    Codes may be typed with or without dashes, in any case, O for 0 and I or L for 1. Money is in
    minor units of the card's currency. All that write take a `request` key: the same again has one
    effect.
    """

    noun = "gift_card"

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf, codes: Codes = new_code) -> None:
        super().__init__(tenancy, terms_of)
        self._codes = codes

    def issue(
        self,
        amount_minor: int,
        currency: str,
        *,
        expires_at_us: int = NEVER_US,
        request: str | None = None,
        at_us: int | None = None,
    ) -> GiftCard | Declined:
        """Issue a card. Declines one that has expired before; `StoreError` for no currency."""
        check_currency(currency)

        def work(tx: Transaction, book: Book) -> str:
            return issue(tx, book, self._codes(), amount_minor, currency, expires_at_us)

        asked = [amount_minor, currency, expires_at_us]
        id = self._act("issue", asked, work, str, request, at_us)
        if isinstance(id, Declined):
            return id
        card = look(self._tenancy, lambda tx: self._card(tx, tx.find(BY_ID, id=id)), at_us)
        assert card is not None
        return card

    def show(self, code: str, at_us: int | None = None) -> GiftCard | None:
        """The card with a code, now or at an instant; None for a code that no card has."""
        return look(
            self._tenancy,
            lambda tx: self._card(tx, tx.find(BY_CODE, code=read_code(code)), at_us),
            at_us,
        )

    def of(self, disbursement: str, at_us: int | None = None) -> GiftCard | None:
        """The card that was issued for a disbursement; None as long as there is none."""
        return look(
            self._tenancy,
            lambda tx: self._card(tx, tx.find(BY_DISBURSEMENT, disbursement=disbursement), at_us),
            at_us,
        )

    def hold(
        self,
        code: str,
        amount_minor: int,
        currency: str,
        *,
        source: str,
        is_clip: bool = False,
        ttl_us: int = TTL_MAX_US,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Held | Declined:
        """Set money aside for a cart; `is_clip` takes what there is, where it is less."""

        def work(tx: Transaction, book: Book) -> Held:
            account = account_of(book, find_usable(tx, code, currency))
            return purse.hold(book, account, amount_minor, source, ttl_us, is_clip)

        asked = [read_code(code), amount_minor, currency, source, is_clip, ttl_us]
        return self._act("hold", asked, work, Held, request, at_us)

    def capture(
        self,
        hold: str,
        order_id: str,
        amount_minor: int | None = None,
        *,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Pay for an order with what was held, all of it or less; the rest is free again."""

        def work(tx: Transaction, book: Book) -> Moved:
            account = purse.account_held(book, hold, GIFT_CARD)
            row = tx.find(BY_ID, id=account.card)
            assert row is not None
            check_active(row)
            return purse.capture(book, hold, GIFT_CARD, amount_minor, order_id)

        return self._act("capture", [hold, order_id, amount_minor], work, Moved, request, at_us)

    def release(
        self, hold: str, *, request: str | None = None, at_us: int | None = None
    ) -> Moved | Declined:
        """Let go what was held."""
        return self._act(
            "release",
            hold,
            lambda _, book: purse.release(book, hold, GIFT_CARD),
            Moved,
            request,
            at_us,
        )

    def redeem(
        self,
        code: str,
        amount_minor: int,
        currency: str,
        *,
        order_id: str,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Pay for an order at once, without a hold; a part of what is on the card is enough."""

        def work(tx: Transaction, book: Book) -> Moved:
            account = account_of(book, find_usable(tx, code, currency))
            return purse.spend(book, account, amount_minor, order_id)

        asked = [read_code(code), amount_minor, currency, order_id]
        return self._act("redeem", asked, work, Moved, request, at_us)

    def refund(
        self,
        code: str,
        amount_minor: int,
        *,
        order_id: str,
        source: str,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Give back what a card paid for an order; `source` is the id of the refund.

        It is on the card again as it was before; on one that has expired since, it lapses.
        """

        def work(tx: Transaction, book: Book) -> Moved:
            account = account_of(book, find_by_code(tx, code))
            return purse.refund(book, account, amount_minor, order_id, source)

        asked = [read_code(code), amount_minor, order_id, source]
        return self._act("refund", asked, work, Moved, request, at_us)

    def block(self, code: str) -> GiftCard | Declined:
        """Have a card pay no more, as when it was stolen; what is on it stays."""
        return self._set(code, BLOCKED)

    def unblock(self, code: str) -> GiftCard | Declined:
        """Have a card pay again."""
        return self._set(code, ACTIVE)

    def _set(self, code: str, status: str) -> GiftCard | Declined:
        """Set the status of a card."""

        def work(tx: Transaction, book: Book) -> GiftCard:
            row = {**find_by_code(tx, code), "status": status}
            tx.update(gift_cards, [row])
            return card_of(row, account_of(book, row))

        return self._act(status, read_code(code), work, GiftCard, None, None)

    def _card(
        self, tx: Transaction, row: Found | None, at_us: int | None = None
    ) -> GiftCard | None:
        """A card as it stands now, or at an instant that was asked for; nothing is written."""
        if row is None:
            return None
        book = Book(tx, self._terms_of(tx), is_dry=True)
        return card_of(row, account_at(book, account_of(book, row), at_us))
