"""Sources in, a checked rule set out, or everything that is wrong with them."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .document.builder import build_ruleset
from .problems import Problems
from .ruleset import Ruleset
from .source import Source
from .tree.nodes import Node
from .tree.reader import read_document

# What may only look wrong because a file that cannot be read would have said more: names it
# declares, the currency, and who uses a loyalty rule.
DOUBTFUL = frozenset(
    (
        *("R104", "R122", "R123", "R146", "R312", "R313", "R316", "R317", "R318", "R319", "R324"),
        *("R327", "R401", "R403", "R405", "R407"),
    )
)


def load_sources(sources: Iterable[Source]) -> Ruleset:
    """The rule set that some files say together.

    Raises `RuleTextError`, which holds what is wrong in all of them.
    """
    problems = Problems()
    sources = tuple(sources)
    with paused_collector():
        roots = [root for _, root in compose(sources, problems)]
        ruleset = build_ruleset(roots, problems)
        has_all = len(roots) == len(sources)
        del roots  # the trees go before the collector comes back, or it would walk them
    if not has_all:
        problems.found = [one for one in problems.found if one.code not in DOUBTFUL]
    problems.raise_if_any()
    return ruleset


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
