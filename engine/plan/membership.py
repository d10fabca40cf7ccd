"""Facts of loyalty in, what they change of a purchase out, for the fast way.

Of a cart without such facts the plan's labels say everything: a new member of every program. Facts
about requests to redeem are left out, as the fast way takes no cart that redeems.
"""

from array import array
from collections.abc import Iterable, Sequence

from ...dsl.loyalty import Loyalty
from ..cart.facts import Facts
from ..reference.members import Membership, membership_of
from .plan import NOTHING, Plan, Slot
from .qualifying import MEMBER, split_name
from .sources import compares_texts

Columned = list[tuple[int, Slot]]  # slots of members with their numbers


# What stands in the place of a new member. Arrays as bytes: by program whether they are one (int8),
# the level held (int32, from the first; NOTHING: none) and what qualifies (int64); then rows of
# earning rules (int32) with what is left of their times and points (int64; NOTHING: not known).
# Then slots with whether they are there and their value, with their symbol, with their symbols.
Members = tuple[
    bytes,
    bytes,
    bytes,
    bytes,
    bytes,
    bytes,
    list[tuple[int, bool, int]],
    list[tuple[int, int]],
    list[tuple[int, list[int]]],
]


class MemberFinder:
    """Knows the programs and slots of a plan. Immutable, and safe to share between threads."""

    def __init__(self, loyalty: Loyalty, plan: Plan) -> None:
        self._programs = loyalty.programs
        self._levels = {
            program.id: {level.id for level in program.tiers.levels} if program.tiers else set()
            for program in loyalty.programs
        }
        rows = plan.earning_rules["number"].tolist()
        self._rows = {loyalty.earning_rules[number].id: row for row, number in enumerate(rows)}
        self._symbols = plan.symbols
        self._numbers = of_members(plan.layout.cart_numbers)
        self._texts = of_members(plan.layout.cart_texts)
        self._sets = of_members(plan.layout.cart_sets)
        self._tells_texts = compares_texts(plan) and bool(self._texts)

    def find(self, facts: Facts) -> Members | bool | None:
        """What facts say; None when they say nothing, and False when the plain way must tell."""
        if facts.members is None and not facts.rooms:
            return None
        for program, member in (facts.members or {}).items():
            known = self._levels.get(program)
            if known is not None and isinstance(member.tier, str) and member.tier not in known:
                return False
        held = {program.id: membership_of(program, facts) for program in self._programs}
        texts = [(number, value_of(slot, held)) for number, slot in self._texts]
        if self._tells_texts and any(text not in self._symbols for _, text in texts if text):
            return False  # texts that no rule names are told apart cart by cart
        rooms = [(self._rows[n], one) for n, one in facts.rooms.items() if n in self._rows]
        return (
            array("b", (one.member is not None for one in held.values())).tobytes(),
            array("i", (or_nothing(one.rank) for one in held.values())).tobytes(),
            wide(0 if one.member is None else one.member.qualifying for one in held.values()),
            array("i", (row for row, _ in rooms)).tobytes(),
            wide(or_nothing(room.times) for _, room in rooms),
            wide(or_nothing(room.points) for _, room in rooms),
            [number_of(number, value_of(slot, held)) for number, slot in self._numbers],
            [(number, self._symbol_of(text)) for number, text in texts],
            [(number, self._symbols_of(slot, held)) for number, slot in self._sets],
        )

    def _symbol_of(self, text: object) -> int:
        """The number of a text, one above all others for those that no rule names."""
        if text is None:
            return NOTHING
        return self._symbols.get(str(text), len(self._symbols))

    def _symbols_of(self, slot: Slot, held: dict[str, Membership]) -> list[int]:
        """The symbols of a set, or of the prefixes that a text begins with."""
        value = value_of(slot, held)
        texts = value if isinstance(value, frozenset) else frozenset()
        if slot.prefixes and isinstance(value, str):
            texts = frozenset(one for one in slot.prefixes if value.startswith(one))
        return [self._symbols[text] for text in texts if text in self._symbols]


def of_members(slots: Sequence[Slot]) -> Columned:
    """The slots that are about a member."""
    return [(n, slot) for n, slot in enumerate(slots) if slot.name.startswith(MEMBER)]


def value_of(slot: Slot, held: dict[str, Membership]) -> object:
    """What a slot holds of a member, its fallback when that is missing."""
    field, program = split_name(slot.name)
    value = held[program].field(field)
    return slot.fallback if value is None else value


def number_of(slot: int, value: object) -> tuple[int, bool, int]:
    """A number slot as the fast way writes it."""
    return (slot, True, value) if isinstance(value, int) else (slot, False, 0)


def or_nothing(value: int | None) -> int:
    """An optional number as columns have it."""
    return NOTHING if value is None else value


def wide(numbers: Iterable[int]) -> bytes:
    """Numbers of 64 bits, side by side."""
    return array("q", numbers).tobytes()
