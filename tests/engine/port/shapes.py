"""Rule sets and carts in, what both ways of reading a cart make of them out, in one shape."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from tallystick.dsl.formula import Compare, Flag, Formula, Has, Member, Term
from tallystick.dsl.kinds import Kind, Stage
from tallystick.dsl.ruleset import Attribute, Condition, PercentOff, Promotion, Ruleset
from tallystick.engine.cart.errors import CartError
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.plan.columns import ColumnWriter
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import Plan
from tallystick.engine.plan.sources import compares_texts
from tallystick.engine.port._book import Book
from tallystick.engine.port._window import look

# What the fast way does not hold one by one: where each cart of a batch begins.
BATCH_OFFSETS = {"line_starts", "shipment_starts", "code_starts", "used_up_starts"}
TEXTS = ("cart_texts", "line_texts")
Seen = dict[str, Any]


def cart(**fields: Any) -> dict[str, Any]:
    """A cart without lines, but for what is given."""
    least = {"id": "c1", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z", "lines": []}
    return {**least, **fields}


def line(**fields: Any) -> dict[str, Any]:
    """A line, but for what is given."""
    return {"sku": "A", "quantity": 1, "unit_price": 100, **fields}


def json_of(cart: dict[str, Any]) -> bytes:
    """A cart as checkout sends it."""
    return json.dumps(cart, ensure_ascii=False).encode()


def reading(*terms: Term, formulas: Sequence[Formula] = (), **settings: Any) -> Ruleset:
    """A rule set whose one promotion reads some fields, each in a condition of its own."""
    every = [*map(formula_of, terms), *formulas]
    conditions = tuple(Condition("?", formula) for formula in every)
    action = PercentOff(100_000)
    only = Promotion(id="p1", stage=Stage.CART, action=action, conditions=conditions)
    return Ruleset(promotions=(only,), hash="sha256:reading", **settings)


def formula_of(term: Term) -> Formula:
    """A condition that reads a term, whatever its kind."""
    if term.kind is Kind.STRING:
        return Member(term, ("known",))
    if term.kind is Kind.SET:
        return Has(term, ("known", "other"))
    if term.kind is Kind.BOOL:
        return Flag(term)
    return Compare(((1, term),), ">=", 1)


def declaring(kinds: Mapping[str, Kind]) -> dict[str, Attribute]:
    """Attributes of these full names and kinds."""
    return {name: Attribute(kind) for name, kind in kinds.items()}


class BothWays:
    """A rule set ready to look at carts in the plain way and in the fast one."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.plan = lower(ruleset)
        self.book = Book(self.plan)
        self._intake = Intake(ruleset)
        self._writer = ColumnWriter(ruleset, self.plan)

    def plain(self, sent: Any) -> Seen | None:
        """The columns of one cart as the plain way writes them, or None when it is refused."""
        try:
            checked = self._intake.read_cart(sent)
        except CartError:
            return None
        columns = self._writer.write([(checked, read_facts(None))])
        names = set(columns.__dataclass_fields__) - BATCH_OFFSETS - {"loyalty"}
        seen = {name: list(getattr(columns, name)) for name in names}
        seen["ids"] = [line.id for line in checked.lines]
        seen["shipment_ids"] = [shipment.id for shipment in checked.shipments]
        seen["codes"] = list(checked.codes)
        return like(seen, self.plan)

    def fast(self, sent: Sequence[Any]) -> list[Seen | None]:
        """The columns of some carts in the fast way, None for those it leaves alone."""
        found = look(self.book, list(sent))
        return [None if seen is None else like(seen, self.plan) for seen in found]

    def takes(self, *sent: dict[str, Any]) -> bool:
        """Whether the fast way takes all these carts; what it takes must be what the plain way has.

        Each is read as a dict and as JSON.
        """
        taken = True
        for sources in (list(sent), [json_of(each) for each in sent]):
            for source, seen in zip(sources, self.fast(sources), strict=True):
                assert seen is None or seen == self.plain(source), source
                taken = taken and seen is not None
        return taken


def like(seen: Seen, plan: Plan) -> Seen:
    """The columns with what may differ between equal ones made the same.

    Texts that no rule names have any number above the symbols: those of slots are told apart only
    where rules compare texts. Sets have no order.
    """
    count, local = len(plan.symbols), dict[int, str]()
    is_told_apart = compares_texts(plan)

    def spell(number: int, is_slot: bool) -> Any:
        if number < count:
            return number
        return local.setdefault(number, f"unknown {len(local)}") if is_slot else "unknown"

    made = dict(seen)
    for name in TEXTS:
        made[name] = [spell(number, is_told_apart) for number in seen[name]]
    made["shipment_methods"] = [spell(number, False) for number in seen["shipment_methods"]]
    for name in ("cart_set", "line_set"):
        starts, items = seen[f"{name}_starts"], seen[f"{name}_items"]
        spans = pairwise(starts)
        made[f"{name}_items"] = [sorted(items[first:last]) for first, last in spans]
    return made
