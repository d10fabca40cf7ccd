"""A cart in, its price by what the store knows out: what is quoted, reserved, and placed.

The facts are read in a bounded number of queries. Where nothing is written, nothing is locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...dsl.ruleset import Ruleset
from ...engine.cart.checked import CheckedCart
from ...engine.engine import Engine
from ...engine.loyalty.purchases import Purchase
from ...engine.needs import Needs
from ...engine.quote.quote import Quote
from ..member.people import Person
from ..usage.codes import CodesFound, pools_of
from ..usage.counting import uses_of
from ..usage.rewards import issued_of, used_of
from ..usage.rooms import rooms_of
from ..usage.stock import stock_of
from ..usage.uses import Shopper, Use, shopper_of, uses_of_result
from .desk import Desk
from .facts import cards_of, keys_of, members_of, tiers_in, without_nothing
from .holding import Holds
from .papers import Paper


@dataclass(frozen=True, slots=True)
class Sale:
    """A priced cart, and all that it was priced by."""

    paper: Paper
    engine: Engine
    person: Person
    shopper: Shopper
    codes: CodesFound
    facts: dict[str, Any]
    quote: Quote
    purchase: Purchase
    at_us: int  # when it takes effect: as it was placed, or now, if that is to come

    @property
    def ruleset(self) -> Ruleset:
        """The rules that it was priced by."""
        return self.engine.ruleset

    @property
    def uses(self) -> list[Use]:
        """The promotions and codes that it uses."""
        return uses_of_result(self.quote.result, self.ruleset)

    @property
    def tiers(self) -> dict[tuple[str, str], str]:
        """The tiers at which it was priced, by member and program."""
        return tiers_in(self.facts, self.person.id)


def price(
    desk: Desk, paper: Paper, person: Person, reservation: str = "", holds: Holds | None = None
) -> Sale:
    """Price a cart by the rules of its instant; what it has reserved does not count against it.

    Declines where no rules are in force. Raises `CartError`, naming the field.
    """
    engine = desk.timeline.engine_at(desk.tx, paper.placed_at_us)
    cart = engine.check(paper.json)
    shopper = shopper_of(cart, person.id)
    needs = engine.needs(cart)
    codes = pools_of(desk.tx, needs.codes, shopper, reservation)
    facts = {
        "cart": cart.id,
        "uses": uses_of(desk.tx, needs.uses, shopper, reservation),
        "codes": codes.pools,
        **loyalty_facts(desk, engine.ruleset, cart, needs, person, holds or {}),
    }
    facts = without_nothing(facts)
    quote, purchase = engine.purchase(cart, facts)
    at_us = min(paper.placed_at_us, desk.tx.at_us)
    return Sale(paper, engine, person, shopper, codes, facts, quote, purchase, at_us)


def loyalty_facts(
    desk: Desk, ruleset: Ruleset, cart: CheckedCart, needs: Needs, person: Person, holds: Holds
) -> dict[str, Any]:
    """What is known of the customer: nothing of who is nobody, and nothing earned by them."""
    if not person.id and not person.programs:
        return {"members": {}, "stock": stock_of(desk.tx, needs.stock, ruleset.loyalty)}
    keys = keys_of(ruleset, person, needs.members, needs.cards) if person.id else []
    purses = desk.purses(keys, cart.placed_at_us, holds.values())
    tx, loyalty = desk.tx, ruleset.loyalty
    used = used_of(tx, needs.cards, person.id)
    return {
        "members": members_of(loyalty, person, needs.members, purses),
        "rooms": rooms_of(tx, needs.rooms, loyalty, person.id, cart.placed_at_us),
        "stock": stock_of(tx, needs.stock, loyalty),
        "cards": cards_of(ruleset, person, needs.cards, purses, used),
        "issued": issued_of(tx, needs.issued, person.id),
    }
