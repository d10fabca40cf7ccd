"""The text of one expression in, its syntax node out, or one mistake that says how to mend it."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Literal, cast

from lark import Lark, Token, Transformer, UnexpectedInput

from ..kinds import Kind
from .breach import explain_breach
from .literals import (
    explain_money,
    read_date,
    read_decimal,
    read_duration,
    read_integer,
    read_local,
    read_percent,
    read_time,
    scale_number,
)
from .mistake import LiteralError, ParseError
from .syntax import (
    NESTING_MAX,
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
    parts_of,
)

LENGTH_MAX = 10_000
INTEGER_MAX = 10**18
REMEMBERED_LENGTH_MAX = 500  # longer texts are not kept: they hardly ever repeat

BRACKETS = re.compile(r""" "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | [()\[\]] """, re.VERBOSE)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.?))", re.DOTALL)
ESCAPES = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "t": "\t"}

Child = Token | Node
Signed = tuple[tuple[Literal["+", "-"], Node], ...]
Scaled = tuple[tuple[Literal["*", "/"], Node], ...]

NUMBERS: dict[str, tuple[Kind, Callable[[str], int]]] = {
    "INTEGER": (Kind.INTEGER, partial(read_integer, low=0, high=INTEGER_MAX)),
    "DECIMAL": (Kind.DECIMAL, read_decimal),
    "PERCENT": (Kind.PERCENT, read_percent),
    "DURATION": (Kind.DURATION, read_duration),
    "DATE": (Kind.DATE, read_date),
    "TIME": (Kind.TIME, read_time),
}


def parse(text: str) -> Node:
    """The expression that a text is.

    Raises ParseError or LiteralError for a text that is none; both carry a problem's code, help,
    and the stretch of the text they are about. LIMIT: 10,000 characters, 64 levels.
    """
    if len(text) > REMEMBERED_LENGTH_MAX:
        return parse_anew(text)
    return parse_remembered(text)


def parse_anew(text: str) -> Node:
    """The expression that a text is, worked out again."""
    if len(text) > LENGTH_MAX:
        raise ParseError("R111", LENGTH_MAX, len(text), help="use `define`", most=LENGTH_MAX)
    if not text.strip():
        raise ParseError("R101", 0, len(text), help="write a condition like `cart.quantity >= 2`")
    if len(text) > NESTING_MAX:
        check_brackets(text)
    try:
        node = cast(Node, grammar().parse(text))
    except UnexpectedInput as breach:
        raise explain_breach(text, breach) from None
    if len(text) > NESTING_MAX:
        check_depth(node)
    return node


parse_remembered = lru_cache(maxsize=8192)(parse_anew)


@cache
def grammar() -> Lark:
    """The parser, made once, when the first expression comes."""
    text = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=Nodes())


def check_brackets(text: str) -> None:
    """Refuse brackets nested deeper than the limit, whatever stands between them."""
    depth = 0
    for match in BRACKETS.finditer(text):
        if match[0] in "([":
            depth += 1
            if depth > NESTING_MAX:
                raise too_deep(match.start(), match.end())
        elif match[0] in ")]":
            depth -= 1


def check_depth(root: Node) -> None:
    """Refuse a tree deeper than the limit, looking at one level after the other."""
    level: tuple[Node, ...] = (root,)
    for _ in range(NESTING_MAX):
        level = tuple(part for node in level for part in parts_of(node))
        if not level:
            return
    raise too_deep(level[0].start, level[0].end)


def too_deep(start: int, end: int) -> ParseError:
    """The refusal of what stands too deep."""
    return ParseError("R110", start, end, help="name its parts with `define`", most=NESTING_MAX)


def read_escapes(quoted: str, start: int) -> str:
    """The text between a pair of quotes, its escapes replaced."""
    if "\\" not in quoted:
        return quoted[1:-1]

    def replace(match: re.Match[str]) -> str:
        found = chr(int(match[1], 16)) if match[1] else ESCAPES.get(match[2])
        if found is None or "\ud800" <= found <= "\udfff":
            help = r"the escapes are `\"`, `\'`, `\\`, `\n`, `\t` and `\u0041`; the rest needs none"
            at = start + match.start()
            raise ParseError("R112", at, at + len(match[0]), help=help, found=match[0])
        return found

    # The quotes stay on while escapes are found, so that offsets fit.
    return ESCAPE.sub(replace, quoted)[1:-1]


def start_of(child: Child) -> int:
    """Where a token or a node begins."""
    return (child.start_pos or 0) if isinstance(child, Token) else child.start


def end_of(child: Child) -> int:
    """Where a token or a node ends."""
    return (child.end_pos or 0) if isinstance(child, Token) else child.end


