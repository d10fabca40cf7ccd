"""`tally member`: enrolled, shown, given and taken points by hand, with all that was booked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main

RULES = """
ruleset: {currency: EUR}
programs:
  club: {redemption: {points: 100, value: 1 EUR}}
stamp_cards: {tea: {program: club, size: 5}}
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a club."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    (tmp_path / "club.yaml").write_text(RULES)
    assert main(["store", "init"]) == 0
    assert main(["rules", "publish", str(tmp_path / "club.yaml")]) == 0
    assert main(["member", "enrol", "ana", "club"]) == 0
    return tmp_path


def adjust(points: str, *words: str) -> int:
    """Give or take points."""
    return main(["member", "adjust", "ana", "club", points, "--reason", "sorry", *words])


def test_points_are_given_and_taken_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert adjust("250", "--request", "k1", "--actor", "eve") == 0
    assert adjust("250", "--request", "k1", "--actor", "eve") == 0
    assert adjust("-50") == 0
    said = capsys.readouterr().err.splitlines()
    assert said[-3:] == [
        "tally: entry 1: +250, balance 250",
        "tally: entry 1: +250, balance 250",
        "tally: entry 2: -50, balance 200",
    ]
    assert main(["member", "adjust", "ana", "clb", "5", "--reason", "x"]) == 2
    assert "no program `clb`: did you mean `club`?" in capsys.readouterr().err
    assert adjust("1", "--unit", "stamps", "--card", "coffee") == 2
    assert "unknown_card: `club` has no stamp card `coffee`: known are `tea`" in (
        capsys.readouterr().err
    )
    assert adjust("-201") == 2
    assert "insufficient_points" in capsys.readouterr().err
    assert main(["member", "history", "ana", "--format", "json"]) == 0
    taken, given = map(json.loads, capsys.readouterr().out.splitlines())
    assert (taken["points"], given["points"], given["actor"]) == (-50, 250, "eve")
    assert given["recorded_at"].endswith("Z")


def test_a_member_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    adjust("250")
    capsys.readouterr()
    assert main(["member", "show", "ana", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["member"], shown["status"]) == ("ana", "active")
    assert [one["program"] for one in shown["programs"]] == ["club"]
    assert [one["available"] for one in shown["accounts"]] == [250]
    assert main(["member", "show", "ana"]) == 0
    text = capsys.readouterr().out
    assert "Programs\n" in text and "Accounts\n" in text and "Rewards" not in text
    assert main(["member", "show", "zoe"]) == 2
    assert "unknown_member" in capsys.readouterr().err


def test_a_long_history_comes_in_pages(capsys: pytest.CaptureFixture[str]) -> None:
    for points in ("1", "2", "3"):
        adjust(points)
    capsys.readouterr()
    assert main(["member", "history", "ana", "--limit", "2"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3 and "there is more: --cursor " in err
    cursor = err.split("--cursor ")[1].strip()
    assert main(["member", "history", "ana", "--limit", "2", "--cursor", cursor]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2 and err == ""


def test_a_history_says_of_what_each_entry_is_and_whose_hand_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    adjust("250", "--actor", "eve")
    adjust("3", "--unit", "stamps", "--card", "tea", "--actor", "joe")
    capsys.readouterr()
    assert main(["member", "history", "ana"]) == 0
    heading, stamps, points = capsys.readouterr().out.splitlines()
    assert heading.split()[-1] == "actor"
    assert " club     stamps tea  " in stamps and stamps.endswith("  joe")
    assert " club     points  " in points and points.endswith("  eve")
    assert main(["member", "history", "ana", "--format", "json", "--limit", "1"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert (entry["program"], entry["unit"], entry["card"]) == ("club", "stamps", "tea")


@pytest.mark.parametrize("points", ["250.5", "250.0", "1e3", "many", "9007199254740993.0"])
def test_what_is_no_whole_number_is_never_rounded(
    points: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adjust(points) == 2
    said = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert f"expected a whole number, got `{points}`" in said
    assert main(["member", "history", "ana"]) == 0
    assert capsys.readouterr().out == "nothing was booked yet\n"


def test_a_member_is_shown_at_an_instant_past(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["member", "show", "ana", "--at", "1990-01-01T00:00:00Z", "--format", "json"]) == 0
    past = json.loads(capsys.readouterr().out)
    assert adjust("250") == 0
    assert main(["member", "show", "ana", "--at", "1990-01-01T00:00:00Z", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == past
    assert (past["programs"], past["accounts"], past["interventions"]) == ([], [], [])


@pytest.mark.parametrize("at", ["1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z"])
def test_an_instant_that_no_store_knows_is_named_as_it_was_written(
    at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["member", "show", "ana", "--at", at]) == 2
    said = capsys.readouterr().err
    assert said == (
        f"tally: --at: expected an instant from 1970 on, before the year 9000, got {at}\n"
    )


def test_tables_stand_straight_whatever_names_are_made_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for member in ("\u65e5\u672c", "Jose\u0301", "bo"):
        main(["member", "enrol", member, "club"])
        main(["member", "adjust", member, "club", "5", "--reason", "x"])
    capsys.readouterr()
    assert main(["report", "top-balances", "--program", "club"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "   1  Jose\u0301    club     points        5          5",
        "   2  bo      club     points        5          5",
        "   3  \u65e5\u672c    club     points        5          5",
    ]


def test_somebody_in_no_segment_is_shown_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["member", "show", "ana"]) == 0
    assert "\nsegments\n" in capsys.readouterr().out
