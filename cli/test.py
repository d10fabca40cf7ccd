"""Rule files in, the verdicts of their tests out, and what no test has seen."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from ..engine.engine import Engine
from ..engine.quote.wording import count_of
from .failure import complain, printable
from .gap import Gap
from .junit import render_junit
from .output import STDOUT, open_output
from .rulesets import load_all, read_rulesets
from .status import CLEAN, FINDINGS
from .suite import Suite, Verdict

Format = Literal["text", "junit", "json"]


def test(
    paths: list[Path],
    /,
    *,
    format: Format = "text",
    evaluator: Literal["kernel", "reference"] = "kernel",
    require_coverage: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Run the tests of rule files: those of their `tests` sections and of `*.test.yaml` beside.

    Says what differs from what a test expects, and why; then which promotions and conditions no
    test has seen both ways, and which loyalty rules none has seen work.

    Parameters
    ----------
    paths
        Rule files, or folders of rule sets.
    format
        A text for people, XML for build servers, or one JSON object.
    evaluator
        Who prices: the compiled kernel, or the plain reference.
    require_coverage
        Fail also when no test has seen something: a promotion, a condition or a loyalty rule.
    """
    suites = [
        Suite(Engine(ruleset, evaluator)) for ruleset in load_all(read_rulesets(paths), paths)
    ]
    for suite in suites:
        suite.run()
    rendered = RENDERERS[format](suites)
    with open_output(STDOUT) as output:
        if rendered:
            output.write(rendered.encode("utf-8", "replace"))
    complain(summary_of(suites))
    has_failed = any(verdict.status != "passed" for verdict in verdicts_of(suites))
    has_gap = any(next(suite.gaps(), None) for suite in suites)
    return FINDINGS if has_failed or (require_coverage and has_gap) else CLEAN


def verdicts_of(suites: Sequence[Suite]) -> list[Verdict]:
    """The verdicts of all rule sets."""
    return [verdict for suite in suites for verdict in suite.verdicts]


def summary_of(suites: Sequence[Suite]) -> str:
    """How it went, in a line: `12 tests, 1 failed; 8 of 9 promotions covered`."""
    verdicts = verdicts_of(suites)
    failed = sum(verdict.status == "failed" for verdict in verdicts)
    refused = sum(verdict.status == "error" for verdict in verdicts)
    words = [count_of(len(verdicts), "test")]
    if failed:
        words.append(f"{failed} failed")
    if refused:
        words.append(f"{refused} refused")
    if verdicts and not failed and not refused:
        words.append("all passed")
    return f"{', '.join(words)}; {coverage_of(suites)} covered"


def coverage_of(suites: Sequence[Suite]) -> str:
    """How much was seen: `8 of 9 promotions, 3 of 3 loyalty rules`, of what there is."""
    promotions = sum(suite.coverage.promotion_count for suite in suites)
    rules = sum(suite.loyalty_coverage.rule_count for suite in suites)
    words = []
    if promotions or not rules:
        covered = sum(suite.coverage.covered_count for suite in suites)
        words.append(f"{covered} of {count_of(promotions, 'promotion')}")
    if rules:
        covered = sum(suite.loyalty_coverage.covered_count for suite in suites)
        words.append(f"{covered} of {count_of(rules, 'loyalty rule')}")
    return ", ".join(words)


def render_text(suites: Sequence[Suite]) -> str:
    """The tests that went wrong, then what no test has seen."""
    lines: list[str] = []
    for verdict in verdicts_of(suites):
        if verdict.status != "passed":
            file, line = verdict.place
            lines.append(f"FAILED {verdict.case.name}")
            lines.append(f"  {file}:{line}")
            lines += [f"  {sentence}" for sentence in verdict.sentences]
            lines.append("")
    gaps = [gap.text for suite in suites for gap in suite.gaps()]
    if gaps:
        lines.append("NOT COVERED")
        lines += [f"  {gap}" for gap in gaps]
    return "\n".join(printable(line) for line in lines).rstrip()


def render_json(suites: Sequence[Suite]) -> str:
    """Everything as one object."""
    gaps = [gap for suite in suites for gap in suite.gaps()]
    record = {
        "tests": [record_of(verdict) for verdict in verdicts_of(suites)],
        "coverage": {
            "promotions": sum(suite.coverage.promotion_count for suite in suites),
            "covered": sum(suite.coverage.covered_count for suite in suites),
            "loyalty_rules": sum(suite.loyalty_coverage.rule_count for suite in suites),
            "loyalty_covered": sum(suite.loyalty_coverage.covered_count for suite in suites),
            "gaps": [record_of_gap(gap) for gap in gaps],
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=2)


def record_of_gap(gap: Gap) -> dict[str, Any]:
    """Something that no test has seen as JSON: `promotion` or `rule` is null."""
    return {
        "promotion": None if gap.is_loyalty else gap.rule,
        "rule": gap.rule if gap.is_loyalty else None,
        "condition": gap.condition,
        "missing": gap.missing,
    }


def record_of(verdict: Verdict) -> dict[str, Any]:
    """One test as JSON."""
    file, line = verdict.place
    return {
        "name": verdict.case.name,
        "file": file,
        "line": line,
        "status": verdict.status,
        "error": verdict.error or None,
        "differences": [
            {
                "subject": difference.subject,
                "expected": difference.expected,
                "got": difference.got,
                "reasons": list(difference.reasons),
            }
            for difference in verdict.differences
        ],
    }


RENDERERS = {"text": render_text, "junit": render_junit, "json": render_json}
