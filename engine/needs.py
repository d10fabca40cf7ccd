"""A rule set and a cart in, the facts it can need out: so that a store reads no more than that."""

from collections.abc import Iterator

from msgspec import Struct

from ..dsl.formula import Formula, reads_nets
from ..dsl.kinds import Policy
from ..dsl.ruleset import Promotion, Ruleset
from .cart.checked import CheckedCart
from .plan._keys import KeyFinder, best_key
from .plan.slots import is_line_field
from .reference.candidates import is_within
from .reference.meaning import Scene


class Needs(Struct, frozen=True):
    """What to look up for one cart before it is priced."""

    cart: str
    uses: list[str]  # ids of promotions whose usage counters can matter, in order
    codes: list[str]  # codes of the cart, when the rule set has pools they may belong to


class NeedsFinder:
    """Knows which promotions of a rule set depend on facts, and finds those a cart can meet.

    Limited promotions are filed as `plan.index` files all: under texts of which a cart must have
    one for their conditions to hold. Only those found so, and those without such texts, are asked.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._has_pools = any(p.coupon_pool is not None for p in ruleset.promotions)
        self._limited = [
            (promotion, static_conditions(ruleset, promotion))
            for promotion in ruleset.promotions
            if promotion.is_enabled and promotion.limits.counted
        ]
        self._open: list[int] = []  # places in `_limited`
        self._filed: dict[tuple[str, str], dict[str, list[int]]] = {}  # by field, then text
        keys = KeyFinder()
        for place, (_, conditions) in enumerate(self._limited):
            key = best_key(map(keys.find, conditions))
            if key is None:
                self._open.append(place)
            for kind, name, texts in key.places if key is not None else ():
                filed = self._filed.setdefault((kind, name), {})
                for text in texts:
                    filed.setdefault(text, []).append(place)

    def find(self, cart: CheckedCart) -> Needs:
        """Name the usage counters and codes that the result for a cart can depend on."""
        scene = Scene(cart, [line.gross_minor for line in cart.lines])
        uses = []
        for place in sorted({*self._open, *self._places_on(cart)}):
            promotion, conditions = self._limited[place]
            if (
                is_within(promotion.window, cart.placed_at_us)
                and may_have_code(promotion, cart)
                and all(scene.holds(formula) for formula in conditions)
            ):
                uses.append(promotion.id)
        return Needs(cart.id, uses, list(cart.codes) if self._has_pools else [])

    def _places_on(self, cart: CheckedCart) -> Iterator[int]:
        """The filed promotions of which a cart has one of their texts."""
        scenes = [Scene(cart, (), line) for line in cart.lines]
        for (kind, name), filed in self._filed.items():
            for scene in scenes if is_line_field(name) else [Scene(cart, ())]:
                for text in scene.texts_of(kind, name):
                    yield from filed.get(text, ())


def static_conditions(ruleset: Ruleset, promotion: Promotion) -> list[Formula]:
    """The conditions without which a promotion's counters cannot change any result.

    Soft ones stop nothing, and those over nets depend on other promotions. A promotion with codes
    tells why its code was refused, and the first candidate of a `best` group decides when the
    group has its turn: there the counters matter even if a condition is false.
    """
    group = promotion.stacking.group
    is_best = group is not None and ruleset.stack_groups[group].policy is Policy.BEST
    if promotion.needs_code or is_best:
        return []
    hard = [condition.formula for condition in promotion.conditions if not condition.is_soft]
    return [formula for formula in hard if not reads_nets(formula)]


def may_have_code(promotion: Promotion, cart: CheckedCart) -> bool:
    """Whether the cart carries a code that opens a promotion, or may, if a pool holds it."""
    if not promotion.needs_code:
        return True
    is_pooled = promotion.coupon_pool is not None and bool(cart.codes)
    return is_pooled or not set(cart.codes).isdisjoint(promotion.coupons)
