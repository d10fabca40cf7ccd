"""Gift cards issued in, found by their codes out: money that anybody may spend who has the code.

The money of a card is an account of unit `gift_card`, of no member and no program. It is one lot,
which lapses at the end of the card.
"""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from ..acting import act
from ..ledger.account import Account, AccountKey
from ..ledger.book import Book
from ..ledger.cause import Cause
from ..ledger.terms import TermsOf
from ..refusals import Decline, Declined, Refusal
from ..schema.payouts import gift_cards
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .codes import Codes, read_code, spell_code
from .disbursement import Disbursement
from .provider import Confirmed, Failed, Outcome, own_key
from .purse import check_amount

GIFT_CARD = "gift_card"
ACTIVE, BLOCKED = "active", "blocked"

BY_ID = of_tenant(gift_cards).where(gift_cards.c.id == sa.bindparam("id"))
BY_CODE = of_tenant(gift_cards).where(gift_cards.c.code == sa.bindparam("code"))
BY_DISBURSEMENT = of_tenant(gift_cards).where(
    gift_cards.c.disbursement == sa.bindparam("disbursement")
)


class GiftCard(Struct, frozen=True):
    """A card as it stands. `available_minor` is the balance less what is held."""

    id: str
    code: str
    status: str
    currency: str
    amount_minor: int
    balance_minor: int
    available_minor: int
    issued_at_us: int
    expires_at_us: int


def key_of(card: str) -> AccountKey:
    """The account of a card."""
    return AccountKey("", "", GIFT_CARD, card)


def account_of(book: Book, row: Found) -> Account:
    """The account of a card, locked and settled."""
    key = key_of(row["id"])
    return book.open([key])[key]


def issue(
    tx: Transaction,
    book: Book,
    code: str,
    amount_minor: int,
    currency: str,
    expires_at_us: int,
    disbursement: str = "",
) -> str:
    """Issue a card, and return its id. NEVER_US is no end; declines an end in the past."""
    check_amount(amount_minor)
    if expires_at_us <= tx.at_us:
        raise Decline(Refusal.EXPIRED, "the gift card would have expired before it was issued")
    id = tx.ids()
    account = account_of(book, {"id": id})
    book.earn(account, amount_minor, Cause(GIFT_CARD, id), expires_at_us=expires_at_us)
    row = {
        "id": id,
        "code": code,
        "account": account.id,
        "status": ACTIVE,
        "currency": currency,
        "disbursement": disbursement,
        "amount_minor": amount_minor,
        "issued_at_us": tx.at_us,
        "expires_at_us": expires_at_us,
    }
    tx.insert(gift_cards, [row])
    return id


def find_by_code(tx: Transaction, code: str) -> Found:
    """The row of a card, kept from others. Declines a code that no card has."""
    rows = tx.lock(BY_CODE, code=read_code(code))
    if not rows:
        raise Decline(Refusal.UNKNOWN_CODE, "there is no gift card with this code")
    return rows[0]


def find_usable(tx: Transaction, code: str, currency: str) -> Found:
    """The row of a card that may pay in a currency. Declines it where it may not."""
    row = find_by_code(tx, code)
    check_active(row)
    if row["currency"] != currency:
        words = f"the gift card is in {row['currency']}, not in {currency}"
        raise Decline(Refusal.WRONG_CURRENCY, words)
    return row


def check_active(row: Found) -> None:
    """Decline a card that is blocked."""
    if row["status"] != ACTIVE:
        raise Decline(Refusal.WRONG_STATE, f"the gift card is {row['status']}")


def card_of(row: Found, account: Account) -> GiftCard:
    """A card as others see it."""
    return GiftCard(
        row["id"],
        spell_code(row["code"]),
        row["status"],
        row["currency"],
        row["amount_minor"],
        account.balance,
        account.available,
        row["issued_at_us"],
        row["expires_at_us"],
    )


class GiftCardProvider:
    """Pays by issuing a card; its id is the reference."""

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf, codes: Codes) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of
        self._codes = codes

    def send(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`."""
        amount_minor, currency = disbursement.amount_minor, disbursement.currency

        def work(tx: Transaction) -> str:
            book = Book(tx, self._terms_of(tx))
            until_us = disbursement.expires_at_us
            return issue(tx, book, self._codes(), amount_minor, currency, until_us, disbursement.id)

        asked = [amount_minor, currency]
        request = own_key(disbursement)
        answer = act(self._tenancy, "payout.gift_card", asked, work, str, request=request)
        return Failed(answer.message) if isinstance(answer, Declined) else Confirmed(answer)

    def ask(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`: issued once under one key, whoever asks how often."""
        return self.send(disbursement)
