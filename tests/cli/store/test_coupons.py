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


def test_codes_for_nobody_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "5", "--member", "nobody"]) == 2
    assert "unknown_member: there is no member `nobody`: whoever is enrolled" in (
        capsys.readouterr().err
    )


def test_odds_alone_make_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "1000000", "--length", "12", "--odds"]) == 0
    assert "1,000,000 codes of 1,152,921,504,606,846,976" in capsys.readouterr().err
    assert main(["coupons", "export", "summer"]) == 2
    assert "there is no pool `summer`: there is none yet" in capsys.readouterr().err


def test_codes_that_are_guessed_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "1000", "--length", "4"]) == 2
    assert "Give it 6 random characters or more" in capsys.readouterr().err


def test_a_call_goes_on_where_no_more_codes_would_be_safe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["coupons", "generate", "summer", "1000", "--pattern", "SUN-######"]
    assert main([*words, "--request", "k1"]) == 0
    odds, *_ = capsys.readouterr().err.splitlines()
    assert odds.endswith("a guess finds one 1 in 1,073,741")
    assert main([*words, "--request", "k1"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == odds
    assert main(words) == 2
    assert "one in 536,870 guesses finds one" in capsys.readouterr().err


def test_a_pool_that_no_rules_take_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "rules.yaml").write_text(
        "promotions: {summer: {coupon_pool: summer, then: {percent_off: 10%}}}\n"
    )
    main(["rules", "publish", "rules.yaml"])
    capsys.readouterr()
    assert main(["coupons", "generate", "sumer", "5"]) == 0
    assert "no rules in force take codes of the pool `sumer` yet" in capsys.readouterr().err
    assert main(["coupons", "generate", "summer", "5"]) == 0
    assert "no rules in force" not in capsys.readouterr().err


def test_no_codes_are_made_that_are_over_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coupons", "generate", "summer", "5", "--expires", "2020-01-01T00:00:00Z"]) == 2
    said = capsys.readouterr().err
    assert "expected an instant to come, got 2020-01-01T00:00:00Z, at `expires_at_us`" in said
    assert main(["coupons", "export", "summer"]) == 2
