"""`tally member floor`, `close`, `reopen` and `credit`: what staff decide, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.app import main

RULES = """
ruleset: {currency: EUR}
programs: {club: {tiers: {levels: {seed: {from: 0}, tree: {from: 1000}}}}}
"""


@pytest.fixture(autouse=True)
def shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A store with a club that has tiers."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    (tmp_path / "club.yaml").write_text(RULES)
    main(["store", "init"])
    main(["rules", "publish", str(tmp_path / "club.yaml")])
    main(["member", "enrol", "ana", "club"])
    capsys.readouterr()


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """All of ana."""
    capsys.readouterr()
    main(["member", "show", "ana", "--format", "json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_floor_is_set_and_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["member", "floor", "ana", "club"]
    why = ["--reason", "a partner", "--actor", "eve", "--request", "k1"]
    assert main([*words, "tree", *why]) == main([*words, "tree", *why]) == 0
    said = "tally: `ana` does not fall below `tree` in `club`\n"
    assert capsys.readouterr().err == 2 * said
    found = shown(capsys)
    assert [(one["tier"], one["tier_floor"]) for one in found["programs"]] == [("tree", "tree")]
    assert [(one["actor"], one["reason"]) for one in found["interventions"]] == [
        ("eve", "a partner")
    ]
    assert main([*words, "--remove", "--reason", "no more"]) == 0
    assert capsys.readouterr().err == "tally: `ana` has no floor any more in `club`\n"
    assert shown(capsys)["programs"][0]["tier"] == "seed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "name the tier, or take it away with `--remove`"),
        ("tree --remove", "name the tier, or take it away with `--remove`"),
        ("bush", "unknown_tier: `club` has no tier `bush`, but seed, tree"),
    ],
)
def test_what_is_no_floor_is_said(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["member", "floor", "ana", "club", *words.split(), "--reason", "x"]) == 2
    assert capsys.readouterr().err == f"tally: {said}\n"


def test_who_is_closed_can_be_opened_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["member", "close", "ana", "--reason", "fraud", "--actor", "eve"]) == 0
    adjust = ["member", "adjust", "ana", "club", "5", "--reason", "x"]
    assert main(adjust) == 2
    assert main(["member", "reopen", "ana", "--reason", "it was not her"]) == 0
    assert main(adjust) == 0
    said = capsys.readouterr().err.splitlines()
    assert [said[0], said[2]] == ["tally: `ana` is closed", "tally: `ana` is active"]
    assert main(["member", "close", "zoe", "--reason", "x"]) == 2
    assert "unknown_member" in capsys.readouterr().err


def test_credit_is_given_once_for_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["member", "credit", "ana", "500", "EUR", "--reason", "late", "--source", "ticket-5"]
    assert main(words) == main(words) == 0
    said = "tally: +500 minor units of EUR, 500 available\n"
    assert capsys.readouterr().err == 2 * said
    assert [(one["unit"], one["balance"]) for one in shown(capsys)["accounts"]] == [("credit", 500)]
    assert main([*words[:3], "600", *words[4:]]) == 2
    assert "conflict" in capsys.readouterr().err
    assert main([*words[:3], "-5", *words[4:]]) == 2
    assert "expected a whole number above 0, got -5" in capsys.readouterr().err
