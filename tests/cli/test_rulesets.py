"""Paths of a command line: a file of a rule set that is named alone is told where the rest is."""

from pathlib import Path

import pytest

from tallystick.cli.app import main

TESTS = """\
tests:
  one:
    cart:
      placed_at: 2026-07-10T12:00
      lines: [{sku: MUG, quantity: 1, unit_price: 5 EUR}]
    expect: {grand_total: 5 EUR}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule set whose tests stand in a folder of their own."""
    shop = tmp_path / "deep" / "down" / "shop"
    (shop / "tests").mkdir(parents=True)
    (shop / "shop.yaml").write_text("ruleset: {currency: EUR}\n")
    (shop / "tests" / "more.test.yaml").write_text(TESTS.replace("one", "more"))
    (shop / "tests" / "x.test.yaml").write_text(TESTS)
    monkeypatch.chdir(shop)
    return shop


@pytest.mark.parametrize("verb", ["check", "test", "fmt"])
@pytest.mark.parametrize(
    ("folder", "path", "named"),
    [
        (".", "tests/x.test.yaml", "."),
        ("tests", "x.test.yaml", ".."),
        ("..", "shop/tests/x.test.yaml", "shop"),
    ],
)
def test_a_file_named_alone_is_told_its_folder(
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    folder: str,
    path: str,
    named: str,
) -> None:
    monkeypatch.chdir(shop / folder)
    assert main([verb, path]) in (1, 2)
    hint = f"`x.test.yaml` was read alone; name its folder `{named}` to read it with its rule set"
    assert capsys.readouterr().err.endswith(f"tally: {hint}\n")


def test_the_folder_itself_is_read_whole(shop: Path) -> None:
    assert main(["check", "."]) == 0


@pytest.mark.parametrize("words", [["tests"], ["tests/x.test.yaml", "tests/more.test.yaml"]])
def test_several_files_are_not_told(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["check", *words]) == 1
    assert "read alone" not in capsys.readouterr().err


def test_a_file_without_problems_is_not_told(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "lone.yaml").write_text("promotions: {p: {then: {percent_off: 5%}}}\n")
    assert main(["check", "lone.yaml"]) == 0
    assert "read alone" not in capsys.readouterr().err


@pytest.mark.parametrize("text", ["services: {}\n", "tests: {}\n"])
def test_other_files_are_no_rule_set(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (shop / "shop.yaml").write_text(text)
    (shop / "gone.yaml").symlink_to("nowhere")
    assert main(["check", "tests/x.test.yaml"]) == 1
    assert "read alone" not in capsys.readouterr().err
