"""The steps of long work: told by every command that may take long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.cli.app import main
from tallystick.cli.store.steps import Steps

BALANCES = "member,program,points,earned,expires\nana,club,5,2025-11-03,never\n"


def test_long_work_tells_its_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Steps, "show", lambda self, words: told.append(str(words)))
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    Path("club.yaml").write_text("programs: {club: {}}\n")
    Path("old.csv").write_text(BALANCES)
    for words, last in [
        ("store init", ""),
        ("rules publish club.yaml", ""),
        ("member import old.csv", "1 lines"),
        ("coupons generate summer 7", "7 of 7 codes"),
        ("coupons export summer -o codes.csv", "8 lines"),
        ("jobs run", "0 accounts"),
    ]:
        told.clear()
        assert main(words.split()) == 0, capsys.readouterr().err
        assert told[-1:] == ([last] if last else [])
    assert main(["coupons", "export", "summer"]) == 0
    assert "lines" not in capsys.readouterr().err
