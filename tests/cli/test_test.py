"""`tally test`: the tests of rule files, what differs, and what no test has seen."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tallystick.cli.app import main

RULES = """\
promotions:
  big:
    when: cart.subtotal >= 50 USD
    then: {percent_off: 10%}
"""
PASSING = """\
tests:
  small:
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: [{sku: A, quantity: 1, unit_price: 20 USD}]}
    expect: {applied: [], not_applied: {big: condition}, grand_total: 20 USD}
"""
FAILING = """\
tests:
  wants-more:
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: [{sku: A, quantity: 1, unit_price: 20 USD}]}
    expect:
      applied: [big]
      grand_total: 18 USD
"""
LARGE = """\
  large:
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: [{sku: A, quantity: 3, unit_price: 20 USD}]}
    expect: {applied: [big], discount_total: 6 USD}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with rules and no tests."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
def test_passing_tests_and_full_coverage_say_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], evaluator: str
) -> None:
    (folder / "rules.test.yaml").write_text(PASSING + LARGE)
    assert main(["test", ".", "--require-coverage", "--evaluator", evaluator]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "tally: 2 tests, all passed; 1 of 1 promotion covered\n"


def test_a_failing_test_says_what_differs_and_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules.test.yaml").write_text(FAILING + LARGE)
    assert main(["test", ".", "--evaluator", "reference"]) == 1
    shown = capsys.readouterr()
    assert shown.out == (
        "FAILED wants-more\n"
        "  rules.test.yaml:2\n"
        "  applied: expected big, got nothing\n"
        "    big: condition, cart.subtotal is 20.00 USD, needs 50.00 USD\n"
        "  grand_total: expected 18.00 USD, got 20.00 USD\n"
    )
    assert shown.err == "tally: 2 tests, 1 failed; 1 of 1 promotion covered\n"


def test_gaps_are_told_and_fail_only_when_asked_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules.test.yaml").write_text(PASSING)
    assert main(["test", ".", "--evaluator", "reference"]) == 0
    shown = capsys.readouterr()
    assert shown.out == (
        "NOT COVERED\n"
        "  no test has seen big applied\n"
        "  no test has seen `cart.subtotal >= 50 USD` true, of big\n"
    )
    assert shown.err == "tally: 1 test, all passed; 0 of 1 promotion covered\n"
    assert main(["test", ".", "--evaluator", "reference", "--require-coverage"]) == 1


def test_rules_without_tests_pass_but_are_not_covered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", "rules.yaml", "--evaluator", "reference"]) == 0
    assert capsys.readouterr().err == "tally: 0 tests; 0 of 1 promotion covered\n"


def test_a_refused_cart_is_an_error_of_its_test(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "{id: a, sku: A, quantity: 1, unit_price: 1 USD}"
    (folder / "rules.test.yaml").write_text(
        "tests:\n  twice:\n    cart:\n      placed_at: 2026-07-10T12:00:00Z\n"
        f"      lines: [{line}, {line}]\n"
        "    expect: {applied: []}\n"
    )
    assert main(["test", ".", "--evaluator", "reference"]) == 1
    shown = capsys.readouterr()
    assert "FAILED twice\n  rules.test.yaml:2\n  the cart is refused: " in shown.out
    assert "at `lines[1].id`" in shown.out
    assert shown.err == "tally: 1 test, 1 refused; 0 of 1 promotion covered\n"


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules.test.yaml").write_text(FAILING + LARGE)
    assert main(["test", ".", "--format", "json", "--evaluator", "reference"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert [test["status"] for test in record["tests"]] == ["failed", "passed"]
    failed = record["tests"][0]
    assert (failed["file"], failed["line"]) == ("rules.test.yaml", 2)
    assert failed["differences"][1] == {
        "subject": "grand_total",
        "expected": "18.00 USD",
        "got": "20.00 USD",
        "reasons": [],
    }
    assert record["coverage"] == {
        "promotions": 1,
        "covered": 1,
        "loyalty_rules": 0,
        "loyalty_covered": 0,
        "gaps": [],
    }


def test_junit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules.test.yaml").write_text(FAILING)
    assert main(["test", ".", "--format", "junit", "--evaluator", "reference"]) == 1
    root = ElementTree.fromstring(capsys.readouterr().out)
    assert root.get("failures") == "1"
    (output,) = root.iter("system-out")
    assert "no test has seen big applied" in (output.text or "")


CLUB = """\
programs: {club: {}}
earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}}
burning_rules: {mug: {program: club, cost: 50, reward: {product: MUG}}}
"""


def test_loyalty_rules_count_beside_promotions(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "club.yaml").write_text(CLUB)
    (folder / "rules.test.yaml").write_text(PASSING + LARGE)
    assert main(["test", "."]) == 0
    shown = capsys.readouterr()
    assert shown.out == "NOT COVERED\n  no test has seen mug redeemed\n"
    last = "1 of 1 promotion, 1 of 2 loyalty rules covered"
    assert shown.err == f"tally: 2 tests, all passed; {last}\n"
    assert main(["test", ".", "--require-coverage"]) == 1


def test_loyalty_rules_without_promotions_are_not_covered_by_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules.yaml").write_text(CLUB)
    assert main(["test", ".", "--require-coverage"]) == 1
    assert capsys.readouterr().err == "tally: 0 tests; 0 of 2 loyalty rules covered\n"


def test_gaps_in_json_and_junit_name_a_promotion_or_a_loyalty_rule(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "club.yaml").write_text(CLUB)
    (folder / "rules.test.yaml").write_text("tests:\n" + LARGE)
    assert main(["test", ".", "--format", "json"]) == 0
    coverage = json.loads(capsys.readouterr().out)["coverage"]
    assert (coverage["loyalty_rules"], coverage["loyalty_covered"]) == (2, 1)
    assert [(one["promotion"], one["rule"], one["missing"]) for one in coverage["gaps"]] == [
        ("big", None, "not applied"),
        ("big", None, "false"),
        (None, "mug", "redeemed"),
    ]
    assert main(["test", ".", "--format", "junit"]) == 0
    (output,) = ElementTree.fromstring(capsys.readouterr().out).iter("system-out")
    assert (output.text or "").endswith("\nno test has seen mug redeemed")


@pytest.mark.parametrize("words", [["nowhere"], [], [".", "--evaluator", "guess"]])
def test_a_wrong_command_line_is_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["test", *words]) == 2
    assert capsys.readouterr().err


def test_unusable_rules_are_status_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "a.yaml").write_text(
            f"ruleset: {{currency: USD}}\ndefine: {{{name}: x}}\n"
        )
    assert main(["test", "."]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("R104 unknown name `x`") == 2
