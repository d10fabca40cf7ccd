"""A tenant in, everything of theirs out: the face that checkout and staff call."""

from .jobs import Jobs
from .ledger.face import Ledger
from .member.face import Members
from .order.face import Orders
from .outbox.relay import Relay
from .outbox.webhooks import Webhooks
from .reports import Reports
from .rules.library import Library
from .rules.publishing import Rules
from .rules.shelf import Shelf
from .rules.timeline import read_timeline
from .tenancy import Tenancy


class Shop:
    """All parts of the store for one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy, shelf: Shelf | None = None) -> None:
        self.tenancy = tenancy
        self.webhooks = Webhooks(tenancy)
        self.relay = Relay(tenancy)
        self.library = Library(tenancy, shelf)
        self.rules = Rules(tenancy, self.library)
        self.orders = Orders(tenancy, self.library)
        self.ledger = Ledger(tenancy, lambda tx: read_timeline(tx, self.library))
        self.jobs = Jobs(tenancy, lambda tx: read_timeline(tx, self.library))
        self.members = Members(tenancy, self.library)
        self.reports = Reports(tenancy, lambda tx: read_timeline(tx, self.library))
