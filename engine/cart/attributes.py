"""Declared attributes and what a cart sent for them in, typed values out.

JSON has fewer kinds of value than rules have: decimals, percentages, dates, times and durations
come as text, sets as lists, money as a whole number of minor units. Null means absent.
"""

from collections.abc import Callable, Mapping
from types import NoneType

from ...dsl.expression.literals import (
    LiteralError,
    read_decimal,
    read_duration,
    read_percent,
    read_time,
)
from ...dsl.formula import Value
from ...dsl.kinds import AMOUNT_MAX, PPM, Kind
from ...dsl.ruleset import Attribute
from .errors import CartError, describe, join_path, refusal
from .instants import read_day, read_instant_us
from .plain import LISTS, is_deeper
from .wire import DEPTH_MAX

INTEGER_MAX = 10**12  # either side of zero

Reader = Callable[[object], Value]  # its error's path is empty, or inside the value
NumberReader = Callable[[object], int]
SCALARS = (str, int, float, NoneType)
NO_VALUES: dict[str, Value] = {}


class Attributes:
    """The declared attributes of the cart, of the customer or of lines, ready to read."""

    def __init__(self, declared: Mapping[str, Attribute], prefix: str, path: str) -> None:
        """Keep those of `prefix`, such as `line.attributes.`; carts have them at `path`.

        `{index}` in the path stands for the number of the line.
        """
        self._path = path
        self._readers = {
            name.removeprefix(prefix): READERS[attribute.kind]
            for name, attribute in declared.items()
            if name.startswith(prefix)
        }

    def read(self, sent: Mapping[str, object] | None, index: int = 0) -> Mapping[str, Value]:
        """The values of declared attributes, by bare name; raises `CartError` for a wrong form.

        Others may hold anything that is not nested beyond measure, and are left out.
        """
        if not sent:
            return NO_VALUES
        values: dict[str, Value] = {}
        for name, item in sent.items():
            read = self._readers.get(name)
            try:
                if read is not None and item is not None:
                    values[name] = read(item)
                elif not isinstance(item, SCALARS) and is_deeper(item, DEPTH_MAX):
                    raise refusal("too_deep", "", most=DEPTH_MAX)
            except CartError as error:
                error.path = join_path(self._path.format(index=index), name) + error.path
                raise
        return values


def wrong_form(code: str, expected: str, sent: object, path: str = "") -> CartError:
    """The error for a value that is not of its attribute's kind."""
    return refusal(code, path, expected=expected, got=describe(sent))


def read_text(sent: object) -> str:
    """Any text."""
    if not isinstance(sent, str):
        raise wrong_form("wrong_type", "text", sent)
    return sent


def read_flag(sent: object) -> bool:
    """True or false."""
    if not isinstance(sent, bool):
        raise wrong_form("wrong_type", "true or false", sent)
    return sent


def whole_reader(noun: str, low: int, high: int) -> NumberReader:
    """A reader of whole numbers from `low` to `high`."""

    def read_whole(sent: object) -> int:
        if not isinstance(sent, int) or isinstance(sent, bool):
            raise wrong_form("wrong_type", noun, sent)
        if not low <= sent <= high:
            raise wrong_form("out_of_range", f"{noun} from {low} to {high}", sent)
        return sent

    return read_whole


def literal_reader(noun: str, read: Callable[[str], int]) -> NumberReader:
    """A reader of text in the form that rules themselves use."""

    def read_literal(sent: object) -> int:
        if not isinstance(sent, str):
            raise wrong_form("wrong_type", noun, sent)
        try:
            return read(sent)
        except LiteralError as error:
            code = "out_of_range" if error.code in ("R128", "R130") else "bad_format"
            raise wrong_form(code, noun, sent) from None

    return read_literal


def timed_reader(noun: str, read: Callable[[str, str], int]) -> NumberReader:
    """A reader of dates and instants, spelled as everywhere in a cart."""

    def read_timed(sent: object) -> int:
        if not isinstance(sent, str):
            raise wrong_form("wrong_type", noun, sent)
        return read(sent, "")

    return read_timed


def read_words(sent: object) -> frozenset[str]:
    """A set, from a list of texts."""
    if not isinstance(sent, LISTS):
        raise wrong_form("wrong_type", "a list of texts", sent)
    for index, item in enumerate(sent):
        if not isinstance(item, str):
            raise wrong_form("wrong_type", "text", item, f"[{index}]")
    return frozenset(sent)


read_whole_decimal = whole_reader("a whole number", -INTEGER_MAX, INTEGER_MAX)
read_written_decimal = literal_reader(
    "a whole number, or text with a decimal such as `1.5`", read_decimal
)


def read_number(sent: object) -> int:
    """A decimal: text, which is exact, or a whole number."""
    if isinstance(sent, int) and not isinstance(sent, bool):
        return read_whole_decimal(sent) * PPM
    return read_written_decimal(sent)


READERS: dict[Kind, Reader] = {
    Kind.BOOL: read_flag,
    Kind.INTEGER: whole_reader("a whole number", -INTEGER_MAX, INTEGER_MAX),
    Kind.DECIMAL: read_number,
    Kind.PERCENT: literal_reader("text with a percentage from 0% to 100%", read_percent),
    Kind.MONEY: whole_reader("a whole number of minor units", 0, AMOUNT_MAX),
    Kind.STRING: read_text,
    Kind.DATE: timed_reader("text with a date such as 2026-07-10", read_day),
    Kind.TIME: literal_reader("text with a time such as 09:30", read_time),
    Kind.DATETIME: timed_reader(
        "text with an instant such as 2026-07-10T12:00:00Z", read_instant_us
    ),
    Kind.DURATION: literal_reader("text with a duration such as 30 days", read_duration),
    Kind.SET: read_words,
}
