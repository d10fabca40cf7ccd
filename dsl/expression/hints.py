"""Meanings that do not fit in, the sentence that says how they are usually meant out."""

from ..kinds import Kind
from .linear import NUMBERS
from .meaning import Collection, Linear, Linears, Meaning, Word, Words
from .printer import print_expression
from .syntax import Call, Listing, Name, Node, Number, Relation


def sample_of(kind: Kind, currency: str) -> str:
    """The simplest literal of a kind."""
    samples = {
        Kind.MONEY: f"0 {currency}",
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
                return f"an amount has its currency with it: `{text} {currency}`"
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


def help_for_set(relation: Relation, left: Meaning, right: Meaning) -> str:
    """What was meant by comparing a set or a list as a whole."""
    first, second = print_expression(relation.left), print_expression(relation.right)
    match left, right:
        case Collection(), Words():
            return f"write `{first} has any {second}`, or `has all`"
        case Collection(), Word():
            return f"write `{first} has {second}`"
        case Word(), Collection():
            return f"write `{second} has {first}`"
        case Word() | Linear(), Words() | Linears():
            return f"write `{first} in {second}`"
    return ""


def print_listed(node: Node) -> str:
    """An expression as a list: itself if it is one."""
    text = print_expression(node)
    return text if isinstance(node, Listing | Name) else f"[{text}]"
