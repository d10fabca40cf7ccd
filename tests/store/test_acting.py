"""Requests: once, whoever asks how often."""

import sqlalchemy as sa
from msgspec import Struct

from tallystick.store.acting import OwnKey, act, look
from tallystick.store.refusals import Decline, Declined, Refusal
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant


class Named(Struct):
    """An answer."""

    name: str


def work(transaction: Transaction) -> Named:
    """Write a member."""
    row: dict[str, object] = {
        "id": transaction.ids(),
        "external_id": "ana",
        "status": "active",
        "referral_code": "A",
    }
    row |= {"referred_by": "", "referral": "", "segments": "", "joined_at_us": transaction.at_us}
    transaction.insert(members, [row])
    return Named(str(row["id"]))


def count_members(tenancy: Tenancy) -> int:
    """How many members there are."""
    return look(tenancy, lambda one: len(one.fetch(of_tenant(members))))


def test_the_same_request_has_one_effect_and_one_answer(tenancy: Tenancy) -> None:
    first = act(tenancy, "enrol", "ana", work, Named, request="k1")
    again = act(tenancy, "enrol", "ana", work, Named, request="k1")
    assert first == again == Named("id-0000001")
    assert count_members(tenancy) == 1


def test_a_key_used_for_something_else_is_a_conflict(tenancy: Tenancy) -> None:
    act(tenancy, "enrol", "ana", work, Named, request="k1")
    other = act(tenancy, "enrol", "bo", work, Named, request="k1")
    assert isinstance(other, Declined) and other.refusal is Refusal.CONFLICT


OWN = OwnKey("payout/7", former="payout/7")


def test_no_caller_blocks_what_the_store_asks_of_itself(tenancy: Tenancy) -> None:
    assert isinstance(act(tenancy, "set_floor", "ana", work, Named, request="payout/7"), Named)

    def other(transaction: Transaction) -> Named:
        return Named(transaction.ids())

    first = act(tenancy, "payout", "ana", other, Named, request=OWN)
    assert first == act(tenancy, "payout", "ana", other, Named, request=OWN) == Named("id-0000002")
    conflict = act(tenancy, "payout", "bo", other, Named, request=OWN)
    assert isinstance(conflict, Declined) and conflict.refusal is Refusal.CONFLICT


def test_what_the_store_was_answered_when_its_keys_were_others_is_its_answer(
    tenancy: Tenancy,
) -> None:
    first = act(tenancy, "payout", "ana", work, Named, request=OWN.former)
    assert act(tenancy, "payout", "ana", work, Named, request=OWN) == first
    assert count_members(tenancy) == 1
    conflict = act(tenancy, "payout", "bo", work, Named, request=OWN)
    assert isinstance(conflict, Declined) and conflict.refusal is Refusal.CONFLICT


def test_what_is_declined_writes_nothing(tenancy: Tenancy) -> None:
    def declined(transaction: Transaction) -> Named:
        work(transaction)
        raise Decline(Refusal.PAUSED, "no")

    answer = act(tenancy, "enrol", "ana", declined, Named, request="k1")
    assert answer == Declined(Refusal.PAUSED, "no")
    assert count_members(tenancy) == 0
    assert isinstance(act(tenancy, "enrol", "ana", work, Named, request="k1"), Named)


def test_no_tenant_sees_another(tenancy: Tenancy) -> None:
    act(tenancy, "enrol", "ana", work, Named)
    other = Tenancy(tenancy.database, "other", tenancy.clock, tenancy.ids)
    assert count_members(other) == 0
    assert isinstance(act(other, "enrol", "ana", work, Named), Named)
    assert count_members(other) == count_members(tenancy) == 1


def test_every_table_has_its_tenant_in_its_key(tenancy: Tenancy) -> None:
    found = sa.inspect(tenancy.database.engine)
    names = set(found.get_table_names()) - {"tallystick_schema"}
    assert names
    for name in names:
        assert found.get_pk_constraint(name)["constrained_columns"][0] == "tenant", name


def test_who_only_reads_locks_nothing(tenancy: Tenancy) -> None:
    act(tenancy, "enrol", "ana", work, Named)
    (row,) = look(tenancy, lambda one: one.lock(of_tenant(members)))
    assert row["external_id"] == "ana"
