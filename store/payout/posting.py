"""A disbursement in, a signed post to whoever pays it out; what they answer or say later in again.

    POST <url>
    idempotency-key: <id of the disbursement>
    webhook-id, webhook-timestamp, webhook-signature: as Standard Webhooks has them
    {"id": .., "kind": "cashback", "amount": 2000, "currency": "EUR", "recipient": .., ..}

    200 {"status": "confirmed", "reference": "tr_1"}

The same is posted again as long as nobody knows how it ended: a provider must answer the same key
with what it knows, and pay once. Only who says `failed` in these words has failed it: any other
answer may come from something on the way, and money may be behind it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from ...engine.loyalty.days import spell_instant
from ..outbox.calling import Caller, Reply, Unanswered
from ..outbox.signature import headers_of, is_signed
from ..schema.frame import NEVER_US
from ..tenancy import Clock
from .disbursement import Disbursement
from .provider import Confirmed, Failed, Outcome, Sent, Unknown

TIMEOUT_MS = 20_000
DETAIL_LENGTH_MAX = 500

encoder = msgspec.json.Encoder(order="sorted")


class Statement(Struct, frozen=True):
    """What a provider says of a disbursement; `id` where it says it by itself."""

    status: str
    id: str = ""
    reference: str = ""
    detail: str = ""


class PostingProvider:
    """Pays through a URL. Answers are those of `Provider`."""

    def __init__(self, url: str, secret: str, clock: Clock, timeout_ms: int = TIMEOUT_MS) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._timeout_ms = timeout_ms

    def send(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`."""
        body = body_of(disbursement)
        headers = headers_of(self._secret, disbursement.id, self._clock(), body)
        headers |= {
            "idempotency-key": disbursement.id,
            "content-type": "application/json",
            "user-agent": "tallystick",
        }
        caller = Caller(self._url, self._timeout_ms)
        try:
            return outcome_of(caller.post(body, headers))
        except Unanswered as error:
            return Unknown(str(error))
        finally:
            caller.close()

    def ask(self, disbursement: Disbursement) -> Outcome:
        """See `Provider`."""
        return self.send(disbursement)


def body_of(disbursement: Disbursement) -> bytes:
    """What a provider has to know; the same bytes for the same disbursement."""
    told: dict[str, object] = {
        "id": disbursement.id,
        "kind": disbursement.kind,
        "amount": disbursement.amount_minor,
        "currency": disbursement.currency,
        "recipient": disbursement.recipient,
        "member": disbursement.customer,
        "program": disbursement.program,
        "rule": disbursement.rule,
    }
    if disbursement.expires_at_us != NEVER_US:
        told["expires_at"] = spell_instant(disbursement.expires_at_us)
    return encoder.encode({name: value for name, value in told.items() if value != ""})


def outcome_of(reply: Reply) -> Outcome:
    """What an answer means.

    >>> outcome_of(Reply(202, b""))
    Sent(reference='')
    >>> outcome_of(Reply(422, b'{"status": "failed", "detail": "no such account"}'))
    Failed(detail='no such account')
    >>> outcome_of(Reply(404, b"Not Found"))
    Unknown(detail='answered 404')
    """
    is_good = 200 <= reply.status < 300
    if is_good and not reply.body:
        return Sent()
    stated = read_statement(reply.body)
    if stated is not None and (is_good or stated.status == "failed"):
        outcome = outcome_of_statement(stated)
        if outcome is not None:
            return outcome
    return Unknown(f"answered {reply.status}")


def read_statement(body: bytes) -> Statement | None:
    """What a body states, if it states anything."""
    try:
        return msgspec.json.decode(body, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def outcome_of_statement(stated: Statement) -> Outcome | None:
    """What a statement means; None where its status is not known."""
    match stated.status:
        case "sent":
            return Sent(stated.reference[:DETAIL_LENGTH_MAX])
        case "confirmed":
            return Confirmed(stated.reference[:DETAIL_LENGTH_MAX])
        case "failed":
            return Failed(stated.detail[:DETAIL_LENGTH_MAX] or "failed")
    return None


def read_call_back(
    secret: str, headers: Mapping[str, str], body: bytes, at_us: int
) -> Statement | None:
    """What a provider says by itself; None unless it is signed with its secret, and readable."""
    if not is_signed(secret, headers, body, at_us):
        return None
    stated = read_statement(body)
    return stated if stated is not None and outcome_of_statement(stated) is not None else None
