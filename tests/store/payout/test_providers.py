"""Who pays out for a tenant."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.payout.providers import Providers
from tallystick.store.payout.settling import Settled
from tallystick.store.tenancy import Tenancy

from ..hearing import Hearer
from .counter import Counter


def test_a_secret_is_told_once(tenancy: Tenancy) -> None:
    face = Providers(tenancy)
    added = face.add("tango", "https://tango.example/pay", kinds=["gift_card"])
    (listed,) = face.all()
    assert (listed.name, listed.url, listed.kinds) == (
        "tango",
        "https://tango.example/pay",
        ["gift_card"],
    )
    assert added.secret not in repr(listed)
    assert face.add("tango", "https://tango.example/v2").secret != added.secret
    assert [(one.url, one.kinds) for one in face.all()] == [("https://tango.example/v2", [])]
    face.remove("tango")
    assert face.all() == []
    with pytest.raises(StoreError):
        face.remove("tango")


@pytest.mark.parametrize(
    ("name", "url", "kinds", "path"),
    [
        ("", "https://a.example", [], "name"),
        ("wallet", "https://a.example", [], "name"),
        ("bank", "nats://a.example", [], "url"),
        ("bank", "a.example", [], "url"),
        ("bank", "https://a.example", ["gift"], "kinds[0]"),
    ],
)
def test_what_is_no_provider_is_refused(
    tenancy: Tenancy, name: str, url: str, kinds: list[str], path: str
) -> None:
    with pytest.raises(StoreError) as error:
        Providers(tenancy).add(name, url, kinds=kinds)
    assert error.value.path == path


def test_what_waits_for_a_provider_goes_on_when_it_is_added(
    tenancy: Tenancy, hearer: Hearer
) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "points")
    named = counter.reward(100, "gift_card", 500, "tango")
    unnamed = counter.reward(100, "donation", 500, source="e2")
    assert counter.shop.payouts.settle() == Settled(0, 2)
    counter.shop.providers.add("tango", hearer.url, kinds=["donation"])
    assert counter.shop.payouts.settle() == Settled(2, 0)
    assert counter.show(named).status == counter.show(unnamed).status == "sent"
