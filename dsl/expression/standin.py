"""A comparison with a field that may be missing in, the constant that leaves it false out.

The author decides what a missing field counts as. The constant offered is one with which nobody
gets anything for lacking the field; where none is sure to be so, it is said in words.
"""

from datetime import tzinfo

from ..formula import Op
from ..kinds import DAY_US, PPM, Kind
from .language import Language
from .linear import POINTS, constant_of, is_true
from .literals import DURATION_MAX_US, SAMPLE_CURRENCY, read_date, read_datetime, read_time
from .meaning import Linear, Meaning
from .printer import print_expression
from .syntax import Node

LARGE = 1_000_000
FIRST_DAY, LAST_DAY = "1900-01-01", "9999-12-31"


def help_for_missing(
    node: Node,
    meaning: Linear,
    operator: Op | None,
    other: Meaning | None,
    language: Language,
) -> str:
    """What can stand in for the optional number `node`, compared as `node operator other`.

    No operator means that it is not compared by itself, or that the comparison should be true.
    """
    name = print_expression(node)
    if operator is not None and isinstance(other, Linear):
        text, size = extreme_of(meaning.kind, language, is_large=operator in ("<", "<="))
        if is_left_false(constant_of(meaning.kind, size), operator, other):
            return f"say what stands in for it: `default({name}, {text})`"
    return f"write `default({name}, ...)`, and decide what a missing one counts as"


def is_left_false(constant: Linear, operator: Op, other: Linear) -> bool:
    """Whether `constant operator other` is false; the ends of the calendar are beyond any field."""
    if other.terms:
        return constant.kind in POINTS and constant.kind is not Kind.TIME
    return not is_true(constant.constant, operator, other.constant)


def extreme_of(kind: Kind, language: Language, *, is_large: bool) -> tuple[str, int]:
    """A very large or small constant of a kind: as it is written, and in the units of `kinds`."""
    match kind:
        case Kind.MONEY:
            size = LARGE * 10**language.exponent if is_large else 0
            return f"{LARGE if is_large else 0} {language.currency or SAMPLE_CURRENCY}", size
        case Kind.PERCENT:
            return ("100%", PPM) if is_large else ("0%", 0)
        case Kind.DECIMAL:
            return (str(LARGE), LARGE * PPM) if is_large else ("0", 0)
        case Kind.DURATION:
            days = DURATION_MAX_US // DAY_US if is_large else 0
            return f"{days} days", days * DAY_US
        case Kind.TIME:
            text = "23:59" if is_large else "00:00"
            return text, read_time(text)
        case Kind.DATE | Kind.DATETIME:
            return end_of_calendar(kind, language.zone, is_large=is_large)
    return (str(LARGE), LARGE) if is_large else ("0", 0)


def end_of_calendar(kind: Kind, zone: tzinfo, *, is_large: bool) -> tuple[str, int]:
    """The last or first day that is offered, or midnight of it."""
    text = LAST_DAY if is_large else FIRST_DAY
    if kind is Kind.DATE:
        return text, read_date(text)
    return f"{text}T00:00", read_datetime(f"{text}T00:00", zone)
