"""A tenant in, everything of theirs out: the face that checkout and staff call."""

from collections.abc import Mapping

from .imports import Imports
from .jobs import Jobs
from .ledger.face import Ledger
from .member.face import Members
from .order.events import Events
from .order.face import Orders
from .outbox.relay import Relay
from .outbox.webhooks import Webhooks
from .payout.gift_card_desk import GiftCards
from .payout.payouts import Payouts
from .payout.provider import Provider
from .payout.providers import Providers
from .payout.wallet import Wallet
from .reports import Reports
from .rules.library import Library
from .rules.publishing import Rules
from .rules.shelf import Shelf
from .rules.timeline import Timeline, read_timeline
from .tenancy import Tenancy
from .transaction import Transaction
from .usage.coupons import Coupons


class Shop:
    """All parts of the store for one tenant. Safe to share between threads.

    `plugged` are providers of payouts that the host brings along, by the names that rules call.
    """

    def __init__(
        self,
        tenancy: Tenancy,
        shelf: Shelf | None = None,
        plugged: Mapping[str, Provider] | None = None,
    ) -> None:
        self.tenancy = tenancy
        self.webhooks = Webhooks(tenancy)
        self.relay = Relay(tenancy)
        self.library = Library(tenancy, shelf)
        self.rules = Rules(tenancy, self.library)
        self.orders = Orders(tenancy, self.library)
        self.events = Events(tenancy, self.library)
        self.ledger = Ledger(tenancy, self._timeline)
        self.jobs = Jobs(tenancy, self._timeline)
        self.members = Members(tenancy, self.library)
        self.imports = Imports(tenancy, self.library)
        self.reports = Reports(tenancy, self._timeline, self._currency)
        self.coupons = Coupons(tenancy, self.library)
        self.providers = Providers(tenancy)
        self.payouts = Payouts(tenancy, self._timeline, self._currency, plugged=plugged)
        self.wallet = Wallet(tenancy, self._timeline)
        self.gift_cards = GiftCards(tenancy, self._timeline)

    def _timeline(self, tx: Transaction) -> Timeline:
        """What is in force when."""
        return read_timeline(tx, self.library)

    def _currency(self, tx: Transaction) -> str:
        """The currency of the rules in force. Declines where none are."""
        return self._timeline(tx).engine_at(tx, tx.at_us).ruleset.currency
