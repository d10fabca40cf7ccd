"""A request and its work in, the answer out: once, whoever asks how often.

A request with a key is answered once. The same key with the same payload gets the same answer
again, and nothing is written; with another payload it is a conflict. Answers are kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from .database.seal import digest_of
from .outbox.writing import write_events
from .refusals import Decline, Declined, Refusal
from .schema.tenancy import requests
from .tenancy import Tenancy
from .transaction import Transaction, of_tenant

T = TypeVar("T")

FIND_REQUEST = of_tenant(requests).where(requests.c.request == sa.bindparam("request"))


def act(
    tenancy: Tenancy,
    action: str,
    asked: object,
    work: Callable[[Transaction], T],
    kind: type[T],
    *,
    request: str | None = None,
    at_us: int | None = None,
) -> T | Declined:
    """Do work in one transaction and return its answer, a `kind`, or why it was declined.

    `action` and `asked` are what the digest of a request is made of: whatever the answer depends
    on that the caller chose, and not the time. Work may be run several times; only one of them is
    written. Raises what the work raises, and `StoreError` (see `Database.write`).
    """
    now_us = tenancy.clock() if at_us is None else at_us
    digest = digest_of([action, asked])

    def once(connection: sa.Connection) -> T:
        transaction = Transaction(connection, tenancy.tenant, now_us, tenancy.ids)
        if request is None:
            return complete(transaction, work)
        before = transaction.find(FIND_REQUEST, request=request)
        if before is not None:
            return answer_again(before, digest, kind)
        answer = complete(transaction, work)
        row: dict[str, Any] = {"request": request, "action": action, "digest": digest}
        row |= {"at_us": now_us, "answer": msgspec.json.encode(answer)}
        transaction.insert(requests, [row])
        return answer

    try:
        return tenancy.database.write(once, is_repeatable=request is not None)
    except Decline as declined:
        return declined.declined


def complete(transaction: Transaction, work: Callable[[Transaction], T]) -> T:
    """Do the work and what waits for its end, the events last."""
    answer = work(transaction)
    for step in transaction.before_commit:
        step()
    write_events(transaction)
    return answer


def answer_again(before: dict[str, Any], digest: str, kind: type[T]) -> T:
    """What a request was answered before."""
    if before["digest"] != digest:
        words = f"the request key `{before['request']}` was used for something else"
        raise Decline(Refusal.CONFLICT, words)
    return msgspec.json.decode(before["answer"], type=kind)


def look(tenancy: Tenancy, work: Callable[[Transaction], T], at_us: int | None = None) -> T:
    """Read, on one state of the database, and write nothing."""
    now_us = tenancy.clock() if at_us is None else at_us
    return tenancy.database.read(
        lambda connection: work(Transaction(connection, tenancy.tenant, now_us, tenancy.ids))
    )
