"""A tenant in, everything of theirs out: the face that checkout and staff call."""

from .outbox.relay import Relay
from .outbox.webhooks import Webhooks
from .tenancy import Tenancy


class Shop:
    """All parts of the store for one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy) -> None:
        self.tenancy = tenancy
        self.webhooks = Webhooks(tenancy)
        self.relay = Relay(tenancy)
