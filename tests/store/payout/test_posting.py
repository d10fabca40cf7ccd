"""Providers that are reached by signed posts, what they answer, and what they say by themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler

import pytest

from tallystick.store.outbox.calling import Reply
from tallystick.store.outbox.signature import headers_of, is_signed, new_secret
from tallystick.store.payout.claiming import LEASE_US
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.payout.posting import PostingProvider, outcome_of
from tallystick.store.payout.provider import Confirmed, Failed, Outcome, Sent, Unknown
from tallystick.store.payout.settling import Settled
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..hearing import Answer, Call, Hearer
from .counter import DAY_US, Counter


def saying(status: int, body: object) -> Answer:
    """Answers each call so."""

    def answer(handler: BaseHTTPRequestHandler, _: Call) -> int:
        sent = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("content-length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)
        return 0

    return answer


def test_a_payout_is_a_signed_post_with_its_key(tenancy: Tenancy, hearer: Hearer) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    secret = counter.shop.providers.add("bank", hearer.url + "/pay", kinds=["cashback"]).secret
    hearer.answer = saying(200, {"status": "confirmed", "reference": "tr-9"})
    id = counter.cashback(400)
    counter.shop.payouts.settle()
    assert (counter.show(id).status, counter.show(id).reference) == ("confirmed", "tr-9")
    assert counter.show(id).provider == "bank"
    (call,) = hearer.calls
    assert call.path == "/pay" and call.headers["idempotency-key"] == id
    assert is_signed(secret, call.headers, call.body, tenancy.clock())
    assert call.event == {
        "id": id,
        "kind": "cashback",
        "amount": 400,
        "currency": "EUR",
        "recipient": "iban",
        "member": "ana",
        "program": "club",
    }


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"status": "sent", "reference": "r"}', Sent("r")),
        (201, b'{"status": "confirmed"}', Confirmed()),
        (204, b"", Sent()),
        (200, b'{"status": "failed"}', Failed("failed")),
        (400, b'{"status": "failed", "detail": "no such iban"}', Failed("no such iban")),
        (400, b'{"status": "confirmed"}', Unknown("answered 400")),
        (200, b"OK", Unknown("answered 200")),
        (200, b'{"status": "paid"}', Unknown("answered 200")),
        (200, b'{"status": 1}', Unknown("answered 200")),
        (200, b'"\xff"', Unknown("answered 200")),
        (302, b"", Unknown("answered 302")),
        (404, b"", Unknown("answered 404")),
        (409, b'{"error": "key was used"}', Unknown("answered 409")),
        (500, b'{"detail": "failed"}', Unknown("answered 500")),
    ],
)
def test_only_who_says_failed_has_failed(status: int, body: bytes, outcome: Outcome) -> None:
    assert outcome_of(Reply(status, body)) == outcome


def test_who_is_silent_is_asked_again_with_the_same_bytes(
    tenancy: Tenancy, clock: Clock, hearer: Hearer
) -> None:
    """It may have paid the first time, so it must see that it is the same."""
    counter = Counter(tenancy, {"bank": PostingProvider(hearer.url, new_secret(), clock, 100)})
    counter.fund(1000, "cashback")

    def sleep(_: BaseHTTPRequestHandler, __: Call) -> int:
        time.sleep(0.3)
        return 0

    hearer.answer = sleep
    id = counter.cashback(400, "bank")
    counter.shop.payouts.settle()
    assert (counter.show(id).status, counter.show(id).detail) == ("unknown", "no answer in time")
    assert counter.account("cashback").held == 400
    clock.now_us += DAY_US
    hearer.answer = saying(200, {"status": "confirmed"})
    counter.shop.payouts.settle()
    assert counter.show(id).status == "confirmed"
    first, second = hearer.calls
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == id


SETTLE = """
import sys
from tallystick.store.database.database import Database
from tallystick.store.identity import new_id
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