def place_of(children: list[Child]) -> dict[str, int]:
    """The place of a node made of these, as keyword arguments."""
    return {"start": start_of(children[0]), "end": end_of(children[-1])}


def between_commas(children: list[Child]) -> tuple[Node, ...]:
    """The nodes among tokens and nodes."""
    return tuple(child for child in children if not isinstance(child, Token))


class Nodes(Transformer[Token, Node]):
    """Makes a node for each rule of the grammar; every method has the name of its rule."""

    def any_of(self, children: list[Child]) -> Node:
        """A row of alternatives; a bracketed row inside means the same without its brackets."""
        items: list[Node] = []
        for item in between_commas(children):
            items.extend(item.items if isinstance(item, AnyOf) else (item,))
        return AnyOf(tuple(items), **place_of(children))

    def all_of(self, children: list[Child]) -> Node:
        """A row of demands; a bracketed row inside means the same without its brackets."""
        items: list[Node] = []
        for item in between_commas(children):
            items.extend(item.items if isinstance(item, AllOf) else (item,))
        return AllOf(tuple(items), **place_of(children))

    def negate(self, children: list[Child]) -> Node:
        (item,) = between_commas(children)
        return Negation(item, **place_of(children))

    def relate(self, children: list[Child]) -> Node:
        left, right = between_commas(children)
        operator = cast(Operator, " ".join(str(children[1]).split()))
        return Relation(left, operator, right, **place_of(children))

    def between(self, children: list[Child]) -> Node:
        item, low, high = between_commas(children)
        return Between(item, low, high, **place_of(children))

    def sum(self, children: list[Child]) -> Node:
        first, rest = row_of(children)
        if isinstance(first, Sum):
            rest = (*first.rest, *rest)
            first = first.first
        return Sum(first, cast(Signed, rest), **place_of(children))

    def product(self, children: list[Child]) -> Node:
        first, rest = row_of(children)
        if isinstance(first, Product):
            rest = (*first.rest, *rest)
            first = first.first
        return Product(first, cast(Scaled, rest), **place_of(children))

    def minus(self, children: list[Child]) -> Node:
        (item,) = between_commas(children)
        return Minus(item, **place_of(children))

    def number(self, children: list[Token]) -> Node:
        (token,) = children
        kind, read = NUMBERS[token.type]
        try:
            value = read(str(token))
        except LiteralError as error:
            raise error.moved(start_of(token)) from None
        return Number(kind, value, start=start_of(token), end=end_of(token))

    def money(self, children: list[Token]) -> Node:
        (token,) = children
        number, currency = str(token)[:-3].rstrip(), str(token)[-3:]
        millionths = None if "," in number else scale_number(number, 6)
        if "," in number:
            raise explain_money(str(token), currency).moved(start_of(token))
        if millionths is None:
            words = {"text": number[:60], "currency": currency}
            raise LiteralError("R123", start_of(token), start_of(token) + len(number), **words)
        return Money(millionths, currency, start=start_of(token), end=end_of(token))

    def moment(self, children: list[Token]) -> Node:
        (token,) = children
        try:
            clock_us, offset_minutes = read_local(str(token))
        except LiteralError as error:
            raise error.moved(start_of(token)) from None
        return Moment(clock_us, offset_minutes, start=start_of(token), end=end_of(token))

    def text(self, children: list[Token]) -> Node:
        (token,) = children
        value = read_escapes(str(token), start_of(token))
        return Text(value, start=start_of(token), end=end_of(token))

    def boolean(self, children: list[Token]) -> Node:
        (token,) = children
        return Boolean(token.type == "TRUE", start=start_of(token), end=end_of(token))

    def name(self, children: list[Token]) -> Node:
        (token,) = children
        return Name(str(token), start=start_of(token), end=end_of(token))

    def call(self, children: list[Child]) -> Node:
        name_end = end_of(children[0])
        arguments = between_commas(children)
        return Call(str(children[0]), arguments, name_end=name_end, **place_of(children))

    def listing(self, children: list[Child]) -> Node:
        return Listing(between_commas(children), **place_of(children))

    def group(self, children: list[Child]) -> Node:
        """What stands in brackets, with the brackets in its place."""
        (item,) = between_commas(children)
        return replace(item, start=start_of(children[0]), end=end_of(children[-1]))


def row_of(children: list[Child]) -> tuple[Node, tuple[tuple[str, Node], ...]]:
    """The first operand of a row, and each later one with the sign before it."""
    first, *items = between_commas(children)
    signs = (str(sign) for sign in children[1::2])
    return first, tuple(zip(signs, items, strict=True))
