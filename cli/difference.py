"""What a test expected and what came out in, one difference in the words of the shop out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected; `reasons` say why, where the engine knows."""

    subject: str  # a key of `expect`, or a path below it: `lines.l1.net`
    expected: str
    got: str
    reasons: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The difference in a sentence, without its reasons."""
        return f"{self.subject}: expected {self.expected}, got {self.got}"
