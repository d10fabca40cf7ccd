"""Claims of a cart in, tokens out: places under limits that are reserved, committed or given back.

A token is one use that counts: of a promotion, or of a code. It holds a place in each counter
under `places`. A reserved one holds them until it expires; by the clock they are free from then on,
whenever its row is rewritten: by the job, or by whoever comes to a limit and needs the place.
Either way the row says that it expired at its own instant.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.usage import tokens
from ..transaction import Found, Transaction, of_tenant
from .counters import Counter, count, read_counters

Changes = Tally[Counter]

# Written out, so that the databases see that the partial indexes hold all that is asked for.
IS_RESERVED = tokens.c.status == sa.literal_column("'reserved'")
IS_EXPIRED = tokens.c.expires_at_us <= sa.bindparam("now_us")
RESERVED = of_tenant(tokens).where(
    tokens.c.reservation == sa.bindparam("reservation"), tokens.c.status == "reserved"
)
COMMITTED = of_tenant(tokens).where(
    tokens.c.order_id == sa.bindparam("order_id"), tokens.c.status == "committed"
)
EXPIRED = (
    of_tenant(tokens)
    .where(
        IS_RESERVED,
        IS_EXPIRED,
        tokens.c.promotion.in_(sa.bindparam("promotions", expanding=True)),
        tokens.c.code.in_(sa.bindparam("codes", expanding=True)),
        tokens.c.reservation != sa.bindparam("reservation"),
    )
    .order_by(tokens.c.expires_at_us, tokens.c.id)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A place that a cart asks for: of a promotion or of a code, and its counters' limits."""

    promotion: str
    code: str
    bounds: Mapping[Counter, int | None]

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return any(most is not None for most in self.bounds.values())

    @property
    def places(self) -> str:
        """The places as a token keeps them."""
        return msgspec.json.encode(sorted(one.place for one in self.bounds)).decode()


@dataclass(frozen=True, slots=True)
class Terms:
    """What becomes of the claims: reserved until an instant, or committed with an order."""

    reservation: str
    member: str
    expires_at_us: int  # NEVER_US with an order
    order_id: str = ""

    @property
    def status(self) -> str:
        """What tokens become."""
        return "committed" if self.order_id else "reserved"


def read_reserved(tx: Transaction, reservation: str) -> list[Found]:
    """The tokens that are reserved for a cart, expired or not."""
    return by_name(tx.fetch(RESERVED, reservation=reservation))


def read_committed(tx: Transaction, order_id: str) -> list[Found]:
    """The tokens of an order."""
    return by_name(tx.fetch(COMMITTED, order_id=order_id))


def by_name(found: Iterable[Found]) -> list[Found]:
    """Tokens in the order in which guards are locked."""
    return sorted(found, key=lambda one: (one["promotion"], one["code"], one["id"]))


def counters_in(token: Found) -> list[Counter]:
    """The counters in which a token stands."""
    return [Counter(token["promotion"], one) for one in msgspec.json.decode(token["places"])]


def exchange(tx: Transaction, held: Sequence[Found], claims: Sequence[Claim], terms: Terms) -> None:
    """Let the tokens of a cart become those that it claims now: keep, give back, take.

    The guards of all of them are locked. Raises `Decline` for a limit that is reached.
    """
    kept, left, new = match(held, claims, tx.at_us)
    changes: Changes = Tally()
    for token in left:
        changes.subtract(counters_in(token))
    limited = [claim for claim in new if claim.is_limited]
    for claim in limited:
        changes.update(claim.bounds.keys())
    make_room(tx, limited, changes, terms.reservation)
    count(tx, changes)
    tx.update(
        tokens, [*(closed(one, tx.at_us) for one in left), *(renewed(one, terms) for one in kept)]
    )
    tx.insert(tokens, [row_of(tx, claim, terms) for claim in new])
    count_at_end(tx, [claim for claim in new if not claim.is_limited])


