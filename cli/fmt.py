"""Rule files in, the same rules in the canonical layout out."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..dsl.layout.layout import lay_out
from ..dsl.loader import load_sources
from ..dsl.problems import RuleTextError
from ..dsl.ruleset import Case, Ruleset
from ..dsl.source import Source
from ..engine.quote.wording import count_of
from .diagnostics import has_colours
from .failure import Failure, complain
from .output import STDOUT, Output, open_output
from .rulesets import STDIN_NAME, load_all, read_rulesets
from .status import CLEAN, FINDINGS


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
    found = read_rulesets(paths)
    pairs = zip(found, load_all(found, paths), strict=True)
    changes = [change for sources, ruleset in pairs for change in lay_out_all(sources, ruleset)]
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
    return FINDINGS if odd and (check or diff) else CLEAN


def lay_out_all(sources: Sequence[Source], ruleset: Ruleset) -> list[Change]:
    """The files of one rule set with their layouts.

    INVARIANT: the laid out files say the same as before, tests included, and laying them out again
    changes nothing. Were it ever not so, nothing would be written.
    """
    changes = [
        Change(source, Source(source.name, lay_out(source.text, source.name))) for source in sources
    ]
    odd = [change for change in changes if not change.is_empty]
    if odd and not is_safe(ruleset, changes):
        names = ", ".join(change.before.name for change in odd)
        raise Failure(f"the layout would change what {names} says; nothing is written")
    return changes


def is_safe(before: Ruleset, changes: Sequence[Change]) -> bool:
    """Whether laid out files say what they said, and would be laid out so again."""
    try:
        after = load_sources([change.after for change in changes])
        settled = [lay_out(change.after.text) == change.after.text for change in changes]
    except RuleTextError:
        return False
    return all(settled) and is_same(before, after)


def is_same(before: Ruleset, after: Ruleset) -> bool:
    """Whether two rule sets say the same: names, texts and tests too, not only their hash."""
    cases = [list(map(content_of, ruleset.cases)) for ruleset in (before, after)]
    return cases[0] == cases[1] and replace(before, cases=()) == replace(after, cases=())


def content_of(case: Case) -> tuple[object, ...]:
    """What a test says, wherever it stands."""
    return case.name, case.cart, case.event, case.facts, case.expect


def write_change(change: Change, output: Output) -> None:
    """Replace a file by its layout, whole or not at all; standard input goes to standard output."""
    if change.before.name == STDIN_NAME:
        write_lines(change.after.text, output)
    elif not change.is_empty:
        with open_output(Path(change.before.name)) as file:
            write_lines(change.after.text, file)


def write_lines(text: str, output: Output) -> None:
    """Every line of a layout, which ends with a line end."""
    for line in text.split("\n")[:-1]:
        output.write(line.encode())


def write_diff(change: Change, output: Output) -> None:
    """What would change in a file, as a patch."""
    lines = unified_diff(
        lines_of(change.before.text),
        lines_of(change.after.text),
        f"a/{change.before.name}",
        f"b/{change.after.name}",
        lineterm="",
    )
    is_coloured = has_colours(sys.stdout)
    for line in lines:
        output.write((colour_line(line) if is_coloured else line).encode("utf-8", "replace"))


def lines_of(text: str) -> list[str]:
    """The lines of a text as patches have them."""
    lines = text.split("\n")
    if lines[-1]:
        lines[-1] += "\n\\ No newline at end of file"
    else:
        lines.pop()
    return lines


def colour_line(line: str) -> str:
    """A line of a patch in colours: what goes in red, what comes in green."""
    colours = {"-": "31", "+": "32", "@": "36"}
    return f"\x1b[{colours[line[0]]}m{line}\x1b[0m" if line[:1] in colours else line
