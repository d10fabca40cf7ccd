"""The nodes of a file in, the same tree with every comment beside what it speaks of out.

Nodes know nothing of comments; whoever lays a file out anew must not lose one. An outline has an
`Entry` for every `key: value` and every item of a list, and a `Group` for every mapping or list.
`outline_of` makes it, `layout` reads it. A comment is found where the source has a `#` outside all
scalars, and goes to one place:

    # before the entry `a`: alone on its line, no deeper than the entry below it
    a:          # beside the entry `a`: behind something on its line
      b: 1
      # after the group of `b`: alone on its line, deeper than what follows
    c: 2
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..tree.nodes import Mapping, Node, Scalar, Sequence

REMARK = re.compile(r"#[^\r\n]*")


@dataclass(slots=True, eq=False)
class Comment:
    """A comment from its `#` on; `has_gap` tells of an empty line above it."""

    text: str
    has_gap: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, or an item of a list (then `key` is None), and its comments."""

    key: Scalar | None
    value: "Scalar | Group"
    home: "Group"
    start: int
    before: list[Comment] = field(default_factory=list)
    beside: list[Comment] = field(default_factory=list)
    has_gap: bool = False  # an empty line right above it


@dataclass(slots=True, eq=False)
class Group:
    """A mapping or a list. `column` (from 1) is where its keys or dashes stand."""

    node: Mapping | Sequence
    column: int
    holder: Entry | None
    entries: list[Entry] = field(default_factory=list)
    after: list[Comment] = field(default_factory=list)

    @property
    def has_comments(self) -> bool:
        """Whether a comment stands anywhere inside."""
        return bool(self.after) or any(
            entry.before
            or entry.beside
            or (isinstance(entry.value, Group) and entry.value.has_comments)
            for entry in self.entries
        )


def outline_of(root: Mapping | Sequence) -> Group:
    """The outline of a whole file."""
    group = build_group(root, None)
    Commentator(group).place_comments()
    return group


def build_group(node: Mapping | Sequence, holder: Entry | None) -> Group:
    """The group of a mapping or a list, with everything inside."""
    source = node.source
    group = Group(node, source.position(node.start)[1], holder)
    pairs: list[tuple[Scalar | None, Node]]
    if isinstance(node, Mapping):
        pairs = [(key, value) for key, value in node.entries]
    else:
        pairs = [(None, item) for item in node.items]
    for key, value in pairs:
        start = value.start if key is None else key.start
        entry = Entry(key, Scalar("", source, start, start), group, start)
        entry.has_gap = is_below_gap(node, start)
        entry.value = value if isinstance(value, Scalar) else build_group(value, entry)
        group.entries.append(entry)
    return group


def is_below_gap(node: Node, offset: int) -> bool:
    """Whether the line above the one of an offset is empty."""
    row = node.source.position(offset)[0]
    return row > 1 and not node.source.line(row - 1).strip()


def walk(group: Group) -> Iterator[Entry]:
    """Every entry below a group, in the order of the file."""
    for entry in group.entries:
        yield entry
        if isinstance(entry.value, Group):
            yield from walk(entry.value)


