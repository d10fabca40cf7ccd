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

from .ruleset import Condition, Ruleset

# What does not change what a cart is worth, by the name of the dataclass.
LEFT_OUT = {
    "Ruleset": ("cases", "hash"),
    "Promotion": ("name", "description"),
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
        self.written: dict[int, str] = {}

    def write(self, part: object) -> str:
        """The text of a value, a collection or a dataclass."""
        kind = type(part)
        if kind is str:
            return encode_basestring(part)  # type: ignore[arg-type]
        if kind is int:
            return str(part)
        if part is None:
            return "null"
        known = self.written.get(id(part))
        if known is None:
            known = self.written[id(part)] = shorten(self.write_part(part))
        return known

    def write_part(self, part: object) -> str:
        """The text of what may be shared."""
        if isinstance(part, str):
            return encode_basestring(part)
        if isinstance(part, int):
            return str(int(part))
        if isinstance(part, tuple):
            return f"[{','.join(map(self.write, part))}]"
        if isinstance(part, frozenset):
            return f"[{','.join(sorted(map(self.write, part)))}]"
        if isinstance(part, dict):
            entries = (f"{self.write(key)}:{self.write(value)}" for key, value in part.items())
            return f"{{{','.join(sorted(entries))}}}"
        return self.write_fields(part)

    def write_fields(self, part: object) -> str:
        """The text of a dataclass: its name, which tells `And` from `Or`, and its fields."""
        kind = type(part)
        if kind not in self.getters:
            self.getters[kind] = getter_of(part)
        return f"{kind.__name__}[{','.join(map(self.write, self.getters[kind](part)))}]"


def shorten(text: str) -> str:
    """A text, or its digest when that is shorter: what many parts share is not repeated in each."""
    return text if len(text) <= SHORT else f"#{sha256(text.encode()).hexdigest()}"


def read_condition(part: Any) -> tuple[object, ...]:
    """What counts of a condition: its text only when it can stand in a warning."""
    return (part.formula, part.is_soft, part.text if part.is_soft else None)


def getter_of(part: Any) -> Getter:
    """Reads the fields that count of dataclasses like this one."""
    if isinstance(part, Condition):
        return read_condition
    left_out = LEFT_OUT.get(type(part).__name__, ())
    names = [field.name for field in fields(part) if field.name not in left_out]
    if len(names) == 1:  # then attrgetter would give the value bare
        return lambda part: (getattr(part, names[0]),)
    return attrgetter(*names)
