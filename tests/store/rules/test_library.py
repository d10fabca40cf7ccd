"""Engines of published rule sets: read, compiled anew, kept, and refused."""

from __future__ import annotations

from unittest.mock import patch

import pytest
import sqlalchemy as sa

from tallystick.dsl.loader import load_sources
from tallystick.engine.engine import Engine
from tallystick.store.acting import act, look
from tallystick.store.errors import StoreError
from tallystick.store.rules import compiling
from tallystick.store.rules.library import Library
from tallystick.store.rules.shelf import Kept, Shelf
from tallystick.store.schema.tenancy import compilations
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..shops import publish

TENTH = "promotions: {tenth: {then: {percent_off: 10%}}}"
CART = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000}],
}


def engine_of(tenancy: Tenancy, hash: str) -> Engine:
    """The engine of a rule set, as a process gets it that has none yet."""
    return look(tenancy, lambda one: Library(tenancy).engine(one, hash))


def compile_count(tenancy: Tenancy, hash: str) -> int:
    """How often sources are compiled to get an engine, and that it prices by it."""
    with patch.object(compiling, "load_sources", wraps=load_sources) as spy:
        engine = engine_of(tenancy, hash)
    assert engine.quote(CART).grand_total == 900
    assert engine.ruleset.hash == hash
    return spy.call_count


def spoil(tenancy: Tenancy, content: bytes) -> None:
    """Write other bytes over what was compiled."""

    def work(transaction: Transaction) -> None:
        row = transaction.fetch(of_tenant(compilations))[0]
        transaction.update(compilations, [row | {"content": content}])

    act(tenancy, "spoil", "", work, type(None))


def test_a_rule_set_is_compiled_once_for_all_processes(tenancy: Tenancy) -> None:
    hash = publish(Shop(tenancy).rules, TENTH).hash
    assert compile_count(tenancy, hash) == 0


@pytest.mark.parametrize("content", [b"", b"tally", bytes(5000)])
def test_damaged_bytes_are_refused_and_compiled_anew(tenancy: Tenancy, content: bytes) -> None:
    hash = publish(Shop(tenancy).rules, TENTH).hash
    spoil(tenancy, content)
    assert compile_count(tenancy, hash) == 1


def test_one_flipped_byte_is_refused_and_compiled_anew(tenancy: Tenancy) -> None:
    hash = publish(Shop(tenancy).rules, TENTH).hash
    whole = look(tenancy, lambda one: one.fetch(of_tenant(compilations)))[0]["content"]
    spoil(tenancy, whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert compile_count(tenancy, hash) == 1


def test_bytes_of_another_version_are_compiled_anew(tenancy: Tenancy) -> None:
    with patch.object(compiling, "VERSION", "0.0.9"):
        hash = publish(Shop(tenancy).rules, TENTH).hash
    assert compile_count(tenancy, hash) == 1
    publish(Shop(tenancy).rules, TENTH)  # changes nothing but the bytes
    assert compile_count(tenancy, hash) == 0


def test_bytes_of_another_rule_set_are_compiled_anew(tenancy: Tenancy) -> None:
    shop = Shop(tenancy)
    hash = publish(shop.rules, TENTH).hash
    other = compiling.compile_sources([*compiling.read_sources(b"[]")])
    spoil(tenancy, other.content)
    assert compile_count(tenancy, hash) == 1


def test_a_rule_set_keeps_the_hash_it_was_published_under(tenancy: Tenancy) -> None:
    sources = compiling.read_sources(b'[["a.yaml", "promotions: {}"]]')
    assert compiling.read_compiled("sha256:old", sources, None).hash == "sha256:old"


def test_damaged_sources_are_refused(tenancy: Tenancy) -> None:
    hash = publish(Shop(tenancy).rules, TENTH).hash
    quiet = sa.text("DROP TRIGGER rulesets_no_update" + ON[tenancy.database.dialect])
    tenancy.database.write(lambda one: one.execute(quiet))
    text = sa.text("UPDATE rulesets SET author = 'mallory'")
    tenancy.database.write(lambda one: one.execute(text))
    with pytest.raises(StoreError, match=f"the row of rule set `{hash}`.*is damaged"):
        engine_of(tenancy, hash)


ON = {"sqlite": "", "postgresql": " ON rulesets"}


def test_a_shelf_lets_go_what_was_not_used_for_longest(tenancy: Tenancy) -> None:
    hash = publish(Shop(tenancy).rules, TENTH).hash
    engine = engine_of(tenancy, hash)
    shelf = Shelf(size_bytes=10)
    for name in "abc":
        shelf.put("main", name, Kept(engine, 1, 4))
        shelf.find("main", "a", 1)
    assert [shelf.find("main", name, 1) is not None for name in "abc"] == [True, False, True]
    shelf.put("main", "d", Kept(engine, 1, 400))
    assert [shelf.find("main", name, 1) is not None for name in "abcd"] == [False] * 3 + [True]
    assert shelf.find("other", "d", 1) is None and shelf.find("main", "d", 2) is None
