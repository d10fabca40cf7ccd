"""Printing an expression and reading it again gives the same expression."""

from typing import Literal, get_args

from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.expression.literals import DURATION_MAX_US
from tallystick.dsl.expression.mistake import LiteralError, ParseError
from tallystick.dsl.expression.parser import parse
from tallystick.dsl.expression.printer import print_expression
from tallystick.dsl.expression.syntax import (
    AllOf,
    AnyOf,
    Between,
    Boolean,
    Call,
    Listing,
    Minus,
    Moment,
    Money,
    Name,
    Negation,
    Node,
    Number,
    Operator,
    Product,
    Relation,
    Sum,
    Text,
)
from tallystick.dsl.kinds import PPM, Kind

KEYWORDS = {"and", "or", "not", "in", "has", "between", "starts_with", "true", "false"}
OPERATORS = get_args(Operator)
PLUS_MINUS: tuple[Literal["+", "-"], ...] = ("+", "-")
TIMES_OVER: tuple[Literal["*", "/"], ...] = ("*", "/")

words = st.from_regex(r"[a-zé_][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda word: word not in KEYWORDS
)
names = st.lists(words, min_size=1, max_size=3).map(".".join)
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
clocks = st.integers(-62135596800, 253402300799).map(SECOND_US.__mul__)
leaf_kinds: dict[str, st.SearchStrategy[Node]] = {
    "name": names.map(Name),
    "boolean": st.booleans().map(Boolean),
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(Text),
    "money": st.builds(Money, st.integers(0, 10**18), st.sampled_from(["USD", "JPY", "KWD"])),
    "moment": st.builds(Moment, clocks, st.one_of(st.none(), st.integers(-1439, 1439))),
    "integer": st.builds(Number, st.just(Kind.INTEGER), st.integers(0, 10**18)),
    "decimal": st.builds(Number, st.just(Kind.DECIMAL), st.integers(0, 10**18)),
    "percent": st.builds(Number, st.just(Kind.PERCENT), st.integers(0, PPM)),
    "date": st.builds(Number, st.just(Kind.DATE), st.integers(-719162, 2932896)),
    "time": st.builds(Number, st.just(Kind.TIME), st.integers(0, 86399).map(SECOND_US.__mul__)),
    "duration": st.builds(
        Number,
        st.just(Kind.DURATION),
        st.integers(0, DURATION_MAX_US // MINUTE_US).map(MINUTE_US.__mul__),
    ),
}


@st.composite
def leaves(draw: st.DrawFn) -> Node:
    return draw(leaf_kinds[draw(st.sampled_from(sorted(leaf_kinds)))])


@st.composite
def larger(draw: st.DrawFn, inner: st.SearchStrategy[Node]) -> Node:
    """A node around others, in the one form that the parser gives it: rows hold no like rows."""
    items = draw(st.lists(inner, min_size=3, max_size=3))
    first, second, third = items
    count = draw(st.integers(0, 3))
    match draw(st.integers(0, 9)):
        case 0:
            return AnyOf(tuple(i for item in items for i in parts(item, AnyOf)))
        case 1:
            return AllOf(tuple(i for item in items for i in parts(item, AllOf)))
        case 2:
            return Negation(first)
        case 3:
            return Minus(first)
        case 4:
            return Relation(first, draw(st.sampled_from(OPERATORS)), second)
        case 5:
            return Between(first, second, third)
        case 6:
            rest = tuple((draw(st.sampled_from(PLUS_MINUS)), item) for item in items[1:])
            return Sum(Minus(first) if isinstance(first, Sum) else first, rest)
        case 7:
            tail = tuple((draw(st.sampled_from(TIMES_OVER)), item) for item in items[1:])
            return Product(Minus(first) if isinstance(first, Product) else first, tail)
        case 8:
            return Call(draw(words), tuple(items[:count]))
        case _:
            return Listing(tuple(items[:count]))


def parts(node: Node, kind: type[AnyOf | AllOf]) -> tuple[Node, ...]:
    return node.items if isinstance(node, kind) else (node,)


expressions = st.recursive(leaves(), larger, max_leaves=20)


@given(expressions)
def test_printing_and_reading_gives_the_same_expression(node: Node) -> None:
    text = print_expression(node)
    again = parse(text)
    assert again == node
    assert print_expression(again) == text
    assert text[again.start : again.end] == text


@given(expressions)
def test_printing_is_stable_under_extra_brackets(node: Node) -> None:
    assert parse(f"(({print_expression(node)}))") == node


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        node = parse(text)
    except (LiteralError, ParseError) as mistake:
        assert 0 <= mistake.start <= mistake.end <= len(text)
        assert str(mistake)
    else:
        assert parse(print_expression(node)) == node
