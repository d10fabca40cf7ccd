"""A source in, one tree of nodes out: YAML in its strict subset.

PyYAML's C parser gives events, and the composer below builds the tree from them without recursion,
so that no nesting can exhaust the stack. Everything that would make a rule file mean more than
it shows is a problem: duplicate keys, anchors, merge keys, tags, several documents. Scalars stay
text, whatever they look like.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from ..problems import Problems
from ..source import Source, Span
from ._quick import read_quickly
from .breakage import breakage_of, find_cut, report_breakage, report_cut
from .nodes import Mapping, Node, Scalar, Sequence
from .quoting import find_whole, is_balanced

FILE_BYTES_MAX: Final = 10_000_000
DEPTH_MAX: Final = 64
# LIMIT: fifteen thousand promotions of the usual size. Ten million bytes made to have as many nodes
# as possible would take longer to refuse than a file may take.
NODES_MAX: Final = 500_000
TEXT_MAX: Final = 10_000  # characters of an expression, and of any other text that is looked into
SUSPECTS_MAX: Final = 1_000  # more texts than that are not looked at for having been split
PATCHED_MAX: Final = 5_000_000  # characters read again for the sake of more problems

Event = Any  # one of yaml's; those of the C parser always have their marks

# What may not stand in a file: control characters but tab and line ends, line ends that editors do
# not show as such, halves of surrogate pairs (a byte that is not UTF-8 is decoded to one) and the
# two characters that Unicode says are none.
FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
USUAL = b"\t\n\r" + bytes(range(0x20, 0x7F))  # what most files are made of
FORBIDDEN_DECODED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def read_document(source: Source, problems: Problems) -> Node | None:
    """The root node of a file, an empty mapping for an empty file; None when it cannot be read."""
    if not is_readable(source, problems):
        return None
    return read_quickly(source) or read_whole(source, problems)


def read_whole(source: Source, problems: Problems) -> Node | None:
    """The root node of a file that may have all of YAML in it."""
    patches: dict[int, Scalar] = {}
    text = source.text
    while True:
        known = len(problems.found)
        composer = Composer(source, text, patches, problems)
        try:
            return composer.compose()
        except yaml.YAMLError as error:
            breakage = breakage_of(source, composer.shift, composer.opened_at, error)
        whole = find_cut(composer.last, composer.suspects, breakage)
        if whole is None:
            report_breakage(source, breakage, composer.last, problems)
            return None
        # The file is read again as if this text had been quoted, which shows what else is wrong
        # with it; what was found up to here will then be found again.
        del problems.found[known:]
        report_cut(whole, problems)
        patches[whole.start] = whole_scalar(whole)
        text = text[: whole.start] + "x" * (whole.end - whole.start) + text[whole.end :]
        if len(text) * len(patches) > PATCHED_MAX:
            return None


def whole_scalar(whole: Span) -> Scalar:
    """The text that YAML splits as one scalar."""
    text = " ".join(whole.source.text[whole.start : whole.end].split())
    return Scalar(text, whole.source, whole.start, whole.end)


def is_readable(source: Source, problems: Problems) -> bool:
    """Whether the text is short enough and has only characters that a rule file may have."""
    text = source.text
    if len(text) * 4 > FILE_BYTES_MAX and (
        len(text) > FILE_BYTES_MAX or len(text.encode("utf-8", "surrogatepass")) > FILE_BYTES_MAX
    ):
        problems.add("R002", Span(source, 0, 0), help="split it into several files")
        return False
    if text.isascii() and not text.encode().translate(None, USUAL):
        return True
    found = FORBIDDEN.search(text)
    if found is None:
        return True
    span = Span(source, found.start(), found.end())
    character = ord(found[0])
    if 0xDC80 <= character <= 0xDCFF:
        problems.add("R005", span, byte=f"0x{character - 0xDC00:02X}", help="save it as UTF-8")
    else:
        problems.add("R004", span, name=f"U+{character:04X}", help="delete it")
    return False


class Composer:
    """Builds the tree of one source from its events: an open container, its pending key, the rest.

    `outer` holds the containers around the open one, each with the key that waits for its value.
    """

    def __init__(
        self, source: Source, text: str, patches: dict[int, Scalar], problems: Problems
    ) -> None:
        self.source = source
        self.text = text  # that of the source, but for what the patches stand for
        self.patches = patches
        self.problems = problems
        # The parser does not count a byte order mark.
        self.shift = 1 if source.text.startswith("\ufeff") else 0
        self.root: Node | None = None
        self.container: Sequence | Mapping | None = None
        self.key: Scalar | None = None
        self.outer: list[tuple[Sequence | Mapping | None, Scalar | None]] = []
        self.last: Scalar | None = None
        self.reach = 0  # where the last thing read ends: there a block ends too
        self.suspects: list[Scalar] = []  # unquoted, and open brackets or quotes inside
        self.mended: set[Scalar] = set()  # what was put together
        self.document_count = 0

    def compose(self) -> Node | None:
        """Read all events; raises yaml.YAMLError for a text that YAML cannot parse."""
        events = yaml.parse(self.text[self.shift :], Loader=yaml.CSafeLoader)
        if not self.build(events):
            return None
        if self.root is None or (isinstance(self.root, Scalar) and self.root.is_empty):
            return Mapping(self.source, 0, 0, is_flow=False)
        return self.root

    @property
    def opened_at(self) -> int | None:
        """Where the innermost open bracket stands; None outside of brackets."""
        container = self.container
        return container.start if container is not None and container.is_flow else None

    def build(self, events: Iterator[Event]) -> bool:
        """Put the events together; False when it had to stop before the end."""
        room = NODES_MAX
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                scalar = self.scalar_of(event)
                container, key = self.container, self.key
                if type(container) is Mapping and key is not None and key is not DROPPED:
                    name = key.text
                    container.keys[name] = key
                    container.values[name] = scalar
                    self.key = None
                else:
                    self.place(scalar)
                room -= 1
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.close_container(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.open_container(event)
                room -= 1
                if len(self.outer) > DEPTH_MAX:
                    self.problems.add("R003", self.span_of(event), levels=DEPTH_MAX)
                    return False
            elif kind is yaml.AliasEvent:
                self.problems.add(
                    "R007", self.span_of(event), name=event.anchor, help="write it out again"
                )
                self.place(None)
            elif kind is yaml.DocumentStartEvent and not self.start_document(event):
                return False
            if room < 0:
                self.problems.add("R015", self.span_of(event), help="split it into several files")
                return False
        return True

    def span_of(self, event: Event) -> Span:
        """The stretch of the source that made an event."""
        start = event.start_mark.index + self.shift
        return Span(self.source, start, event.end_mark.index + self.shift)

    def start_document(self, event: Event) -> bool:
        """Whether this is the first document and has no directives before it."""
        self.document_count += 1
        if self.document_count > 1:
            self.problems.add("R010", self.span_of(event), help="put it into a file of its own")
            return False
        if event.version or event.tags:
            self.problems.add("R012", self.span_of(event), help="delete the line")
            return False
        return True

    def scalar_of(self, event: Event) -> Scalar:
        """The node of a piece of text."""
        text = event.value
        style = event.style or ""
        start = event.start_mark.index + self.shift
        end = event.end_mark.index + self.shift
        scalar = Scalar(text, self.source, start, end, style)
        if self.patches:
            scalar = self.patches.get(start, scalar)
        self.last = scalar
        self.reach = end
        if event.anchor is not None or event.tag is not None:
            self.refuse_properties(event)
        if not style and ("(" in text or '"' in text):
            is_few = len(self.suspects) < SUSPECTS_MAX and len(text) < TEXT_MAX
            if is_few and not is_balanced(text):
                self.suspects.append(scalar)
        if style == '"':
            self.check_escapes(scalar)
        return scalar

    def check_escapes(self, scalar: Scalar) -> None:
        """Report a character that may not stand in a file and was written as an escape."""
        found = FORBIDDEN_DECODED.search(scalar.text)
        if found is not None:
            span = scalar.span_of(found.start(), found.end())
            name = f"U+{ord(found[0]):04X}"
            self.problems.add("R004", span, name=name, help="delete it")

    def refuse_properties(self, event: Event) -> None:
        """Report the anchor or the tag of a node."""
        start = event.start_mark.index + self.shift
        written = self.source.text[start : start + 80].split(maxsplit=1)[0]
        span = Span(self.source, start, start + len(written))
        if event.anchor is not None:
            self.problems.add("R007", span, name=event.anchor, help="write it out where it is used")
        else:
            self.problems.add("R009", span, tag=written, help="quote the text")

    def open_container(self, event: Event) -> None:
        """Begin a mapping or a sequence; its end comes with its end event."""
        if event.anchor is not None or event.tag is not None:
            self.refuse_properties(event)
        start = event.start_mark.index + self.shift
        shape = Mapping if type(event) is yaml.MappingStartEvent else Sequence
        self.outer.append((self.container, self.key))
        self.container = shape(self.source, start, start, event.flow_style is True)
        self.key = None

    def close_container(self, event: Event) -> None:
        """End the open container and place it in the one around it."""
        closed = self.container
        assert closed is not None
        if closed.is_flow:
            self.reach = event.end_mark.index + self.shift
        closed.end = self.reach
        self.container, self.key = self.outer.pop()
        self.place(self.mend(closed) if self.suspects else closed)

    def mend(self, closed: Sequence | Mapping) -> Node:
        """Report the texts that YAML split in a container, and put them together again.

        What is made of the pieces is what the author meant, so that nothing else is reported
        about them.
        """
        suspects = [scalar for scalar in self.suspects if scalar.start >= closed.start]
        self.suspects = [scalar for scalar in self.suspects if scalar.start < closed.start]
        # A pair without braces of its own may go on behind its end.
        is_fenced = self.source.text[closed.start] in "[{"
        limit = closed.end if is_fenced else len(self.source.text)
        whole_of: dict[Scalar, Scalar] = {}
        reach = 0
        for scalar in suspects:
            is_key = type(closed) is Mapping and closed.keys.get(scalar.text) is scalar
            if scalar.start < reach or not (closed.is_flow or is_key):
                continue
            whole = find_whole(scalar, limit, is_flow=closed.is_flow)
            if scalar in self.mended:
                whole_of[scalar] = scalar
            elif whole is not None:
                reach = whole.end
                report_cut(whole, self.problems)
                whole_of[scalar] = whole_scalar(whole)
                self.mended.add(whole_of[scalar])
                if is_key and not is_fenced:
                    self.suspects.append(whole_of[scalar])
                    return whole_of[scalar]
        replace_pieces(closed, whole_of)
        return closed

    def place(self, node: Node | None) -> None:
        """Put a finished node where it belongs: a key, a value, an item or the root."""
        container = self.container
        if type(container) is Mapping:
            key = self.key
            if key is None:
                self.key = self.key_of(node, container)
                return
            if node is None or key is DROPPED:
                container.lost += (key.text,)
            else:
                container.keys[key.text] = key
                container.values[key.text] = node
            self.key = None
        elif container is None:
            self.root = node
        elif node is not None:
            assert type(container) is Sequence
            container.items.append(node)

    def key_of(self, node: Node | None, mapping: Mapping) -> Scalar:
        """The node as a key of the mapping; one that cannot be takes its value with it."""
        if type(node) is not Scalar:
            if node is not None:
                self.problems.add("R011", node.span, help="quote it, if it is meant as text")
            return DROPPED
        if node.text == "<<" and node.is_plain:
            self.problems.add("R008", node.span, help="write the keys out again")
            return DROPPED
        first = mapping.keys.get(node.text)
        if first is not None:
            row = first.span.place[1]
            self.problems.add("R006", node.span, key=node.text, help=f"it is first in line {row}")
            return DROPPED
        return node


def replace_pieces(closed: Sequence | Mapping, whole_of: dict[Scalar, Scalar]) -> None:
    """Put each whole text in the place of its first piece, and drop its other pieces."""
    reach = 0
    if isinstance(closed, Sequence):
        kept: list[Node] = []
        for node in closed.items:
            whole = whole_of.get(node) if type(node) is Scalar else None
            if node.start >= reach:
                kept.append(whole or node)
            if whole is not None:
                reach = whole.end
        closed.items[:] = kept
        return
    for key, node in closed.entries:
        whole = whole_of.get(node) if type(node) is Scalar else None
        if key.start < reach or key in whole_of:
            del closed.keys[key.text], closed.values[key.text]
        elif whole is not None:
            closed.values[key.text] = whole
            reach = whole.end


DROPPED: Final = Scalar("<<", Source("", ""), 0, 0)

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "read_document"]
