"""The schema of some columns in, which field of a cart each one fills out, or what is wrong.

The structs of `cart` are walked beside the columns, so that nothing about a cart is said twice.
A column that may be absent may be missing; one that no cart has is refused.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NoReturn

from msgspec import inspect

from ...dsl.kinds import Kind
from ...dsl.problems import suggestion
from ..cart.attributes import INTEGER_MAX
from ..cart.cart import Cart
from ..cart.errors import shorten
from ..cart.faults import shape_of, unwrap
from ..plan.labels import Labels
from .field import Field, Form, Layout, layout_of, name_of


class Role(IntEnum):
    """What a column is to a cart."""

    TEXT = 0
    NUMBER = 1
    WORDS = 2
    CODES = 3
    FIELDS = 4
    LINES = 5
    SHIPMENTS = 6
    INSTANT = 7
    BIRTHDAY = 8
    SIGNED_UP = 9
    VALUES = 10
    VALUE = 11
    EMPTY = 12
    RAW = 13
    SKIP = 14
    ITEM = 15
    FLAG = 16


@dataclass(frozen=True, slots=True)
class Bound:
    """A column and what it fills. `children` are all that the column has, in its order."""

    path: str
    field: str  # of the cart, as `lines.sku`; without a path, the name of an attribute
    role: Role
    layout: Layout
    is_required: bool = False
    is_nonempty: bool = False
    low: int = 0
    high: int = 0
    owner: int = 0
    kind: Kind | None = None
    children: tuple["Bound", ...] = ()
    words: Layout | None = None  # of a dictionary


TEXT_FORMS = frozenset({Form.TEXT, Form.VIEW, Form.WORDS, Form.NULL})
LIST_FORMS = frozenset({Form.LIST, Form.LIST_VIEW, Form.LIST_FIXED, Form.NULL})
NUMBER_FORMS = frozenset({Form.INTEGER, Form.NULL})
FLAG_FORMS = frozenset({Form.BOOL, Form.NULL})
STRUCT_FORMS = frozenset({Form.STRUCT, Form.NULL})
INSTANT_FORMS = TEXT_FORMS | {Form.INSTANT}
DAY_FORMS = TEXT_FORMS | {Form.DAY}
LISTS = {"lines": Role.LINES, "shipments": Role.SHIPMENTS, "redeem": Role.EMPTY}
OWNERS = {"attributes": 0, "customer.attributes": 1, "lines.attributes": 2}
PREFIXES = ("cart.attributes.", "customer.attributes.", "line.attributes.")
TIMES = {
    "placed_at": (Role.INSTANT, INSTANT_FORMS, "a timestamp with a zone, or RFC 3339 text"),
    "customer.birthday": (Role.BIRTHDAY, DAY_FORMS, "a date, or text such as 2026-07-10"),
    "customer.signed_up": (
        Role.SIGNED_UP,
        INSTANT_FORMS | DAY_FORMS,
        "a date, a timestamp with a zone, or text",
    ),
}
# What declared attributes may be kept as, and how to say so.
VALUES: dict[Kind, tuple[frozenset[Form], str]] = {
    Kind.BOOL: (FLAG_FORMS, "bool"),
    Kind.INTEGER: (NUMBER_FORMS, "whole numbers"),
    Kind.DECIMAL: (TEXT_FORMS | NUMBER_FORMS, "text such as 1.5, or whole numbers"),
    Kind.PERCENT: (TEXT_FORMS, "text such as 12.5%"),
    Kind.MONEY: (NUMBER_FORMS, "whole numbers of minor units"),
    Kind.STRING: (TEXT_FORMS, "text"),
    Kind.DATE: (DAY_FORMS, "a date, or text such as 2026-07-10"),
    Kind.TIME: (TEXT_FORMS, "text such as 09:30"),
    Kind.DATETIME: (INSTANT_FORMS, "a timestamp with a zone, or RFC 3339 text"),
    Kind.DURATION: (TEXT_FORMS, "text such as 30 days"),
    Kind.SET: (LIST_FORMS, "a list of text"),
}


class Binder:
    """Binds the columns of carts for one rule set."""

    def __init__(self, labels: Labels) -> None:
        """Know the declared attributes."""
        self._kinds = {name: Kind(kind) for name, kind in labels.attributes}
        # One schema after the other is mostly the same; replaced as one, as threads share it.
        self._last: tuple[Field, Bound] | None = None

    def bind(self, field: Field) -> Bound:
        """Bind all columns; raises `TypeError` naming the column that is none of a cart."""
        known = self._last
        if known is None or known[0] != field:
            known = self._last = field, self._bind_root(field)
        return known[1]

    def _bind_root(self, field: Field) -> Bound:
        """The columns of a batch whose schema is not that of the last."""
        layout = layout_of(field)
        if layout is None or layout.form != Form.STRUCT:
            raise TypeError(
                "carts are rows of columns such as `id` and `lines`, not values that are "
                f"{name_of(field)}"
            )
        shape = shape_of(Cart)
        assert isinstance(shape, inspect.StructType)
        return Bound("", "", Role.FIELDS, layout, children=self._bind_fields(field, shape, ""))

    def _bind_fields(self, field: Field, shape: inspect.StructType, path: str) -> tuple[Bound, ...]:
        """The columns of a struct."""
        known = {one.encode_name: one for one in shape.fields}
        seen: set[str] = set()
        bound = []
        for child in field.children:
            place = join(path, child.name)
            if child.name in seen:
                raise TypeError(f"column `{place}` is there twice: rename or drop one of them")
            if child.name not in known:
                near = suggestion(child.name, known)
                hint = f"did you mean `{near}`?" if near else "drop it, or put it in `attributes`"
                raise TypeError(f"column `{place}` is no field of a cart: {hint}")
            seen.add(child.name)
            one = known[child.name]
            bound.append(self._bind_column(child, one.type, place, one.required))
        for name, one in known.items():
            if one.required and name not in seen:
                raise TypeError(f"column `{join(path, name)}` is missing: every cart needs it")
        return tuple(bound)

    def _bind_column(self, field: Field, kind: inspect.Type, path: str, required: bool) -> Bound:
        """One column and what is below it."""
        shape, noun = unwrap(kind, field)
        if path == "redeem.points":
            layout = fit(field, TEXT_FORMS | NUMBER_FORMS, "whole numbers, or the text max", path)
            return Bound(path, path, Role.NUMBER, layout, words=words_of(field))
        if path in TIMES:
            role, forms, expected = TIMES[path]
            layout = fit(field, forms, expected, path)
            return Bound(path, path, role, layout, required, words=words_of(field))
        match shape:
            case inspect.StrType() | inspect.LiteralType():
                layout = fit(field, TEXT_FORMS, "text", path)
                is_nonempty = isinstance(shape, inspect.StrType) and bool(shape.min_length)
                words = words_of(field)
                return Bound(path, path, Role.TEXT, layout, required, is_nonempty, words=words)
            case inspect.IntType():
                layout = fit(field, NUMBER_FORMS, noun or "a whole number", path)
                low, high = shape.ge or 0, shape.le or 0
                return Bound(path, path, Role.NUMBER, layout, required, low=low, high=high)
            case inspect.BoolType():
                return Bound(path, path, Role.FLAG, fit(field, FLAG_FORMS, "bool", path))
            case inspect.StructType():
                layout = fit(field, STRUCT_FORMS, "a struct", path)
                children = () if is_nothing(layout) else self._bind_fields(field, shape, path)
                return Bound(path, path, Role.FIELDS, layout, required, children=children)
            case inspect.DictType():
                return self._bind_values(field, path)
            case inspect.ListType(item_type=item) | inspect.FrozenSetType(item_type=item):
                return self._bind_list(field, item, path, required, shape)
        raise AssertionError(f"no column can be `{path}`")

    def _bind_list(
        self, field: Field, item: inspect.Type, path: str, required: bool, shape: inspect.Type
    ) -> Bound:
        """A list of lines, of shipments or of texts."""
        inner, _ = unwrap(item, field)
        if isinstance(inner, inspect.StructType):
            layout = fit(field, LIST_FORMS, "a list of structs", path)
            if is_nothing(layout):
                return Bound(path, path, LISTS[path], layout, required)
            child = field.children[0]
            within = fit(child, STRUCT_FORMS, "structs in the list", path)
            fields = () if is_nothing(within) else self._bind_fields(child, inner, path)
            items = Bound(path, "", Role.FIELDS, within, children=fields)
            return Bound(path, path, LISTS[path], layout, required, children=(items,))
        role = Role.CODES if isinstance(shape, inspect.ListType) else Role.WORDS
        return bind_texts(field, path, role)

    def _bind_values(self, field: Field, path: str) -> Bound:
        """Attributes: a struct with a column for each, or a text of JSON."""
        owner = OWNERS[path]
        layout = fit(field, STRUCT_FORMS | TEXT_FORMS, "a struct, or text with JSON", path)
        if layout.form != Form.STRUCT:
            return Bound(path, path, Role.RAW, layout, owner=owner, words=words_of(field))
        seen: set[str] = set()
        values = []
        for child in field.children:
            place = join(path, child.name)
            if child.name in seen:
                raise TypeError(f"column `{place}` is there twice: rename or drop one of them")
            seen.add(child.name)
            values.append(self._bind_value(child, owner, place))
        return Bound(path, path, Role.VALUES, layout, owner=owner, children=tuple(values))

    def _bind_value(self, field: Field, owner: int, path: str) -> Bound:
        """One attribute; those that nobody declared may be of any type."""
        kind = self._kinds.get(PREFIXES[owner] + field.name)
        if kind is None:
            return skip(field, path)
        forms, expected = VALUES[kind]
        layout = fit(field, forms, expected, path)
        if kind is Kind.SET and not is_nothing(layout):
            inner = bind_texts(field, path, Role.WORDS)
            return Bound(
                path, field.name, Role.VALUE, layout, owner=owner, kind=kind,
                children=inner.children,
            )  # fmt: skip
        low, high = (0, 1) if kind is Kind.BOOL else (-INTEGER_MAX, INTEGER_MAX)
        return Bound(
            path, field.name, Role.VALUE, layout, low=low, high=high, owner=owner, kind=kind,
            words=words_of(field),
        )  # fmt: skip


def bind_texts(field: Field, path: str, role: Role) -> Bound:
    """A list of texts."""
    layout = fit(field, LIST_FORMS, "a list of text", path)
    if is_nothing(layout):
        return Bound(path, path, role, layout)
    child = field.children[0]
    within = fit(child, TEXT_FORMS, "text in the list", path)
    items = Bound(path, "", Role.ITEM, within, words=words_of(child))
    return Bound(path, path, role, layout, children=(items,))


def fit(field: Field, forms: frozenset[Form], expected: str, path: str) -> Layout:
    """How a column keeps its values, if that is one of some ways; raises `TypeError` if not."""
    layout = layout_of(field)
    if layout is None or layout.form not in forms:
        refuse_type(field, forms, expected, path)
    if layout.form == Form.INSTANT and not layout.has_zone:
        raise TypeError(
            f"column `{path}` is a timestamp without zone, so it names no instant: give it the "
            "zone its clock shows, such as UTC"
        )
    if layout.form in LIST_FORMS and not is_nothing(layout) and len(field.children) != 1:
        raise ValueError(f"column `{path}`: malformed Arrow schema: a list has one child")
    return layout


def refuse_type(field: Field, forms: frozenset[Form], expected: str, path: str) -> NoReturn:
    """Raise `TypeError` for a column of the wrong type, saying what to do."""
    advice = "cast it"
    if Form.INTEGER in forms and field.format[:1] in ("e", "f", "g", "d"):
        advice = "send whole numbers, amounts as minor units (12.34 USD is 1234), as int64"
    raise TypeError(f"column `{path}` is {name_of(field)}, expected {expected}: {advice}")


def words_of(field: Field) -> Layout | None:
    """How the words of a dictionary are kept."""
    return None if field.dictionary is None else layout_of(field.dictionary)


def skip(field: Field, path: str) -> Bound:
    """A column that is not looked at."""
    return Bound(path, "", Role.SKIP, Layout(Form.NULL))


def is_nothing(layout: Layout) -> bool:
    """Whether a column holds nulls alone."""
    return layout.form == Form.NULL


def join(path: str, name: str) -> str:
    """The path of a column below another."""
    name = shorten(name)
    return f"{path}.{name}" if path else name
