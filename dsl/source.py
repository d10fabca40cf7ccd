"""Rule text in, places in it out: a named source and the spans that point into it."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A rule file's name, as shown to people, and its text."""

    name: str
    text: str = field(repr=False)
    _starts: list[int] = field(default_factory=list, init=False, repr=False)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, columns in code points."""
        starts = self.line_starts()
        row = max(0, bisect_right(starts, offset) - 1)
        return row + 1, max(0, offset - starts[row]) + 1

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its end."""
        starts = self.line_starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_starts(self) -> list[int]:
        """Where each line begins; a byte order mark stands before the first."""
        if not self._starts:
            self._starts.append(1 if self.text.startswith("\ufeff") else 0)
            self._starts.extend(match.end() for match in LINE_END.finditer(self.text))
        return self._starts


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of a source, `start` in and `end` out, in code points."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column, for sorting and for people."""
        return (self.source.name, *self.source.position(self.start))
