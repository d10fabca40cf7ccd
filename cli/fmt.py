"""Rule files in, the same rules in the canonical layout out."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..dsl.layout import lay_out
from ..dsl.loader import load_sources
from ..dsl.ruleset import Case, Ruleset
from ..dsl.source import Source
from ..engine.wording import count_of
from .diagnostics import has_colours
from .failure import Failure, complain
from .output import STDOUT, Output, open_output
from .rulesets import STDIN_NAME, read_rulesets


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after."""

    before: Source
    after: Source

    @property
    def is_empty(self) -> bool:
        """Whether the file is as it should be."""
        return self.before.text == self.after.text


def fmt(
    paths: list[Path],
    /,
    *,
    check: Annotated[bool, Parameter(negative=())] = False,
    diff: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Write rule files in their canonical layout; comments are kept.

    Files with problems are left alone, and the problems are shown. What is written is read again
    first: it says exactly what the file said before.

    Parameters
    ----------
    paths
        Rule files, or folders of rule sets; `-` reads standard input and writes standard output.
    check
        Write nothing; list the files that would change, with exit status 1 if there are any.
    diff
        Write nothing; show what would change, with exit status 1 if anything would.
    """
    changes = [change for sources in read_rulesets(paths) for change in lay_out_all(sources)]
    odd = [change for change in changes if not change.is_empty]
    with open_output(STDOUT) as output:
        for change in changes if not (check or diff) else []:
            write_change(change, output)
        for change in odd:
            if diff:
                write_diff(change, output)
            elif check:
                output.write(change.before.name.encode("utf-8", "replace"))
    said = "would change" if check or diff else "changed"
    complain(f"{count_of(len(changes), 'file')}, {len(odd) or 'none'} {said}")
    return 1 if odd and (check or diff) else 0


def lay_out_all(sources: Sequence[Source]) -> list[Change]:
    """The files of one rule set with their layouts; raises `RuleTextError` for one with problems.

    INVARIANT: the laid out files say the same as before, cases included, and laying them out again
    changes nothing. If that is ever not so, nothing is written.
    """
    before = load_sources(sources)
    changes = [
        Change(source, Source(source.name, lay_out(source.text, source.name))) for source in sources
    ]
    odd = [change for change in changes if not change.is_empty]
    if odd:
        after = load_sources([change.after for change in changes])
        is_settled = all(lay_out(change.after.text) == change.after.text for change in odd)
        if not is_settled or not is_same(before, after):
            names = ", ".join(change.before.name for change in odd)
            raise Failure(f"the layout would change what is said in {names}; nothing is written")
    return changes


def is_same(before: Ruleset, after: Ruleset) -> bool:
    """Whether two rule sets say the same: names, texts and tests too, not only their hash."""
    cases = [list(map(content_of, ruleset.cases)) for ruleset in (before, after)]
    return cases[0] == cases[1] and replace(before, cases=()) == replace(after, cases=())


def content_of(case: Case) -> tuple[object, ...]:
    """What a test says, wherever it stands."""
    return case.name, case.cart, case.facts, case.expect


def write_change(change: Change, output: Output) -> None:
    """Replace a file by its layout, whole or not at all; standard input goes to standard output."""
    if change.before.name == STDIN_NAME:
        for line in change.after.text.splitlines():
            output.write(line.encode())
    elif not change.is_empty:
        with open_output(Path(change.before.name)) as file:
            for line in change.after.text.split("\n")[:-1]:
                file.write(line.encode())


def write_diff(change: Change, output: Output) -> None:
    """What would change in a file, as a patch."""
    lines = unified_diff(
        change.before.text.splitlines(),
        change.after.text.splitlines(),
        f"a/{change.before.name}",
        f"b/{change.after.name}",
        lineterm="",
    )
    is_coloured = has_colours(sys.stdout)
    for line in lines:
        output.write((colour_line(line) if is_coloured else line).encode("utf-8", "replace"))


def colour_line(line: str) -> str:
    """A line of a patch in colours: what goes in red, what comes in green."""
    colours = {"-": "31", "+": "32", "@": "36"}
    return f"\x1b[{colours[line[0]]}m{line}\x1b[0m" if line[:1] in colours else line
