"""Problems as a SARIF log."""

import json
from pathlib import Path

from tallystick.cli.sarif import address_of, general_message, render_sarif
from tallystick.dsl.audit import concerns
from tallystick.dsl.problems import MESSAGES, Problem
from tallystick.dsl.source import Source, Span

SOURCE = Source("rules/my shop.yaml", "a: 1\nb: cart.subtotl\n")
PROBLEMS = [
    Problem("R104", Span(SOURCE, 8, 20), "unknown name `x`", "did you mean `y`?", "y"),
    Problem("R006", Span(SOURCE, 5, 6), "the key `b` is given twice"),
]


def test_the_log_has_what_the_standard_asks_for() -> None:
    log = json.loads(render_sarif(PROBLEMS))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["R006", "R104"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"


def test_a_result_has_its_place_and_its_fix() -> None:
    result = json.loads(render_sarif(PROBLEMS))["runs"][0]["results"][0]
    assert result["message"]["text"] == "unknown name `x`\ndid you mean `y`?"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "rules/my%20shop.yaml"
    region = {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 16}
    assert place["region"] == region
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "y"}}]


def test_a_result_without_a_fix_has_none() -> None:
    results = json.loads(render_sarif(PROBLEMS))["runs"][0]["results"]
    assert "fixes" not in results[1]


def test_no_problems_are_a_log_too() -> None:
    (run,) = json.loads(render_sarif([]))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_every_code_has_a_message_and_a_family() -> None:
    source = Source("x.yaml", "x")
    codes = [*MESSAGES, *concerns.MESSAGES]
    problems = [Problem(code, Span(source, 0, 1), "m") for code in codes]
    rules = json.loads(render_sarif(problems))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(codes)
    levels = {(rule["id"][0], rule["defaultConfiguration"]["level"]) for rule in rules}
    assert levels == {("R", "error"), ("W", "warning"), ("N", "note")}
    assert general_message("R104") == "unknown name `...`"


def test_addresses() -> None:
    assert address_of("a b/ü.yaml") == "a%20b/%C3%BC.yaml"
    assert address_of(str(Path("/tmp/a b.yaml"))) == "file:///tmp/a%20b.yaml"
