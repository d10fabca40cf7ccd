"""`tally check`: everything that is wrong with rule files, in four forms."""

import io
import json
import re
from pathlib import Path

import pytest

from tallystick.cli.app import main
from tallystick.dsl.problems import PROBLEMS_MAX

GOOD = "promotions:\n  tenth: {then: {percent_off: 10%}}\n"
BAD = "promotions:\n  bad:\n    when: cart.subtotl >= 5 USD\n    then: {percent_off: 10%}\n"


WARNED = """programs:
  club: {redemption: {points: 1, value: 2 USD}}
earning_rules:
  purchase: {program: club, event: purchase, award: {points: 1 per 1 USD}}
"""
NOTED = WARNED.replace("value: 2 USD", "value: 0.60 USD")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    """Rule files by name."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_clean_files_say_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=GOOD, b=GOOD.replace("tenth", "other"))
    assert main(["check", "."]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "tally: 2 files, 2 promotions, no problems\n"


def test_problems_of_all_files_are_shown_sorted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, b=BAD, a=BAD.replace("bad", "worse"))
    assert main(["check", "b.yaml", "a.yaml"]) == 1
    shown = capsys.readouterr()
    assert shown.out == (
        "R104 unknown name `cart.subtotl`\n"
        "  a.yaml:3:11\n"
        "  3 |     when: cart.subtotl >= 5 USD\n"
        "    |           ^^^^^^^^^^^^\n"
        "  help: did you mean `cart.subtotal`?\n"
        "\n"
        "R104 unknown name `cart.subtotl`\n"
        "  b.yaml:3:11\n"
        "  3 |     when: cart.subtotl >= 5 USD\n"
        "    |           ^^^^^^^^^^^^\n"
        "  help: did you mean `cart.subtotal`?\n"
    )
    assert shown.err == "tally: 2 problems in 2 files\n"


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=BAD)
    assert main(["check", "a.yaml", "--format", "json"]) == 1
    (record,) = json.loads(capsys.readouterr().out)
    assert record["code"] == "R104"
    assert (record["line"], record["column"], record["end_column"]) == (3, 11, 23)


def test_json_of_clean_files_is_an_empty_list(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, a=GOOD)
    assert main(["check", "a.yaml", "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_github(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=BAD)
    assert main(["check", ".", "--format", "github"]) == 1
    assert capsys.readouterr().out == (
        "::error file=a.yaml,line=3,col=11,endColumn=23,title=R104::"
        "unknown name `cart.subtotl`%0Ahelp: did you mean `cart.subtotal`?\n"
    )


def test_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=BAD)
    assert main(["check", "a.yaml", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["runs"][0]["results"][0]["ruleId"] == "R104"


def test_each_folder_with_a_ruleset_is_checked_by_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, currency in (("one", "USD"), ("two", "EUR")):
        (folder / name).mkdir()
        text = f"ruleset: {{currency: {currency}}}\n" + GOOD
        (folder / name / "rules.yaml").write_text(text)
    assert main(["check", "one", "two"]) == 0
    assert "2 files, 2 promotions" in capsys.readouterr().err


def test_stdin(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["check", "-"]) == 1
    assert "  <stdin>:3:11\n" in capsys.readouterr().out


def test_reading_that_stopped_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"  n{number}: nope\n" for number in range(PROBLEMS_MAX + 20)]
    write(folder, a="define:\n" + "".join(names))
    assert main(["check", "a.yaml"]) == 1
    shown = capsys.readouterr()
    assert shown.out.count("R104") == PROBLEMS_MAX
    assert shown.err == "tally: 100 problems in 1 file, and there may be more\n"


@pytest.mark.parametrize(
    "content", [b"define: {a: \xff}\n", "a: \u202e\ud800".encode("utf-8", "surrogatepass")]
)
def test_bytes_that_are_not_utf8_are_problems(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (folder / "a.yaml").write_bytes(content)
    for form in ("text", "json", "github", "sarif"):
        assert main(["check", "a.yaml", "--format", form]) == 1
        assert "R005" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nowhere.yaml"], [], [".", "--format", "html"]])
def test_a_wrong_command_line_is_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["check", *words]) == 2
    assert capsys.readouterr().err


def test_paths_that_lead_nowhere_have_a_line_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "one", "two"]) == 2
    assert capsys.readouterr().err == (
        "tally: there is no file or folder `one`\ntally: there is no file or folder `two`\n"
    )


# Warnings and notes.


def test_warnings_are_shown_and_fail_only_when_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, a=WARNED)
    assert main(["check", "."]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("W501 100 USD spent can bring 200 USD back, more than was spent\n")
    assert shown.err == "tally: 1 file, 0 promotions, 1 loyalty rule, no problems, 1 warning\n"
    assert main(["check", ".", "--strict"]) == 1
    assert capsys.readouterr() == shown


def test_notes_never_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=NOTED)
    assert main(["check", ".", "--strict"]) == 0
    assert capsys.readouterr().err.endswith(", no problems, 1 note\n")


def test_problems_of_one_rule_set_beside_warnings_of_another(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("one", WARNED), ("two", BAD)):
        (folder / name).mkdir()
        (folder / name / "rules.yaml").write_text("ruleset: {}\n" + text)
    assert main(["check", "one", "two"]) == 1
    shown = capsys.readouterr()
    assert re.findall("^[RW]...", shown.out, re.MULTILINE) == ["W501", "R104"]
    assert shown.err == "tally: 1 problem in 1 file, 1 warning\n"


def test_severities_in_every_form(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, a=WARNED)
    assert main(["check", "a.yaml", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["code"], record["severity"], record["line"]) == ("W501", "warning", 2)
    main(["check", "a.yaml", "--format", "github"])
    assert capsys.readouterr().out.startswith("::warning file=a.yaml,line=2,")
    main(["check", "a.yaml", "--format", "sarif"])
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("W501", "warning")
    write(folder, a=NOTED)
    main(["check", "a.yaml", "--format", "github"])
    assert capsys.readouterr().out.startswith("::notice file=a.yaml,line=2,")
