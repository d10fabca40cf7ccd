"""Checked carts in, outcomes out, by way of the plain evaluator."""

from collections.abc import Sequence

from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Outcome
from .evaluate import evaluate


class ReferenceEvaluator:
    """The plain evaluator behind the same face as the kernel's."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def evaluate(self, carts: Sequence[tuple[CheckedCart, Facts]]) -> Sequence[Outcome]:
        """Price carts one by one."""
        return [evaluate(self._ruleset, cart, facts) for cart, facts in carts]
