"""One entry of `stamp_cards` in, a checked stamp card out."""

from typing import ClassVar

from ..loyalty import StampCard
from ..problems import Problems
from .diagnosis import read_shape
from .register import Register
from .sections import Entry
from .shape import Quantity, Shape, Text, Word, scalar_of


class StampCardShape(Shape):
    """One entry of `stamp_cards`."""

    noun: ClassVar[str] = "a stamp card"
    sample: ClassVar[str] = "{program: club, size: 10, reward: free-coffee}"

    name: Text = ""
    program: Word
    size: Quantity
    reward: Word | None = None


def build_card(entry: Entry, register: Register, problems: Problems) -> StampCard | None:
    """The card of an entry; None when problems were added instead."""
    key, node = entry.key, entry.node
    shape = read_shape(StampCardShape, key, node, register.terms_of(node), problems)
    if shape is None:
        return None
    is_known = register.is_known("program", scalar_of(shape.node.values["program"]))
    if shape.reward is not None and is_known:
        reward = scalar_of(shape.node.values["reward"])
        register.is_in_program("burning rule", reward, shape.program)
    return StampCard(key.text, shape.program, shape.size, shape.reward, shape.name)
