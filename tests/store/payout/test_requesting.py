"""Moves that pay something out, written as disbursements."""

import json

import msgspec

from tallystick.engine.loyalty.moves import Disburse
from tallystick.store.acting import act, look
from tallystick.store.ledger.book import Book
from tallystick.store.payout.disbursement import STEPS
from tallystick.store.payout.requesting import request
from tallystick.store.rules.timeline import read_timeline
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.outbox import outbox
from tallystick.store.schema.payouts import disbursements
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

CARD = Disburse("ana", "club", "tango", "gift_card", 1, 2000, "tango", None, "2027-07-11T00:00:00Z")


def ask(tenancy: Tenancy, move: Disburse) -> str:
    """Request a disbursement, and its id."""
    shop = Shop(tenancy)

    def work(tx: Transaction) -> str:
        book = Book(tx, read_timeline(tx, shop.library))
        return request(book, move, "m1", 0, source="redeem/e1", currency="EUR")

    id = act(tenancy, "x", "", work, str)
    assert isinstance(id, str)
    return id


def test_a_move_is_requested_with_its_first_step_and_event(tenancy: Tenancy) -> None:
    id = ask(tenancy, CARD)
    (row,) = look(tenancy, lambda tx: tx.fetch(of_tenant(disbursements)))
    assert (row["id"], row["status"], row["provider"]) == (id, "requested", "tango")
    assert (row["amount_minor"], row["currency"]) == (2000, "EUR")
    assert (row["source"], row["expires_at_us"]) == ("redeem/e1", 1_815_264_000_000_000)
    assert row["next_at_us"] == tenancy.clock()
    (step,) = look(tenancy, lambda tx: tx.fetch(STEPS, id=id))
    assert (step["number"], step["was"], step["becomes"]) == (1, "", "requested")
    (event,) = look(tenancy, lambda tx: tx.fetch(of_tenant(outbox)))
    assert (event["type"], event["subject"], event["number"]) == (
        "payout.requested",
        f"payout/{id}",
        1,
    )
    assert json.loads(event["data"])["amount_minor"] == 2000


def test_what_a_move_does_not_say_is_empty(tenancy: Tenancy) -> None:
    bare = msgspec.structs.replace(CARD, kind="donation", provider=None, to="sea", expires_at=None)
    ask(tenancy, bare)
    (row,) = look(tenancy, lambda tx: tx.fetch(of_tenant(disbursements)))
    assert (row["provider"], row["recipient"], row["expires_at_us"]) == ("", "sea", NEVER_US)
