"""Facts in, what they say about the promotions of a plan out: limits reached and pools, by number.

This is all of the facts that the kernel needs to know. Limits by customer group wait for the cart.
"""

from collections.abc import Callable, Mapping

from ..cart.facts import Facts, Uses
from .labels import Labels
from .membership import MemberFinder, Members

# The cart they are for, promotions used up whoever buys, those used up when a customer's group has
# so many uses (with the uses by group), the symbol of the pool of each code, and what is said of
# members: nothing, or False where the plain way must tell. Texts in UTF-8.
Standing = tuple[
    bytes | None,
    list[int],
    list[tuple[int, int, dict[bytes, int]]],
    dict[bytes, int],
    Members | bool | None,
]

Lookup = Callable[[str], Standing | None]  # by cart id


class StandingFinder:
    """Knows the limits and pools of a plan. Immutable, and safe to share between threads.

    With `members` it knows the programs as well.
    """

    def __init__(
        self,
        labels: Labels,
        pool_symbols: Mapping[str, int],
        members: MemberFinder | None = None,
    ) -> None:
        self._limits = labels.limits
        self._pool_symbols = pool_symbols
        self._members = members
        self._number_of = {id: n for n, id in enumerate(labels.ids) if id in labels.limits}

    def find(self, facts: Facts) -> Standing:
        """What facts say, as `reference.candidates.is_limit_reached` would have it."""
        used_up: list[int] = []
        by_group: list[tuple[int, int, dict[bytes, int]]] = []
        for name, uses in facts.uses.items():
            limits = self._limits.get(name)
            if limits is None:
                continue
            group_limit = limits[-1]
            if is_reached(uses, limits):
                used_up.append(self._number_of[name])
            elif group_limit is not None and uses.group:
                counts = {group.encode(): count for group, count in uses.group.items()}
                by_group.append((self._number_of[name], group_limit, counts))
        pools = {
            code.encode(): self._pool_symbols[pool]
            for code, pool in facts.codes.items()
            if pool in self._pool_symbols
        }
        cart = None if facts.cart is None else facts.cart.encode()
        members = None if self._members is None else self._members.find(facts)
        return cart, used_up, by_group, pools, members


def is_reached(uses: Uses, limits: tuple[int | None, ...]) -> bool:
    """Whether a counter has come to its limit, whatever groups the customer is in."""
    used = (uses.total, uses.customer, uses.account, uses.location, uses.day, 0)
    return any(
        limit is not None and count >= limit for count, limit in zip(used, limits, strict=True)
    )
