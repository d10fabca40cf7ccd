from ..cart.facts import FactsSource
from ..cart.intake import CartSource
from ..quote.quote import Quote
from ..till import Till

class Front:
    _till: Till
    def quote(
        self, cart: CartSource, facts: FactsSource | None = None, explain: bool = False
    ) -> Quote: ...
