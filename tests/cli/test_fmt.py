"""`tally fmt`: files rewritten, listed or compared, and never changed in meaning."""

import io
from pathlib import Path

import pytest

from tallystick.cli import fmt as command
from tallystick.cli.app import main

ODD = """\
# our rules
promotions:
    tenth:
        then: {percent_off: 10.0 %}   # ten
        name: Tenth
"""
NEAT = """\
# our rules
promotions:
  tenth:
    name: Tenth
    then: {percent_off: 10%}  # ten
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with an odd file and a neat one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.yaml").write_text(ODD)
    (tmp_path / "neat.yaml").write_text(NEAT.replace("tenth", "other"))
    return tmp_path


def test_files_are_rewritten_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    untouched = (folder / "neat.yaml").stat()
    assert main(["fmt", "."]) == 0
    assert (folder / "odd.yaml").read_text() == NEAT
    assert (folder / "neat.yaml").stat().st_ino == untouched.st_ino
    assert (folder / "neat.yaml").stat().st_mtime_ns == untouched.st_mtime_ns
    assert capsys.readouterr() == ("", "tally: 2 files, 1 changed\n")
    assert main(["fmt", "."]) == 0
    assert capsys.readouterr() == ("", "tally: 2 files, none changed\n")
    assert sorted(path.name for path in folder.iterdir()) == ["neat.yaml", "odd.yaml"]


def test_the_mode_of_a_file_stays(folder: Path) -> None:
    (folder / "odd.yaml").chmod(0o640)
    assert main(["fmt", "odd.yaml"]) == 0
    assert (folder / "odd.yaml").stat().st_mode & 0o777 == 0o640


def test_check_lists_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", ".", "--check"]) == 1
    assert capsys.readouterr() == ("odd.yaml\n", "tally: 2 files, 1 would change\n")
    assert (folder / "odd.yaml").read_text() == ODD
    assert main(["fmt", "neat.yaml", "--check"]) == 0
    assert capsys.readouterr() == ("", "tally: 1 file, none would change\n")


def test_diff_shows_a_patch_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", ".", "--diff"]) == 1
    assert capsys.readouterr().out == (
        "--- a/odd.yaml\n"
        "+++ b/odd.yaml\n"
        "@@ -1,5 +1,5 @@\n"
        " # our rules\n"
        " promotions:\n"
        "-    tenth:\n"
        "-        then: {percent_off: 10.0 %}   # ten\n"
        "-        name: Tenth\n"
        "+  tenth:\n"
        "+    name: Tenth\n"
        "+    then: {percent_off: 10%}  # ten\n"
    )
    assert (folder / "odd.yaml").read_text() == ODD


def test_a_missing_last_line_end_is_a_difference(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "odd.yaml").write_text(NEAT.rstrip("\n"))
    assert main(["fmt", "odd.yaml", "--diff"]) == 1
    assert "\\ No newline at end of file\n" in capsys.readouterr().out


def test_stdin_goes_to_stdout(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ODD.encode())))
    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == NEAT


def test_files_with_problems_are_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.yaml").write_text("promotions:\n  bad: {then: {percent_of: 10%}}\n")
    assert main(["fmt", "."]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "did you mean `percent_off`?" in shown.err
    assert (folder / "odd.yaml").read_text() == ODD


@pytest.mark.parametrize(
    "layout",
    [
        NEAT.replace("10%", "11%"),
        NEAT.replace("Name: Tenth", "name: Eleventh").replace("Tenth", "Eleventh"),
        NEAT.replace("10%", "ten"),
        NEAT
        + "\ntests:\n  t:\n    cart: {placed_at: 2026-07-10T12:00:00Z, lines: []}\n"
        + "    expect: {applied: []}\n",
    ],
)
def test_a_layout_that_would_change_a_rule_is_refused(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    layout: str,
) -> None:
    monkeypatch.setattr(command, "lay_out", lambda text, name="": layout)
    assert main(["fmt", "odd.yaml"]) == 2
    refusal = "tally: the layout would change what odd.yaml says; nothing is written\n"
    assert capsys.readouterr() == ("", refusal)
    assert (folder / "odd.yaml").read_text() == ODD


def test_a_layout_that_would_not_settle_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "lay_out", lambda text, name="": text + "# more\n")
    assert main(["fmt", "odd.yaml"]) == 2
    assert "nothing is written" in capsys.readouterr().err
    assert (folder / "odd.yaml").read_text() == ODD


@pytest.mark.parametrize("words", [["nowhere"], [], ["--check"]])
def test_a_wrong_command_line_is_status_2(folder: Path, words: list[str]) -> None:
    assert main(["fmt", *words]) == 2
