"""Checked carts in, columns out: what a plan reads of some carts, as arrays of integers.

All carts of a batch share the arrays; offsets say where each cart's lines, shipments and codes
begin. A text becomes its symbol in the plan; texts that no rule names get numbers above those, so
that equal texts are still equal. A missing text is NOTHING; a missing number has `present` 0.
The writer is `ColumnWriter`, the only reader is the kernel.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart, CheckedLine
from ..cart.facts import Facts
from ..reference.candidates import is_limit_reached
from ..reference.meaning import Scene
from .loyalty_columns import LoyaltyColumns, LoyaltyWriter, empty_loyalty_columns
from .plan import NOTHING, Plan, Slot

Priced = tuple[CheckedCart, Facts]


@dataclass(slots=True)
class Columns:
    """The arrays; the letters say what is counted: c carts, l lines, s shipments, k codes."""

    line_starts: "array[int]"  # c + 1
    shipment_starts: "array[int]"  # c + 1
    code_starts: "array[int]"  # c + 1
    used_up_starts: "array[int]"  # c + 1
    placed_at: "array[int]"  # c, microseconds UTC
    tax_minor: "array[int]"  # c
    quantities: "array[int]"  # l
    prices_minor: "array[int]"  # l
    gross_minor: "array[int]"  # l
    floors_minor: "array[int]"  # l, what the line's net never goes below
    line_ranks: "array[int]"  # l, place of the line's id among those of its cart
    sku_firsts: "array[int]"  # l, the first line of its cart with the same sku
    shipment_amounts_minor: "array[int]"  # s
    shipment_methods: "array[int]"  # s, symbols
    shipment_ranks: "array[int]"  # s
    code_symbols: "array[int]"  # k
    pool_symbols: "array[int]"  # k, the pool of each code, or NOTHING
    used_up: "array[int]"  # promotions with a limit reached, by cart
    cart_numbers: "array[int]"  # c x slots, and so on
    cart_presents: "array[int]"
    cart_texts: "array[int]"
    cart_set_starts: "array[int]"  # c x slots + 1
    cart_set_items: "array[int]"
    line_numbers: "array[int]"  # l x slots
    line_presents: "array[int]"
    line_texts: "array[int]"
    line_set_starts: "array[int]"  # l x slots + 1
    line_set_items: "array[int]"
    loyalty: LoyaltyColumns | None = None  # of a plan with programs


WIDE = {
    "placed_at",
    "tax_minor",
    "quantities",
    "prices_minor",
    "gross_minor",
    "floors_minor",
    "shipment_amounts_minor",
    "cart_numbers",
    "line_numbers",
}
NARROW = {"cart_presents", "line_presents"}
OFFSETS = {
    "line_starts",
    "shipment_starts",
    "code_starts",
    "used_up_starts",
    "cart_set_starts",
    "line_set_starts",
}


def empty_columns() -> Columns:
    """Columns of no carts: every list of offsets begins with 0."""
    made: dict[str, Any] = {}
    for name in Columns.__dataclass_fields__.keys() - {"loyalty"}:
        code = "q" if name in WIDE else "b" if name in NARROW else "i"
        made[name] = array(code, [0] if name in OFFSETS else [])
    return Columns(**made)


class ColumnWriter:
    """Fills columns for one plan. Holds no carts: one writer serves any number of threads."""

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        self._plan = plan
        self._promotions = ruleset.promotions
        self._number_of = {promotion.id: n for n, promotion in enumerate(ruleset.promotions)}
        self._pools = {p.coupon_pool for p in ruleset.promotions if p.coupon_pool is not None}
        has_programs = bool(ruleset.loyalty.programs)
        self._loyalty = LoyaltyWriter(ruleset, plan) if has_programs else None

    def write(self, carts: Iterable[Priced]) -> Columns:
        """The columns of some carts, in their order."""
        columns = empty_columns()
        local: dict[str, int] = {}
        if self._loyalty is not None:
            columns.loyalty = empty_loyalty_columns()
        for cart, facts in carts:
            scene = Scene(cart, ())
            if columns.loyalty is not None:
                assert self._loyalty is not None
                scene = self._loyalty.write(columns.loyalty, cart, facts)
            CartWriter(self._plan, columns, local, cart, scene).write()
            self._write_codes(columns, cart, facts)
        return columns

    def _write_codes(self, columns: Columns, cart: CheckedCart, facts: Facts) -> None:
        """The codes of a cart with their pools, and the promotions whose limits are reached."""
        symbols = self._plan.symbols
        for code in cart.codes:
            columns.code_symbols.append(symbols.get(code, NOTHING))
            pool = facts.codes.get(code)
            known = pool is not None and pool in self._pools
            columns.pool_symbols.append(symbols[cast(str, pool)] if known else NOTHING)
        columns.code_starts.append(len(columns.code_symbols))
        for name in facts.uses:
            number = self._number_of.get(name)
            if number is not None and is_limit_reached(self._promotions[number], cart, facts):
                columns.used_up.append(number)
        columns.used_up_starts.append(len(columns.used_up))


@dataclass(slots=True)
class CartWriter:
    """Writes one cart into the columns."""

    plan: Plan
    columns: Columns
    local: dict[str, int]  # texts of the batch that no rule names
    cart: CheckedCart
    scene: Scene

    def write(self) -> None:
        """Everything of the cart but its codes and limits."""
        columns, cart, layout = self.columns, self.cart, self.plan.layout
        columns.placed_at.append(cart.placed_at_us)
        columns.tax_minor.append(cart.tax_total_minor)
        scene = self.scene
        self.write_numbers(layout.cart_numbers, scene, columns.cart_numbers, columns.cart_presents)
        self.write_texts(layout.cart_texts, scene, columns.cart_texts)
        self.write_sets(layout.cart_sets, scene, columns.cart_set_starts, columns.cart_set_items)
        for line in cart.lines:
            self.write_line(line)
        columns.line_ranks.extend(ranks_of([line.id for line in cart.lines]))
        if layout.has_distinct_skus:
            firsts: dict[str, int] = {}
            columns.sku_firsts.extend(firsts.setdefault(x.sku, x.index) for x in cart.lines)
        columns.line_starts.append(len(columns.quantities))
        for shipment in cart.shipments:
            columns.shipment_amounts_minor.append(shipment.amount_minor)
            columns.shipment_methods.append(self.symbol(shipment.method))
        columns.shipment_ranks.extend(ranks_of([shipment.id for shipment in cart.shipments]))
        columns.shipment_starts.append(len(columns.shipment_amounts_minor))

    def write_line(self, line: CheckedLine) -> None:
        """A line's own columns and its slots."""
        columns, layout = self.columns, self.plan.layout
        columns.quantities.append(line.quantity)
        columns.prices_minor.append(line.unit_price_minor)
        columns.gross_minor.append(line.gross_minor)
        floor_minor = max(self.plan.line_floor_minor, line.min_price_minor * line.quantity)
        columns.floors_minor.append(floor_minor)
        scene = Scene(self.cart, (), line)
        self.write_numbers(layout.line_numbers, scene, columns.line_numbers, columns.line_presents)
        self.write_texts(layout.line_texts, scene, columns.line_texts)
        self.write_sets(layout.line_sets, scene, columns.line_set_starts, columns.line_set_items)

    def symbol(self, text: str | None) -> int:
        """The number of a text."""
        if text is None:
            return NOTHING
        known = self.plan.symbols.get(text)
        if known is not None:
            return known
        return self.local.setdefault(text, len(self.plan.symbols) + len(self.local))

    def write_numbers(
        self, slots: Sequence[Slot], scene: Scene, values: "array[int]", presents: "array[int]"
    ) -> None:
        """Number slots: a value and whether it is there."""
        for slot in slots:
            value = read_slot(slot, scene)
            values.append(0 if value is None else int(value))
            presents.append(value is not None)

    def write_texts(self, slots: Sequence[Slot], scene: Scene, values: "array[int]") -> None:
        """Text slots: a symbol each."""
        for slot in slots:
            values.append(self.symbol(read_slot(slot, scene)))

    def write_sets(
        self, slots: Sequence[Slot], scene: Scene, starts: "array[int]", items: "array[int]"
    ) -> None:
        """Set slots: the symbols of what they hold; of texts no rule names nothing is written."""
        symbols = self.plan.symbols
        for slot in slots:
            held = read_slot(slot, scene)
            if slot.prefixes:
                held = None if held is None else beginnings_of(held, slot)
            items.extend(symbols[text] for text in held or () if text in symbols)
            starts.append(len(items))


def read_slot(slot: Slot, scene: Scene) -> Any:
    """The value of a slot's field, its fallback when missing."""
    value = scene.field(slot.name)
    return slot.fallback if value is None else value


def beginnings_of(text: str, slot: Slot) -> list[str]:
    """The prefixes of a slot that a text starts with: one look for each length they have."""
    heads = (text[:length] for length in slot.prefix_lengths if length <= len(text))
    return [head for head in heads if head in slot.prefixes]


def ranks_of(ids: Sequence[str]) -> list[int]:
    """The place of each id in code point order."""
    order: Callable[[int], str] = ids.__getitem__
    ranks = [0] * len(ids)
    for rank, index in enumerate(sorted(range(len(ids)), key=order)):
        ranks[index] = rank
    return ranks
