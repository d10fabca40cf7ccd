"""A shop's checkout for tests: carts priced with the facts of the store, reserved and committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import tallystick
from tallystick.engine.cart.checked import CheckedCart
from tallystick.engine.cart.intake import Intake
from tallystick.store.acting import act, look
from tallystick.store.member.people import meet
from tallystick.store.refusals import Declined
from tallystick.store.rules.library import Library
from tallystick.store.rules.timeline import read_timeline
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant
from tallystick.store.usage.checkout import cancel, commit, reserve
from tallystick.store.usage.codes import pools_of
from tallystick.store.usage.counting import uses_of
from tallystick.store.usage.coupons import Coupons
from tallystick.store.usage.uses import Shopper, Use, shopper_of, uses_of_result

T = TypeVar("T")
MINUTE_US = 60_000_000

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
promotions:
  one: {then: {amount_off: 1 EUR}, limits: {total: 1}}
  three: {then: {amount_off: 1 EUR}, limits: {total: 3, per_customer: 2}}
  daily: {then: {amount_off: 1 EUR}, limits: {per_day: 1}}
  grouped: {then: {amount_off: 1 EUR}, limits: {per_group: 1, per_account: 2, per_location: 3}}
  free: {then: {amount_off: 1 EUR}}
  leaflet: {coupon_pool: leaflet, then: {amount_off: 2 EUR}, limits: {total: 3}}
  second: {coupon_pool: leaflet, coupon: OPEN, then: {amount_off: 3 EUR}}
"""


def cart_of(only: str, id: str = "c1", **more: Any) -> dict[str, Any]:
    """A cart that only one promotion is about: its line has the name of it for a tag."""
    return {
        "id": id,
        "currency": "EUR",
        "placed_at": "2026-07-10T12:00:00Z",
        "channel": "web",
        "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000, "tags": [only]}],
        **more,
    }


@dataclass
class Checkout:
    """Prices carts under a rule set, with the facts of a store."""

    tenancy: Tenancy
    rules: str = RULES

    def member(self, name: str) -> str:
        """The id of a member, who is made if need be."""
        library = Library(self.tenancy)
        found: list[str] = []
        self.do(lambda tx: found.append(meet(tx, read_timeline(tx, library), name).id))
        return found[-1]

    def __post_init__(self) -> None:
        self.engine = tallystick.Engine(tallystick.load_text(self.rules))

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Look something up."""
        return look(self.tenancy, work)

    def do(self, work: Callable[[Transaction], object]) -> Declined | None:
        """Do something in a transaction of its own; why it was declined, if it was."""

        def done(tx: Transaction) -> str:
            work(tx)
            return ""

        answer = act(self.tenancy, "test", "", done, str)
        return answer if isinstance(answer, Declined) else None

    @property
    def coupons(self) -> Coupons:
        """The coupon codes of the shop."""
        return Coupons(self.tenancy, Library(self.tenancy))

    def shopper(self, cart: dict[str, Any]) -> Shopper:
        """Whom and where a cart counts; members have the ids of customers."""
        read: CheckedCart = Intake(self.engine.ruleset).read_cart(cart)
        return shopper_of(read, read.customer_id or "")

    def facts(self, cart: dict[str, Any], reservation: str = "") -> dict[str, Any]:
        """What the store knows for a cart."""
        needs, shopper = self.engine.needs(cart), self.shopper(cart)
        return self.read(
            lambda tx: {
                "uses": uses_of(tx, needs.uses, shopper, reservation),
                "codes": pools_of(tx, needs.codes, shopper, reservation).pools,
            }
        )

    def uses(self, cart: dict[str, Any], facts: dict[str, Any] | None = None) -> list[Use]:
        """What a cart uses, by facts or as if nothing had been used."""
        result = self.engine.quote(cart, facts).result
        return uses_of_result(result, self.engine.ruleset)

    def only(self, cart: dict[str, Any], facts: dict[str, Any] | None = None) -> list[Use]:
        """What a cart uses of the promotion it is about."""
        about = cart["lines"][0]["tags"]
        return [use for use in self.uses(cart, facts) if use.promotion in about]

    def reserve(
        self, cart: dict[str, Any], reservation: str, ttl_us: int = MINUTE_US
    ) -> Declined | None:
        """Reserve what a cart uses."""
        uses, shopper = self.only(cart), self.shopper(cart)
        return self.do(lambda tx: reserve(tx, reservation, uses, shopper, ttl_us))

    def commit(
        self,
        cart: dict[str, Any],
        reservation: str = "",
        facts: dict[str, Any] | None = None,
    ) -> Declined | None:
        """Commit what a cart uses, as an order with its id."""
        uses, shopper = self.only(cart, facts), self.shopper(cart)
        return self.do(
            lambda tx: commit(
                tx, cart["id"], uses, shopper, revenue_minor=900, reservation=reservation
            )
        )

    def cancel(self, order: str) -> None:
        """Cancel an order."""
        assert self.do(lambda tx: cancel(tx, order)) is None

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table, in the order of its key."""
        return self.read(lambda tx: tx.fetch(of_tenant(table).order_by(*table.primary_key.columns)))
