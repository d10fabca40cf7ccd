"""The face of the quick reader."""

from ..source import Source
from .nodes import Node

def read_quickly(source: Source) -> Node | None:
    """The root node of a file, or None when it is left to the whole of YAML to read it."""
