"""Values, terms and formulas in, the words that a shop reads out.

Amounts always carry the decimals of the currency (`12.40 USD`, `500 JPY`), days are ISO dates,
instants are shown on the rule set's clock. The same value gives the same words everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ...dsl.expression.literals import EPOCH, MICROSECOND, format_scaled
from ...dsl.formula import (
    FLIPPED,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Number,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from ...dsl.kinds import DAY_US, Kind
from ...dsl.ruleset import Ruleset

FORMULA_WIDTH = 60  # characters of a formula before its middle is left out
NAMES_MAX = 6  # names of a list before the rest are counted
DURATION_UNITS = (
    ("day", DAY_US),
    ("hour", 3_600_000_000),
    ("minute", 60_000_000),
    ("second", 1_000_000),
    ("microsecond", 1),
)
INSTANTS = (Kind.DATETIME, Kind.TIME, Kind.DURATION)
COUNTED = {  # what a number counts, one and many
    "qty": ("unit", "units"),
    "cart.quantity": ("unit", "units"),
    "line.quantity": ("unit", "units"),
    "lines": ("line", "lines"),
    "cart.line_count": ("line", "lines"),
    "distinct_skus": ("SKU", "SKUs"),
    "customer.orders": ("order", "orders"),
}


def count_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 unit`, `3 units`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def list_names(names: Iterable[str], link: str) -> str:
    """Names as a person lists them: `a, b or c`; of a long list the rest are counted."""
    shown = list(names)
    if len(shown) > NAMES_MAX:
        left = len(shown) - NAMES_MAX + 1
        shown = [*shown[: NAMES_MAX - 1], f"{left} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {link} {shown[-1]}"


def shorten(text: str, width: int = FORMULA_WIDTH) -> str:
    """A text of at most `width` characters, its middle left out if need be."""
    if len(text) <= width:
        return text
    head = (width - 3) * 2 // 3
    return f"{text[:head].rstrip()} … {text[head + 3 - width :].lstrip()}"


def format_duration(duration_us: int) -> str:
    """A length of time by its two largest units: `3 days 4 hours`."""
    parts: list[str] = []
    left = abs(duration_us)
    for noun, size_us in DURATION_UNITS:
        count, left = divmod(left, size_us)
        if count:
            parts.append(count_of(count, noun))
        if len(parts) == 2 or (parts and not left):
            break
    return ("-" if duration_us < 0 else "") + (" ".join(parts) or "0 minutes")


def format_date(days: int) -> str:
    """A day, counted from 1970-01-01, as an ISO date."""
    try:
        return (EPOCH + timedelta(days)).date().isoformat()
    except OverflowError:
        return f"day {days} after 1970-01-01"


def format_time(time_us: int) -> str:
    """A time of day: `17:30`, with seconds where it has some."""
    minutes, rest_us = divmod(time_us, 60_000_000)
    seconds = f":{rest_us // 1_000_000:02}" if rest_us else ""
    return f"{minutes // 60:02}:{minutes % 60:02}{seconds}"


def format_signed(size: int, decimals: int, least: int = 0) -> str:
    """An integer count of 10**-decimals as plain digits, negative ones with a minus."""
    return ("-" if size < 0 else "") + format_scaled(abs(size), decimals, least)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one rule set: its currency, its decimals, its clock."""

    ruleset: Ruleset

    def money(self, minor: int) -> str:
        """An amount: `12.40 USD`, `-3.00 USD`, `500 JPY`."""
        exponent = self.ruleset.exponent
        whole, rest = divmod(abs(minor), 10**exponent)
        fraction = f".{rest:0{exponent}}" if exponent else ""
        return f"{'-' if minor < 0 else ''}{whole}{fraction} {self.ruleset.currency}"

    def instant(self, instant_us: int) -> str:
        """An instant on the rule set's clock: `2026-06-01 00:00`, with seconds if it has some."""
        try:
            utc = (EPOCH + instant_us * MICROSECOND).replace(tzinfo=ZoneInfo("UTC"))
            local = utc.astimezone(ZoneInfo(self.ruleset.timezone))
        except OverflowError:
            return f"{format_date(instant_us // DAY_US)} {format_time(instant_us % DAY_US)} UTC"
        return f"{local.date().isoformat()} {clock_of(local)}"

    def value(self, kind: Kind, value: object) -> str:
        """A value of a kind, as observed or needed."""
        if isinstance(value, frozenset):
            return list_names(sorted(value), "and") if value else "empty"
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, int):
            return str(value)
        match kind:
            case Kind.MONEY:
                return self.money(value)
            case Kind.PERCENT:
                return f"{format_signed(value, 4)}%"
            case Kind.DECIMAL:
                return format_signed(value, 6)
            case Kind.DATE:
                return format_date(value)
            case Kind.TIME:
                return format_time(value)
            case Kind.DATETIME:
                return self.instant(value)
            case Kind.DURATION:
                return format_duration(value)
            case _:
                return str(value)

    def distance(self, number: Number, size: int) -> str:
        """How far a number is from what is needed: `12.40 USD`, `3 units`, `5 days`."""
        if number.kind is Kind.DATE:
            return count_of(size, "day")
        if number.kind in INSTANTS:
            return format_duration(size)
        noun = COUNTED.get(number.name if isinstance(number, Term) else number.function)
        if number.kind is Kind.INTEGER and noun is not None:
            return count_of(size, *noun)
        return self.value(number.kind, size)

    # Formulas, as the rule language writes them.

    def number(self, number: Number) -> str:
        """The name of a term: `cart.subtotal`, `qty(categories has "tea")`."""
        if isinstance(number, Term):
            return number.name.removeprefix("line.")
        return f"{number.function}({shorten(self.formula(number.where))})"

    def literal(self, kind: Kind, value: int) -> str:
        """A constant inside a formula."""
        text = self.value(kind, value)
        return text.replace(" ", "T") if kind is Kind.DATETIME else text

    def formula(self, formula: Formula) -> str:
        """A formula in the rule language, for people: names of defines are gone."""
        match formula:
            case Truth(value):
                return "true" if value else "false"
            case And(items):
                return " and ".join(self.operand(item, (Or,)) for item in items)
            case Or(items):
                return " or ".join(self.operand(item, ()) for item in items)
            case Not(AnyLine(Not(where))):
                return f"all({self.formula(where)})"
            case Not(AnyLine(where)):
                return f"not any({self.formula(where)})"
            case Not(item):
                return self.negation(item)
            case AnyLine(where):
                return f"any({self.formula(where)})"
            case _:
                return self.leaf(formula)

    def operand(self, formula: Formula, looser: tuple[type, ...]) -> str:
        """One side of `and` or `or`, in parentheses where it binds less."""
        text = self.formula(formula)
        return f"({text})" if isinstance(formula, looser) else text

    def negation(self, item: Formula) -> str:
        """The exact negation of a formula, as people write it."""
        match item:
            case Compare(((1, _),), "==") | Same():
                return self.leaf(item).replace(" == ", " != ", 1)
            case Member(term, (one,)):
                return f"{self.number(term)} != {quote(one)}"
            case Member(term, values):
                return f"{self.number(term)} not in {quote_list(values)}"
            case And() | Or():
                return f"not ({self.formula(item)})"
            case _:
                return f"not {self.formula(item)}"

    def leaf(self, leaf: Compare | Member | Same | Has | StartsWith | Flag) -> str:
        """A comparison or a test of text."""
        match leaf:
            case Compare():
                return self.comparison(leaf)
            case Member(term, (one,)):
                return f"{self.number(term)} == {quote(one)}"
            case Member(term, values):
                return f"{self.number(term)} in {quote_list(values)}"
            case Same(left, right):
                return f"{self.number(left)} == {self.number(right)}"
            case Has(term, (one,)):
                return f"{self.number(term)} has {quote(one)}"
            case Has(term, values, every):
                word = "all" if every else "any"
                return f"{self.number(term)} has {word} {quote_list(values)}"
            case StartsWith(term, prefix):
                return f"{self.number(term)} starts_with {quote(prefix)}"
            case Flag(term, expected):
                return self.number(term) if expected else f"{self.number(term)} == false"

    def comparison(self, compare: Compare) -> str:
        """A comparison with what is added on the left and what is taken away on the right."""
        sign = 1 if any(factor > 0 for factor, _ in compare.terms) else -1
        op = compare.op if sign > 0 else FLIPPED[compare.op]
        pairs = [(sign * factor, number) for factor, number in compare.terms]
        left = [self.multiple(factor, number) for factor, number in pairs if factor > 0]
        right = [self.multiple(-factor, number) for factor, number in pairs if factor < 0]
        bound = sign * compare.bound
        if len(pairs) == 1:
            right = [self.literal(pairs[0][1].kind, bound)]
        elif bound > 0 or not right:
            right.append(self.step(pairs[0][1].kind, bound))
        elif bound < 0:
            left.append(self.step(pairs[0][1].kind, -bound))
        return f"{' + '.join(left)} {op} {' + '.join(right)}"

    def multiple(self, factor: int, number: Number) -> str:
        """A term times its factor."""
        return self.number(number) if factor == 1 else f"{self.number(number)} * {factor}"

    def step(self, kind: Kind, size: int) -> str:
        """A constant added to terms of a kind: days to a date, a duration to an instant."""
        if kind is Kind.DATE:
            return count_of(size, "day")
        return format_duration(size) if kind in INSTANTS else self.value(kind, size)


def clock_of(local: datetime) -> str:
    """What a clock shows, to the minute unless there is more."""
    return format_time(((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000)


def quote(text: str) -> str:
    """A text constant, as the rule language writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quote_list(texts: Iterable[str]) -> str:
    """A list of text constants."""
    return f"[{', '.join(quote(text) for text in texts)}]"
