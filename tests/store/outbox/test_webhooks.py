"""Who listens: added, paused, removed, pinged, and found failing."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.outbox.relay import Relay
from tallystick.store.outbox.signature import is_signed
from tallystick.store.outbox.webhooks import Webhooks
from tallystick.store.tenancy import Tenancy

from ..hearing import Hearer, tell


def test_a_secret_is_told_once(tenancy: Tenancy) -> None:
    added = Webhooks(tenancy).add("https://shop.example/hook", types=["tier.changed"])
    assert added.secret.startswith("whsec_")
    (listed,) = Webhooks(tenancy).all()
    assert listed.url == "https://shop.example/hook" and listed.types == ["tier.changed"]
    assert added.secret not in repr(listed)


def test_a_password_in_a_url_is_not_told(tenancy: Tenancy) -> None:
    added = Webhooks(tenancy).add("nats://shop:pw123@broker:4222/shop")
    assert added.secret == ""
    assert "pw123" not in repr(Webhooks(tenancy).all())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example",
        "file:///etc/passwd",
        "https://",
        "shop.example/hook",
        "https://shop.example:99999/",
        "https://shop.example/a b",
        "https://shop.example/\r\nx",
        "https://ana:pw123@shop.example/",
        "https://[::1",
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_a_url_that_cannot_be_posted_to_is_refused(tenancy: Tenancy, url: str) -> None:
    with pytest.raises(StoreError) as error:
        Webhooks(tenancy).add(url)
    assert (error.value.code, error.value.path) == ("bad_webhook", "url")
    assert "pw123" not in str(error.value)
    assert Webhooks(tenancy).all() == []


def test_an_unknown_type_is_refused(tenancy: Tenancy) -> None:
    with pytest.raises(StoreError, match=r"at `types\[1\]`"):
        Webhooks(tenancy).add("https://shop.example", types=["tier.changed", "tier.change"])


@pytest.mark.parametrize("url", ["https://shop.example/hook", "nats://broker:4222/shop"])
@pytest.mark.parametrize(
    "first, second, events",
    [
        ((), (), "all events"),
        ((), ("tier.changed",), "`tier.changed`"),
        (("tier.changed", "loyalty.earned"), (), "`tier.changed`, `loyalty.earned`"),
        (("tier.changed",), ("loyalty.earned", "tier.changed"), "`tier.changed`"),
    ],
)
def test_nothing_is_sent_to_a_url_twice(
    tenancy: Tenancy, url: str, first: tuple[str, ...], second: tuple[str, ...], events: str
) -> None:
    face = Webhooks(tenancy)
    added = face.add(url, types=first)
    with pytest.raises(StoreError, match=f"webhook `{added.id}` sends {events} there already"):
        face.add(url, types=second)
    assert [one.id for one in face.all()] == [added.id]
    face.add(f"{url}s", types=second)
    face.remove(added.id)
    face.add(url, types=second)


def test_a_url_may_hear_other_events_of_another_webhook(tenancy: Tenancy) -> None:
    face = Webhooks(tenancy)
    face.add("https://shop.example", types=["tier.changed"])
    face.add("https://shop.example", types=["loyalty.earned"])
    other = Webhooks(Tenancy(tenancy.database, "other", tenancy.clock, tenancy.ids))
    other.add("https://shop.example")


def test_a_secret_is_exchanged_for_another(tenancy: Tenancy) -> None:
    face = Webhooks(tenancy)
    face.add("https://shop.example")
    new = face.add("https://shop.example", secret=f"whsec_{'A' * 44}")
    with pytest.raises(StoreError) as error:
        face.add("https://shop.example", secret=new.secret)
    assert (error.value.code, error.value.path) == ("webhook_exists", "url")


def test_only_the_types_that_were_asked_for_come(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url, types=["tier.changed"])
    tell(tenancy, ("loyalty.earned", "account/1", 1), ("tier.changed", "account/1", 2))
    Relay(tenancy).deliver()
    assert hearer.heard == [("account/1", "tallystick.tier.changed.v1")]


def test_what_happens_in_a_pause_waits(tenancy: Tenancy, hearer: Hearer) -> None:
    face = Webhooks(tenancy)
    webhook = face.add(hearer.url).id
    face.pause(webhook)
    tell(tenancy, ("loyalty.earned", "account/1", 1))
    assert Relay(tenancy).deliver().sent == 0
    assert [(one.status, one.waiting) for one in face.all()] == [("paused", 1)]
    face.resume(webhook)
    assert Relay(tenancy).deliver().sent == 1
    assert [(one.status, one.waiting) for one in face.all()] == [("active", 0)]


def test_what_was_removed_hears_no_more(tenancy: Tenancy, hearer: Hearer) -> None:
    face = Webhooks(tenancy)
    webhook, other = face.add(hearer.url).id, face.add(hearer.url + "/other").id
    tell(tenancy, ("loyalty.earned", "account/1", 1))
    face.remove(webhook)
    assert [(one.id, one.waiting) for one in face.all()] == [(other, 1)]
    Relay(tenancy).deliver()
    assert [one.path for one in hearer.calls] == ["/other"]
    for change in (face.pause, face.resume, face.remove, face.ping):
        with pytest.raises(StoreError) as error:
            change(webhook)
        assert error.value.code == "unknown_webhook"


def test_a_ping_is_signed_and_says_what_was_answered(tenancy: Tenancy, hearer: Hearer) -> None:
    face = Webhooks(tenancy)
    added = face.add(hearer.url)
    assert face.ping(added.id).error == ""
    (call,) = hearer.calls
    assert call.event["type"] == "tallystick.ping.v1"
    assert is_signed(added.secret, call.headers, call.body, tenancy.clock())
    hearer.answer = lambda *_: 500
    assert face.ping(added.id).error == "answered 500"


def test_no_tenant_hears_of_another(tenancy: Tenancy, hearer: Hearer) -> None:
    other = Tenancy(tenancy.database, "other", tenancy.clock, tenancy.ids)
    Webhooks(tenancy).add(hearer.url)
    tell(other, ("loyalty.earned", "account/1", 1))
    assert Relay(tenancy).deliver().sent == Relay(other).deliver().sent == 0
    assert Webhooks(other).all() == []
