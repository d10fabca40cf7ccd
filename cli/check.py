"""Rule files in, all that is wrong with them or may not be meant out."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..dsl.audit.audit import audit_sources
from ..dsl.problems import Problem, RuleTextError, Severity
from ..dsl.ruleset import Ruleset
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


def check(paths: list[Path], /, *, format: Format = "text", strict: bool = False) -> int:
    """Find what is wrong with rule files, and what their author may not have meant.

    Exit status 0 when nothing is wrong, 1 when something is; warnings count only with `--strict`,
    notes never.

    Parameters
    ----------
    paths
        Rule files, or folders of rule sets; `-` reads one file from standard input.
    format
        A text for people, JSON, commands for GitHub's workflows, or SARIF 2.1.0.
    strict
        Fail for warnings too.
    """
    findings = Findings()
    for sources in read_rulesets(paths):
        findings.file_count += len(sources)
        try:
            ruleset, found = audit_sources(sources)
        except RuleTextError as error:
            findings.problems += error.problems
            findings.is_cut |= error.is_cut
        else:
            findings.count(ruleset)
            findings.problems += found
    findings.problems.sort(key=lambda problem: (problem.span.place, problem.code))
    rendered = RENDERERS[format](findings.problems)
    if format == "text" and has_colours(sys.stdout):
        rendered = colour(rendered)
    with open_output(STDOUT) as output:
        if rendered:
            output.write(rendered.encode("utf-8", "replace"))
    complain(findings.summary)
    if findings.of("error") and (hint := hint_for(paths)):
        complain(hint)
    is_failed = findings.of("error") or (strict and findings.of("warning"))
    return FINDINGS if is_failed else CLEAN


@dataclass(slots=True)
class Findings:
    """What a look at some rule sets came to. `problems` has warnings and notes too."""

    problems: list[Problem] = field(default_factory=list)
    file_count: int = 0
    promotion_count: int = 0
    loyalty_count: int = 0
    is_cut: bool = False  # whether some rule set may have more problems than it reports

    def count(self, ruleset: Ruleset) -> None:
        """Take the rules of a rule set into the count."""
        loyalty = ruleset.loyalty
        self.promotion_count += len(ruleset.promotions)
        rules = (loyalty.earning_rules, loyalty.burning_rules, loyalty.campaigns)
        self.loyalty_count += sum(map(len, rules))

    def of(self, severity: Severity) -> list[Problem]:
        """Those of one severity."""
        return [problem for problem in self.problems if problem.severity == severity]

    @property
    def summary(self) -> str:
        """It in a line: `3 files, 12 promotions, no problems` or `2 problems in 1 file`."""
        errors = self.of("error")
        if errors:
            count = count_of(len(errors), "problem")
            told = f"{count} in {count_of(count_files(errors), 'file')}"
            told += ", and there may be more" if self.is_cut else ""
        else:
            told = f"{count_of(self.file_count, 'file')}, {self.rules}, no problems"
        counts = [(len(self.of("warning")), "warning"), (len(self.of("note")), "note")]
        return ", ".join([told, *(count_of(size, noun) for size, noun in counts if size)])

    @property
    def rules(self) -> str:
        """How many rules there are: `12 promotions`, `12 promotions, 9 loyalty rules`."""
        shown = count_of(self.promotion_count, "promotion")
        loyalty = f", {count_of(self.loyalty_count, 'loyalty rule')}" if self.loyalty_count else ""
        return shown + loyalty
