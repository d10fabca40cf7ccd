"""`tally webhooks` and what is sent: added, listed, tried, removed; payouts handed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main


def test_webhooks_are_added_listed_tried_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    (tmp_path / "club.yaml").write_text("programs: {club: {points: {name: Leaves}}}\n")
    main(["store", "init"])
    main(["rules", "publish", str(tmp_path / "club.yaml")])
    main(["member", "enrol", "ana", "club"])
    capsys.readouterr()
    assert main(["webhooks", "list"]) == 0
    assert capsys.readouterr().out == "nobody listens\n"
    # Nobody answers at the port of nothing.
    url = "http://127.0.0.1:9/hook"
    assert main(["webhooks", "add", url, "--type", "loyalty.adjusted"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("whsec_") and "hears what happens from now on" in err
    assert main(["webhooks", "add", url]) == 2
    assert "sends `loyalty.adjusted` there already" in capsys.readouterr().err
    assert main(["jobs", "deliver"]) == 0
    main(["member", "adjust", "ana", "club", "5", "--reason", "x"])
    capsys.readouterr()
    assert main(["jobs", "deliver"]) == 1
    why, count = capsys.readouterr().err.splitlines()
    assert why.startswith("tally: webhook ") and "refused" in why and "tried again from " in why
    assert count == "tally: 0 events sent, 1 failed"
    assert main(["webhooks", "list", "--format", "json"]) == 0
    [one] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (one["url"], one["types"], one["waiting"]) == (url, ["loyalty.adjusted"], 1)
    assert "whsec_" not in json.dumps(one)
    assert main(["webhooks", "remove", one["id"]]) == 0
    assert main(["jobs", "deliver"]) == 0
    assert main(["webhooks", "add", "ftp://x"]) == 2
    capsys.readouterr()
    assert main(["jobs", "pay"]) == 0
    assert capsys.readouterr().err == "tally: 0 payouts handed over, 0 put off\n"
