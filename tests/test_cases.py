"""Cases by theme in, receipts out of both evaluators, held against what was worked out by hand.

A file of `cases/` holds small rule files, one below the other between lines `---`, each with the
tests of one sentence or two of the semantics. What `expect` cannot say about a result (its whole
records) stands in `cases/results.json`, by the name of the case.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import pytest

import tallystick
from tallystick.cli.suite import Suite
from tallystick.dsl.ruleset import Case
from tallystick.engine.outcome import Reason

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).parent / "cases"
RULES = ROOT / "rules"
SHOPS = sorted(path for path in RULES.iterdir() if path.is_dir())
RESULTS = cast(dict[str, dict[str, Any]], json.loads((FOLDER / "results.json").read_text()))

Evaluator = Literal["reference", "kernel"]


def split_documents(path: Path) -> Iterator[str]:
    """The rule files in a file of cases, each padded so that its lines keep their numbers."""
    line_count = 0
    for text in path.read_text(encoding="utf-8").split("\n---\n"):
        yield "\n" * line_count + text + "\n"
        line_count += text.count("\n") + 2


@dataclass(frozen=True, eq=False)
class Document:
    """One rule file out of a file of cases."""

    ruleset: tallystick.Ruleset


@cache
def suite_of(document: Document, evaluator: Evaluator) -> Suite:
    """What runs the cases of a rule file."""
    return Suite(tallystick.Engine(document.ruleset, evaluator))


def list_cases() -> Iterator[tuple[Document, Case]]:
    """Every case with the rule file it stands in."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for text in split_documents(path):
            document = Document(tallystick.load_text(text, path.name))
            for case in document.ruleset.cases:
                yield document, case


CASES = list(list_cases())
PARAMS = [
    pytest.param(document, case, id=f"{case.place.place[0]}:{case.name}")
    for document, case in CASES
]


@pytest.mark.parametrize(("document", "case"), PARAMS)
def test_case(document: Document, case: Case, evaluator: Evaluator) -> None:
    differences, error = suite_of(document, evaluator).judge(case)
    assert not error
    assert [difference.text for difference in differences] == []


@pytest.mark.parametrize("name", RESULTS)
def test_records_of_a_result(name: str, evaluator: Evaluator) -> None:
    (found,) = [pair for pair in CASES if pair[1].name == name]
    document, case = found
    facts = cast(dict[str, Any] | None, case.facts)
    quote = suite_of(document, evaluator).engine.quote(dict(case.cart), facts)
    result = msgspec.to_builtins(quote.result)
    assert {key: result[key] for key in RESULTS[name]} == RESULTS[name]


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.name)
def test_rules_of_shops(shop: Path, evaluator: Evaluator) -> None:
    suite = Suite(tallystick.Engine(tallystick.load(shop), evaluator))
    suite.run()
    assert suite.verdicts
    assert [v.sentences for v in suite.verdicts if v.status != "passed"] == []
    assert [gap.text for gap in suite.gaps()] == []


def test_names_of_cases_are_distinct() -> None:
    counts = Counter(case.name for _, case in CASES)
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_reason_has_a_case() -> None:
    reasons: set[str] = set()
    for _, case in CASES:
        for key in ("not_applied", "rejected_coupons"):
            reasons |= set(cast(dict[str, str], case.expect.get(key, {})).values())
    assert reasons == {reason.word for reason in Reason}
