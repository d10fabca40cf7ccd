"""What pydantic collected about a node in, problems at their places out."""

from collections.abc import Sequence as Path
from typing import Any, TypeVar, cast, get_args

from pydantic import ValidationError

from .literals import LiteralError
from .nodes import Mapping, Node, Scalar, Sequence
from .problems import Problems
from .shape import Refused, Shape, Terms, choice_help
from .source import Span

ShapeT = TypeVar("ShapeT", bound=Shape)


def read_shape(
    shape: type[ShapeT], key: Scalar, node: Node, terms: Terms | None, problems: Problems
) -> ShapeT | None:
    """The value of `key` in its shape; None when problems were added instead."""
    try:
        return shape.model_validate(node, context=terms)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            report_detail(shape, key, node, cast(dict[str, Any], detail), problems)
        return None


def report_detail(
    shape: type[Shape], key: Scalar, node: Node, detail: dict[str, Any], problems: Problems
) -> None:
    """Add the problem of one thing that pydantic found wrong below `node`."""
    path: Path[int | str] = detail["loc"]
    kind = detail["type"]
    if kind == "missing":
        holder = place_of(key, node, path[:-1])
        owner = shape_at(shape, path[:-1]).noun
        problems.add("R204", holder, owner=owner, key=path[-1])
    elif kind == "extra_forbidden":
        parent = node_at(node, path[:-1])
        assert isinstance(parent, Mapping)
        name = str(path[-1])
        inner = shape_at(shape, path[:-1])
        help = choice_help(name, keys_of(inner))
        problems.add("R203", parent.keys[name].span, key=name, owner=inner.noun, help=help)
    else:
        report_refusal(detail["ctx"]["error"], place_of(key, node, path), detail["input"], problems)


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
