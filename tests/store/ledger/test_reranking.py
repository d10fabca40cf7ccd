"""Tiers after something was taken back: the same, whether all that was earned is read or not."""

from __future__ import annotations

import dataclasses
import os
import secrets
from random import Random
from typing import Any

import pytest

from tallystick.dsl.kinds import CalendarPeriod, Keep, QualifyAt, TierMeasure, Upgrade
from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.audit.verifying import verify
from tallystick.store.ledger import reranking

from .desk import Desk

SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
LEVELS = (Level("silver", 300), Level("gold", 900))
WINDOWS = (None, Duration(days=1), Duration(days=30), Duration(months=3), *CalendarPeriod)
ACTIVATIONS = (
    PointsCurrency(),
    PointsCurrency(activate_after=Duration(days=14)),
    PointsCurrency(activate_on="fulfilled"),
)
ZONES = ("America/St_Johns", "Pacific/Apia", "America/Havana", "UTC")
READ = {"ana": 0, "bo": 10**9}  # from how many entries on somebody is not read whole


def random_club(random: Random, is_plain: bool) -> Program:
    """A program with tiers of any kind, or with those of which most is lost by what is taken back:
    they last as long as what counts is enough."""
    tiers = Tiers(
        levels=random.choice([LEVELS, (Level("bronze", 0), *LEVELS)]),
        window=random.choice(WINDOWS),
        measure=random.choice([*TierMeasure]),
        qualify_at=random.choice([*QualifyAt]),
        upgrade=random.choice([*Upgrade]),
        keep=random.choice([*Keep, Duration(), Duration(days=20)]),
        grace=random.choice([Duration(), Duration(days=9)]),
    )
    if is_plain:
        window = Duration(days=random.choice([10, 30]))
        tiers = dataclasses.replace(
            tiers, window=window, upgrade=Upgrade.NEXT_ORDER, keep=Duration(), grace=Duration()
        )
    points = random.choice(ACTIVATIONS[:1] if is_plain else ACTIVATIONS)
    return Program(id="club", timezone=random.choice(ZONES), tiers=tiers, points=points)


class Twins:
    """Two members who do the same, of whom one is not read whole."""

    def __init__(self, desk: Desk, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.random = random
        self.patch = monkeypatch
        self.left: dict[str, int] = {}  # points by order that were not taken back
        self.number = 0

    def live(self) -> None:
        """A while."""
        self.number += 1
        step = self.random.choice(
            [self.wait, self.wait, *3 * [self.buy], *2 * [self.claw], self.fulfil]
        )
        state = self.random.getstate()
        for member, length in READ.items():
            self.random.setstate(state)
            self.patch.setattr(reranking, "LONG", length)
            step(member)
        if step == self.wait:
            self.desk.clock.now_us += self.random.choice([0, 0, 1, 1, 2, 5, 12, 25]) * DAY_US
            self.desk.clock.now_us += self.random.randrange(24) * HOUR_US
        ana, bo = (self.desk.settle(member) for member in READ)
        assert (ana.tier, ana.tier_since_us) == (bo.tier, bo.tier_since_us), self.desk.terms

    def wait(self, member: str) -> None:
        """Do nothing."""

    def buy(self, member: str) -> None:
        """Earn something, by now or some days ago."""
        points = self.random.randrange(1, 300)
        at_us = self.desk.clock.now_us - self.random.choice([0, 0, 1, 40]) * DAY_US
        more: dict[str, Any] = {"base_minor": points, "earned_at_us": at_us}
        self.desk.buy(f"o{self.number}", points, member, **more)
        self.left[f"o{self.number}"] = points

    def claw(self, member: str) -> None:
        """Have some of it taken back, or all."""
        if not self.left:
            return
        order = self.random.choice(sorted(self.left))
        points = self.random.choice([1, self.left[order], self.random.randrange(self.left[order])])
        cause = self.desk.cause("refund", f"r{self.number}", rule="buy", order_id=order)
        more: dict[str, Any] = {"order_id": order, "rule": "buy", "base_minor": points}
        if points:
            self.desk.do(lambda book, one: book.claw_back(one, points, cause, **more), member)
        if member == [*READ][-1]:
            self.left[order] -= points
            self.left = {name: left for name, left in self.left.items() if left}

    def fulfil(self, member: str) -> None:
        """Have what waits for an order begin to count."""
        if self.left:
            order = self.random.choice(sorted(self.left))
            self.desk.do(lambda book, one: book.activate(one, order, "fulfilled"), member)


@pytest.mark.parametrize("number", range(6))
def test_a_tier_is_what_all_entries_say(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    print(f"seed {SEED}")  # shown where it fails
    random = Random(f"{SEED}/{number}")
    desk.be(random_club(random, number < 3))
    twins = Twins(desk, random, monkeypatch)
    for _ in range(120):
        twins.live()
    found = verify(desk.tenancy.database, terms_of=lambda *_: desk.terms)
    assert [one for one in found if one.check in ("balance", "due")] == []


@pytest.mark.parametrize(("spent", "tier"), [(50, "bronze"), (500, "gold")])
def test_who_has_much_is_not_read_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, spent: int, tier: str
) -> None:
    tiers = Tiers(levels=(Level("bronze", 0), *LEVELS, Level("ruby", 10**6)))
    desk.be(Program(id="club", tiers=tiers))
    for _ in range(3):
        desk.buy(f"o{desk.clock.now_us}", spent)
        desk.clock.now_us += DAY_US
    order = f"o{desk.clock.now_us - DAY_US}"
    monkeypatch.setattr(reranking, "LONG", 3)
    monkeypatch.setattr(reranking, "Ranking", None)
    desk.claw(10, order)
    assert desk.settle().tier == tier


def test_who_falls_sooner_by_what_is_taken_back_falls_in_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.be(Program(id="club", tiers=Tiers(levels=LEVELS, window=Duration(days=30))))
    desk.go("2026-03-01T12:00")
    for member in READ:
        desk.buy("o1", 200, member)
    desk.go("2026-03-11T12:00")
    for member in READ:
        desk.buy("o2", 950, member)  # gold through 10 April
    desk.go("2026-03-12T12:00")
    for member, length in READ.items():
        monkeypatch.setattr(reranking, "LONG", length)
        desk.claw(60, "o2", member)  # and now only until the first 200 are over
        assert desk.settle(member).tier == "gold"
    desk.go("2026-04-05T12:00")
    over_us = desk.clock.now_us - 4 * DAY_US - 12 * HOUR_US
    for member in READ:
        account = desk.settle(member)
        assert (account.tier, account.tier_since_us) == ("silver", over_us)
