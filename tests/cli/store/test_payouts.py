"""`tally payouts`: asked for, listed, approved, and ended by hand where nobody else will."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.app import main
from tallystick.cli.store.payouts import STATUSES
from tallystick.store import Store
from tallystick.store.payout.disbursement import BEFORE_SENT, OVER, UNDER_WAY


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in which ana has cashback, and a bank where nobody answers."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    monkeypatch.setenv("TALLYSTICK_STORE", url)
    (tmp_path / "club.yaml").write_text("ruleset: {currency: EUR}\nprograms: {club: {}}\n")
    main(["store", "init"])
    main(["rules", "publish", str(tmp_path / "club.yaml")])
    main(["member", "enrol", "ana", "club"])
    main(["member", "adjust", "ana", "club", "3000", "--unit", "cashback", "--reason", "x"])
    store = Store(url)
    store.shop().providers.add("bank", "http://127.0.0.1:9/pay", kinds=["cashback"])
    store.close()
    return url


@pytest.fixture
def payout(capsys: pytest.CaptureFixture[str]) -> str:
    """One that ana asked for."""
    capsys.readouterr()
    words = ["payouts", "request", "ana", "club", "1000", "--provider", "bank", "--request", "k1"]
    assert main(words) == main([*words, "--format", "json"]) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (made["customer"], made["amount_minor"], made["status"]) == ("ana", 1000, "pending")
    return str(made["id"])


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """The payouts of a list."""
    capsys.readouterr()
    assert main(["payouts", "list", *words, "--format", "json"]) == 0
    return list(map(json.loads, capsys.readouterr().out.splitlines()))


def available(capsys: pytest.CaptureFixture[str]) -> int:
    """The cashback that ana can ask for."""
    capsys.readouterr()
    main(["member", "show", "ana", "--format", "json"])
    [purse] = json.loads(capsys.readouterr().out)["accounts"]
    return int(purse["available"])


def test_every_status_can_be_listed() -> None:
    assert set(STATUSES) == {*BEFORE_SENT, *UNDER_WAY, *OVER}


def test_payouts_are_listed(payout: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payouts", "list"]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split("  ")[0] == "payout" and " since " in heading
    assert row.split()[:7] == [payout, "pending", "cashback", "ana", "1,000", "EUR", "bank"]
    assert main(["payouts", "list", "--status", "sent", "--status", "failed"]) == 0
    assert capsys.readouterr().out == "there are no such payouts\n"
    assert [one["id"] for one in listed(capsys, "--member", "ana")] == [payout]
    assert listed(capsys, "--member", "ana", "--status", "confirmed") == []
    main(["payouts", "cancel", payout, "--reason", "a mistake"])
    assert listed(capsys) == listed(capsys, "--member", "ana") == []
    assert [one["id"] for one in listed(capsys, "--status", "cancelled")] == [payout]
    assert main(["payouts", "list", "--member", "zoe"]) == 2
    assert "unknown_member" in capsys.readouterr().err
    assert main(["payouts", "list", "--status", "lost"]) == 2


def test_long_lists_are_read_to_their_end(capsys: pytest.CaptureFixture[str], url: str) -> None:
    store = Store(url)
    payouts = store.shop().payouts
    asked = [payouts.request("ana", "club", 1) for _ in range(101)]
    store.close()
    assert len(asked) == len({one["id"] for one in listed(capsys)}) == 101


def test_what_is_unknown_is_ended_by_hand(payout: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payouts", "confirm", payout, "--reason", "x"]) == 2
    assert "wrong_state: the payout is pending, and has to be sent" in capsys.readouterr().err
    assert main(["payouts", "approve", payout, "--actor", "eve"]) == 0
    assert "\nstatus        requested\n" in capsys.readouterr().out
    assert main(["jobs", "pay"]) == 0
    [unknown] = listed(capsys)
    assert (unknown["id"], unknown["status"]) == (payout, "unknown")
    words = ["--reason", "they called", "--reference", "b-77", "--actor", "eve"]
    assert main(["payouts", "confirm", payout, *words]) == 0
    assert main(["payouts", "show", payout, "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (shown["status"], shown["reference"]) == ("confirmed", "b-77")
    last = shown["steps"][-1]
    assert (last["was"], last["actor"], last["detail"]) == ("unknown", "eve", "they called")
    assert available(capsys) == 2000
    assert main(["payouts", "fail", payout, "--reason", "x"]) == 2


def test_what_failed_is_free_again(payout: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["payouts", "approve", payout])
    main(["jobs", "pay"])
    assert available(capsys) == 2000
    assert main(["payouts", "fail", payout, "--reason", "closed account"]) == 0
    assert available(capsys) == 3000
    assert main(["payouts", "show", payout]) == 0
    assert "\nSteps\nnumber  was " in capsys.readouterr().out


def test_what_there_is_not_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["payouts", "show", "p9"]) == main(["payouts", "approve", "p9"]) == 2
    assert capsys.readouterr().err.count("tally: unknown_disbursement: there is no ") == 2
    assert main(["payouts", "request", "ana", "club", "3001"]) == 2
    assert "insufficient_points" in capsys.readouterr().err
