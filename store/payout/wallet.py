"""Credit that the shop gives a member in, spent on orders out: money of the shop's own.

A wallet is an account of unit `credit`, one a currency, and no program: it never lapses. In a cart
it pays as `store_credit`.
"""

from __future__ import annotations

from msgspec import Struct

from ..acting import act, look
from ..asking import careful
from ..knowing import check_currency
from ..ledger.account import Account, AccountKey
from ..ledger.book import Book
from ..ledger.cause import Cause
from ..ledger.hold import TTL_MAX_US
from ..ledger.past import account_at
from ..ledger.terms import TermsOf
from ..member.enrolling import find_member
from ..member.people import check_active
from ..refusals import Decline, Declined
from ..tenancy import Tenancy
from ..transaction import Transaction
from . import purse
from .disbursement import Disbursement
from .finishing import EVENT
from .provider import Confirmed, Failed, Outcome, own_key
from .purse import Held, Moved, Purses

CREDIT = "credit"


def wallet_key(member: str, currency: str) -> AccountKey:
    """The account of a member's credit. Whoever opens more accounts opens all of them together."""
    return AccountKey(member, "", CREDIT, currency)


class Balance(Struct, frozen=True):
    """What is in a wallet; `available_minor` is what of it is not held."""

    balance_minor: int
    available_minor: int


class WalletProvider:
    """Pays into the wallet of the member."""

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of

    def send(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`."""
        if not disbursement.member:
            return Failed("it is for no member, and only members have a wallet")
        key = wallet_key(disbursement.member, disbursement.currency)

        def work(tx: Transaction) -> str:
            book = Book(tx, self._terms_of(tx))
            account = book.open([key])[key]
            cause = Cause(EVENT, disbursement.id, rule=disbursement.rule)
            book.earn(account, disbursement.amount_minor, cause)
            return account.id

        whose = [key.member, key.program, key.unit, key.card]
        asked = [*whose, disbursement.amount_minor]
        request = own_key(disbursement)
        answer = act(self._tenancy, "payout.wallet", asked, work, str, request=request)
        return Failed(answer.message) if isinstance(answer, Declined) else Confirmed(answer)

    def ask(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`: paid once under one key, whoever asks how often."""
        return self.send(disbursement)


@careful
class Wallet(Purses):
    """The credit of members. Safe to share between threads. Money is in minor units.

    All that write take a `request` key: the same again has one effect.
    """

    noun = "wallet"

    def balance(self, member: str, currency: str, at_us: int | None = None) -> Balance:
        """What a member has, now or at an instant; nothing for those nobody knows."""

        check_currency(currency)

        def work(tx: Transaction) -> Balance:
            key = wallet_key(find_member(tx, member)["id"], currency)
            book = Book(tx, self._terms_of(tx), is_dry=True)
            account = account_at(book, book.open([key])[key], at_us)
            return Balance(account.balance, account.available)

        try:
            return look(self._tenancy, work, at_us)
        except Decline:
            return Balance(0, 0)

    def give(
        self,
        member: str,
        amount_minor: int,
        currency: str,
        *,
        source: str,
        reason: str,
        actor: str,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Give credit by hand; `source` names the case, for which it is given once."""

        def work(tx: Transaction, book: Book) -> Moved:
            purse.check_amount(amount_minor)
            account = open_wallet(tx, book, member, currency)
            cause = Cause("credit", source, reason=reason, actor=actor)
            entry = book.earn(account, amount_minor, cause)
            return Moved(entry.points, account.available)

        asked = [member, amount_minor, currency, source, reason, actor]
        return self._act("give", asked, work, Moved, request, at_us)

    def hold(
        self,
        member: str,
        amount_minor: int,
        currency: str,
        *,
        source: str,
        is_clip: bool = False,
        ttl_us: int = TTL_MAX_US,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Held | Declined:
        """Set credit aside for a cart; `is_clip` takes what there is, where it is less."""

        def work(tx: Transaction, book: Book) -> Held:
            account = open_wallet(tx, book, member, currency)
            return purse.hold(book, account, amount_minor, source, ttl_us, is_clip)

        asked = [member, amount_minor, currency, source, is_clip, ttl_us]
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
        """Pay for an order with what was held, all of it or less; the rest is free again.

        Declines WRONG_STATE for what is held for a reservation.
        """

        def work(_: Transaction, book: Book) -> Moved:
            return purse.capture(book, hold, CREDIT, amount_minor, order_id)

        return self._act("capture", [hold, order_id, amount_minor], work, Moved, request, at_us)

    def release(
        self, hold: str, *, request: str | None = None, at_us: int | None = None
    ) -> Moved | Declined:
        """Let go what was held. Declines as `capture` does."""

        def work(_: Transaction, book: Book) -> Moved:
            return purse.release(book, hold, CREDIT)

        return self._act("release", hold, work, Moved, request, at_us)

    def redeem(
        self,
        member: str,
        amount_minor: int,
        currency: str,
        *,
        order_id: str,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Pay for an order at once, without a hold."""

        def work(tx: Transaction, book: Book) -> Moved:
            account = open_wallet(tx, book, member, currency)
            return purse.spend(book, account, amount_minor, order_id)

        asked = [member, amount_minor, currency, order_id]
        return self._act("redeem", asked, work, Moved, request, at_us)

    def refund(
        self,
        member: str,
        amount_minor: int,
        currency: str,
        *,
        order_id: str,
        source: str,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Moved | Declined:
        """Give back what credit paid for an order; `source` is the id of the refund."""

        def work(tx: Transaction, book: Book) -> Moved:
            account = open_wallet(tx, book, member, currency, may_be_closed=True)
            return purse.refund(book, account, amount_minor, order_id, source)

        asked = [member, amount_minor, currency, order_id, source]
        return self._act("refund", asked, work, Moved, request, at_us)


def open_wallet(
    tx: Transaction, book: Book, member: str, currency: str, *, may_be_closed: bool = False
) -> Account:
    """The wallet of a member. Declines UNKNOWN_MEMBER, and WRONG_STATE for one who is closed.

    Raises `StoreError` for what is no currency.
    """
    check_currency(currency)
    row = find_member(tx, member)
    if not may_be_closed:
        check_active(row)
    key = wallet_key(row["id"], currency)
    return book.open([key])[key]
