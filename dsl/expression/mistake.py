"""What is wrong inside one text, before anybody says where in a file that text stands."""

from typing import Protocol, Self

from ..problems import MESSAGES, Problems
from ..source import Span

HELP_MAX = 400  # characters


class Located(Protocol):
    """A text that knows where each of its characters comes from."""

    @property
    def text(self) -> str:
        """The text itself, after all decoding."""

    def span_of(self, start: int, end: int) -> Span:
        """The place in the source of a stretch of the text, `start` in and `end` out."""


class Mistake(ValueError):
    """A problem's code, its words, its help, and the stretch of the text that it is about.

    `start` (in) and `end` (out) are offsets into the text. `fix` would replace that stretch.
    """

    def __init__(
        self,
        code: str,
        start: int,
        end: int,
        *,
        help: str = "",
        fix: str | None = None,
        **words: object,
    ) -> None:
        self.code = code
        self.start = start
        self.end = end
        self.help = help
        self.fix = fix
        self.words = words
        super().__init__(MESSAGES[code].format(**words))

    def moved(self, by: int) -> Self:
        """The same mistake in a text that begins `by` characters earlier."""
        start, end = self.start + by, self.end + by
        return type(self)(self.code, start, end, help=self.help, fix=self.fix, **self.words)

    def report(self, problems: Problems, text: Located) -> None:
        """Add the mistake to the collected problems, at its place in the source."""
        span = text.span_of(self.start, self.end)
        # Advice that quotes more of the author's text than anybody would read is no advice.
        help = self.help if len(self.help) <= HELP_MAX else ""
        problems.add(self.code, span, help=help, fix=self.fix, **self.words)


class LiteralError(Mistake):
    """A literal that cannot be read."""


class Reported(Exception):
    """Something has no meaning, and its problem is among the collected ones already."""


class ParseError(Mistake):
    """A text that is no expression."""


class MeaningError(Mistake):
    """An expression that means nothing: unknown names, kinds that do not fit."""
