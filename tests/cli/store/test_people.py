"""`tally member import` and `erase`: taken whole or not at all, and forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main

HEAD = "member,program,points,earned,expires\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a club."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "club.yaml").write_text(
        "programs: {club: {redemption: {points: 100, value: 1 USD}}}\n"
    )
    assert main(["store", "init"]) == 0
    assert main(["rules", "publish", "club.yaml"]) == 0
    return tmp_path


def test_balances_are_taken_once(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "old.csv").write_text(HEAD + "ana,club,1200,2025-11-03,never\n")
    words = ["member", "import", "old.csv", "--format", "json"]
    assert main([*words, "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["ledger_points"] == 1200 and "nothing was written" in err
    assert main(["member", "show", "ana"]) == 2
    assert main(words) == main(words) == 0
    capsys.readouterr()
    main(["member", "show", "ana", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["accounts"][0]["balance"] == 1200


def test_a_bad_line_takes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "ana,club,1200,2025-11-03,never\nbo,club,x,2025-11-03,never\nbo,klub,1,2025-11-03,never"
    (shop / "old.csv").write_text(f"{HEAD}{lines}\n")
    capsys.readouterr()
    assert main(["member", "import", "old.csv"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("tally: old.csv:3: ") and said[1].startswith("tally: old.csv:4: ")
    assert said[-1] == "tally: nothing is taken: 2 lines are wrong"
    (shop / "old.csv").write_text(HEAD.replace(",", ";"))
    assert main(["member", "import", "old.csv"]) == 1
    assert capsys.readouterr().err.endswith("tally: nothing is taken: 1 line is wrong\n")
    assert main(["member", "show", "ana"]) == 2


def test_somebody_is_forgotten(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["member", "enrol", "ana", "club"])
    capsys.readouterr()
    assert main(["member", "erase", "ana", "--reason", "asked for it"]) == 0
    assert capsys.readouterr().err == "tally: erased, with the papers of 0 orders\n"
    assert main(["member", "show", "ana"]) == 2
    assert main(["store", "verify"]) == 0
    assert b"ana" not in (shop / "shop.db").read_bytes()
