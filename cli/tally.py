"""What happened to each cart, event, refund or history in, the last words of a run out."""

import re
from dataclasses import dataclass, field
from time import monotonic

from ..dsl.ruleset import Ruleset
from ..engine.cart.errors import CartError
from ..engine.quote.wording import Wording
from .failure import complain

REFUSED_SHOWN = 3  # refused carts that the summary names


@dataclass(slots=True)
class Tally:
    """What a run comes to."""

    place: str = "line"  # what the number of a cart counts
    noun: str = "cart"  # what is counted
    carts: int = 0
    refused: int = 0
    discount_minor: int = 0
    began: float = field(default_factory=monotonic)
    first_refused: list[str] = field(default_factory=list)
    is_cut: bool = False  # whether the first line is no whole JSON

    def refuse(self, number: int, error: CartError) -> None:
        """Count a refused cart; the first few are remembered."""
        if not self.carts:
            self.is_cut = error.code == "invalid_json"
        self.refused += 1
        if self.refused <= REFUSED_SHOWN:
            name = "" if error.cart_id is None else f" {self.noun} {error.cart_id}:"
            self.first_refused.append(f"{self.place} {number}:{name} {error}")

    def tell(self, ruleset: Ruleset, unused: int) -> None:
        """Say on stderr what was done, and how many facts were for other carts."""
        discount = f"{separate(Wording(ruleset).money(self.discount_minor))} discount"
        self.tell_counts(unused, discount, "; `tally explain` takes a cart over several lines")

    def tell_counts(self, unused: int, total: str = "", hint: str = "") -> None:
        """Say on stderr what was refused and how many there were."""
        seconds = monotonic() - self.began
        for text in self.first_refused:
            complain(text)
        if self.refused > REFUSED_SHOWN:
            complain(f"and {self.refused - REFUSED_SHOWN:,} more refused")
        if self.is_cut and self.refused == self.carts:
            complain(f"one {self.noun} a line is expected{hint}")
        if unused:
            facts = f"facts for {number_of(unused, self.noun)}"
            are = "is" if unused == 1 else "are"
            were = "was" if unused == 1 else "were"
            complain(f"{facts} that {are} not in the input {were} not used")
        speed = f" ({self.carts / seconds:,.0f} a second)" if seconds else ""
        words = [number_of(self.carts, self.noun), f"{self.refused:,} refused", total]
        words.append(f"{seconds:.1f} s{speed}")
        complain(", ".join(word for word in words if word))


def number_of(count: int, noun: str) -> str:
    """`1 cart`, `2,000 carts`, `2 histories`."""
    nouns = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else nouns}"


def separate(money: str) -> str:
    """An amount with thousands separators: `195,296.44 USD`."""
    return re.sub(r"\d+", lambda digits: f"{int(digits[0]):,}", money, count=1)
