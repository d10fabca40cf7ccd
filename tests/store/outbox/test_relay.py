"""Events on their way: signed, in order, again where they failed, and by one relay at a time."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

from tallystick.store.acting import look
from tallystick.store.database.database import Database
from tallystick.store.outbox.claims import LEASE_US, RUN_EVENTS
from tallystick.store.outbox.heads import PAGE
from tallystick.store.outbox.relay import Relay, Relayed
from tallystick.store.outbox.signature import is_signed
from tallystick.store.outbox.webhooks import Webhooks
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.outbox import deliveries
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from ..conftest import Clock
from ..hearing import Call, Hearer, tell
from ..people import add_member

SECOND_US = 1_000_000
EARNED = "loyalty.earned"


def waiting(tenancy: Tenancy) -> list[tuple[str, int, int]]:
    """What waits: subject, number and tries."""
    rows = look(tenancy, lambda tx: tx.fetch(of_tenant(deliveries)))
    return sorted((row["subject"], row["number"], row["attempts"]) for row in rows)


def test_an_event_is_a_signed_cloud_event(tenancy: Tenancy, hearer: Hearer) -> None:
    secret = Webhooks(tenancy).add(hearer.url + "/hook?shop=1").secret
    member = add_member(tenancy, "ana")
    tell(tenancy, (EARNED, "account/1", 1), member=member)
    assert Relay(tenancy).deliver() == Relayed(1, 0)
    (call,) = hearer.calls
    assert call.path == "/hook?shop=1"
    assert call.event == {
        "specversion": "1.0",
        "id": "main/account/1/1",
        "source": "/tallystick/main",
        "type": "tallystick.loyalty.earned.v1",
        "subject": "account/1",
        "sequence": "0000000000000000001",
        "time": "2026-07-10T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {"points": 1, "member": "ana"},
    }
    assert call.headers["webhook-id"] == "main/account/1/1"
    assert call.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert is_signed(secret, call.headers, call.body, tenancy.clock())


def test_a_member_has_the_name_of_the_moment_and_the_erased_none(
    tenancy: Tenancy, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    gone = add_member(tenancy, "bo", status="erased")
    tell(tenancy, (EARNED, "account/1", 1), member=gone)
    tell(tenancy, (EARNED, "account/1", 2), giver=gone, taker=add_member(tenancy, "ana"))
    tell(tenancy, (EARNED, "account/1", 3), member="")
    Relay(tenancy).deliver()
    expected: list[dict[str, object]] = [
        {"points": 1},
        {"points": 2, "taker": "ana"},
        {"points": 3},
    ]
    assert [one.event["data"] for one in hearer.calls] == expected


def test_nothing_is_sent_twice_when_it_arrived(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, *((EARNED, f"account/{n % 7}", n // 7 + 1) for n in range(100)))
    assert Relay(tenancy).deliver().sent == 100
    assert Relay(tenancy).deliver() == Relayed(0, 0)
    assert len({one.headers["webhook-id"] for one in hearer.calls}) == len(hearer.calls) == 100


def test_an_order_may_be_called_anything(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, ("order.placed", "order/ñ 1\r\nx: y", 1))
    assert Relay(tenancy).deliver() == Relayed(1, 0)
    (call,) = hearer.calls
    assert call.headers["webhook-id"] == "main/order/%C3%B1%201%0D%0Ax%3A%20y/1"
    assert call.event["subject"] == "order/ñ 1\r\nx: y"


def test_what_waits_behind_a_failure_is_looked_at_once(
    tenancy: Tenancy, clock: Clock, hearer: Hearer
) -> None:
    """Any number of events can wait behind one: they sleep until it is gone."""
    face = Webhooks(tenancy)
    webhook = face.add(hearer.url).id
    count = PAGE + 100
    tell(tenancy, *((EARNED, "account/1", n + 1) for n in range(count)))
    hearer.answer = lambda *_: 500
    for _ in range(2):
        Relay(tenancy).deliver()
        clock.now_us += 5 * SECOND_US
    rows = look(tenancy, lambda tx: tx.fetch(of_tenant(deliveries)))
    assert sum(row["next_at_us"] == NEVER_US for row in rows) == count - 1
    tell(tenancy, (EARNED, "account/2", 1))
    hearer.answer = lambda *_: 200
    assert Relay(tenancy).deliver() == Relayed(1, 0)
    face.skip(webhook, face.failing()[0].event)
    assert Relay(tenancy).deliver() == Relayed(count - 1, 0)
    told = [one.event["data"]["points"] for one in hearer.calls if "t/1" in one.event["subject"]]
    assert told[-count + 1 :] == list(range(2, count + 1))
    assert waiting(tenancy) == []


def test_a_long_subject_is_sent_in_its_order(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    count = 2 * RUN_EVENTS + 10
    tell(tenancy, *((EARNED, "account/1", n + 1) for n in range(count)))
    assert Relay(tenancy).deliver().sent == count
    assert [one.event["data"]["points"] for one in hearer.calls] == list(range(1, count + 1))


def test_what_fails_holds_back_its_own_subject_alone(
    tenancy: Tenancy, clock: Clock, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, *((EARNED, f"account/{a}", n) for a in (1, 2) for n in (1, 2, 3)))

    def refuse(_: BaseHTTPRequestHandler, call: Call) -> int:
        event = call.event
        return 500 if (event["subject"], event["data"]["points"]) == ("account/1", 2) else 200

    hearer.answer = refuse
    assert Relay(tenancy).deliver() == Relayed(4, 1)
    assert waiting(tenancy) == [("account/1", 2, 1), ("account/1", 3, 0)]
    (failing,) = Webhooks(tenancy).failing()
    assert (failing.subject, failing.error) == ("account/1", "answered 500")
    hearer.answer = lambda *_: 200
    assert Relay(tenancy).deliver() == Relayed(0, 0), "it rests for 5 seconds"
    clock.now_us += 5 * SECOND_US
    assert Relay(tenancy).deliver() == Relayed(2, 0)
    assert waiting(tenancy) == [] == Webhooks(tenancy).failing()
    told = [one.event["data"]["points"] for one in hearer.calls if "t/1" in one.event["subject"]]
    assert told == [1, 2, 2, 3]
    ids = [one.event["id"] for one in hearer.calls if one.event["data"]["points"] == 2]
    assert len(set(ids)) == 2, "what comes again has the same id"


def test_pauses_double_without_chance(tenancy: Tenancy, clock: Clock, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, (EARNED, "account/1", 1))
    hearer.answer = lambda *_: 503
    rests = []
    for _ in range(5):
        Relay(tenancy).deliver()
        (failing,) = Webhooks(tenancy).failing()
        rests.append((failing.next_at_us - clock.now_us) // SECOND_US)
        clock.now_us = failing.next_at_us
    assert rests == [5, 10, 20, 40, 80]


def test_an_event_can_be_given_up(tenancy: Tenancy, hearer: Hearer) -> None:
    face = Webhooks(tenancy)
    webhook = face.add(hearer.url).id
    tell(tenancy, (EARNED, "account/1", 1), (EARNED, "account/1", 2))
    hearer.answer = lambda _, call: 400 if call.event["data"]["points"] == 1 else 200
    Relay(tenancy).deliver()
    face.skip(webhook, face.failing()[0].event)
    assert Relay(tenancy).deliver() == Relayed(1, 0)
    assert waiting(tenancy) == []


def test_redirects_are_not_followed(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, (EARNED, "account/1", 1))
    hearer.answer = lambda *_: 307
    assert Relay(tenancy).deliver() == Relayed(0, 1)
    assert len(hearer.calls) == 1
    assert "redirects are not followed" in Webhooks(tenancy).failing()[0].error


def test_who_says_gone_is_paused(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, *((EARNED, f"account/{n}", 1) for n in range(5)))
    hearer.answer = lambda *_: 410
    Relay(tenancy, lanes=1).deliver()
    assert len(hearer.calls) == 1
    (webhook,) = Webhooks(tenancy).all()
    assert (webhook.status, webhook.waiting) == ("paused", 5)


def test_whoever_is_slow_has_not_heard(tenancy: Tenancy, hearer: Hearer) -> None:
    """Even who sends a byte now and then: one deadline holds for the whole answer."""
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, (EARNED, "account/1", 1))
    is_over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, _: Call) -> int:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        while not is_over.wait(0.02):
            handler.wfile.write(b"x")
        return 0

    hearer.answer = drip
    assert Relay(tenancy, timeout_ms=150).deliver() == Relayed(0, 1)
    is_over.set()
    assert Webhooks(tenancy).failing()[0].error == "no answer in time"


def test_nobody_there_and_no_http(tenancy: Tenancy, hearer: Hearer) -> None:
    Webhooks(tenancy).add("http://127.0.0.1:1/hook")
    Webhooks(tenancy).add(hearer.url)

    def babble(handler: BaseHTTPRequestHandler, _: Call) -> int:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")
        return 0

    hearer.answer = babble
    tell(tenancy, (EARNED, "account/1", 1))
    assert Relay(tenancy).deliver() == Relayed(0, 2)
    errors = [one.error for one in Webhooks(tenancy).failing()]
    assert "refused" in errors[0] and errors[1] == "no answer in HTTP: BadStatusLine"


def test_a_kept_connection_that_was_dropped_is_opened_again(
    tenancy: Tenancy, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, *((EARNED, "account/1", n + 1) for n in range(3)))

    def drop(handler: BaseHTTPRequestHandler, call: Call) -> int:
        is_third = len(hearer.calls) == 2
        handler.close_connection = is_third
        return 0 if is_third else 200

    hearer.answer = drop
    assert Relay(tenancy).deliver() == Relayed(3, 0)
    assert [one.event["data"]["points"] for one in hearer.calls] == [1, 2, 2, 3]


def test_relays_at_once_send_nothing_twice_and_nothing_out_of_order(
    tenancy: Tenancy, database_url: str, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    subjects = [f"account/{n}" for n in range(12)]
    tell(tenancy, *((EARNED, one, n + 1) for n in range(8) for one in subjects))

    def take_time(_: BaseHTTPRequestHandler, __: Call) -> int:
        time.sleep(0.002)
        return 200

    hearer.answer = take_time

    def relay() -> None:
        database = Database(database_url)
        other = Tenancy(database, tenancy.tenant, tenancy.clock, tenancy.ids)
        done.append(Relay(other, lanes=3).deliver().sent)
        database.close()

    done: list[int] = []
    threads = [threading.Thread(target=relay) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(done) == len(hearer.calls) == 96
    for subject in subjects:
        told = [c.event["data"]["points"] for c in hearer.calls if c.event["subject"] == subject]
        assert told == list(range(1, 9)), subject


def test_events_that_come_while_relays_run_keep_their_order(
    tenancy: Tenancy, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    stop = threading.Event()
    relay = threading.Thread(target=Relay(tenancy).run, args=(stop,), kwargs={"pause_ms": 1})
    relay.start()

    def write(subject: str) -> None:
        for number in range(15):
            tell(tenancy, (EARNED, subject, number + 1))

    writers = [threading.Thread(target=write, args=(f"account/{n}",)) for n in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    while waiting(tenancy):
        time.sleep(0.005)
    stop.set()
    relay.join()
    numbers: dict[str, list[int]] = {}
    for call in hearer.calls:
        numbers.setdefault(call.event["subject"], []).append(call.event["data"]["points"])
    assert all(
        later == earlier + 1 for told in numbers.values() for earlier, later in pairwise(told)
    )
    assert len(hearer.calls) == 60


def test_a_claim_ends_with_its_lease(tenancy: Tenancy, clock: Clock, hearer: Hearer) -> None:
    """A relay that lost its claim to another one changes nothing of the other's."""
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, (EARNED, "account/1", 1), (EARNED, "account/1", 2))

    def sleep_over(_: BaseHTTPRequestHandler, call: Call) -> int:
        if len(hearer.calls) > 1:
            return 200
        assert Relay(tenancy).deliver() == Relayed(0, 0), "the claim holds"
        clock.now_us += LEASE_US
        hearer.answer = lambda *_: 500
        assert Relay(tenancy).deliver() == Relayed(0, 1), "it is over"
        return 500

    hearer.answer = sleep_over
    Relay(tenancy, lanes=1).deliver()
    assert waiting(tenancy) == [("account/1", 1, 2), ("account/1", 2, 0)]
