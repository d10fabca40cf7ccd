"""`tally gift-cards`: issued, shown, blocked and let pay again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.app import main


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with rules."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    (tmp_path / "club.yaml").write_text("ruleset: {currency: EUR}\nprograms: {club: {}}\n")
    main(["store", "init"])
    main(["rules", "publish", str(tmp_path / "club.yaml")])


def card(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The gift card that a command shows."""
    capsys.readouterr()
    assert main(["gift-cards", *words, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_card_is_issued_once_and_found_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("issue", "5000", "EUR", "--expires", "2100-01-01T00:00:00Z", "--request", "k1")
    issued = card(capsys, *words)
    assert card(capsys, *words) == issued
    assert (issued["available_minor"], issued["expires_at"]) == (5000, "2100-01-01T00:00:00Z")
    assert card(capsys, "show", issued["code"].lower().replace("-", "")) == issued
    assert main(["gift-cards", "show", issued["code"]]) == 0
    assert "\navailable minor  5,000\n" in capsys.readouterr().out


def test_a_card_is_blocked_and_pays_again(capsys: pytest.CaptureFixture[str]) -> None:
    code = card(capsys, "issue", "5000", "EUR")["code"]
    assert card(capsys, "block", code)["status"] == "blocked"
    assert card(capsys, "show", code)["available_minor"] == 5000
    assert card(capsys, "unblock", code)["status"] == "active"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("show ABCD", "unknown_code: no gift card has this code"),
        ("block ABCD", "unknown_code"),
        ("issue 5 EURO", "expected a currency by its code in ISO 4217"),
        ("issue 5 EUR --expires 2020-01-01T00:00:00Z", "expired: the gift card would have expired"),
        ("issue 5.5 EUR", "expected a whole number, got `5.5`"),
    ],
)
def test_what_cannot_be_is_said(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gift-cards", *words.split()]) == 2
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())
