"""A cart and what was sent as its facts in, facts that fit the cart and the rule set out."""

from collections.abc import Mapping

from ...dsl.loyalty import Loyalty
from .checked import CheckedCart
from .errors import CartError, join_path, refusal, shorten
from .facts import Facts, FactsSource, Member, read_facts


class FactsIntake:
    """The door for facts: here they meet their cart and their programs. Immutable."""

    def __init__(self, loyalty: Loyalty) -> None:
        """Take facts about the programs of one rule set."""
        self._tiers: Mapping[str, tuple[str, ...]] = {
            program.id: tuple(level.id for level in program.tiers.levels) if program.tiers else ()
            for program in loyalty.programs
        }

    def read(self, cart: CheckedCart, source: FactsSource | None) -> Facts:
        """The facts of a cart; raises `CartError`, which names the cart.

        Those of another cart are refused, and tiers that their program does not have. Of programs
        that the rule set does not know a store may say anything.
        """
        try:
            return self.fit(cart, read_facts(source))
        except CartError as error:
            error.cart_id = cart.id
            raise

    def fit(self, cart: CheckedCart, known: Facts) -> Facts:
        """The same of facts that are right one by one."""
        try:
            if known.cart is not None and known.cart != cart.id:
                words = {"expected": shorten(cart.id), "got": shorten(known.cart)}
                raise refusal("wrong_cart", "facts.cart", **words)
            for program, member in (known.members or {}).items():
                self._refuse_strange_tier(program, member)
        except CartError as error:
            error.cart_id = cart.id
            raise
        return known

    def _refuse_strange_tier(self, program: str, member: Member) -> None:
        """Raise `CartError` for a tier that is no level of its program."""
        levels = self._tiers.get(program)
        if levels is None or not isinstance(member.tier, str) or member.tier in levels:
            return
        expected = "one of " + ", ".join(f"`{level}`" for level in levels) if levels else "none"
        path = join_path("facts.members", program) + ".tier"
        raise refusal("unknown_tier", path, expected=expected, got=shorten(member.tier))