class Commentator:
    """Finds the comments of one file and gives each to its entry or group."""

    def __init__(self, root: Group) -> None:
        self.root = root
        self.source = root.node.source
        self.entries = list(walk(root))
        self.starts = [entry.start for entry in self.entries]
        # Where something ends that a comment may stand behind, and whose comment it is then.
        self.ends: list[tuple[int, Entry]] = sorted(self.list_ends(), key=lambda end: end[0])
        self.end_offsets = [offset for offset, _ in self.ends]

    def list_ends(self) -> Iterator[tuple[int, Entry]]:
        """The ends of keys, scalars and brackets, with their entries."""
        for entry in self.entries:
            if entry.key is not None:
                yield entry.key.end, entry
            value = entry.value
            if isinstance(value, Scalar):
                if not value.is_empty:
                    is_block = value.style in ("|", ">")  # then what counts is its first line
                    yield value.start + 1 if is_block else value.end, entry
            elif value.node.is_flow:
                yield value.node.start + 1, entry
                yield value.node.end, entry

    def place_comments(self) -> None:
        """Give every comment of the file to an entry or a group."""
        for offset, text in self.find_comments():
            row, column = self.source.position(offset)
            comment = Comment(text.rstrip(), is_below_gap(self.root.node, offset))
            is_alone = not self.source.line(row)[: column - 1].strip(" \t\ufeff")
            if is_alone:
                self.place_alone(comment, offset, column)
            else:
                self.place_beside(comment, offset, row)

    def find_comments(self) -> Iterator[tuple[int, str]]:
        """The offset and text of every comment: what begins with `#` outside all scalars."""
        text, at = self.source.text, 0
        for scalar in self.list_scalars():
            for match in REMARK.finditer(text, at, scalar.start):
                yield match.start(), match[0]
            at = scalar.end
            if scalar.style in ("|", ">"):
                header_end = text.find("\n", scalar.start, scalar.end)
                remark = REMARK.search(text, scalar.start, max(header_end, scalar.start))
                if remark is not None:
                    yield remark.start(), remark[0]
        for match in REMARK.finditer(text, at):
            yield match.start(), match[0]

    def list_scalars(self) -> Iterator[Scalar]:
        """Every key and scalar of the file that takes room, in order."""
        for entry in self.entries:
            if entry.key is not None:
                yield entry.key
            if isinstance(entry.value, Scalar) and not entry.value.is_empty:
                yield entry.value

    def place_beside(self, comment: Comment, offset: int, row: int) -> None:
        """A comment behind something: it goes to the entry of what ends last before it."""
        index = bisect_right(self.end_offsets, offset) - 1
        if index >= 0 and self.source.position(self.ends[index][0])[0] == row:
            self.ends[index][1].beside.append(comment)
            return
        following = self.entry_after(offset)  # behind a lone `-` or `---`
        place = following.before if following is not None else self.root.after
        place.append(comment)

    def place_alone(self, comment: Comment, offset: int, column: int) -> None:
        """A comment on a line of its own: above what follows, or at the end of a deeper group."""
        last = self.entry_before(offset)
        following = self.entry_after(offset)
        if last is not None and self.waits_for_value(last, offset):
            last.before.append(comment)
            return
        flow = self.flow_around(last, offset)
        if flow is not None:
            is_inside = following is not None and following.start < flow.node.end
            place = following.before if following is not None and is_inside else flow.after
        elif following is None:
            place = self.group_at(last, column, 0).after
        elif column <= following.home.column:
            place = following.before
        else:
            group = self.group_at(last, column, following.home.column)
            place = following.before if group is self.root else group.after
        place.append(comment)

    def entry_before(self, offset: int) -> Entry | None:
        """The last entry that begins before an offset."""
        index = bisect_left(self.starts, offset)
        return self.entries[index - 1] if index else None

    def entry_after(self, offset: int) -> Entry | None:
        """The first entry that begins after an offset, the outermost of those beginning there."""
        index = bisect_right(self.starts, offset)
        return self.entries[index] if index < len(self.entries) else None

    def waits_for_value(self, entry: Entry, offset: int) -> bool:
        """Whether an offset lies between a key and a value that has no entries to take a comment.

        A list or mapping in brackets counts too, when the comment stands before its bracket, or
        inside brackets with nothing else in them.
        """
        value = entry.value
        if isinstance(value, Scalar):
            return not value.is_empty and value.start > offset
        is_empty_around = not value.entries and value.node.start < offset < value.node.end
        return value.node.is_flow and (value.node.start > offset or is_empty_around)

    def flow_around(self, entry: Entry | None, offset: int) -> Group | None:
        """The innermost list or mapping in brackets around an offset."""
        group = entry.home if entry is not None else None
        if entry is not None and isinstance(entry.value, Group):
            group = entry.value
        while group is not None:
            if group.node.is_flow and group.node.start < offset < group.node.end:
                return group
            group = group.holder.home if group.holder is not None else None
        return None

    def group_at(self, entry: Entry | None, column: int, above: int) -> Group:
        """The deepest group that an entry stands in, deeper than `above`, at or left of `column`.

        The root when there is none.
        """
        group = entry.home if entry is not None else self.root
        while group.holder is not None:
            if not group.node.is_flow and above < group.column <= column:
                return group
            group = group.holder.home
        return self.root
