"""`tally store`: made once, and brought up to date."""

from pathlib import Path

import pytest

from tallystick.cli.app import main
from tallystick.store.database.migration import newest


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a store is to be."""
    monkeypatch.delenv("TALLYSTICK_STORE", raising=False)
    return f"sqlite:///{tmp_path / 'shop.db'}"


def test_a_store_is_made_once(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "init", "--store", url]) == 0
    assert capsys.readouterr().err == f"tally: a store with schema {newest()} is made\n"
    assert main(["store", "init", "--store", url]) == 0
    assert "nothing was done" in capsys.readouterr().err


def test_the_environment_may_name_it(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLYSTICK_STORE", url)
    assert main(["store", "migrate"]) == 0
    assert capsys.readouterr().err == f"tally: schema none -> {newest()}\n"
    assert main(["store", "migrate"]) == 0
    assert capsys.readouterr().err == f"tally: schema {newest()}\n"


def test_another_kind_of_database_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "init", "--store", "mysql://shop"]) == 2
    assert "expected a URL such as `sqlite:///shop.db`" in capsys.readouterr().err
