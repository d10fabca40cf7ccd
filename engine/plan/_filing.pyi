"""The face of the filing of rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...dsl.formula import Formula
from ...dsl.rule import Condition, Window
from ...dsl.ruleset import Action, Promotion
from ._keys import Key
from .plan import HintOp

Channel = tuple[str, str]  # kind, field
Test = Any  # of `gates`

class Filer:
    """Files the rules of one rule set.

    `symbols_of` numbers texts, `make_test` says what a gate could test instead of a condition and
    `make_hint` what hint a key makes.
    """

    @property
    def symbols(self) -> Mapping[Channel, list[int]]:
        """By channel, the symbols under which rules are filed."""

    @property
    def numbers(self) -> Mapping[Channel, list[int]]:
        """By channel, the numbers of those rules."""

    @property
    def always(self) -> list[int]:
        """The rules that no text can rule out."""

    @property
    def parts(self) -> Mapping[int, list[tuple[Formula, Test]]]:
        """By number, what is left to ask of a rule, and the tests that would do instead."""

    @property
    def units(self) -> Mapping[int, int]:
        """By number, how many units must stand on lines of the key."""

    @property
    def windows(self) -> Mapping[int, Window]:
        """By number, when a rule is active."""

    @property
    def found(self) -> Mapping[int, bool]:
        """By number, whether the lines of the key are those of the target."""

    @property
    def hints(self) -> Mapping[int, tuple[HintOp, int]]:
        """By number, of whose texts a cart must have one beside the key."""

    def __init__(
        self,
        symbols_of: Callable[[Iterable[str]], list[int]],
        make_test: Callable[[Formula], Test],
        make_hint: Callable[[Key], tuple[HintOp, int]],
    ) -> None: ...
    def file_open(self, number: int, promotion: Promotion) -> None:
        """A promotion with codes, without a gate: all of its hard conditions are asked."""

    def file_closed(
        self,
        number: int,
        window: Window,
        action: Action | None,
        parts: list[Formula],
        targets: Sequence[Formula],
        event: Formula | None = None,
    ) -> None:
        """A rule without codes: its hard conditions, and the lines that it must find.

        Every cart has some `event`, so that the key of one is the last choice.
        """

def hard_parts(conditions: Iterable[Condition]) -> list[Formula]:
    """The conditions without which a rule does not apply, those joined by `and` apart."""
