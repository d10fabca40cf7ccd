"""`--store` and `--tenant`, by themselves or by the environment: whose store a verb works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.cli.app import main
from tallystick.store import Store


def test_a_store_and_a_tenant_are_named_by_options_and_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    (tmp_path / "club.yaml").write_text("programs: {club: {}}\n")
    main(["store", "init", "--store", url])
    store = Store(url)
    store.add_tenant("north")
    store.close()
    north = ["--store", url, "--tenant", "north"]
    assert main(["rules", "publish", str(tmp_path / "club.yaml"), *north]) == 0
    assert main(["member", "enrol", "ana", "club", *north]) == 0
    assert main(["member", "show", "ana", *north]) == 0
    assert main(["member", "show", "ana", "--store", url]) == 2
    monkeypatch.setenv("TALLYSTICK_STORE", url)
    assert main(["member", "show", "ana"]) == 2
    monkeypatch.setenv("TALLYSTICK_TENANT", "north")
    assert main(["member", "show", "ana"]) == 0
    assert main(["member", "show", "ana", "--tenant", "main"]) == 2
    capsys.readouterr()
    assert main(["member", "show", "ana", "--tenant", "south"]) == 2
    assert "south" in capsys.readouterr().err
