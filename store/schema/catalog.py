"""All tables together."""

from .frame import metadata
from .ledger import accounts
from .orders import orders
from .outbox import outbox
from .payouts import disbursements
from .tenancy import tenants
from .usage import counters

# One of each theme: with it come all of its tables.
THEMES = (tenants, accounts, counters, orders, disbursements, outbox)

__all__ = ["THEMES", "metadata"]
