"""Tenants: made on purpose, with settings that are checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.store import Store
from tallystick.store.tenants import Settings


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with the tenant `main`."""
    store = Store(database_url, clock=lambda: 1_783_684_800_000_000)
    store.migrate()
    yield store
    store.close()


def test_a_store_begins_with_one_tenant(store: Store) -> None:
    store.migrate()
    assert store.tenants() == ["main"]
    assert store.settings() == Settings()


def test_tenants_are_made_once(store: Store) -> None:
    store.add_tenant("tea", Settings(auto_enrol=False))
    assert store.tenants() == ["main", "tea"]
    assert not store.settings("tea").auto_enrol and store.settings().auto_enrol
    with pytest.raises(StoreError, match="there is a tenant `tea` already"):
        store.add_tenant("tea")
    for name in ("", "Tea", "a b", "x" * 64):
        with pytest.raises(StoreError, match=r"small letters|expected a text"):
            store.add_tenant(name)


def test_a_tenant_that_was_never_made_has_no_shop(store: Store) -> None:
    for ask in (store.shop, store.settings, store.change_settings):
        with pytest.raises(StoreError, match="there is no tenant `tea`"):
            ask("tea")


def test_settings_are_changed_and_checked(store: Store) -> None:
    assert store.change_settings(qualifying_state="placed").qualifying_state == "placed"
    assert store.change_settings("main", auto_enrol=False) == store.settings()
    assert store.settings().qualifying_state == "placed"
    bad: list[dict[str, Any]] = [
        {"qualifying_state": "lost"},
        {"reservation_ttl_us": 5},
        {"reservation_ttl_us": "1h"},
        {"auto_enroll": True},
    ]
    for changes in bad:
        with pytest.raises(StoreError, match="expected"):
            store.change_settings(**changes)
