"""All parts in, the names out under which callers know them: what `import tallystick` gives."""

from .dsl.loader import load_sources
from .dsl.problems import Problem, RuleTextError
from .dsl.ruleset import Ruleset
from .dsl.source import Source
from .engine.cart.cart import Address, Cart, Customer, Line, Payment, Redemption, Shipment
from .engine.cart.errors import CartError
from .engine.cart.facts import Card, Facts, Issued, Member, Room, Uses
from .engine.columns.results import QuoteColumns
from .engine.engine import Engine
from .engine.loyalty.answers import EventAnswer, RefundAnswer, TierAnswer
from .engine.loyalty.errors import EventError
from .engine.loyalty.events import Event
from .engine.loyalty.history import Entry, History
from .engine.loyalty.orders import Order, Refund, RefundLine
from .engine.needs import Needs
from .engine.printout import Printout
from .engine.quote.explanation import Explanation
from .engine.quote.quote import Quote
from .engine.quote.result import Result
from .errors import RulePathError
from .files import audit, load
from .partition import Pricer, pricer
from .version import LANGUAGE_VERSION, __version__


def load_text(text: str, name: str = "<text>") -> Ruleset:
    """Check one rule file given as text; raises `RuleTextError` with everything that is wrong."""
    if not isinstance(text, str):
        raise TypeError(f"load_text takes the text of a rule file, not {type(text).__name__}")
    return load_sources([Source(name, text)])


__all__ = [
    "LANGUAGE_VERSION",
    "Address",
    "Card",
    "Cart",
    "CartError",
    "Customer",
    "Engine",
    "Entry",
    "Event",
    "EventAnswer",
    "EventError",
    "Explanation",
    "Facts",
    "History",
    "Issued",
    "Line",
    "Member",
    "Needs",
    "Order",
    "Payment",
    "Pricer",
    "Printout",
    "Problem",
    "Quote",
    "QuoteColumns",
    "Redemption",
    "Refund",
    "RefundAnswer",
    "RefundLine",
    "Result",
    "Room",
    "RulePathError",
    "RuleTextError",
    "Ruleset",
    "Shipment",
    "Source",
    "TierAnswer",
    "Uses",
    "__version__",
    "audit",
    "load",
    "load_text",
    "pricer",
]
