"""The sections of a rule set in, the place of any of its keys out."""

from ..document.sections import Entry, Sections
from ..source import Span
from ..tree.nodes import Mapping, Node, Scalar, Sequence


class Places:
    """Where the entries of a rule set stand, and the keys in them."""

    def __init__(self, sections: Sections) -> None:
        self.sections = sections

    def entries(self, section: str) -> dict[str, Entry]:
        """The entries of a section with names."""
        entries: dict[str, Entry] = getattr(self.sections, section)
        return entries

    def value_at(self, section: str, name: str, *path: str) -> Node | None:
        """What is written at the end of a path of keys, None when nothing is."""
        node: Node | None = self.entries(section)[name].node
        for part in path:
            node = node.get(part) if isinstance(node, Mapping) else None
        return node

    def span_of(self, section: str, name: str, *path: str) -> Span:
        """The value at the end of a path of keys, its key when it is no single text.

        Behind the key of a list, an item of it can be named by its text.
        What is not written, because it has a default, has the place of what it would stand in.
        """
        key, node = self.entries(section)[name]
        span = key.span
        for part in path:
            if isinstance(node, Sequence):
                items = [one for one in node.items if isinstance(one, Scalar)]
                return next((one.span for one in items if one.text == part), span)
            value = node.get(part) if isinstance(node, Mapping) else None
            if not isinstance(node, Mapping) or value is None:
                break
            is_text = isinstance(value, Scalar) and not value.is_empty
            span = value.span if is_text else node.keys[part].span
            node = value
        return span
