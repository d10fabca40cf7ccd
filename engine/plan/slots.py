"""Fields that rules read in, the slots of a cart that hold them out, numbered."""

from dataclasses import dataclass, field

from ...dsl.formula import Term
from .plan import Slot

NET_SUBTOTAL = "cart.net_subtotal"
ANY_PREFIX = frozenset(("",))  # stands in until all prefixes are known


def is_line_field(name: str) -> bool:
    """Whether a field is one of lines."""
    return name.startswith("line.")


@dataclass(slots=True)
class SlotTable:
    """Slots of one kind, numbered as they are first asked for."""

    rows: dict[Slot, int] = field(default_factory=dict)
    prefixes: dict[int, set[str]] = field(default_factory=dict)  # by slot, those it looks for

    def number(self, slot: Slot) -> int:
        """The number of a slot, a new one if it is new."""
        return self.rows.setdefault(slot, len(self.rows))

    def prefix_number(self, term: Term, prefix: str) -> int:
        """The slot with the prefixes of a text, of which this is one."""
        number = self.number(Slot(term.name, term.fallback, ANY_PREFIX))
        self.prefixes.setdefault(number, set()).add(prefix)
        return number

    def slots(self) -> tuple[Slot, ...]:
        """All slots, by number."""
        slots = list(self.rows)
        for number, texts in self.prefixes.items():
            lengths = tuple(sorted(set(map(len, texts))))
            slot = slots[number]
            slots[number] = Slot(slot.name, slot.fallback, frozenset(texts), lengths)
        return tuple(slots)
