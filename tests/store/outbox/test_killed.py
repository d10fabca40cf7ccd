"""A relay that is killed between sending an event and writing down that it was sent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler

from tallystick.store.outbox.claims import LEASE_US
from tallystick.store.outbox.relay import Relay, Relayed
from tallystick.store.outbox.webhooks import Webhooks
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..hearing import Call, Hearer, tell

RELAY = """
import sys
from tallystick.store.database.database import Database
from tallystick.store.identity import new_id
from tallystick.store.outbox.relay import Relay
from tallystick.store.tenancy import Tenancy

now_us = int(sys.argv[2])
Relay(Tenancy(Database(sys.argv[1]), "main", lambda: now_us, new_id), lanes=1).deliver()
"""


def test_what_a_killed_relay_sent_is_sent_again_under_the_same_id(
    tenancy: Tenancy, clock: Clock, database_url: str, hearer: Hearer
) -> None:
    Webhooks(tenancy).add(hearer.url)
    tell(tenancy, ("loyalty.earned", "account/1", 1), ("loyalty.earned", "account/1", 2))
    command = [sys.executable, "-c", RELAY, database_url, str(clock.now_us)]

    def kill(_: BaseHTTPRequestHandler, call: Call) -> int:
        if call.event["data"]["points"] == 2:
            os.kill(relay.pid, signal.SIGKILL)
        return 200

    hearer.answer = kill
    relay = subprocess.Popen(command)
    assert relay.wait() == -signal.SIGKILL
    assert [one.event["data"]["points"] for one in hearer.calls] == [1, 2]
    hearer.answer = lambda *_: 200
    assert Relay(tenancy).deliver() == Relayed(0, 0), "its claim still holds"
    clock.now_us += LEASE_US
    assert Relay(tenancy).deliver() == Relayed(2, 0)
    ids = [one.event["id"] for one in hearer.calls]
    assert len(ids) == 4 and ids[:2] == ids[2:]
