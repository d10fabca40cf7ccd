"""The shape of a YAML document: scalars, sequences and mappings, each knowing its place.

Nothing here has a type but text: who reads a scalar decides what it must be. A node keeps two
offsets into its source; a `Span` is made when somebody asks. Where a scalar's decoded text lies in
the source is worked out only for problems, by walking the raw text and the decoded text side by
side: YAML keeps every character that is not a blank, except that `''` in single quotes is one `'`
and that double quotes have escapes, so the characters of both line up one by one.

    raw      "qty(p)\\x20>=  <newline>   3"
    decoded   qty(p) >= 3
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..source import Source, Span

BLANKS = frozenset(" \t\r\n")
COMMENT = re.compile(r"[ \t]+(#[^\r\n]*)")
UNITS_SINGLE = re.compile(r"''|.", re.DOTALL)
UNITS_DOUBLE = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r?\n[ \t]*|.)|.", re.DOTALL
)
ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}

# LIMIT: a longer scalar is no expression; a problem in it gets the span of the whole.
RAW_MAX = 100_000

Unit = tuple[int, int, str]  # start and end in the source, and the character meant


@dataclass(slots=True, eq=False)
class Scalar:
    """A piece of text. `style` is `'`, `"`, `|` or `>`, and empty for an unquoted one."""

    text: str
    source: Source
    start: int
    end: int
    style: str = ""

    @property
    def span(self) -> Span:
        """The whole scalar in the source, quotes included."""
        return Span(self.source, self.start, self.end)

    @property
    def is_plain(self) -> bool:
        """Whether the text stands in the file without quotes."""
        return not self.style

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was written, as after `key:`."""
        return not self.style and not self.text

    @property
    def raw(self) -> str:
        """The scalar as written."""
        return self.source.text[self.start : self.end]

    def comment_after(self) -> Span | None:
        """The comment that directly follows an unquoted scalar on its line, if there is one."""
        if self.style:
            return None
        found = COMMENT.match(self.source.text, self.end)
        return Span(self.source, found.start(1), found.end(1)) if found else None

    def span_of(self, start: int, end: int) -> Span:
        """Where the characters `start` (in) to `end` (out) of `text` stand in the source.

        Past the end of the text it is the empty span behind its last character. A file that
        cannot be lined up gives the span of the whole scalar.
        """
        raw = self.raw
        if raw == self.text:
            return Span(self.source, self.start + start, self.start + end)
        if raw[1:-1] == self.text and self.style in "'\"":
            return Span(self.source, self.start + 1 + start, self.start + 1 + end)
        places = self.places_of_characters() if len(raw) <= RAW_MAX else None
        if places is None:
            return self.span
        behind = places[-1][1] if places else self.start
        first = places[start][0] if start < len(places) else behind
        last = places[min(end, len(places)) - 1][1] if start < end and places else first
        return Span(self.source, first, max(first, last))

    def places_of_characters(self) -> list[tuple[int, int]] | None:
        """Start and end in the source of every character of `text`, None when they do not line up.

        A blank may have been folded, so only the characters that are not blank hold the walk:
        before each of them the raw blanks that are left over are skipped.
        """
        places: list[tuple[int, int]] = []
        units = list(self.units())
        units.append((self.end, self.end, ""))
        at = 0
        for character in self.text:
            is_blank = character in BLANKS
            while not is_blank and units[at][2] != character and units[at][2] in BLANKS:
                at += 1
            first, last, meant = units[at]
            if meant == character or (is_blank and meant in BLANKS):
                places.append((first, last))
                at += 1
            elif is_blank:
                places.append((first, first))
            else:
                return None
        return places

    def units(self) -> Iterator[Unit]:
        """The raw text inside the quotes or below the block header, by characters meant."""
        raw = self.raw
        if self.style == '"':
            yield from self.escaped_units(raw)
        elif self.style == "'":
            for match in UNITS_SINGLE.finditer(raw, 1, len(raw) - 1):
                yield self.start + match.start(), self.start + match.end(), match[0][0]
        else:
            begin = raw.find("\n") + 1 if self.style else 0
            for offset in range(begin, len(raw)):
                yield self.start + offset, self.start + offset + 1, raw[offset]

    def escaped_units(self, raw: str) -> Iterator[Unit]:
        """The characters meant inside double quotes; an escaped line end means none."""
        for match in UNITS_DOUBLE.finditer(raw, 1, len(raw) - 1):
            meant = match[0]
            if meant[0] == "\\":
                if meant[1] in "\r\n":
                    continue
                if len(meant) > 2:
                    meant = chr(int(meant[2:], 16))
                else:
                    meant = ESCAPES.get(meant[1], meant[1])
            yield self.start + match.start(), self.start + match.end(), meant


@dataclass(slots=True, eq=False)
class Sequence:
    """A list. `start` and `end` reach from its first item to its last, or over its brackets."""

    source: Source
    start: int
    end: int
    is_flow: bool
    items: list["Node"] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """The whole list in the source."""
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys with values, in written order, distinct. `keys` holds where each key stands.

    `lost` names keys whose values could not be kept, which was reported.
    """

    source: Source
    start: int
    end: int
    is_flow: bool
    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, "Node"] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The whole mapping in the source."""
        return Span(self.source, self.start, self.end)

    @property
    def entries(self) -> list[tuple[Scalar, "Node"]]:
        """Each key with its value, in written order."""
        return list(zip(self.keys.values(), self.values.values(), strict=True))

    def get(self, name: str) -> "Node | None":
        """The value of a key, None when the key is absent."""
        return self.values.get(name)


Node = Scalar | Sequence | Mapping


def text_at(node: Node | None, key: str) -> str:
    """The text behind a key of a mapping, empty where there is none."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.text if isinstance(value, Scalar) else ""


__all__ = ["Mapping", "Node", "Scalar", "Sequence", "text_at"]
