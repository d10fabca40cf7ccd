"""Random formulas: of the kinds a checker can make, over the fields of carts and lines."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tallystick.dsl.formula import (
    ALWAYS,
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Function,
    Has,
    Member,
    Not,
    Number,
    Op,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from tallystick.dsl.kinds import Kind

from .vocabulary import BRANDS, CATEGORIES, CHANNELS, GROUPS, METHODS, SKUS, TAGS

OPS: list[Op] = ["<", "<=", "==", ">=", ">"]
FUNCTIONS: list[Function] = ["qty", "amount", "net", "lines", "distinct_skus"]
CART_TEXTS = {
    "cart.channel": CHANNELS,
    "customer.tier": GROUPS,
    "cart.weekday": ["mon", "fri"],
    "cart.attributes.note": CHANNELS,
}
CART_SETS = {"customer.groups": GROUPS, "shipping.methods": METHODS, "cart.coupons": ["ONE"]}
LINE_TEXTS = {"line.sku": SKUS, "line.brand": BRANDS, "line.attributes.colour": ["red", "blue"]}
LINE_SETS = {"line.categories": CATEGORIES, "line.tags": TAGS}


def some_of(values: list[str]) -> SearchStrategy[tuple[str, ...]]:
    """Some of the values, sorted."""
    chosen = st.lists(st.sampled_from(values), max_size=3, unique=True)
    return chosen.map(lambda texts: tuple(sorted(texts)))


@st.composite
def text_leaves(draw: DrawFn, texts: dict[str, list[str]], sets: dict[str, list[str]]) -> Formula:
    """A test of a text or of a set."""
    kind = draw(st.sampled_from(["member", "same", "starts", "has"]))
    if kind == "has":
        name = draw(st.sampled_from(sorted(sets)))
        values = draw(some_of(sets[name]))
        return Has(Term(name, Kind.SET), values, draw(st.booleans()))
    name = draw(st.sampled_from(sorted(texts)))
    fallback = draw(st.none() | st.sampled_from(texts[name]))
    term = Term(name, Kind.STRING, fallback)
    if kind == "same":
        other = draw(st.sampled_from(sorted(texts)))
        return Same(term, Term(other, Kind.STRING))
    if kind == "starts":
        return StartsWith(term, draw(st.sampled_from(texts[name]))[: draw(st.integers(0, 2))])
    return Member(term, draw(some_of(texts[name])))


@st.composite
def comparisons(draw: DrawFn, terms: SearchStrategy[Number]) -> Formula:
    """A linear comparison of one or two terms."""
    chosen = draw(st.lists(terms, min_size=1, max_size=2, unique=True))
    coefficients = st.sampled_from([1, 1, 1, 2, -1, 3])
    weighed = tuple((draw(coefficients), term) for term in chosen)
    bound = draw(st.sampled_from([0, 1, 2, 3, 5, 500, 1000, 3000, -100]))
    return Compare(weighed, draw(st.sampled_from(OPS)), bound)


def nested(leaves: SearchStrategy[Formula]) -> SearchStrategy[Formula]:
    """Leaves under not, and, or."""
    return st.recursive(
        leaves | st.booleans().map(Truth),
        lambda inner: st.one_of(
            inner.map(Not),
            st.tuples(inner, inner).map(And),
            st.tuples(inner, inner, inner).map(Or),
        ),
        max_leaves=4,
    )


LINE_NUMBERS: SearchStrategy[Number] = st.sampled_from(
    [
        Term("line.quantity", Kind.INTEGER),
        Term("line.unit_price", Kind.MONEY),
        Term("line.subtotal", Kind.MONEY),
        Term("line.attributes.weight", Kind.INTEGER),
        Term("line.attributes.weight", Kind.INTEGER, 2),
    ]
)
line_formulas: SearchStrategy[Formula] = st.one_of(
    st.just(ALWAYS),
    st.sampled_from(SKUS).map(lambda sku: Member(Term("line.sku", Kind.STRING), (sku,))),
    some_of(CATEGORIES).map(lambda names: Has(Term("line.categories", Kind.SET), names)),
    nested(st.one_of(text_leaves(LINE_TEXTS, LINE_SETS), comparisons(LINE_NUMBERS))),
    comparisons(st.just(Term("cart.net_subtotal", Kind.MONEY))),
)


@st.composite
def aggregates(draw: DrawFn) -> Number:
    """A number over lines."""
    where = draw(line_formulas)
    if draw(st.integers(0, 3)) == 0:
        function: Function = draw(st.sampled_from(["min_price", "max_price"]))
        fallback = draw(st.none() | st.sampled_from([0, 500]))
        return Aggregate(function, where, Kind.MONEY, fallback)
    return Aggregate(draw(st.sampled_from(FUNCTIONS)), where, Kind.INTEGER)


CART_NUMBERS: SearchStrategy[Number] = st.sampled_from(
    [
        Term("cart.subtotal", Kind.MONEY),
        Term("cart.net_subtotal", Kind.MONEY),
        Term("cart.quantity", Kind.INTEGER),
        Term("cart.line_count", Kind.INTEGER),
        Term("cart.hour", Kind.INTEGER),
        Term("shipping.amount", Kind.MONEY),
        Term("customer.orders", Kind.INTEGER),
        Term("customer.orders", Kind.INTEGER, 1),
    ]
)
cart_formulas: SearchStrategy[Formula] = nested(
    st.one_of(
        comparisons(st.one_of(CART_NUMBERS, aggregates())),
        comparisons(aggregates()),
        text_leaves(CART_TEXTS, CART_SETS),
        line_formulas.map(AnyLine),
        st.sampled_from([None, True, False]).map(
            lambda fallback: Flag(
                Term("customer.attributes.is_staff", Kind.BOOL, fallback), fallback is not None
            )
        ),
    )
)
