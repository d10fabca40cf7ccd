"""The face of the growing tables of a plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...dsl.formula import Formula, Term
from ...dsl.loyalty import BurningRule
from ...dsl.ruleset import Promotion
from .slots import SlotTable

class Tables:
    """The growing tables of a plan."""

    @property
    def symbols(self) -> Mapping[str, int]:
        """The numbers of texts."""

    @property
    def slots(self) -> Mapping[tuple[str, bool], SlotTable]:
        """Tables of slots by kind and whether they are of lines."""

    def packed(self) -> dict[str, Any]:
        """The tables as arrays, by their names in the plan."""

    def symbol(self, text: str) -> int:
        """The number of a text."""

    def symbols_of(self, texts: Iterable[str]) -> list[int]:
        """The numbers of some texts."""

    def slot(self, kind: str, term: Term) -> int:
        """The number of the column that holds a term."""

    def slot_of(self, kind: str, name: str) -> None:
        """Make sure that a text or set has a column; what finds prefixes has one already."""

    def add_conditions(
        self, rules: Sequence[Promotion] | Sequence[BurningRule]
    ) -> tuple[list[int], list[int]]:
        """Lower all conditions: where those of each rule end, and which have soft ones."""

    def selector(self, where: Formula) -> int:
        """The number of a line formula's list of lines."""

    def node(self, formula: Formula) -> int:
        """The number of a formula's node, its parts lowered first."""

    def is_static(self, node: int) -> bool:
        """Whether nothing that promotions take can change a node."""

    def op_of(self, node: int) -> int:
        """What a node does."""

    def counts_skus(self) -> bool:
        """Whether a rule asks how many distinct products there are."""
