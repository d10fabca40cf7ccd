"""`tally coupons`: made after saying how easily one is guessed, and written as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tallystick.cli.app import main


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    assert main(["store", "init"]) == 0
    return tmp_path


def test_codes_are_made_and_exported(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["coupons", "generate", "summer", "25", "--pattern", "SUN-########"]
    assert main([*words, "--request", "k1"]) == 0
    assert main([*words, "--request", "k1"]) == 0
    said = capsys.readouterr().err
    assert "a guess finds one 1 in " in said
    assert "25 codes are in the pool `summer`" in said
    assert main(["coupons", "export", "summer", "-o", "codes.csv"]) == 0
    rows = list(csv.DictReader((shop / "codes.csv").read_text().splitlines()))
    assert len({row["code"] for row in rows}) == 25
    assert all(row["code"].startswith("SUN-") and row["pool"] == "summer" for row in rows)
    capsys.readouterr()
    assert main(["coupons", "export", "sumer"]) == 2
    assert "there is no pool `sumer`: did you mean `summer`?" in capsys.readouterr().err


def test_odds_alone_make_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "1000000", "--length", "12", "--odds"]) == 0
    assert "1,000,000 codes of 1,152,921,504,606,846,976" in capsys.readouterr().err
    assert main(["coupons", "export", "summer"]) == 2
    assert "there is no pool `summer`: there is none yet" in capsys.readouterr().err


def test_codes_that_are_guessed_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "1000", "--length", "4"]) == 2
    assert "Give it 6 random characters or more" in capsys.readouterr().err
