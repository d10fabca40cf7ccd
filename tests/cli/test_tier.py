"""`tally tier`: a file of histories in, a line a member out, in order."""

import io
import json
from pathlib import Path

import pytest

import tallystick
from tallystick.cli import tier
from tallystick.cli.app import main
from tallystick.dsl.loyalty import Duration, Level, Loyalty, Program, Tiers

CLUB = Program("club", tiers=Tiers((Level("silver", 1000),), Duration(months=12)))
HISTORIES = b"""\
{"member": "u1", "entries": [{"at": "2026-01-10", "points": 1000}]}

{"member": "u2", "entries": [{"at": "2026-01-10"}]}
{"member": "u3", "entries": []}
"""


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A folder, and a rule set with one program in its place."""
    ruleset = tallystick.Ruleset(loyalty=Loyalty((CLUB,)))
    monkeypatch.setattr(tier, "load", lambda path: ruleset)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(HISTORIES)))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yaml").write_text("ruleset: {}\n")
    return str(tmp_path / "rules")


def test_every_line_has_its_answer(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tier", "--rules", rules, "--at", "2026-07-10T12:00:00Z", "-"]) == 1
    out, err = capsys.readouterr()
    first, second, third = map(json.loads, out.splitlines())
    assert (first["member"], first["tier"], first["to_keep"]) == ("u1", "silver", 1000)
    assert second["history"] == "u2" and second["error"]["path"] == "entries[0].points"
    assert third["next"] == {"tier": "silver", "from": 1000, "missing": 1000}
    said = err.splitlines()
    assert said[0] == (
        "tally: line 3: history u2: expected the field `points`, got nothing, "
        "at `entries[0].points`"
    )
    assert said[1].startswith("tally: 3 histories, 1 refused, ")


def test_the_instant_is_now_unless_told(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tier", "--rules", rules, "-"])
    assert json.loads(capsys.readouterr().out.splitlines()[0])["valid_until"] in (
        None,
        "2027-01-11T00:00:00Z",
    )


def test_an_instant_that_is_none_ends_it(rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tier", "--rules", rules, "--at", "noon", "-"]) == 2
    assert capsys.readouterr().err == (
        "tally: --at: expected an instant such as 2026-07-10T12:00:00Z, got the text `noon`\n"
    )


def test_the_answers_go_where_they_are_wanted(rules: str, tmp_path: Path) -> None:
    path = tmp_path / "histories.jsonl"
    path.write_bytes(HISTORIES.splitlines()[0])
    answers = tmp_path / "answers.jsonl"
    words = ["--at", "2026-07-10T12:00:00Z", "--program", "club", "-o", str(answers)]
    assert main(["tier", "--rules", rules, *words, str(path)]) == 0
    assert json.loads(answers.read_bytes())["value"] == 1000
    assert main(["tier", "--rules", rules, *words, "-o", str(path), str(path)]) == 2
    assert path.read_bytes() == HISTORIES.splitlines()[0]
