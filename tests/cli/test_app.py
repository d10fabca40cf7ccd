"""The `tally` command itself: its words, its exit statuses, what it says when things go wrong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from tallystick.cli import verbs
from tallystick.cli.app import main
from tallystick.cli.failure import Failure
from tallystick.cli.verbs import app
from tallystick.dsl.problems import Problem, RuleTextError
from tallystick.dsl.source import Source, Span
from tallystick.version import __version__

VERBS = ["check", "explain", "fmt", "run", "test"]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let every command line end in an error."""

    def raise_it(words: list[str], **_: object) -> int:
        raise error

    monkeypatch.setattr(verbs, "app", raise_it)


def run_in_shell(folder: Path, redirection: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own, beside some rules, with redirected streams."""
    (folder / "rules.yaml").write_text("promotions: {tenth: {then: {percent_off: 10%}}}\n")
    code = "import sys; from tallystick.cli.app import main; sys.exit(main())"
    return subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirection}', sys.executable, "-c", code, *words],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tally {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_names_every_verb(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert all(f" {verb} " in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_there_and_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(app[verb], App)
    assert main([verb, "--help"]) == 0
    assert f"tally {verb}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["run"],
        ["run", "carts.jsonl"],
        ["run", "--rules", ".", "-", "--no-such-option"],
        ["run", "--rules", ".", "-", "--threads", "0"],
        ["run", "--rules", ".", "-", "--evaluator", "guess"],
        ["explain", "--rules", ".", "cart.json", "--format", "html"],
    ],
)
def test_a_wrong_command_line_is_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err != ""
    assert "Traceback" not in err


def test_a_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, Failure("the \x1b[2J door is shut"))
    assert main(["run"]) == 2
    assert capsys.readouterr().err == "tally: the �[2J door is shut\n"


def test_problems_in_rules_are_rendered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = Problem(
        "R121", Span(Source("a.yaml", "x: 5"), 3, 4), "the amount `5` has no currency"
    )
    fail_with(monkeypatch, RuleTextError([problem]))
    assert main(["run"]) == 2
    assert capsys.readouterr().err == problem.render() + "\n"


def test_trouble_with_the_system_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, PermissionError(13, "Permission denied", "vault"))
    assert main(["run"]) == 2
    assert capsys.readouterr().err == "tally: `vault`: permission denied\n"


def test_a_bug_is_status_2_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, AssertionError("impossible"))
    assert main(["run"]) == 2
    err = capsys.readouterr().err
    assert "AssertionError: impossible" in err
    assert "tally: internal error" in err


@pytest.mark.parametrize("words", ["", "interrupted after 3 carts"])
def test_ctrl_c_is_status_130_and_one_line(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, KeyboardInterrupt(words))
    assert main(["run"]) == 130
    assert capsys.readouterr().err == f"tally: {words or 'interrupted'}\n"


@pytest.mark.parametrize("words", ["--version", "--help", "order --help"])
def test_help_waits_for_nothing_that_only_verbs_need(words: str) -> None:
    code = (
        "import sys; from tallystick.cli.app import main; main(sys.argv[1:]); print();"
        "slow = 'numpy', 'pydantic', 'sqlalchemy', 'tallystick.face', 'tallystick.cli.run';"
        "print(*[name for name in slow if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_nothing_that_takes_long_is_imported_before_ctrl_c_is_caught() -> None:
    code = (
        "import sys, tallystick.cli.app;"
        "slow = 'cyclopts', 'dataclasses', 'tallystick.dsl', 'tallystick.face';"
        "print(*[name for name in slow if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize(
    ("closing", "words", "status"),
    [
        (">&-", ["--help"], 0),
        (">&-", ["check", "rules.yaml"], 0),
        ("2>&-", ["check", "rules.yaml"], 0),
        ("2>&-", ["check", "nowhere.yaml"], 2),
        ("<&- >&- 2>&-", ["check", "rules.yaml"], 0),
        ("<&-", ["check", "rules.yaml"], 0),
    ],
)
def test_closed_streams_are_no_trouble(
    tmp_path: Path, closing: str, words: list[str], status: int
) -> None:
    done = run_in_shell(tmp_path, closing, *words)
    assert done.returncode == status
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["check", "-"],
        ["run", "-", "--rules", "rules.yaml"],
        ["explain", "-", "--rules", "rules.yaml"],
    ],
)
def test_a_closed_stdin_cannot_be_read(tmp_path: Path, words: list[str]) -> None:
    done = run_in_shell(tmp_path, "<&-", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tally: cannot read stdin: it is closed\n"


def test_every_option_of_every_verb_says_what_it_is() -> None:
    """An option in the help without a word about it is one nobody dares to use."""
    silent = [
        f"{' '.join(verb)} {argument.name}"
        for verb, part in verbs_of(app)
        for argument in part.assemble_argument_collection(parse_docstring=True)
        if argument.show and not argument.parameter.help
    ]
    assert silent == []


def verbs_of(part: App, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """All verbs of a command, with their words."""
    names = [name for name in part if not name.startswith("-")]
    if not names:
        yield words, part
    for name in names:
        yield from verbs_of(part[name], (*words, name))
