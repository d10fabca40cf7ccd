"""The section `ruleset` in, what holds for the whole rule set out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ..expression.literals import LiteralError
from ..formula import Value
from ..kinds import Basis, Kind, Rounding
from ..problems import Problems
from ..ruleset import Attribute
from ..tree.nodes import Mapping as MappingNode
from ..tree.nodes import Node, Scalar
from .constants import read_constant
from .diagnosis import read_shape, report_refusal
from .document import AttributeShape, RulesetShape
from .sections import Entry
from .shape import Refused, Terms

ATTRIBUTE = re.compile(r"(cart|customer|line|event)\.attributes\.[^\W\d]\w*")
DEFAULT_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every promotion of a rule set. Amounts in minor units."""

    terms: Terms
    rounding: Rounding = Rounding.HALF_UP
    line_floor_minor: int = 0
    max_promotions: int | None = None
    basis: Basis = Basis.ADDITIVE
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def read_settings(entry: Entry | None, problems: Problems) -> Settings:
    """The settings of a rule set, defaults where it says nothing or something wrong."""
    zone = ZoneInfo("UTC")
    if entry is None or is_absent(entry.node):
        return Settings(Terms(DEFAULT_CURRENCY, 2, zone))
    shape = read_partly(RulesetShape, entry.key, entry.node, problems)
    if shape is None:
        return Settings(Terms(DEFAULT_CURRENCY, 2, zone))
    currency, exponent = shape.currency or guess_currency(entry.node)
    terms = Terms(currency, exponent, shape.timezone or zone)
    floor: Value | None = 0
    if shape.line_floor is not None:
        key = shape.node.keys["line_floor"]
        floor = read_value(Kind.MONEY, key, shape.line_floor, terms, problems)
    return Settings(
        terms,
        shape.rounding,
        floor if isinstance(floor, int) else 0,
        shape.max_promotions,
        shape.basis,
        read_attributes(shape.attributes, terms, problems),
    )


def is_absent(node: Node | None) -> bool:
    """Whether nothing is written."""
    return node is None or (isinstance(node, Scalar) and node.is_empty)


def read_partly(
    shape: type[RulesetShape], key: Scalar, node: Node, problems: Problems
) -> RulesetShape | None:
    """The section without the keys that are wrong, which are reported.

    The others still say how amounts, times and attributes elsewhere are read; without them there
    would be a problem at each of those.
    """
    known = len(problems.found)
    whole = read_shape(shape, key, node, None, problems)
    if whole is not None or not isinstance(node, MappingNode):
        return whole
    spans = [problem.span for problem in problems.found[known:]]
    rest = MappingNode(node.source, node.start, node.end, node.is_flow)
    for name, value in node.values.items():
        start, end = node.keys[name].start, max(node.keys[name].end, value.end)
        if not any(start <= span.start < end for span in spans):
            rest.keys[name] = node.keys[name]
            rest.values[name] = value
    return read_shape(shape, key, rest, None, problems)


def guess_currency(node: Node) -> tuple[str, int]:
    """The currency of a section that names none; empty when it names one that is not known."""
    if isinstance(node, MappingNode) and {"currency", "<<"} & {*node.keys, *node.lost}:
        return "", 2
    return DEFAULT_CURRENCY, 2


def read_attributes(node: Node | None, terms: Terms, problems: Problems) -> dict[str, Attribute]:
    """The declared attributes by full name."""
    attributes: dict[str, Attribute] = {}
    if not isinstance(node, MappingNode):
        return attributes
    for key, value in node.entries:
        if not ATTRIBUTE.fullmatch(key.text):
            owners = "of a `line`, `customer`, `cart` or `event`"
            help = f"write it like `line.attributes.colour`; it is {owners}"
            problems.add("R215", key.span, name=key.text, help=help)
        shape = read_shape(AttributeShape, key, value, terms, problems)
        if shape is not None:
            default: Value | None = None
            if shape.default is not None:
                place = shape.node.keys["default"]
                default = read_value(shape.type, place, shape.default, terms, problems)
            attributes[key.text] = Attribute(shape.type, default)
    return attributes


def read_value(
    kind: Kind, key: Scalar, node: Node, terms: Terms, problems: Problems
) -> Value | None:
    """A constant of a kind; None when it is none, which is then reported."""
    try:
        return read_constant(kind, node, terms)
    except (LiteralError, Refused) as error:
        report_refusal(error, key.span, node, problems)
        return None
