"""A checked rule set in, the name of its meaning out.

Two rule sets with the same fingerprint give every cart the same result, byte for byte. It is made
from the checked data, so that comments, the order of keys and files and the spelling of equal
constants cannot change it; names and descriptions for people are left out. The text of a condition
counts where a warning may quote it: only there can the name of a definition change anything.

    Stacking(mode=LAST, ...)  ->  Stacking["last","cart",null,[],null]
"""

from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from .formula import Aggregate, Compare, Member
from .loyalty import NO_LOYALTY
from .ruleset import Condition, Ruleset

# What does not change what a cart is worth, by the name of the dataclass.
LEFT_OUT = {
    "Ruleset": ("cases", "hash"),
    "Promotion": ("name", "description"),
    "Program": ("name", "description"),
    "PointsCurrency": ("name", "symbol"),
    "EarningRule": ("name", "description"),
    "BurningRule": ("name", "description"),
    "Campaign": ("name", "description"),
    "StampCard": ("name",),
}

SHORT = 64  # characters

Getter = Callable[[object], tuple[object, ...]]


def fingerprint(ruleset: Ruleset) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return "sha256:" + sha256(Writer().write(ruleset).encode()).hexdigest()


class Writer:
    """Writes checked data as one canonical text. Parts that are shared are written once."""

    def __init__(self) -> None:
        self.getters: dict[type, Getter] = {}
        # By identity: the rule set keeps every part alive, and holds many parts in many places.
        self.written: dict[int, str] = {id(None): "null"}
        self.writers: dict[type, Callable[[Any], str]] = {
            int: str,
            tuple: self.write_tuple,
            frozenset: self.write_set,
            dict: self.write_entries,
            Compare: self.write_compare,
            Member: self.write_member,
            Aggregate: self.write_aggregate,
            Condition: self.write_condition,
        }

    def write(self, part: object) -> str:
        """The text of a value, a collection or a dataclass."""
        known = self.written.get(id(part))
        if known is None:
            kind = type(part)
            if kind is str:
                return encode_basestring(part)  # type: ignore[arg-type]
            known = (self.writers.get(kind) or self.writer_of(part))(part)
            self.written[id(part)] = known = shorten(known)
        return known

    def writer_of(self, part: object) -> Callable[[Any], str]:
        """What writes a part of a type that is met for the first time."""
        writer: Callable[[Any], str] = self.write_fields
        if isinstance(part, str):  # an enumeration
            writer = encode_basestring
        elif isinstance(part, int):
            writer = write_number
        self.writers[type(part)] = writer
        return writer

    def write_tuple(self, part: tuple[object, ...]) -> str:
        """The texts of some parts in their order."""
        return f"[{','.join(map(self.write, part))}]"

    def write_set(self, part: frozenset[object]) -> str:
        """The texts of some parts, sorted."""
        return f"[{','.join(sorted(map(self.write, part)))}]"

    def write_entries(self, part: dict[object, object]) -> str:
        """The texts of keys and values, sorted."""
        entries = (f"{self.write(key)}:{self.write(value)}" for key, value in part.items())
        return f"{{{','.join(sorted(entries))}}}"

    # The most common dataclasses, as `write_fields` would write them.

    def write_member(self, part: Member) -> str:
        """The text of a question whether a text is one of some."""
        values = shorten(f"[{','.join(map(encode_basestring, part.values))}]")
        return f"Member[{self.write(part.term)},{values}]"

    def write_aggregate(self, part: Aggregate) -> str:
        """The text of a number over lines."""
        where, kind, fallback = map(self.write, (part.where, part.kind, part.fallback))
        return f'Aggregate["{part.function}",{where},{kind},{fallback}]'

    def write_condition(self, part: Condition) -> str:
        """What counts of a condition: its text only when it can stand in a warning."""
        text = encode_basestring(part.text) if part.is_soft else "null"
        return f"Condition[{self.write(part.formula)},{int(part.is_soft)},{text}]"

    def write_compare(self, part: Compare) -> str:
        """The text of a comparison of numbers."""
        pairs = [shorten(f"[{size},{self.write(term)}]") for size, term in part.terms]
        terms = shorten(f"[{','.join(pairs)}]")
        return f'Compare[{terms},"{part.op}",{part.bound}]'

    def write_fields(self, part: object) -> str:
        """The text of a dataclass: its name, which tells `And` from `Or`, and its fields."""
        kind = type(part)
        getter = self.getters.get(kind)
        if getter is None:
            getter = self.getters[kind] = getter_of(part)
        known, write = self.written.get, self.write
        texts = [known(id(field)) or write(field) for field in getter(part)]
        return f"{kind.__name__}[{','.join(texts)}]"


def write_number(part: int) -> str:
    """The text of a truth value or of an enumeration of integers."""
    return str(int(part))


def shorten(text: str) -> str:
    """A text, or its digest when that is shorter: what many parts share is not repeated in each."""
    return text if len(text) <= SHORT else f"#{sha256(text.encode()).hexdigest()}"


def getter_of(part: Any) -> Getter:
    """Reads the fields that count of dataclasses like this one."""
    left_out: tuple[str, ...] = LEFT_OUT.get(type(part).__name__, ())
    if isinstance(part, Ruleset) and part.loyalty == NO_LOYALTY:
        left_out += ("loyalty",)  # the names of rule sets without it are older than it is
    names = [field.name for field in fields(part) if field.name not in left_out]
    if len(names) == 1:  # then attrgetter would give the value bare
        return lambda part: (getattr(part, names[0]),)
    return attrgetter(*names)
