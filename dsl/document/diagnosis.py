"""What pydantic collected about a node in, problems at their places out."""

from collections.abc import Callable
from collections.abc import Sequence as Path
from typing import Any, TypeVar, cast, get_args

from pydantic import ValidationError

from ..expression.literals import LiteralError
from ..problems import Problems, suggestion
from ..source import Span
from ..tree.nodes import Mapping, Node, Scalar, Sequence
from ._plain import read_plainly
from .shape import KEYS_MEANT, Refused, Shape, Terms, keys_help

ShapeT = TypeVar("ShapeT", bound=Shape)
Value = TypeVar("Value")


def read_shape(
    shape: type[ShapeT], key: Scalar, node: Node, terms: Terms | None, problems: Problems
) -> ShapeT | None:
    """The value of `key` in its shape; None when problems were added instead."""
    value = read_plainly(shape, node, terms)
    if value is not None:
        return value
    try:
        return shape.model_validate(node, context=terms)
    except ValidationError as error:
        details = cast(list[dict[str, Any]], error.errors(include_url=False))
    meant: set[Path[int | str]] = set()
    for detail in details:
        path = detail["loc"]
        if detail["type"] == "extra_forbidden":
            meant.add((*path[:-1], report_unknown_key(shape, node, path, problems)))
        elif detail["type"] != "missing":
            place = place_of(key, node, path)
            report_refusal(detail["ctx"]["error"], place, detail["input"], problems)
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] not in meant:
            report_missing_key(shape, key, node, detail["loc"], problems)
    return None


def read_single(
    read: Callable[[Node], Value], key: Scalar, node: Node, problems: Problems
) -> Value | None:
    """The value behind `key`, read by one reader; None when a problem was added instead."""
    try:
        return read(node)
    except (LiteralError, Refused) as error:
        report_refusal(error, key.span, node, problems)
        return None


def report_unknown_key(
    shape: type[Shape], node: Node, path: Path[int | str], problems: Problems
) -> str:
    """Add the problem of a key that its shape does not know; which one may have been meant."""
    parent = node_at(node, path[:-1])
    assert isinstance(parent, Mapping)
    name = str(path[-1])
    inner = shape_at(shape, path[:-1])
    known = keys_of(inner)
    problems.add(
        "R203", parent.keys[name].span, key=name, owner=inner.noun, help=keys_help(name, known)
    )
    return KEYS_MEANT.get(name) or suggestion(name, known) or ""


def report_missing_key(
    shape: type[Shape], key: Scalar, node: Node, path: Path[int | str], problems: Problems
) -> None:
    """Add the problem of a key that must be there, unless it was and its value got lost."""
    parent = node_at(node, path[:-1])
    assert isinstance(parent, Mapping)
    if path[-1] not in parent.lost and "<<" not in parent.lost:
        owner = shape_at(shape, path[:-1]).noun
        problems.add("R204", place_of(key, node, path[:-1]), owner=owner, key=path[-1])


def report_refusal(
    error: LiteralError | Refused, holder: Span, node: object, problems: Problems
) -> None:
    """Add the problem of a value that its reader refused.

    `holder` is where the problem goes when the value itself cannot be pointed at.
    """
    if isinstance(error, LiteralError):
        assert isinstance(node, Scalar)
        span = node.span_of(error.start, error.end)
        problems.add(error.code, span, help=error.help, fix=None, **error.words)
        return
    span = error.span or holder
    if isinstance(node, Scalar) and not node.is_empty and error.span is None:
        span = node.span
    problems.add(error.code, span, help=error.help, fix=None, **error.words)


def node_at(node: Node, path: Path[int | str]) -> Node:
    """The node at the end of a path of keys and item numbers.

    A value that stands alone for a list of one has no item 0: it is the item itself.
    """
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str):
            node = node.values[part]
        elif isinstance(node, Sequence) and isinstance(part, int):
            node = node.items[part]
    return node


def place_of(key: Scalar, node: Node, path: Path[int | str]) -> Span:
    """Where to point for the node at the end of a path: its key, or itself in a list."""
    place = key.span
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str):
            place = node.keys[part].span
            node = node.values[part]
        elif isinstance(node, Sequence) and isinstance(part, int):
            node = node.items[part]
            place = node.span
    return place


def shape_at(shape: type[Shape], path: Path[int | str]) -> type[Shape]:
    """The shape of the node at the end of a path; names of entries are passed over."""
    for part in path:
        field = shape.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            shape = find_shape(field.annotation) or shape
    return shape


def find_shape(annotation: object) -> type[Shape] | None:
    """The shape inside an annotation such as `list[TierShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    inner = (find_shape(argument) for argument in get_args(annotation))
    return next((shape for shape in inner if shape is not None), None)


def keys_of(shape: type[Shape]) -> list[str]:
    """The keys that a shape knows."""
    return [field.alias or name for name, field in shape.model_fields.items() if name != "node"]
