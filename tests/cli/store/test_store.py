"""`tally store`: made once, and brought up to date."""

import json
import re
import sqlite3
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


def test_a_store_is_proven_and_counted(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["store", "init", "--store", url])
    capsys.readouterr()
    assert main(["store", "verify", "--store", url]) == 0
    out, err = capsys.readouterr()
    assert out == "" and err.endswith("checks, 0 findings\n")
    assert main(["store", "stats", "--store", url, "--format", "json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["schema"], counts["accounts_due"], counts["rows"]["tenants"]) == (newest(), 0, 1)
    assert main(["store", "stats", "--store", url]) == 0
    assert re.search(r"^tenants +1$", capsys.readouterr().out, re.MULTILINE)


def test_a_row_that_changed_by_itself_is_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["store", "init", "--store", url])
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE tenants SET created_at_us = created_at_us + 1")
    connection.close()
    capsys.readouterr()
    assert main(["store", "verify", "--store", url]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("main tenants") and "seal" in out
    assert err.endswith("checks, 1 finding\n")
    assert main(["store", "verify", "--store", url, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["table"] == "tenants"
