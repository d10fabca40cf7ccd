"""The face of the makers of dataclasses."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Made = TypeVar("Made")
Given = ParamSpec("Given")

def maker_of(kind: Callable[Given, Made]) -> Callable[Given, Made]:
    """What makes instances of a frozen dataclass with slots, and is called as the class is."""
