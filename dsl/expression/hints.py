"""Meanings that do not fit in, the sentence that says how they are usually meant out."""

from collections.abc import Mapping

from ..kinds import Kind
from .linear import NUMBERS
from .literals import SAMPLE_CURRENCY
from .meaning import Collection, Linear, Linears, Meaning, Word, Words
from .printer import print_expression
from .syntax import AllOf, AnyOf, Call, Listing, Name, Node, Number, Operator, Relation, Text
from .vocabulary import WEEKDAYS

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The operators that take a list, for those before a row of values.
LISTED: Mapping[type, Mapping[Operator, str]] = {
    AnyOf: {"==": "in", "!=": "not in", "has": "has any"},
    AllOf: {"!=": "not in", "has": "has all"},
}


def sample_of(kind: Kind, currency: str) -> str:
    """The simplest literal of a kind."""
    samples = {
        Kind.MONEY: f"0 {currency or SAMPLE_CURRENCY}",
        Kind.PERCENT: "0%",
        Kind.STRING: '""',
        Kind.BOOL: "false",
        Kind.DATE: "2000-01-01",
        Kind.DATETIME: "2000-01-01T00:00",
        Kind.TIME: "00:00",
        Kind.DURATION: "0 days",
    }
    return samples.get(kind, "0")


def help_for_claim(node: Node, meaning: Meaning, currency: str) -> str:
    """How to make a condition of something that is none."""
    if not isinstance(node, Name | Call):
        return ""
    name = print_expression(node)
    match meaning:
        case Collection():
            return f'ask what it holds: `{name} has "..."`'
        case Word():
            return f'compare it: `{name} == "..."`'
        case Linear(kind):
            return f"compare it: `{name} >= {sample_of(kind, currency)}`"
    return ""


def help_for_kinds(
    left: tuple[Meaning, Node | None], right: tuple[Meaning, Node | None], currency: str
) -> str:
    """How two kinds that do not go together are usually meant."""
    for (one, _), (other, node) in ((left, right), (right, left)):
        text = print_expression(node) if isinstance(node, Number) else ""
        other_kind = other.kind if isinstance(other, Linear) else None
        match one:
            case Linear(Kind.MONEY) if text and other_kind in NUMBERS:
                return f"an amount has its currency with it: `{text} {currency or SAMPLE_CURRENCY}`"
            case Linear(Kind.PERCENT) if text.startswith("0.") and other_kind in NUMBERS:
                return "a percentage is written like `20%`"
            case Linear(Kind.PERCENT) if text and other_kind in NUMBERS:
                return f"a percentage has its sign with it: `{text}%`"
            case Linear(Kind.DURATION) if text and other_kind in NUMBERS:
                return f"a duration has its unit with it: `{text} days`"
            case Word() if text:
                return f'a text stands in quotes: `"{text}"`'
            case Linear(Kind.DATE) if other_kind is Kind.DATETIME:
                return "the day of `cart.placed_at` is `cart.date`"
            case Linear(Kind.DATE | Kind.TIME | Kind.DATETIME | Kind.INTEGER) if isinstance(
                other, Word
            ):
                return "only texts stand in quotes"
    return ""


def help_for_row(node: Node, row: AnyOf | AllOf | None) -> str:
    """What was meant by a constant in a row, as in `sku == "a" or "b"`: a list."""
    if row is None or not isinstance(node, Text | Number):
        return ""
    relation = next((item for item in row.items if isinstance(item, Relation)), None)
    operators = LISTED[type(row)]
    if relation is None or relation.operator not in operators:
        return ""
    values = [relation.right, *(item for item in row.items if isinstance(item, Text | Number))]
    listed = ", ".join(print_expression(value) for value in values)
    name = print_expression(relation.left)
    return f"write `{name} {operators[relation.operator]} [{listed}]`"


def help_for_set(relation: Relation, left: Meaning, right: Meaning) -> str:
    """What was meant by comparing a set or a list as a whole."""
    first, second = print_expression(relation.left), print_expression(relation.right)
    is_denied = relation.operator in ("!=", "not in")
    no = "not " if is_denied else ""
    match left, right:
        case Collection(), Words(()):
            no = "" if is_denied else "not "
            return f'name what it may hold: `{no}{first} has any ["...", "..."]`'
        case Collection(), Words():
            help = f"write `{no}{first} has any {second}`"
            return help if relation.operator in ("in", "not in") else f"{help}, or `has all`"
        case Collection(), Word():
            return f"write `{no}{first} has {second}`"
        case Word(), Collection():
            return f"write `{no}{second} has {first}`"
        case Word() | Linear(), Words() | Linears():
            return f"write `{first} {no}in {second}`"
    return ""


def help_for_weekday(text: str) -> str:
    """The day that a text begins or spells out, or all of them."""
    word = text.lower()
    near = next((day for day in DAYS if len(word) > 1 and day.startswith(word)), None)
    if near is None:
        return f"the days are {', '.join(WEEKDAYS)}"
    return f"did you mean `{near[:3]}`?"


def print_listed(node: Node) -> str:
    """An expression as a list: itself if it is one."""
    text = print_expression(node)
    return text if isinstance(node, Listing | Name) else f"[{text}]"