now_us = int(sys.argv[2])
Shop(Tenancy(Database(sys.argv[1]), "main", lambda: now_us, new_id)).payouts.settle()
"""


def test_killed_after_it_was_sent_it_is_asked_about_under_the_same_key(
    tenancy: Tenancy, clock: Clock, database_url: str, hearer: Hearer
) -> None:
    counter = Counter(tenancy)
    counter.fund(1000, "cashback")
    counter.shop.providers.add("bank", hearer.url)
    id = counter.cashback(400, "bank")

    def kill(_: BaseHTTPRequestHandler, __: Call) -> int:
        os.kill(job.pid, signal.SIGKILL)
        return 200

    hearer.answer = kill
    job = subprocess.Popen([sys.executable, "-c", SETTLE, database_url, str(clock.now_us)])
    assert job.wait() == -signal.SIGKILL
    assert (counter.show(id).status, counter.account("cashback").held) == ("sent", 400)
    hearer.answer = saying(200, {"status": "confirmed"})
    assert counter.shop.payouts.settle() == Settled(0, 0)
    clock.now_us += LEASE_US
    assert counter.shop.payouts.settle() == Settled(1, 0)
    assert [one.headers["idempotency-key"] for one in hearer.calls] == [id, id]
    assert (counter.show(id).status, counter.account("cashback").balance) == ("confirmed", 600)


class Line:
    """A payout that its provider has, and the provider's way to call back."""

    def __init__(self, tenancy: Tenancy, hearer: Hearer) -> None:
        self.counter = Counter(tenancy)
        self.counter.fund(1000, "cashback")
        self.secret = self.counter.shop.providers.add("bank", hearer.url).secret
        self.clock = tenancy.clock
        hearer.answer = saying(202, {"status": "sent", "reference": "tr-1"})
        self.id = self.counter.cashback(400, "bank")
        self.counter.shop.payouts.settle()

    def call(
        self, status: str, *, secret: str = "", name: str = "bank", id: str = "", **more: str
    ) -> Disbursement | Refusal:
        """What the provider is answered."""
        body = json.dumps({"id": id or self.id, "status": status, **more}).encode()
        headers = headers_of(secret or self.secret, "msg-1", self.clock(), body)
        answer = self.counter.shop.payouts.confirm(name, headers, body)
        return answer.refusal if isinstance(answer, Declined) else answer


def test_a_provider_calls_back(tenancy: Tenancy, hearer: Hearer) -> None:
    line = Line(tenancy, hearer)
    assert (line.counter.show(line.id).status, line.counter.account("cashback").held) == (
        "sent",
        400,
    )
    for _ in range(2):  # and once more, as it had no answer
        answer = line.call("confirmed", reference="tr-2")
        assert isinstance(answer, Disbursement)
        assert (answer.status, answer.reference) == ("confirmed", "tr-2")
    assert line.counter.account("cashback").balance == 600
    assert line.call("failed") is Refusal.WRONG_STATE
    assert line.counter.account("cashback").balance == 600
    assert line.counter.told(line.id) == ["requested", "approved", "sent", "confirmed"]


def test_a_provider_calls_back_that_it_failed(tenancy: Tenancy, hearer: Hearer) -> None:
    line = Line(tenancy, hearer)
    answer = line.call("failed", detail="account closed")
    assert isinstance(answer, Disbursement)
    assert (answer.status, answer.detail) == ("failed", "account closed")
    assert line.counter.account("cashback").available == 1000


def test_nobody_else_can_call_back(tenancy: Tenancy, hearer: Hearer) -> None:
    line = Line(tenancy, hearer)
    other = line.counter.shop.providers.add("other", hearer.url).secret
    assert line.call("confirmed", secret=new_secret()) is Refusal.BAD_SIGNATURE
    assert line.call("confirmed", secret=other) is Refusal.BAD_SIGNATURE
    assert line.call("confirmed", name="nobody") is Refusal.BAD_SIGNATURE
    assert line.call("paid") is Refusal.BAD_SIGNATURE
    assert line.call("confirmed", secret=other, name="other") is Refusal.UNKNOWN_DISBURSEMENT
    assert line.call("confirmed", id="x") is Refusal.UNKNOWN_DISBURSEMENT
    assert line.counter.show(line.id).status == "sent"


def test_a_call_back_in_the_middle_of_a_call_counts(
    tenancy: Tenancy, clock: Clock, hearer: Hearer
) -> None:
    line = Line(tenancy, hearer)
    clock.now_us += DAY_US

    def call_back(handler: BaseHTTPRequestHandler, call: Call) -> int:
        assert isinstance(line.call("confirmed"), Disbursement)
        return saying(500, {})(handler, call)

    hearer.answer = call_back
    assert line.counter.shop.payouts.settle() == Settled(1, 0)
    assert line.counter.show(line.id).status == "confirmed"
    assert line.counter.account("cashback").balance == 600
