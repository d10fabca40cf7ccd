"""Paths of a command line in, the sources of each rule set out; `-` is standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ..dsl.loader import load_sources
from ..dsl.problems import Problem, RuleTextError
from ..dsl.ruleset import Ruleset
from ..dsl.source import Source
from ..dsl.tree.reader import FILE_BYTES_MAX
from ..files import RulePathError, find_rulesets
from .failure import Failure

STDIN = Path("-")
STDIN_NAME = "<stdin>"


def read_rulesets(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The files of every rule set at some paths; raises `Failure` for paths that lead nowhere.

    What comes from standard input is a rule set of its own.
    """
    named = [path for path in paths if path != STDIN]
    try:
        found = [folder.sources for folder in find_rulesets(named)] if named else []
    except RulePathError as error:
        raise Failure(str(error)) from None
    if len(named) < len(paths):
        found.append((read_stdin(),))
    return found


def read_stdin() -> Source:
    """Standard input as a rule file; what is not UTF-8 is left for the reader to report."""
    content = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    return Source(STDIN_NAME, content.decode("utf-8", "surrogateescape"))


def load_all(found: Sequence[Sequence[Source]]) -> list[Ruleset]:
    """The rule set of each of some files; raises `RuleTextError` with the problems of all."""
    rulesets: list[Ruleset] = []
    problems: list[Problem] = []
    for sources in found:
        try:
            rulesets.append(load_sources(sources))
        except RuleTextError as error:
            problems += error.problems
    if problems:
        raise RuleTextError(problems)
    return rulesets
