"""A syntax node in, its one canonical text out.

Brackets stand only where leaving them out would change the meaning, every literal has one
spelling, texts are in double quotes. Parsing what was printed gives an equal node.
"""

from datetime import datetime, timedelta

from ..kinds import DAY_US, Kind
from .literals import EPOCH, HOUR_US, MINUTE_US, format_scaled
from .syntax import (
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
    Product,
    Relation,
    Sum,
    Text,
)

# How tightly each construct binds; what is not listed is never split.
OR, AND, NOT, RELATION, SUM, PRODUCT, PREFIX, ATOM = range(8)

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def print_expression(node: Node) -> str:
    """The canonical text of an expression.

    >>> from tallystick.dsl.expression.parser import parse
    >>> print_expression(parse("(a) or ((b)and 'c' in [ 2 weeks,1.50%])"))
    'a or b and "c" in [14 days, 1.5%]'
    """
    return print_within(node, OR)


def print_within(node: Node, least: int) -> str:
    """The text of a part, in brackets when it binds less tightly than its surroundings ask."""
    strength, text = print_part(node)
    return text if strength >= least else f"({text})"


def print_part(node: Node) -> tuple[int, str]:
    """How tightly a node binds, and its text without brackets around it."""
    match node:
        case AnyOf(items):
            return OR, " or ".join(print_within(item, AND) for item in items)
        case AllOf(items):
            return AND, " and ".join(print_within(item, NOT) for item in items)
        case Negation(item):
            return NOT, f"not {print_within(item, NOT)}"
        case Relation(left, operator, right):
            return RELATION, f"{print_within(left, SUM)} {operator} {print_within(right, SUM)}"
        case Between(item, low, high):
            parts = (print_within(part, SUM) for part in (item, low, high))
            return RELATION, "{} between {} and {}".format(*parts)
        case Sum(first, rest):
            return SUM, print_row(first, rest, PRODUCT)
        case Product(first, rest):
            return PRODUCT, print_row(first, rest, PREFIX)
        case Minus(item):
            return PREFIX, f"-{print_within(item, PREFIX)}"
        case Call(function, arguments):
            return ATOM, f"{function}({', '.join(print_within(part, OR) for part in arguments)})"
        case Listing(items):
            return ATOM, f"[{', '.join(print_within(item, OR) for item in items)}]"
        case _:
            return ATOM, print_leaf(node)


def print_row(first: Node, rest: tuple[tuple[str, Node], ...], least: int) -> str:
    """The text of a sum or a product."""
    tail = (f" {sign} {print_within(item, least)}" for sign, item in rest)
    return print_within(first, least) + "".join(tail)


def print_leaf(node: Node) -> str:
    """The text of a name or a literal."""
    match node:
        case Name(name):
            return name
        case Boolean(value):
            return "true" if value else "false"
        case Text(value):
            return print_text(value)
        case Money(millionths, currency):
            return f"{format_scaled(millionths, 6, 2)} {currency}"
        case Moment(clock_us, offset_minutes):
            return print_moment(clock_us, offset_minutes)
        case Number(kind, value):
            return print_number(kind, value)
    raise AssertionError(node)


def print_text(value: str) -> str:
    """A text in double quotes, with escapes for what cannot be seen."""
    return '"' + "".join(map(print_character, value)) + '"'


def print_character(character: str) -> str:
    """A character as it stands between double quotes."""
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isprintable() or ord(character) > 0xFFFF:
        return character
    return f"\\u{ord(character):04x}"


def print_number(kind: Kind, value: int) -> str:
    """A literal of one of the kinds that are one number."""
    match kind:
        case Kind.PERCENT:
            return f"{format_scaled(value, 4)}%"
        case Kind.DECIMAL:
            text = format_scaled(value, 6)
            return text if "." in text else f"{text}.0"
        case Kind.DATE:
            return (EPOCH + timedelta(days=value)).date().isoformat()
        case Kind.TIME:
            return print_clock(EPOCH + timedelta(microseconds=value))
        case Kind.DURATION:
            return print_duration(value)
    return str(value)


def print_moment(clock_us: int, offset_minutes: int | None) -> str:
    """A date with a time, and with its offset from UTC if it has one."""
    moment = EPOCH + timedelta(microseconds=clock_us)
    text = f"{moment.date().isoformat()}T{print_clock(moment)}"
    if offset_minutes is None:
        return text
    if offset_minutes == 0:
        return f"{text}Z"
    hours, minutes = divmod(abs(offset_minutes), 60)
    return f"{text}{'-' if offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"


def print_clock(moment: datetime) -> str:
    """A time of day, with seconds only when there are some."""
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def print_duration(duration_us: int) -> str:
    """A length of time in the largest unit that fits, of days, hours and minutes."""
    units = (("day", DAY_US), ("hour", HOUR_US), ("minute", MINUTE_US))
    unit, size_us = next(pair for pair in units if duration_us % pair[1] == 0)
    count = duration_us // size_us
    return f"{count} {unit}{'' if count == 1 else 's'}"
