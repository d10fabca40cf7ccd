"""A cart of a test and what it asks to redeem in, the cart as checkout would send it out."""

from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, ValidationInfo

from ..expression.portions import read_points
from ..problems import Problems
from ..tree.nodes import Node, Scalar
from .carts import CartShape, plain_of
from .diagnosis import read_shape
from .quantities import loyalty_terms_of
from .register import Register
from .shape import Quantity, Shape, Word, choice_among, list_items, quote_all, scalar_of

NAMED = ("rule", "program", "issued")
# What goes with one of them only.
NEEDED = {"times": "rule", "points": "program"}
ALL_POINTS = "max"


def read_wanted(node: object, info: ValidationInfo) -> int | str:
    """Points in smallest units, or as many as can be."""
    text = scalar_of(node).text
    return text if text == ALL_POINTS else read_points(text, loyalty_terms_of(info).scale, 1)


IfShort = Annotated[str, choice_among("value of `if_short`", ("clip", "reject"))]


class RequestShape(Shape):
    """One item of `redeem`."""

    noun: ClassVar[str] = "a redemption"
    sample: ClassVar[str] = "redeem: [{rule: two-off, times: 3}]"

    rule: Word | None = None
    program: Word | None = None
    issued: Word | None = None
    times: Quantity | None = None
    points: Annotated[int | str, PlainValidator(read_wanted)] | None = None
    if_short: IfShort | None = None


class RequestBuilder:
    """Makes the requests of carts in tests."""

    def __init__(self, register: Register, problems: Problems) -> None:
        self.register = register
        self.problems = problems

    def build(self, key: Scalar, node: Node) -> list[dict[str, Any]]:
        """The value of `redeem` as JSON-like data."""
        built = (self.build_request(key, item) for item in list_items(node))
        return [request for request in built if request is not None]

    def build_request(self, key: Scalar, node: Node) -> dict[str, Any] | None:
        """One request; None when problems were added instead."""
        terms = self.register.terms_of(node)
        shape = read_shape(RequestShape, key, node, terms, self.problems)
        if shape is None:
            return None
        written = [name for name in NAMED if name in shape.node.keys]
        if len(written) != 1:
            place = shape.node.keys[written[1]].span if written else shape.node.span
            keys = quote_all(NAMED)
            self.problems.add("R305", place, owner=RequestShape.noun, keys=keys)
            return None
        (named,) = written
        name = scalar_of(shape.node.values[named])
        if named != "issued":
            self.register.is_known("burning rule" if named == "rule" else named, name)
        for option, needed in NEEDED.items():
            if option in shape.node.keys and named != needed:
                words = {"key": option, "action": f"a redemption by `{named}`"}
                help = f"it goes with `{needed}`"
                self.problems.add("R304", shape.node.keys[option].span, help=help, **words)
        if named == "program" and shape.points is None:
            place = shape.node.keys[named].span
            owner = "a redemption by `program`"
            self.problems.add(
                "R204", place, owner=owner, key="points", help="say how many, or `max`"
            )
        return plain_of(shape)


class CartBuilder:
    """Makes the carts of tests."""

    def __init__(self, currency: str, register: Register, problems: Problems) -> None:
        self.currency = currency
        self.requests = RequestBuilder(register, problems)
        self.problems = problems

    def build(self, shape: CartShape, name: str) -> dict[str, Any]:
        """The cart as JSON-like data; without an id it has the name of its test."""
        if shape.currency is not None and self.currency not in ("", shape.currency):
            span = shape.node.values["currency"].span
            words = {"found": shape.currency, "currency": self.currency}
            self.problems.add("R405", span, help="delete it: it is that of the rule set", **words)
        cart = plain_of(shape, frozenset(("redeem",)))
        cart.setdefault("id", name)
        cart.setdefault("currency", self.currency)
        if shape.redeem is not None:
            cart["redeem"] = self.requests.build(shape.node.keys["redeem"], shape.redeem)
        return cart
