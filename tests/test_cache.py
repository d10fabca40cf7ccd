"""Tests of the compiled cache: what it gives back, what it refuses, and that it never fails."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import tallystick
from tallystick import cache
from tallystick.engine.plan.compiled import EARLY, CompiledRuleset

RULES = """
ruleset: {currency: EUR, attributes: {line.attributes.colour: {type: string, default: red}}}
promotions:
  tenth:
    when:
      - qty(sku == "MUG") >= 2
      - {if: 'customer.tier in ["gold"]', enforcement: allow_warn_on_invalid}
    then: {percent_off: 10%}
tests:
  two-mugs:
    cart:
      placed_at: "2026-07-10T12:00:00Z"
      lines: [{sku: MUG, quantity: 2, unit_price: 10.00 EUR}]
    expect: {discount_total: 2.00 EUR}
"""
CART = {
    "id": "c1",
    "currency": "EUR",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 995}],
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A rule file."""
    path = tmp_path / "rules" / "all.yaml"
    path.parent.mkdir()
    path.write_text(RULES)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a cache that is not there yet."""
    return tmp_path / "kept" / "compiled"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def said_by(ruleset: tallystick.Ruleset) -> list[object]:
    """All that a rule set says, comparable: spans are not."""
    cases = [(case.name, case.cart, case.expect, case.place.place) for case in ruleset.cases]
    early = [getattr(ruleset, name) for name in EARLY]
    return [*early, ruleset.promotions, cases]


def quote_of(ruleset: tallystick.Ruleset) -> bytes:
    return tallystick.Engine(ruleset).quote(CART, explain=True).to_json()


def test_what_is_read_is_what_was_compiled(rules: Path, folder: Path) -> None:
    plain = tallystick.load(rules)
    first, second = (tallystick.load(rules, cache=folder) for _ in range(2))
    assert isinstance(second, CompiledRuleset)
    assert said_by(plain) == said_by(first) == said_by(second)
    assert quote_of(plain) == quote_of(first) == quote_of(second)
    assert len(files_in(folder)) == 1


def test_a_known_rule_set_is_not_compiled_again(
    rules: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tallystick.load(rules, cache=folder)
    monkeypatch.delattr(cache, "load_sources")
    ruleset = tallystick.load(rules, cache=folder)
    assert [promotion.id for promotion in ruleset.promotions] == ["tenth"]


@pytest.mark.parametrize("change", ["text", "name", "version"])
def test_every_change_has_a_file_of_its_own(
    rules: Path, folder: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tallystick.load(rules, cache=folder)
    if change == "text":
        rules.write_text(RULES.replace("10%", "20%"))
    elif change == "name":
        rules = rules.rename(rules.with_name("other.yaml"))
    else:
        monkeypatch.setattr(cache, "VERSION", "another")
    ruleset = tallystick.load(rules, cache=folder)
    assert said_by(ruleset) == said_by(tallystick.load(rules))
    assert len(files_in(folder)) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "longer", "flipped", "renamed"])
def test_a_file_that_is_not_right_is_made_anew(
    rules: Path, folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    tallystick.load(rules, cache=folder)
    (path,) = files_in(folder)
    whole = path.read_bytes()
    changed = {
        "empty": b"",
        "cut": whole[:-1],
        "longer": whole + b"\0",
        "flipped": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
        "renamed": b"",
    }[damage]
    if damage == "renamed":  # what another text compiled to, under the name of this one
        rules.write_text(RULES.replace("10%", "20%"))
        tallystick.load(rules, cache=folder)
        (other,) = set(files_in(folder)) - {path}
        changed = other.read_bytes()
        rules.write_text(RULES)
    path.write_bytes(changed)
    with caplog.at_level(logging.WARNING, logger="tallystick.cache"):
        assert said_by(tallystick.load(rules, cache=folder)) == said_by(tallystick.load(rules))
    assert "is compiled anew" in caplog.text
    assert path.read_bytes() == whole


def test_damaged_promotions_are_compiled_when_they_are_asked_for(rules: Path, folder: Path) -> None:
    tallystick.load(rules, cache=folder)
    (path,) = files_in(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert tallystick.load(rules, cache=folder).promotions == tallystick.load(rules).promotions


def test_a_cache_that_cannot_be_is_no_error(rules: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    for folder in (blocked, blocked / "below"):
        assert said_by(tallystick.load(rules, cache=folder)) == said_by(tallystick.load(rules))
    assert blocked.read_text() == ""


def test_nothing_half_written_stays(
    rules: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", refuse)
    assert said_by(tallystick.load(rules, cache=folder)) == said_by(tallystick.load(rules))
    assert files_in(folder) == []


def test_many_may_write_at_once(rules: Path, folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(tallystick.load, rules, folder) for _ in range(16)]
        quotes = {quote_of(load.result()) for load in loads}
    assert quotes == {quote_of(tallystick.load(rules))}
    assert len(files_in(folder)) == 1


def test_wrong_rules_are_reported_as_ever(rules: Path, folder: Path) -> None:
    rules.write_text("promotions: {a: {then: {percent_off: 200%}}}")
    for _ in range(2):
        with pytest.raises(tallystick.RuleTextError, match="R128"):
            tallystick.load(rules, cache=folder)
    assert not folder.exists()
