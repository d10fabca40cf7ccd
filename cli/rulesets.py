"""Paths of a command line in, the sources of each rule set out; `-` is standard input."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..dsl.loader import load_sources
from ..dsl.problems import Problem, RuleTextError
from ..dsl.ruleset import Ruleset
from ..dsl.source import Source
from ..dsl.tree.reader import FILE_BYTES_MAX
from ..files import SUFFIX, find_rulesets
from .carts import STDIN
from .failure import bytes_of_stdin

STDIN_NAME = "<stdin>"
PARENTS_MAX = 2  # levels above a file's folder that are looked at for its rule set
RULES_SECTION = re.compile(
    rb"""^["']?(ruleset|define|stack_groups|promotions)["']?[ \t]*:""", re.MULTILINE
)


def read_rulesets(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The files of every rule set at some paths; raises `RulePathError` for paths that lead
    nowhere.

    What comes from standard input is a rule set of its own.
    """
    named = [path for path in paths if path != STDIN]
    found = [folder.sources for folder in find_rulesets(named)] if named else []
    if len(named) < len(paths):
        found.append((read_stdin(),))
    return found


def read_stdin() -> Source:
    """Standard input as a rule file; what is not UTF-8 is left for the reader to report."""
    content = bytes_of_stdin().read(FILE_BYTES_MAX + 1)
    return Source(STDIN_NAME, content.decode("utf-8", "surrogateescape"))


def load_all(found: Sequence[Sequence[Source]], paths: Sequence[Path]) -> list[Ruleset]:
    """The rule set of each of some files; raises `RuleTextError` with the problems of all.

    `paths` are those that led to the files; where they look incomplete, the error has a note.
    """
    rulesets: list[Ruleset] = []
    problems: list[Problem] = []
    for sources in found:
        try:
            rulesets.append(load_sources(sources))
        except RuleTextError as error:
            problems += error.problems
    if problems:
        trouble = RuleTextError(problems)
        if hint := hint_for(paths):
            trouble.add_note(hint)
        raise trouble
    return rulesets


def hint_for(paths: Sequence[Path]) -> str | None:
    """What to say beside the problems of a lone file that has the rest of its rule set near."""
    if len(paths) != 1 or paths[0] == STDIN or not paths[0].is_file():
        return None
    path = paths[0]
    for levels in range(PARENTS_MAX + 1):
        folder = Path(os.path.normpath(path.parent.joinpath(*[".."] * levels)))
        near = (file for file in folder.glob(f"*{SUFFIX}") if not file.name.startswith("."))
        if any(holds_rules(file) and not file.samefile(path) for file in near):
            return (
                f"`{path.name}` was read alone; name its folder `{folder}` "
                "to read it with its rule set"
            )
    return None


def holds_rules(path: Path) -> bool:
    """Whether a file looks like one that other rule files build on."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES_MAX)
    except OSError:
        return False
    return RULES_SECTION.search(content) is not None
