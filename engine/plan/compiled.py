"""A rule set that carries its plan: an engine takes it as it is, and nothing is lowered again.

What the fast path needs stands in the plan. The promotions and the cases are made when somebody
first asks for them: explanations, warnings, the reference, the tests of rule authors.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ...dsl.ruleset import Case, Promotion, Ruleset
from .plan import Plan

Parts = tuple[tuple[Promotion, ...], tuple[Case, ...]]
LATE = ("promotions", "cases")
EARLY = tuple(field.name for field in fields(Ruleset) if field.name not in LATE)


class CompiledRuleset(Ruleset):
    """A `Ruleset` with a `plan`; `make_parts` gives its promotions and its cases."""

    __slots__ = ("_make_parts", "plan")

    plan: Plan
    _make_parts: Callable[[], Parts]

    def __init__(self, early: dict[str, Any], plan: Plan, make_parts: Callable[[], Parts]) -> None:
        for name in EARLY:
            object.__setattr__(self, name, early[name])
        object.__setattr__(self, "plan", plan)
        object.__setattr__(self, "_make_parts", make_parts)

    def __getattr__(self, name: str) -> Any:
        """What has not been made yet. Threads that ask at once make equal things."""
        if name not in LATE:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        for part, value in zip(LATE, self._make_parts(), strict=True):
            object.__setattr__(self, part, value)
        return object.__getattribute__(self, name)

    def __reduce__(self) -> tuple[type[Ruleset], tuple[Any, ...]]:
        """Copies, and what is sent elsewhere, are plain rule sets."""
        return Ruleset, tuple(getattr(self, field.name) for field in fields(Ruleset))

    def __eq__(self, other: object) -> bool:
        """Whether another rule set says the same, whether it is compiled or not."""
        if not isinstance(other, Ruleset):
            return NotImplemented
        return all(getattr(self, x.name) == getattr(other, x.name) for x in fields(Ruleset))

    __hash__ = Ruleset.__hash__


def compiled_from(ruleset: Ruleset, plan: Plan) -> CompiledRuleset:
    """A rule set with the plan that was made of it."""
    early = {name: getattr(ruleset, name) for name in EARLY}
    return CompiledRuleset(early, plan, lambda: (ruleset.promotions, ruleset.cases))
