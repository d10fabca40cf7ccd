"""Checked carts in, outcomes out, by way of the compiled kernel."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import overload

from ...dsl.ruleset import Ruleset
from ..outcome import Allocation, Applied, Outcome, Reason, Refusal
from ..plan.columns import ColumnWriter, Priced
from ..plan.lowering import lower
from ..plan.plan import NOTHING, Plan
from ..reference.evaluate import evaluate
from ._kernel import Kernel
from .loyalty import LoyaltyMoves, earned_of, redemptions_of

MOVE_LINE, MOVE_SHIPMENT, MOVE_PAYMENT = range(3)


@dataclass(frozen=True, slots=True)
class Moves:
    """What happened to a batch, as the kernel's arrays; `starts` say where each cart begins."""

    applied_starts: "array[int]"
    applied: "array[int]"
    discounts_minor: "array[int]"
    undistributed_minor: "array[int]"
    move_starts: "array[int]"
    move_kinds: "array[int]"
    move_places: "array[int]"
    move_promotions: "array[int]"
    move_amounts_minor: "array[int]"
    warning_starts: "array[int]"
    warning_promotions: "array[int]"
    warning_conditions: "array[int]"
    rejection_starts: "array[int]"
    rejection_codes: "array[int]"
    rejection_reasons: "array[int]"
    rejection_causes: "array[int]"


MOVES = len(fields(Moves))


class LazyOutcomes(Sequence[Outcome]):
    """The outcomes of a batch, each built from the kernel's arrays when it is asked for.

    A cart with amounts too wide for the kernel is priced by the reference, then and there.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        carts: Sequence[Priced],
        moves: Moves,
        loyalty: LoyaltyMoves | None = None,
    ) -> None:
        self._ruleset = ruleset
        self._carts = carts
        self._moves = moves
        self._loyalty = loyalty
        self.wide = frozenset(loyalty.wide_carts) if loyalty is not None else frozenset()

    def __len__(self) -> int:
        return len(self._carts)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Outcome]: ...
    def __getitem__(self, index: int | slice) -> Outcome | Sequence[Outcome]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        index = range(len(self))[index]  # -1 is the last one
        moves, (cart, facts) = self._moves, self._carts[index]
        if index in self.wide:
            return evaluate(self._ruleset, cart, facts)
        lines: list[list[Allocation]] = [[] for _ in cart.lines]
        shipments: list[list[Allocation]] = [[] for _ in cart.shipments]
        payment: list[Allocation] = []
        for i in range(moves.move_starts[index], moves.move_starts[index + 1]):
            kind, place = moves.move_kinds[i], moves.move_places[i]
            target = (
                lines[place]
                if kind == MOVE_LINE
                else shipments[place]
                if kind == MOVE_SHIPMENT
                else payment
            )
            target.append((moves.move_promotions[i], moves.move_amounts_minor[i]))
        first, last = moves.applied_starts[index], moves.applied_starts[index + 1]
        return Outcome(
            applied=[
                Applied(moves.applied[i], moves.discounts_minor[i], moves.undistributed_minor[i])
                for i in range(first, last)
            ],
            lines=lines,
            shipments=shipments,
            payment=payment,
            warnings=list(self._warnings(index)),
            rejections=list(self._rejections(index)),
            redemptions=[] if self._loyalty is None else redemptions_of(self._loyalty, index),
            earned=[] if self._loyalty is None else earned_of(self._loyalty, index),
        )

    def _warnings(self, index: int) -> Iterator[tuple[int, int]]:
        """The warnings of one cart."""
        moves = self._moves
        for i in range(moves.warning_starts[index], moves.warning_starts[index + 1]):
            yield moves.warning_promotions[i], moves.warning_conditions[i]

    def _rejections(self, index: int) -> Iterator[tuple[int, Refusal]]:
        """The refused codes of one cart."""
        moves = self._moves
        for i in range(moves.rejection_starts[index], moves.rejection_starts[index + 1]):
            cause = moves.rejection_causes[i]
            reason = Reason(moves.rejection_reasons[i])
            yield moves.rejection_codes[i], Refusal(reason, None if cause == NOTHING else cause)


class KernelEvaluator:
    """The compiled evaluator. Immutable, and safe to share between threads."""

    def __init__(
        self, ruleset: Ruleset, plan: Plan | None = None, kernel: Kernel | None = None
    ) -> None:
        """Evaluate under a rule set; its plan and the kernel of that are made if not given."""
        self._ruleset = ruleset
        self.plan = lower(ruleset) if plan is None else plan
        self._writer = ColumnWriter(ruleset, self.plan)
        self._kernel = Kernel(self.plan) if kernel is None else kernel

    def evaluate(self, carts: Sequence[Priced]) -> Sequence[Outcome]:
        """Price carts together, without the lock; each outcome is built when it is looked at."""
        columns = self._writer.write(carts)
        made = self._kernel.run(columns)
        moves, rest = Moves(*made[:MOVES]), made[MOVES:]
        loyalty = LoyaltyMoves(*rest) if rest else None
        return LazyOutcomes(self._ruleset, carts, moves, loyalty)
