"""The shape a mapping of a rule file must have, as pydantic models, and readers of single values.

A `Shape` validates a `Mapping` node: pydantic walks keys, lists and nested shapes, the readers
below turn scalars into the integers and words of `kinds`. Readers refuse with `LiteralError` or
`Refused`; `diagnosis` turns what pydantic collects into problems at the right places. The node
itself stays at hand as `node`, for whoever has more to say about its keys.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    model_validator,
)

from ..expression import literals
from ..kinds import QUANTITY_MAX
from ..problems import did_you_mean
from ..ruleset import Window
from ..source import Span
from ..tree.nodes import Mapping, Node, Scalar, Sequence

# Keys of other systems, and what is written here for them.
KEYS_MEANT = {
    "condition": "when",
    "conditions": "when",
    "if": "when",
    "action": "then",
    "actions": "then",
}
SHOWN_MAX = 5  # items of an author's list in a message
COUNT_MAX = 10**12  # counters and limits on them
PRIORITY_MAX = 10**9
NODE_KEY: Final = "\0"  # no key of a file can be this: the reader refuses the character


@dataclass(frozen=True, slots=True)
class Terms:
    """What the amounts and times of a rule set are read by."""

    currency: str
    exponent: int
    zone: ZoneInfo


# Rule sets say the same numbers and times over and over again.
read_integer = lru_cache(maxsize=4096)(literals.read_integer)
read_money = lru_cache(maxsize=4096)(literals.read_money)
read_percent = lru_cache(maxsize=4096)(literals.read_percent)


class Refused(ValueError):
    """A value that cannot be read: a problem's code, its words and help, maybe a nearer place."""

    def __init__(self, code: str, span: Span | None = None, *, help: str = "", **words: object):
        self.code = code
        self.span = span
        self.help = help
        self.words = words
        super().__init__(f"{code} {words}")


