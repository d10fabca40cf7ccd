"""`tally rules`: published, listed, rolled back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main

RULES = "promotions: {{tenth: {{then: {{percent_off: {percent}%}}}}}}\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store, and a folder with rules."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    assert main(["store", "init"]) == 0
    write(tmp_path, 10)
    return tmp_path


def write(folder: Path, percent: int) -> None:
    """Write a rule set."""
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "shop.yaml").write_text(RULES.format(percent=percent))


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What the list says."""
    capsys.readouterr()
    assert main(["rules", "list", "--format", "json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rules_are_published_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    assert capsys.readouterr().out == "no rules were published yet\n"
    assert main(["rules", "publish", "rules", "--author", "ana", "--note", "first"]) == 0
    assert "release 1: sha256:" in capsys.readouterr().err
    [one] = listed(capsys)
    assert (one["number"], one["status"], one["author"], one["note"]) == (
        1,
        "in_force",
        "ana",
        "first",
    )
    assert main(["rules", "publish", "rules"]) == 0
    assert "nothing was done" in capsys.readouterr().err
    assert main(["rules", "list"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["number", "status", "hash"]
    assert str(one["hash"])[:19] in line and str(one["hash"])[:20] not in line


def test_earlier_rules_hold_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "publish", "rules"])
    write(shop, 20)
    main(["rules", "publish", "rules"])
    assert main(["rules", "roll-back", "1", "--note", "too much"]) == 0
    first, second, third = listed(capsys)
    assert first["hash"] == third["hash"] != second["hash"]
    assert [one["status"] for one in (first, second, third)] == ["past", "past", "in_force"]
    start = str(second["hash"]).removeprefix("sha256:")[:8]
    assert main(["rules", "roll-back", start]) == 0
    assert listed(capsys)[3]["hash"] == second["hash"]
    assert main(["rules", "roll-back", "9"]) == 2
    assert "no release with the number or hash `9`" in capsys.readouterr().err


def test_rules_can_begin_later_but_not_earlier(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "publish", "rules", "--effective", "2999-01-01T00:00:00Z"]) == 0
    assert [one["status"] for one in listed(capsys)] == ["planned"]
    assert main(["rules", "publish", "rules", "--effective", "2000-01-01T00:00:00Z"]) == 2
    assert "got 2000-01-01T00:00:00Z, at `effective_at_us`" in capsys.readouterr().err
    assert main(["rules", "publish", "rules", "--effective", "soon"]) == 2
    assert "--effective: expected an instant" in capsys.readouterr().err


def test_rules_with_mistakes_are_not_published(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "rules" / "shop.yaml").write_text("promotions: {tenth: {than: 1}}\n")
    assert main(["rules", "publish", "rules"]) == 2
    assert "R" in capsys.readouterr().err
    assert listed(capsys) == []


def test_what_differs_is_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "diff", "rules"]) == 2
    assert "no rules are in force" in capsys.readouterr().err
    main(["rules", "publish", "rules"])
    write(shop, 20)
    (shop / "rules" / "club.yaml").write_text("programs: {club: {name: Club, status: paused}}\n")
    capsys.readouterr()
    assert main(["rules", "diff", "1", "rules"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "changed  promotions tenth",
        "  ~ then.percent_off: 10% -> 20%",
        "new      programs club",
        "  + name: Club",
        "  + redemption.points: 1",
        "  + redemption.value: 0.01 USD",
        "  + status: paused",
        "new      earning_rules club:purchase",
        "  + award.points: 1 per 1 USD",
        "  + event: purchase",
        "  + name: 1 per 1 USD",
        "  + program: club",
    ]
    shown = "  ~ then.percent_off: 10% -> 20%"  # what publishing would change
    assert main(["rules", "diff", "rules"]) == 0
    assert shown in capsys.readouterr().out.splitlines()
    assert main(["rules", "diff", "1"]) == 0
    assert capsys.readouterr().out == "nothing differs\n"
    assert main(["rules", "diff", "1", "rules", "--format", "json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["keys"] == [{"key": "then.percent_off", "was": "10%", "becomes": "20%"}]
    assert main(["rules", "diff", "9"]) == 2
