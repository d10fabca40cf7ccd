"""A request and its work in, the answer out: once, whoever asks how often.

A request with a key is answered once. The same key with the same payload gets the same answer
again, and nothing is written; with another payload it is a conflict. Answers are kept for ever.

What the store asks of itself has keys of its own (`OwnKey`), which no caller can take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from .database.seal import digest_of
from .errors import StoreError
from .outbox.writing import write_events
from .refusals import Decline, Declined, Refusal
from .schema.tenancy import requests
from .standing import STANDING
from .tenancy import Tenancy
from .transaction import Found, Transaction

T = TypeVar("T")

KEY_MAX = 255  # characters of a request key
END_US = 221_845_392_000_000_000  # 9000-01-01: periods of rules end before dates do

# What a request was answered, and with it what nearly every request asks next: see `timeline`.
ANSWERED = (
    requests.c.tenant == sa.bindparam("tenant"),
    requests.c.request == sa.bindparam("request"),
)
FIND_REQUEST = sa.select(
    *STANDING.selected_columns,
    sa.select(requests.c.digest).where(*ANSWERED).scalar_subquery().label("digest"),
    sa.select(requests.c.answer).where(*ANSWERED).scalar_subquery().label("answer"),
)
FIND_FORMER = sa.select(requests).where(*ANSWERED)


class OwnKey(NamedTuple):
    """A request key of the store's own. No caller has it: theirs begin with no space."""

    name: str
    former: str  # what it was called when callers could take it: what was answered then is kept
    told: str = ""  # the key of the caller that it is made of, if any

    @property
    def key(self) -> str:
        """The key as it is kept."""
        return f" {self.name}"


def act(
    tenancy: Tenancy,
    action: str,
    asked: object,
    work: Callable[[Transaction], T],
    kind: type[T],
    *,
    request: str | OwnKey | None = None,
    at_us: int | None = None,
) -> T | Declined:
    """Do work in one transaction and return its answer, a `kind`, or why it was declined.

    `action` and `asked` are what the digest of a request is made of: whatever the answer depends
    on that the caller chose, and not the time. Work may be run several times; only one of them is
    written. Raises what the work raises, and `StoreError` (see `Database.write`).
    """
    if not isinstance(request, OwnKey):
        check_request(request)
    now_us = instant_of(tenancy, at_us)
    asking = Asking(request, action, digest_of([action, asked]), kind)

    def once(connection: sa.Connection) -> T:
        transaction = Transaction(connection, tenancy.tenant, now_us, tenancy.ids)
        before = asking.find(transaction)
        if before is not None:
            return before
        answer = complete(transaction, work)
        asking.write(transaction, answer)
        return answer

    try:
        try:
            return tenancy.database.write(once, is_repeatable=request is not None)
        except (Decline, StoreError):
            # Where writers overtake each other, what was in the way may be the same request, sent
            # twice at once, whose other half came first. SQLite has but one writer at a time.
            if request is None or tenancy.database.dialect == "sqlite":
                raise
            answer = look(tenancy, asking.find, now_us)
            if answer is None:
                raise
            return answer
    except Decline as declined:
        return declined.declined


@dataclass(slots=True)
class Asking(Generic[T]):
    """A request as it is told from others, and the kind of its answer."""

    request: str | OwnKey | None
    action: str
    digest: str
    kind: type[T]

    @property
    def key(self) -> str | None:
        """The key as it is kept."""
        return self.request.key if isinstance(self.request, OwnKey) else self.request

    @property
    def told(self) -> str | None:
        """The key as its caller knows it."""
        return (isinstance(self.request, OwnKey) and self.request.told) or self.key

    def find(self, transaction: Transaction) -> T | None:
        """What it was answered before, if it was."""
        if self.request is None:
            return None
        [standing] = transaction.fetch(FIND_REQUEST, request=self.key)
        transaction.standing = standing
        before = self._find_former(transaction) if standing["digest"] is None else standing
        if before is None:
            return None
        if before["digest"] != self.digest:
            words = f"the request key `{self.told}` was used for something else"
            raise Decline(Refusal.CONFLICT, words)
        return msgspec.json.decode(before["answer"], type=self.kind)

    def _find_former(self, transaction: Transaction) -> Found | None:
        """What a key of the store's own was answered when it was called otherwise.

        What somebody else did under that name is none of its business.
        """
        if not isinstance(self.request, OwnKey):
            return None
        found = transaction.find(FIND_FORMER, request=self.request.former)
        return found if found is not None and found["action"] == self.action else None

    def write(self, transaction: Transaction, answer: T) -> None:
        """Keep an answer for ever."""
        if self.request is None:
            return
        row: dict[str, Any] = {"request": self.key, "action": self.action}
        row |= {"digest": self.digest, "at_us": transaction.at_us}
        row["answer"] = msgspec.json.encode(answer)
        transaction.insert(requests, [row])


def answered(
    tenancy: Tenancy, action: str, asked: object, kind: type[T], request: str | OwnKey
) -> T | None:
    """What `act` answered a request, and None where it never was. Nothing is written."""
    return look(tenancy, Asking(request, action, digest_of([action, asked]), kind).find)


def check_request(request: str | None) -> None:
    """Raise `StoreError` for a request key that none can have."""
    if request is not None and not 1 <= len(request) <= KEY_MAX:
        expected = f"1 to {KEY_MAX} characters"
        raise StoreError("bad_value", "request", expected=expected, got=len(request))


def instant_of(tenancy: Tenancy, at_us: int | None) -> int:
    """The now of a request: the caller's, or the clock's."""
    now_us = tenancy.clock() if at_us is None else at_us
    if not 0 <= now_us < END_US:
        expected = "microseconds since 1970 UTC, before the year 9000"
        raise StoreError("bad_value", "at_us", expected=expected, got=now_us)
    return now_us


def complete(transaction: Transaction, work: Callable[[Transaction], T]) -> T:
    """Do the work and what waits for its end, the events last."""
    answer = work(transaction)
    for step in transaction.before_commit:
        step()
    # They hold what holds the transaction, which would stay until somebody collects garbage.
    transaction.before_commit.clear()
    write_events(transaction)
    return answer


def look(tenancy: Tenancy, work: Callable[[Transaction], T], at_us: int | None = None) -> T:
    """Read, on one state of the database, and write nothing."""
    now_us = instant_of(tenancy, at_us)
    return tenancy.database.read(
        lambda connection: work(Transaction(connection, tenancy.tenant, now_us, tenancy.ids))
    )


def look_up(
    tenancy: Tenancy, work: Callable[[Transaction], T], at_us: int | None = None
) -> T | Declined:
    """The same for what may be declined: why it is comes back, as from `act`."""
    try:
        return look(tenancy, work, at_us)
    except Decline as declined:
        return declined.declined
