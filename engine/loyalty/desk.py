"""A rule set and whoever prices carts under it in, what every answer about loyalty needs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...dsl.ruleset import Ruleset
from ..cart.cart import Cart
from ..cart.checked import CheckedCart
from ..cart.facts import Facts, FactsSource
from ..cart.facts_intake import FactsIntake
from ..cart.intake import Intake
from ..outcome import Outcome
from .errors import within
from .event_intake import EventIntake

Evaluate = Callable[[Sequence[tuple[CheckedCart, Facts]]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The doors and the evaluator of one rule set."""

    ruleset: Ruleset
    carts: Intake
    facts: FactsIntake
    events: EventIntake
    evaluate: Evaluate

    def read_cart(
        self, cart: Cart, path: str, facts: FactsSource | None
    ) -> tuple[CheckedCart, Facts]:
        """A cart that stands at a path of something larger, and its facts. Raises `CartError`."""
        with within(path):
            checked = self.carts.read_cart(cart)
        return checked, self.facts.read(checked, facts)

    def price(self, cart: CheckedCart, facts: Facts) -> Outcome:
        """What happens to one cart."""
        return self.evaluate([(cart, facts)])[0]
