"""Many who want the same in, how many got it out: by threads of one process, and by processes."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import Pool
from random import Random
from typing import Any

import msgspec

import tallystick
from tallystick.engine.loyalty.moves import Issue
from tallystick.store.database.database import Database
from tallystick.store.identity import new_id
from tallystick.store.refusals import Declined
from tallystick.store.schema.usage import counters, tokens
from tallystick.store.tenancy import Tenancy
from tallystick.store.usage.checkout import release
from tallystick.store.usage.rewards import issue
from tallystick.store.usage.stock import take_stock

from .till import Checkout, cart_of

NOW_US = 1_783_684_800_000_000
RULES = """
ruleset: {currency: EUR}
promotions:
  scarce: {then: {amount_off: 1 EUR}, limits: {total: 20, per_customer: 15}}
  other:  {then: {amount_off: 1 EUR}, limits: {total: 9, per_day: 9}}
  pooled: {coupon_pool: leaflet, then: {amount_off: 1 EUR}, limits: {total: 1000}}
programs: {club: {}}
burning_rules:
  shirt: {program: club, cost: 5 points, reward: {product: SHIRT}, limits: {stock: 20}}
  gift:  {program: club, cost: 5 points, reward: {coupon_pool: gifts}}
"""
LOYALTY = tallystick.load_text(RULES).loyalty
GIFT = Issue(
    member="ana",
    program="club",
    rule="gift",
    times=1,
    reward={"kind": "coupon", "pool": "gifts"},
    expires_at=None,
)


def open_till(url: str) -> Checkout:
    """A checkout with connections of its own."""
    return Checkout(Tenancy(Database(url), "main", lambda: NOW_US, new_id), RULES)


def name_of(worker: int, number: int) -> str:
    """An order of nobody else."""
    return f"o-{worker}-{number}"


def want_promotion(till: Checkout, worker: int, number: int) -> Declined | None:
    """One use under a limit, by two customers."""
    customer = {"id": f"c{worker % 2}"}
    return till.commit(cart_of("scarce", name_of(worker, number), customer=customer))


def want_code(till: Checkout, worker: int, number: int) -> Declined | None:
    """One use of a code that has a limit of its own."""
    cart = cart_of("pooled", name_of(worker, number), coupons=["SHARED"])
    return till.commit(cart, "", {"codes": {"SHARED": "leaflet"}})


def want_stock(till: Checkout, worker: int, number: int) -> Declined | None:
    """One reward out of a stock."""
    return till.do(lambda tx: take_stock(tx, {"shirt": 1}, LOYALTY, name_of(worker, number)))


def want_reward(till: Checkout, worker: int, number: int) -> Declined | None:
    """One code of a pool, as a reward."""
    source = f"redeem/{name_of(worker, number)}"
    return till.do(lambda tx: issue(tx, [(GIFT, "ana")], source))


def do_anything(till: Checkout, worker: int, number: int) -> Declined | None:
    """Reserve, release, order and cancel, two promotions in both orders, as chance has it."""
    chance = Random(f"{worker}/{number}")
    name, about = name_of(worker, number), ["scarce", "other"]
    chance.shuffle(about)
    for place, promotion in enumerate(about):
        cart = cart_of(promotion, f"{name}-{place}", customer={"id": f"c{worker % 3}"})
        reservation = f"r{chance.randrange(6)}" if chance.random() < 0.7 else ""
        if reservation:
            till.reserve(cart, reservation, ttl_us=chance.choice((0, 60_000_000)))
        if chance.random() < 0.3:
            till.do(lambda tx, one=reservation: release(tx, one))  # type: ignore[misc]
        if till.commit(cart, reservation) is None and chance.random() < 0.6:
            till.cancel(cart["id"])
    return None


Wanting = Callable[[Checkout, int, int], Declined | None]


def rush(till: Checkout, want: Wanting, workers: int, each: int) -> int:
    """How many of all tries in so many threads had what they wanted."""

    def work(worker: int) -> int:
        return sum(want(till, worker, number) is None for number in range(each))

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(work, range(workers)))


def rush_alone(job: tuple[str, str, int, int]) -> int:
    """One process of many."""
    url, want, worker, each = job
    till = open_till(url)
    try:
        return sum(WANTS[want](till, worker, number) is None for number in range(each))
    finally:
        till.tenancy.database.close()


def rush_by_processes(pool: Pool, url: str, want: str, workers: int, each: int) -> int:
    """How many of all tries in so many processes had what they wanted."""
    jobs = [(url, want, worker, each) for worker in range(workers)]
    return sum(pool.map(rush_alone, jobs, chunksize=1))


def recount(till: Checkout) -> tuple[dict[Any, int], dict[Any, int]]:
    """What counters stand at, and what the tokens that count say; both without zeros."""
    stand = {(row["promotion"], row["place"]): row["used"] for row in till.rows(counters)}
    counted: Tally[Any] = Tally()
    for row in till.rows(tokens):
        if row["status"] in ("reserved", "committed"):
            places = msgspec.json.decode(row["places"])
            counted.update((row["promotion"], place) for place in places)
    return {name: used for name, used in stand.items() if used}, dict(counted)


WANTS: dict[str, Wanting] = {
    "promotion": want_promotion,
    "code": want_code,
    "stock": want_stock,
    "reward": want_reward,
    "anything": do_anything,
}
