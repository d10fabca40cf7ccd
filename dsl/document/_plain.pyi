"""The face of the quick reading of shapes."""

from typing import TypeVar

from ..tree.nodes import Node
from .shape import Shape, Terms

ShapeT = TypeVar("ShapeT", bound=Shape)

def has_recipe(shape: type[Shape]) -> bool:
    """Whether nodes of a shape can be read here at all."""

def read_plainly(shape: type[ShapeT], node: Node, terms: Terms | None) -> ShapeT | None:
    """The value of a node in its shape, or None when it is left to pydantic to say."""
