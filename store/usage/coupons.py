"""Coupon codes: made, brought along, exported, given to members, shared and revoked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import Struct

from ...engine.loyalty.days import spell_instant
from ..acting import OwnKey, act, look
from ..asking import careful, is_id
from ..errors import StoreError
from ..member.people import members_named
from ..refusals import Decline, Declined, Refusal
from ..rules.library import Library
from ..rules.timeline import read_timeline
from ..schema.frame import NEVER_US
from ..schema.tenancy import requests
from ..schema.usage import codes
from ..tenancy import Tenancy
from ..transaction import Transaction
from .codes import lock_codes
from .filling import Filling, add_batch, add_code, count_codes
from .form import LENGTH_MAX, TEN, Chance, CodeForm, Mould, Odds, chance, spell
from .listing import SHOW, Coupon, coupon_of, export_csv
from .naming import check_known, named_codes, named_pools

BATCH = 10_000  # codes written at once: others wait no longer than that takes
COUNT_MAX = 100_000_000  # codes asked for at once

GENERATE = "coupons.generate"

# How many of some requests were answered.
ANSWERED = (
    sa.select(sa.func.count().label("count"))
    .select_from(requests)
    .where(requests.c.tenant == sa.bindparam("tenant"))
    .where(
        requests.c.request.in_(sa.bindparam("keys", expanding=True)), requests.c.action == GENERATE
    )
)

Progress = Callable[[int, int], None]  # so many of so many are there


class Batch(Struct, frozen=True):
    """A batch of codes that were written."""

    pool: str
    batch: int
    codes: int


class Generated(Struct, frozen=True):
    """A pool was filled: with so many codes, in these batches."""

    pool: str
    codes: int
    batches: list[int]


class CodeChanged(Struct, frozen=True):
    """A code has changed; `show` says how it stands."""

    code: str
    status: str


class Wanted(NamedTuple):
    """What is asked of new codes, members by what the shop calls them."""

    pool: str
    member: str | None
    owner: str | None
    use_max: int
    expires_at_us: int
    author: str


@careful
class Coupons:
    """The coupon codes of one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy, library: Library, draw: Chance = chance) -> None:
        self._tenancy = tenancy
        self._library = library
        self._draw = draw

    def odds(
        self, pool: str, count: int, form: CodeForm = TEN, *, request: str | None = None
    ) -> Odds:
        """The odds of guessing a code of a pool, if so many more are generated.

        What a `request` key has made already does not count twice. Raises `StoreError` for a form
        that makes no sense, or whose codes would be too few or too easy to guess.
        """
        mould = Mould(form)
        check_count(count)

        def work(tx: Transaction) -> Odds:
            done = 0 if request is None else made_of(tx, count, request)
            return mould.odds(count_codes(tx, pool) + count - done)

        return look(self._tenancy, work)

    def is_named(self, pool: str) -> bool:
        """Whether a promotion or a reward of the rules in force takes the codes of a pool."""
        return look(
            self._tenancy, lambda tx: pool in named_pools(tx, read_timeline(tx, self._library))
        )

    def generate(
        self,
        pool: str,
        count: int,
        form: CodeForm = TEN,
        *,
        member: str | None = None,
        owner: str | None = None,
        use_max: int = 1,
        expires_at_us: int | None = None,
        author: str = "",
        request: str | None = None,
        at_us: int | None = None,
        progress: Progress | None = None,
    ) -> Generated | Declined:
        """Put new codes into a pool, in batches: each of them is there whole, or not at all.

        What was stopped half-way leaves whole batches. With a `request` key the same call goes on
        where it stopped, and once done gives the same answer and writes nothing. `member` is who
        alone may use the codes, `owner` who shares them, `use_max` how often each may be used (0:
        as its promotions allow). Declines `unknown_member`. Raises `StoreError` as `odds` does,
        and for codes that would be over before they are there.
        """
        check_count(count)
        wanted = Wanted(pool, member, owner, *check_use(use_max, expires_at_us), author)
        check_pool(pool)
        batches: list[int] = []
        for done in range(0, count, BATCH):
            part = None if request is None else key_of(request, done)
            answer = self._fill(wanted, Mould(form), (count, done), part, at_us)
            if isinstance(answer, Declined):
                return answer
            batches.append(answer.batch)
            if progress is not None:
                progress(done + answer.codes, count)
        return Generated(pool, count, batches)

    def add(
        self,
        pool: str,
        code: str,
        *,
        member: str | None = None,
        owner: str | None = None,
        use_max: int = 1,
        expires_at_us: int | None = None,
        author: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> CodeChanged | Declined:
        """Put a code that somebody chose into a pool. How easily it is guessed is theirs to know.

        It is trimmed and upper-cased. Declines `unknown_member`, and `code_taken` where there is
        one.
        """
        name = read_code(code)
        check_pool(pool)
        wanted = Wanted(pool, member, owner, *check_use(use_max, expires_at_us), author)

        def work(tx: Transaction) -> CodeChanged:
            filling = self._filling(tx, wanted)
            if name in self._named(tx) or not add_code(tx, filling, name):
                raise Decline(Refusal.CODE_TAKEN, f"there is a code `{name}` already", code=name)
            return CodeChanged(name, filling.status)

        asked = [name, *wanted]
        return act(
            self._tenancy, "coupons.add", asked, work, CodeChanged, request=request, at_us=at_us
        )

    def export(self, pool: str) -> Iterator[str]:
        """The codes of a pool as CSV (RFC 4180), in parts of some thousand lines.

        Raises `StoreError` for a pool that has no codes and that no rules in force name.
        """
        look(self._tenancy, lambda tx: check_known(pool, tx, read_timeline(tx, self._library)))
        return export_csv(self._tenancy, pool)

    def show(self, code: str, at_us: int | None = None) -> Coupon | Declined:
        """A code of a pool, and how often it was used."""
        name = read_code(code)
        found = look(
            self._tenancy,
            lambda tx: tx.find(SHOW, code=name, now_us=tx.at_us, reservation=""),
            at_us,
        )
        return unknown(name).declined if found is None else coupon_of(found)

    def assign(
        self, code: str, member: str, *, request: str | None = None, at_us: int | None = None
    ) -> CodeChanged | Declined:
        """Bind a code to a member, who alone may use it from now on. Declines `unknown_member`."""

        return self._change("coupons.assign", code, {"member": member}, request, at_us)

    def share(
        self, code: str, owner: str, *, request: str | None = None, at_us: int | None = None
    ) -> CodeChanged | Declined:
        """Make a code that of a member who shares it, and is rewarded when others use it.

        Declines `unknown_member`.
        """

        return self._change("coupons.share", code, {"owner": owner}, request, at_us)

    def revoke(
        self, code: str, *, request: str | None = None, at_us: int | None = None
    ) -> CodeChanged | Declined:
        """Let nobody use a code any more. What was ordered with it stays; it never comes back."""
        return self._change("coupons.revoke", code, {}, request, at_us)

    def _change(
        self,
        action: str,
        code: str,
        people: dict[str, str],
        request: str | None,
        at_us: int | None,
    ) -> CodeChanged | Declined:
        """Give a code to people, by what they are to it; without them it is revoked."""
        name = read_code(code)

        def work(tx: Transaction) -> CodeChanged:
            row = lock_codes(tx, [name]).get(name)
            if row is None:
                raise unknown(name)
            if row["status"] == "revoked" and people:
                raise Decline(Refusal.CODE_REVOKED, f"code `{name}` was revoked", code=name)
            status = "issued" if people else "revoked"
            known = {role: self._id_of(tx, person) for role, person in people.items()}
            tx.update(codes, [row | known | {"status": status}])
            return CodeChanged(name, status)

        return act(
            self._tenancy, action, [name, people], work, CodeChanged, request=request, at_us=at_us
        )

    def _fill(
        self,
        wanted: Wanted,
        mould: Mould,
        progress: tuple[int, int],
        request: OwnKey | None,
        at_us: int | None,
    ) -> Batch | Declined:
        """Write the next batch of so many codes, of which some are done."""
        count, done = progress
        size = min(BATCH, count - done)

        def work(tx: Transaction) -> Batch:
            if wanted.expires_at_us <= tx.at_us:
                got = spell_instant(wanted.expires_at_us)
                words = {"expected": "an instant to come", "got": got}
                raise StoreError("bad_value", "expires_at_us", **words)
            mould.odds(count_codes(tx, wanted.pool) + count - done)
            filling, named = self._filling(tx, wanted), self._named(tx)
            batch = add_batch(tx, filling, mould, size, named=named, draw=self._draw)
            return Batch(wanted.pool, batch, size)

        asked = [*progress, spell(mould.form), *wanted]
        return act(self._tenancy, GENERATE, asked, work, Batch, request=request, at_us=at_us)

    def _filling(self, tx: Transaction, wanted: Wanted) -> Filling:
        """What new codes have in common, its members by their ids."""
        member, owner = (self._id_of(tx, name) for name in (wanted.member, wanted.owner))
        return Filling(
            wanted.pool, member, owner, wanted.use_max, wanted.expires_at_us, wanted.author
        )

    def _named(self, tx: Transaction) -> Collection[str]:
        """The codes that promotions name themselves."""
        return named_codes(tx, read_timeline(tx, self._library))

    def _id_of(self, tx: Transaction, name: str | None) -> str:
        """Who somebody is, by what the shop calls them; empty for nobody.

        Declines who is no member, or closed.
        """
        return "" if name is None else members_named(tx, [name], may_be_closed=False)[name]


def unknown(code: str) -> Decline:
    """That a code is in no pool."""
    return Decline(Refusal.UNKNOWN_CODE, f"no pool has a code `{code}`", code=code)


def read_code(code: str) -> str:
    """A code as carts have it. Raises `StoreError` for what is none."""
    name = code.strip().upper()
    if not (0 < len(name) <= LENGTH_MAX and name.isprintable() and is_id(name)):
        expected = f"a code of 1 to {LENGTH_MAX} letters, digits and signs"
        raise StoreError("bad_value", "code", expected=expected, got=repr(code))
    return name


def key_of(request: str, done: int) -> OwnKey:
    """The key of the batch that begins when so many codes are done."""
    part = f"{request}/{done // BATCH}"
    return OwnKey(f"codes/{part}", former=part, told=request)


def made_of(tx: Transaction, count: int, request: str) -> int:
    """How many of so many codes a request has made."""
    parts = [key_of(request, done) for done in range(0, count, BATCH)]
    keys = [name for part in parts for name in (part.key, part.former)]
    batches: int = tx.fetch(ANSWERED, keys=keys)[0]["count"]
    return min(batches * BATCH, count)


def check_count(count: int) -> None:
    """Raise `StoreError` for a number of codes that is none."""
    if not 1 <= count <= COUNT_MAX:
        raise StoreError("bad_value", "count", expected=f"1 to {COUNT_MAX:,} codes", got=count)


def check_pool(pool: str) -> None:
    """Raise `StoreError` for a pool without a name."""
    if not pool:
        raise StoreError("bad_value", "pool", expected="the name of a pool", got="an empty text")


def check_use(use_max: int, expires_at_us: int | None) -> tuple[int, int]:
    """How often codes may be used and until when, as they are kept. Raises `StoreError`."""
    if not 0 <= use_max <= COUNT_MAX:
        raise StoreError("bad_value", "use_max", expected="0, or how often", got=use_max)
    return use_max, NEVER_US if expires_at_us is None else expires_at_us
