"""The format of an Arrow column in, how it keeps its values out, or its name in words."""

import re
from enum import IntEnum
from typing import NamedTuple


class Form(IntEnum):
    """How a column keeps its values, as the reader tells them apart."""

    NULL = 0
    INTEGER = 1
    BOOL = 2
    TEXT = 3
    VIEW = 4
    WORDS = 5
    INSTANT = 6
    DAY = 7
    LIST = 8
    LIST_VIEW = 9
    LIST_FIXED = 10
    STRUCT = 11


class Field(NamedTuple):
    """A column as its schema describes it."""

    name: str
    format: str
    is_nullable: bool
    children: tuple["Field", ...]
    dictionary: "Field | None"


class Layout(NamedTuple):
    """A form with what belongs to it: bytes of a number, an index or an offset, and the unit."""

    form: Form
    width: int = 0
    is_signed: bool = True
    per_second: int = 0  # of an instant's unit
    has_zone: bool = False


INTEGERS = {
    letter: Layout(Form.INTEGER, width, letter.islower())
    for letters, width in (("cC", 1), ("sS", 2), ("iI", 4), ("lL", 8))
    for letter in letters
}
LAYOUTS = {
    **INTEGERS,
    "n": Layout(Form.NULL),
    "b": Layout(Form.BOOL),
    "u": Layout(Form.TEXT, 4),
    "U": Layout(Form.TEXT, 8),
    "vu": Layout(Form.VIEW, 16),
    "tdD": Layout(Form.DAY, 4),
    "tdm": Layout(Form.DAY, 8),
    "+s": Layout(Form.STRUCT),
    "+l": Layout(Form.LIST, 4),
    "+L": Layout(Form.LIST, 8),
    "+vl": Layout(Form.LIST_VIEW, 4),
    "+vL": Layout(Form.LIST_VIEW, 8),
}
UNITS = {"s": 1, "m": 10**3, "u": 10**6, "n": 10**9}
TEXTS = (Form.TEXT, Form.VIEW)
WHOLE = re.compile(r"d:\d+,0(,128)?")  # a decimal without places, as DuckDB sums whole numbers
# What people call the formats, by letter; others are shown as they are.
NAMES = {
    "n": "null",
    "b": "bool",
    "e": "float16",
    "f": "float32",
    "g": "float64",
    "z": "binary",
    "Z": "binary",
    "vz": "binary",
    "u": "text",
    "U": "text",
    "vu": "text",
    "tdD": "date",
    "tdm": "date",
    "+s": "struct",
    "+m": "map",
    "+r": "run-end encoded",
}


def layout_of(field: Field) -> Layout | None:
    """How a column keeps its values; None when no cart has such a column."""
    known = LAYOUTS.get(field.format)
    if field.dictionary is not None:
        word = LAYOUTS.get(field.dictionary.format)
        is_words = word is not None and word.form in TEXTS and field.dictionary.dictionary is None
        is_index = known is not None and known.form == Form.INTEGER
        return known._replace(form=Form.WORDS) if known and is_words and is_index else None
    if known is not None:
        return known
    kind, _, rest = field.format.partition(":")
    if kind in ("tss", "tsm", "tsu", "tsn"):
        return Layout(Form.INSTANT, 8, per_second=UNITS[kind[2]], has_zone=bool(rest))
    if kind == "+w" and rest.isascii() and rest.isdigit() and len(rest) < 9:
        return Layout(Form.LIST_FIXED, int(rest))
    if WHOLE.fullmatch(field.format):
        return Layout(Form.INTEGER, 16)
    return None


def name_of(field: Field) -> str:
    """The type of a column in words."""
    if field.dictionary is not None:
        return f"a dictionary of {name_of(field.dictionary)}"
    kind, _, rest = field.format.partition(":")
    if kind in INTEGERS:
        sign = "int" if kind.islower() else "uint"
        return f"{sign}{8 * INTEGERS[kind].width}"
    if kind in NAMES:
        return NAMES[kind]
    if kind == "d":
        return f"decimal({rest})"
    if kind.startswith("ts"):
        return f"timestamp with zone {rest}" if rest else "timestamp without zone"
    if kind.startswith(("+l", "+L", "+vl", "+vL", "+w")):
        return f"a list of {name_of(field.children[0])}" if field.children else "a list"
    return f"of Arrow format `{field.format}`"