def match(
    held: Sequence[Found], claims: Sequence[Claim], at_us: int
) -> tuple[list[Found], list[Found], list[Claim]]:
    """Tokens that are claimed again, those that are not, and claims without a token."""
    wanted = {(one.promotion, one.code, one.places): one for one in claims}
    kept, left = [], []
    for token in held:
        key = token["promotion"], token["code"], token["places"]
        if token["expires_at_us"] > at_us and wanted.pop(key, None) is not None:
            kept.append(token)
        else:
            left.append(token)
    return kept, left, sorted(wanted.values(), key=lambda one: (one.promotion, one.code))


def make_room(tx: Transaction, claims: Sequence[Claim], changes: Changes, reservation: str) -> None:
    """See that new claims find a place under all of their limits, if need be of expired ones.

    What expired tokens give up is added to the changes. Raises `Decline`.
    """
    used = read_counters(tx, {name for claim in claims for name in claim.bounds})

    def over() -> list[tuple[Counter, int, Claim]]:
        return [
            (name, most, claim)
            for claim in claims
            for name, most in claim.bounds.items()
            if most is not None and used[name] + changes[name] > most
        ]

    full = over()
    if full:
        short = [claim for _, _, claim in full]
        changes.subtract(free_expired(tx, {(c.promotion, c.code) for c in short}, reservation))
        full = over()
    for name, most, claim in full:
        what = f"promotion `{claim.promotion}`" if claim.promotion else f"code `{claim.code}`"
        kind = name.place.partition("/")[0] or "total"
        raise Decline(
            Refusal.LIMIT_REACHED,
            f"{what} has reached its limit of {most} ({kind})",
            promotion=claim.promotion,
            code=claim.code,
            kind=kind,
            limit=most,
        )


def free_expired(
    tx: Transaction, names: Collection[tuple[str, str]], reservation: str = ""
) -> Changes:
    """Close the expired tokens of promotions and codes; the counters they stood in, how often.

    The guards are locked. Those of one cart are left to it. Counting down is for the caller.
    """
    promotions, codes = (sorted(set(one)) for one in zip(*names, strict=True))
    found = tx.fetch(
        EXPIRED, promotions=promotions, codes=codes, now_us=tx.at_us, reservation=reservation
    )
    expired = [one for one in found if (one["promotion"], one["code"]) in names]
    tx.update(tokens, [closed(one, tx.at_us) for one in expired])
    return Tally(name for one in expired for name in counters_in(one))


def count_at_end(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Count what nothing limits, last of all, so that nobody waits for it longer than need be."""
    changes = Tally(name for claim in claims for name in claim.bounds)
    if changes:
        tx.before_commit.append(lambda: count(tx, changes))


def give_back(tx: Transaction, held: Sequence[Found]) -> None:
    """Close tokens and give their places back. The guards are locked."""
    count(
        tx, {name: -by for name, by in Tally(n for one in held for n in counters_in(one)).items()}
    )
    tx.update(tokens, [closed(one, tx.at_us) for one in held])


# Rows.


def closed(token: Found, at_us: int) -> Found:
    """A token that counts no more: it expired, if it had, at its own instant."""
    if token["expires_at_us"] <= at_us:
        return {**token, "status": "expired", "closed_at_us": token["expires_at_us"]}
    return {**token, "status": "released", "closed_at_us": at_us}


def renewed(token: Found, terms: Terms) -> Found:
    """A token that is reserved anew, or committed."""
    return {
        **token,
        "status": terms.status,
        "member": terms.member,
        "order_id": terms.order_id,
        "expires_at_us": terms.expires_at_us,
    }


def row_of(tx: Transaction, claim: Claim, terms: Terms) -> Found:
    """The row of a new token."""
    return {
        "id": tx.ids(),
        "reservation": terms.reservation,
        "promotion": claim.promotion,
        "code": claim.code,
        "status": terms.status,
        "places": claim.places,
        "member": terms.member,
        "order_id": terms.order_id,
        "created_at_us": tx.at_us,
        "expires_at_us": terms.expires_at_us,
        "closed_at_us": NEVER_US,
    }