def noun_of(node: object) -> str:
    """What a node is, in a rule author's words."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return "a text"


def scalar_of(node: object) -> Scalar:
    """The node as a text that is not absent."""
    if not isinstance(node, Scalar):
        raise Refused("R205", expected="a single value", found=noun_of(node))
    if node.is_empty:
        raise Refused("R207", help="write one, or delete the key")
    return node


def read_text(node: object) -> str:
    """Any text, also an empty one in quotes."""
    return scalar_of(node).text


def read_word(node: object) -> str:
    """A text that is not empty."""
    text = scalar_of(node).text
    if not text.strip():
        raise Refused("R216", help="write a text, or delete the key")
    return text


def read_coupon(node: object) -> str:
    """The one code that a promotion asks for."""
    if isinstance(node, Sequence):
        codes = [item.text for item in node.items if isinstance(item, Scalar)]
        help = f"write `coupons: [{', '.join(codes[:SHOWN_MAX])}]`"
        raise Refused("R205", help=help, expected="a single value", found=noun_of(node))
    return read_word(node)


def read_node(node: object) -> Node:
    """Any node that is not absent; whoever asks for it reads it."""
    if isinstance(node, Sequence | Mapping):
        return node
    return scalar_of(node)


def read_expression(node: object) -> Scalar:
    """The text of an expression, with nothing of it lost in a comment."""
    scalar = scalar_of(node)
    refuse_comment(scalar)
    return scalar


def refuse_comment(scalar: Scalar) -> None:
    """Raise `Refused` when a comment follows an expression without quotes.

    YAML takes everything from ` #` on for a comment, so that a part of the expression could be
    lost in it unseen.
    """
    span = scalar.comment_after()
    if span is not None:
        raise Refused("R013", span, help="quote the expression, or move the comment")


def read_bool(node: object) -> bool:
    """`true` or `false`."""
    text = scalar_of(node).text
    if text not in ("true", "false"):
        raise Refused("R206", text=text, noun="truth value", help="write `true` or `false`")
    return text == "true"


def read_count(node: object) -> int:
    """A whole number from 0 on."""
    return read_integer(scalar_of(node).text, 0, COUNT_MAX)


def read_quantity(node: object) -> int:
    """A number of units, at least 1."""
    return read_integer(scalar_of(node).text, 1, QUANTITY_MAX)


def read_priority(node: object) -> int:
    """A whole number; lower goes first."""
    return read_integer(scalar_of(node).text, -PRIORITY_MAX, PRIORITY_MAX)


def read_share(node: object) -> int:
    """A percentage, in parts per million."""
    return read_percent(scalar_of(node).text)


def read_amount(node: object, info: ValidationInfo) -> int:
    """An amount of money, in minor units."""
    terms = terms_of(info)
    return read_money(scalar_of(node).text, terms.currency, terms.exponent)


def terms_of(info: ValidationInfo) -> Terms:
    """The terms that a shape is validated with."""
    terms = info.context
    assert isinstance(terms, Terms)
    return terms


def read_active(node: object, info: ValidationInfo) -> Window:
    """A stretch of time."""
    if isinstance(node, Sequence | Mapping):
        help = "write `active: 2026-06-01..2026-08-31`"
        raise Refused("R205", help=help, expected="a single value", found=noun_of(node))
    return window_of(scalar_of(node).text, terms_of(info).zone)


@lru_cache(maxsize=4096)
def window_of(text: str, zone: ZoneInfo) -> Window:
    """The stretch of time that a text is: one object for all who write the same."""
    return Window(*literals.read_window(text, zone))


# Readers to which nothing counts but the text of a scalar, and the terms.
BY_TEXT: set[Callable[..., object]] = {
    read_bool,
    read_count,
    read_quantity,
    read_priority,
    read_share,
    read_amount,
    read_active,
}

T = TypeVar("T")
EnumT = TypeVar("EnumT", bound=Enum)


def choice_of(noun: str, meanings: dict[str, T]) -> Callable[[object], T]:
    """A reader of one word out of a few."""
    known = [word for word in meanings if not word.isdigit()]

    def read_choice(node: object) -> T:
        text = scalar_of(node).text
        if text not in meanings:
            raise Refused("R206", text=text, noun=noun, help=choice_help(text, known))
        return meanings[text]

    BY_TEXT.add(read_choice)
    return read_choice


def choice_among(noun: str, words: Iterable[str]) -> PlainValidator:
    """Reads one word out of a few as itself."""
    return PlainValidator(choice_of(noun, {word: word for word in words}))


def words_of(kind: type[EnumT]) -> dict[str, EnumT]:
    """The members of a text enumeration by their words."""
    return {member.value: member for member in kind}


def choice_help(text: str, known: list[str]) -> str:
    """The word that was meant, or all the words there are."""
    return did_you_mean(text, known) or list_words(known)


def list_words(known: list[str]) -> str:
    """A help sentence with the words that may stand in a place."""
    return f"write {quote_all(known, 'or')}"


def keys_help(name: str, known: list[str]) -> str:
    """The key that was meant, or all the keys there are."""
    if KEYS_MEANT.get(name) in known:
        return f"write `{KEYS_MEANT[name]}`"
    noun = "keys here are" if known[1:] else "key here is"
    return did_you_mean(name, known) or f"the {noun} {quote_all(known)}"


def quote_all(words: Iterable[str], last: str = "and") -> str:
    """Words in backticks, as a list in a sentence.

    >>> quote_all(["a", "b", "c"], "or")
    '`a`, `b` or `c`'
    """
    quoted = [f"`{word}`" for word in words]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def list_items(node: object) -> list[Node]:
    """The items of a list; one value alone is a list of one."""
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Mapping):
        return [node]
    return [scalar_of(node)]


def list_some(node: object) -> list[Node]:
    """The items of a list that must have one."""
    items = list_items(node)
    if not items:
        raise Refused("R214", help="write an item, or delete the key")
    return items


def read_mapping(node: object) -> Mapping:
    """A mapping whose entries somebody else reads."""
    if not isinstance(node, Mapping):
        raise Refused("R205", expected="a mapping", found=noun_of(node))
    return node


def list_entries(node: object) -> dict[str, Node]:
    """The values of a mapping by their keys."""
    return read_mapping(node).values


Text = Annotated[str, PlainValidator(read_text)]
Word = Annotated[str, PlainValidator(read_word)]
Coupon = Annotated[str, PlainValidator(read_coupon)]
Words = Annotated[list[Word], BeforeValidator(list_items)]
SomeWords = Annotated[list[Word], BeforeValidator(list_some)]
AnyNode = Annotated[Any, PlainValidator(read_node)]
AnyMapping = Annotated[Mapping, PlainValidator(read_mapping)]
Expression = Annotated[Scalar, PlainValidator(read_expression)]
Bool = Annotated[bool, PlainValidator(read_bool)]
Count = Annotated[int, PlainValidator(read_count)]
Quantity = Annotated[int, PlainValidator(read_quantity)]
Priority = Annotated[int, PlainValidator(read_priority)]
Percent = Annotated[int, PlainValidator(read_share)]
Amount = Annotated[int, PlainValidator(read_amount)]
Active = Annotated[Window, PlainValidator(read_active)]


class Shape(BaseModel):
    """A mapping with known keys.

    `noun` is what it is called in messages, `sample` is shown to those who wrote something else.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )
    noun: ClassVar[str] = "a mapping"
    sample: ClassVar[str] = ""

    node: Mapping = Field(alias=NODE_KEY, exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def unpack(cls, node: object) -> dict[str, object]:
        """The entries of the node, and the node itself under a key of its own."""
        if isinstance(node, Mapping):
            return {**node.values, NODE_KEY: node}  # an escaped one in the file is reported already
        if isinstance(node, Scalar) and node.is_empty:
            raise Refused("R207", help="write its keys below, or `{}`")
        help = f"write `{cls.sample}`" if cls.sample else ""
        expected = f"{cls.noun} with `key: value`"
        raise Refused("R205", help=help, expected=expected, found=noun_of(node))
