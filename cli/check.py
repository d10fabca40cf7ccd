"""Rule files in, everything that is wrong with them out."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..dsl.loader import load_sources
from ..dsl.problems import Problem, RuleTextError
from ..engine.quote.wording import count_of
from .diagnostics import (
    colour,
    count_files,
    has_colours,
    render_github,
    render_json,
    render_text,
)
from .failure import complain
from .output import STDOUT, open_output
from .rulesets import hint_for, read_rulesets
from .sarif import render_sarif
from .status import CLEAN, FINDINGS

Format = Literal["text", "json", "github", "sarif"]
RENDERERS = {
    "text": render_text,
    "json": render_json,
    "github": render_github,
    "sarif": render_sarif,
}


def check(paths: list[Path], /, *, format: Format = "text") -> int:
    """Find what is wrong with rule files: all problems of all files at once.

    Exit status 0 when nothing is wrong, 1 when something is.

    Parameters
    ----------
    paths
        Rule files, or folders of rule sets; `-` reads one file from standard input.
    format
        A text for people, JSON, commands for GitHub's workflows, or SARIF 2.1.0.
    """
    findings = Findings()
    for sources in read_rulesets(paths):
        findings.file_count += len(sources)
        try:
            findings.promotion_count += len(load_sources(sources).promotions)
        except RuleTextError as error:
            findings.problems += error.problems
            findings.is_cut |= error.is_cut
    findings.problems.sort(key=lambda problem: (problem.span.place, problem.code))
    rendered = RENDERERS[format](findings.problems)
    if format == "text" and has_colours(sys.stdout):
        rendered = colour(rendered)
    with open_output(STDOUT) as output:
        if rendered:
            output.write(rendered.encode("utf-8", "replace"))
    complain(findings.summary)
    if findings.problems and (hint := hint_for(paths)):
        complain(hint)
    return FINDINGS if findings.problems else CLEAN


@dataclass(slots=True)
class Findings:
    """What a look at some rule sets came to."""

    problems: list[Problem] = field(default_factory=list)
    file_count: int = 0
    promotion_count: int = 0
    is_cut: bool = False  # whether some rule set may have more problems than it reports

    @property
    def summary(self) -> str:
        """It in a line: `3 files, 12 promotions, no problems` or `2 problems in 1 file`."""
        if not self.problems:
            files = count_of(self.file_count, "file")
            return f"{files}, {count_of(self.promotion_count, 'promotion')}, no problems"
        count = count_of(len(self.problems), "problem")
        cut = ", and there may be more" if self.is_cut else ""
        return f"{count} in {count_of(count_files(self.problems), 'file')}{cut}"
