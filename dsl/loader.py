"""Sources in, a checked rule set out, or everything that is wrong with them."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .document.builder import build_ruleset
from .document.sections import Sections, collect_sections
from .problems import Problems
from .ruleset import Ruleset
from .source import Source
from .tree.nodes import Node
from .tree.reader import read_document

T = TypeVar("T")

# What may only look wrong because a file that cannot be read would have said more: names it
# declares, the currency, and who uses a loyalty rule.
DOUBTFUL = frozenset(
    (
        *("R104", "R122", "R123", "R146", "R312", "R313", "R316", "R317", "R318", "R319"),
        *("R401", "R403", "R405", "R407"),
    )
)


def load_sources(sources: Iterable[Source]) -> Ruleset:
    """The rule set that some files say together.

    Raises `RuleTextError`, which holds what is wrong in all of them.
    """
    return look_into(sources, lambda ruleset, _: ruleset)


def look_into(sources: Iterable[Source], look: Callable[[Ruleset, Sections], T]) -> T:
    """What `look` makes of the rule set that some files say together and of where it stands.

    Raises `RuleTextError` like `load_sources`; then nobody has looked.
    """
    seen: list[T] = []
    problems = Problems()
    sources = tuple(sources)
    with paused_collector():
        roots = [root for _, root in compose(sources, problems)]
        sections = collect_sections(roots, problems)
        ruleset = build_ruleset(sections, problems)
        if not problems.found:
            seen.append(look(ruleset, sections))
        has_all = len(roots) == len(sources)
        del roots, sections  # the trees go before the collector comes back, or it would walk them
    if not has_all:
        problems.found = [one for one in problems.found if one.code not in DOUBTFUL]
    problems.raise_if_any()
    return seen[0]


def compose(sources: Iterable[Source], problems: Problems) -> list[tuple[Source, Node]]:
    """Each source that can be read at all, with its root node."""
    documents: list[tuple[Source, Node]] = []
    for source in sources:
        root = read_document(source, problems)
        if root is not None:
            documents.append((source, root))
    return documents


@contextmanager
def paused_collector() -> Iterator[None]:
    """Keeps the garbage collector from looking through a growing tree that has no garbage in it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
