"""The name of a rule and what was not seen of it in, a sentence out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no test has seen, of a promotion or of a loyalty rule.

    `condition` is an expression of a promotion, None for the whole of it.
    """

    rule: str
    condition: str | None
    missing: str  # `applied` or `not applied`, `true` or `false`; `earned`, `redeemed` ...
    is_loyalty: bool = False

    @property
    def text(self) -> str:
        """The gap in a sentence."""
        if self.condition is None:
            return f"no test has seen {self.rule} {self.missing}"
        return f"no test has seen `{self.condition}` {self.missing}, of {self.rule}"
