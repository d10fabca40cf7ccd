"""Problems in, a SARIF 2.1.0 log out: what code scanning services read.

Columns count code points, and the end column is the one behind the last character. A file outside
the working directory is named by its whole address.
"""

import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..dsl.audit import concerns
from ..dsl.problems import MESSAGES, SEVERITIES, Problem
from ..dsl.source import Span
from ..version import __version__
from .diagnostics import diagnostic_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FAMILIES = {
    "R0": "the file and its YAML",
    "R1": "expressions",
    "R2": "the shape of a document",
    "R3": "rules that contradict each other or themselves",
    "R4": "tests in rule files",
    "W5": "rules that may not do what was meant",
    "N5": "rules that may not do what was meant",
}


def render_sarif(problems: Sequence[Problem]) -> str:
    """The log of one run. Its rules are the codes found, in order."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "tally check",
        "version": __version__,
        "rules": [rule_of(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [result_of(problem, codes.index(problem.code)) for problem in problems],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def rule_of(code: str) -> dict[str, Any]:
    """What a code stands for, whatever file it is found in."""
    return {
        "id": code,
        "shortDescription": {"text": general_message(code)},
        "defaultConfiguration": {"level": SEVERITIES[code[0]]},
        "properties": {"tags": [FAMILIES[code[:2]]]},
    }


def general_message(code: str) -> str:
    """The message of a code with `...` for what differs from file to file."""
    messages = MESSAGES if code in MESSAGES else concerns.MESSAGES
    parts = string.Formatter().parse(messages[code])
    return "".join(text + ("" if name is None else "...") for text, name, _, _ in parts)


def result_of(problem: Problem, rule_index: int) -> dict[str, Any]:
    """One problem at its place."""
    diagnostic = diagnostic_of(problem)
    help = f"\n{diagnostic['help']}" if diagnostic["help"] else ""
    artifact = {"uri": address_of(diagnostic["file"])}
    region = region_of(problem.span)
    place = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    result = {
        "ruleId": problem.code,
        "ruleIndex": rule_index,
        "level": problem.severity,
        "message": {"text": diagnostic["message"] + help},
        "locations": [place],
    }
    if problem.fix is not None:
        replacement = {"deletedRegion": region, "insertedContent": {"text": problem.fix}}
        change = {"artifactLocation": artifact, "replacements": [replacement]}
        result["fixes"] = [{"artifactChanges": [change]}]
    return result


def region_of(span: Span) -> dict[str, int]:
    """A stretch of a file in lines and columns."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def address_of(file: str) -> str:
    """A file name as an address, relative when the name is."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
