"""A constant of a kind, written in a rule file, in; its value in rules, or in a cart, out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..expression.literals import (
    read_date,
    read_datetime,
    read_decimal,
    read_duration,
    read_integer,
    read_money,
    read_percent,
    read_time,
)
from ..formula import Value
from ..kinds import Kind
from ..tree.nodes import Node, Sequence
from .shape import Refused, Terms, list_items, noun_of, read_bool, scalar_of

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
INTEGER_MAX = 10**12  # either side of zero, as carts may have

READERS: dict[Kind, Callable[[str, Terms], int]] = {
    Kind.INTEGER: lambda text, terms: read_integer(text, -INTEGER_MAX, INTEGER_MAX),
    Kind.DECIMAL: lambda text, terms: read_decimal(text),
    Kind.PERCENT: lambda text, terms: read_percent(text),
    Kind.MONEY: lambda text, terms: read_money(text, terms.currency, terms.exponent),
    Kind.DATE: lambda text, terms: read_date(text),
    Kind.TIME: lambda text, terms: read_time(text),
    Kind.DATETIME: lambda text, terms: read_datetime(text, terms.zone),
    Kind.DURATION: lambda text, terms: read_duration(text),
}


def read_constant(kind: Kind, node: Node, terms: Terms) -> Value:
    """The value that a rule compares with; raises `LiteralError` or `Refused`."""
    if kind is Kind.SET:
        return frozenset(scalar_of(item).text for item in list_items(node))
    if isinstance(node, Sequence):
        raise Refused("R205", expected=f"one {kind.value}", found=noun_of(node))
    if kind is Kind.BOOL:
        return read_bool(node)
    text = scalar_of(node).text
    return text if kind is Kind.STRING else READERS[kind](text, terms)


def read_sent(kind: Kind, node: Node, terms: Terms) -> object:
    """The value as a cart would send it in JSON, where most kinds are text."""
    constant = read_constant(kind, node, terms)
    if isinstance(constant, frozenset):
        return sorted(constant)
    if kind is Kind.DATETIME:
        assert isinstance(constant, int)
        return write_instant(constant)
    if kind in (Kind.BOOL, Kind.INTEGER, Kind.MONEY):
        return constant
    return scalar_of(node).text


def write_instant(instant_us: int) -> str:
    """An instant in microseconds since 1970 UTC as RFC 3339 text."""
    moment = EPOCH + instant_us * MICROSECOND
    return moment.isoformat() + "Z"
