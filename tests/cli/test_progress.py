"""The progress bar: on stderr, on a terminal only, and only for work that takes long."""

import io
from pathlib import Path

import pytest

from tallystick.cli import progress
from tallystick.cli.progress import STEP, Progress, size_of


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        return True


def work(count: int, *, is_wanted: bool = True) -> Progress:
    """Count some carts of a source without a known size."""
    with Progress(io.BytesIO(), is_wanted=is_wanted) as bar:
        for _ in range(count):
            bar.read_bytes += 100
            bar.count()
    return bar


def open_terminal(patch: pytest.MonkeyPatch, patience_seconds: int = 0) -> Terminal:
    """Let a person look at stderr."""
    shown = Terminal()
    patch.setattr("sys.stderr", shown)
    patch.setattr(progress, "PATIENCE_SECONDS", patience_seconds)
    patch.setenv("TERM", "xterm")
    return shown


def test_long_work_on_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    assert work(10 * STEP).cart_count == 10 * STEP
    assert f"{10 * STEP} carts" in terminal.getvalue()


def test_short_work_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch, patience_seconds=60)
    work(10 * STEP)
    assert terminal.getvalue() == ""


def test_results_on_the_same_terminal_show_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    work(10 * STEP, is_wanted=False)
    assert terminal.getvalue() == ""


def test_no_terminal_shows_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0)
    work(10 * STEP)
    assert capsys.readouterr().err == ""


def test_only_files_have_a_size(tmp_path: Path) -> None:
    path = tmp_path / "carts.jsonl"
    path.write_bytes(b"12345")
    with path.open("rb") as file:
        assert size_of(file) == 5
    with open("/dev/null", "rb") as file:
        assert size_of(file) is None
    assert size_of(io.BytesIO(b"123")) is None
