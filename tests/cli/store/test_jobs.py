"""`tally jobs run`: what is due is booked, or told."""

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main


def test_a_run_says_what_it_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    assert main(["jobs", "run"]) == 2
    assert "`tally store init` makes one" in capsys.readouterr().err
    main(["store", "init"])
    (tmp_path / "rules.yaml").write_text("promotions: {tenth: {then: {percent_off: 10%}}}\n")
    main(["rules", "publish", str(tmp_path / "rules.yaml")])
    capsys.readouterr()
    assert main(["jobs", "run", "--at", "2026-07-10T12:00:00Z"]) == 0
    assert capsys.readouterr().out == "at        2026-07-10T12:00:00Z\naccounts  0\n"
    words = ["jobs", "run", "--dry-run", "--format", "json", "--at", "2026-07-10T12:00:00Z"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "at": "2026-07-10T12:00:00Z",
        "is_dry": True,
        "accounts": 0,
        "events": {},
        "lapsed": {},
    }
    assert "nothing was written" in err
