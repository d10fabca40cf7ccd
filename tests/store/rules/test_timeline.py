"""What was, is and will be in force, as ledgers ask for it."""

from __future__ import annotations

import pytest

from tallystick.store.acting import look
from tallystick.store.errors import StoreError
from tallystick.store.refusals import Decline
from tallystick.store.rules.library import Library
from tallystick.store.rules.timeline import Timeline, read_timeline
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import CLUB, open_shop, publish

HOUR_US = 3_600_000_000
PAUSED = CLUB.replace("club:\n", "club:\n    status: paused\n", 1)


def timeline_of(tenancy: Tenancy, library: Library | None = None) -> Timeline:
    """What is in force when, read anew unless there is a library."""
    return look(tenancy, lambda one: read_timeline(one, library or Library(tenancy)))


def test_nothing_is_in_force_before_something_is_published(tenancy: Tenancy) -> None:
    timeline = timeline_of(tenancy)
    assert (timeline.ruleset(5), timeline.programs_at(5)) == ("", {})
    assert timeline.changes("club", 0) == NEVER_US
    with pytest.raises(Decline, match="publish some"):
        timeline.hash_at(5)


def test_a_tenant_that_was_never_made_has_no_rules(tenancy: Tenancy) -> None:
    other = Tenancy(tenancy.database, "other", tenancy.clock, tenancy.ids)
    with pytest.raises(StoreError, match="no tenant `other`"):
        timeline_of(other)


def test_programs_are_as_they_were(tenancy: Tenancy, clock: Clock) -> None:
    shop = open_shop(tenancy)
    worth = CLUB.replace("value: 1 EUR", "value: 2 EUR")
    publish(shop.rules, worth)
    timeline = timeline_of(tenancy)
    before, after = (timeline.program("club", clock.now_us - ago) for ago in (1, 0))
    assert before is not None and before.redemption is not None
    assert before.redemption.value_minor == 100
    assert after is not None and after.redemption is not None
    assert after.redemption.value_minor == 200
    assert timeline.program("pub", clock.now_us) is None


def test_programs_are_read_as_they_were_written(tenancy: Tenancy) -> None:
    rich = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  a: {tiers: {window: calendar year, keep: forever, levels: {red: {from: 3, multiplier: 1.5}}}}
  b:
    status: paused
    active: 2026-01-01..2026-12-31
    points: {scale: 2, expire_after: 12 months, expire_round: year, sliding: true}
    tiers: {window: 30 days, keep: 3 months, levels: {blue: {from: 3, cashback: 2%}}}
    deficit: write_off
"""
    shop = open_shop(tenancy, rich)

    def work(transaction: object) -> bool:
        timeline = read_timeline(transaction, shop.library)  # type: ignore[arg-type]
        engine = timeline.engine_at(transaction, 5)  # type: ignore[arg-type]
        return list(timeline_of(tenancy).programs_at(5).values()) == list(
            engine.ruleset.loyalty.programs
        )

    assert look(tenancy, work)


def test_pauses_that_meet_are_one(tenancy: Tenancy, clock: Clock) -> None:
    shop = open_shop(tenancy)
    start_us = clock.now_us
    for hours, text in enumerate((PAUSED, PAUSED + "\n# again", CLUB, PAUSED)):
        publish(shop.rules, text, effective_at_us=start_us + hours * HOUR_US)
    timeline = timeline_of(tenancy)
    last_us = start_us + 3 * HOUR_US
    assert timeline.pauses("club") == ((start_us, start_us + 2 * HOUR_US), (last_us, NEVER_US))
    assert timeline.pauses("pub") == ()


def test_changes_are_those_of_terms_only(tenancy: Tenancy, clock: Clock) -> None:
    shop = open_shop(tenancy)
    start_us = clock.now_us
    texts = (CLUB.replace("Leaves", "Stars"), PAUSED, PAUSED + "promotions: {}", CLUB)
    for hours, text in enumerate(texts):
        publish(shop.rules, text, effective_at_us=start_us + hours * HOUR_US)
    timeline = timeline_of(tenancy)
    assert timeline.changes("club", -1) == 0
    assert timeline.changes("club", 0) == start_us + HOUR_US
    assert timeline.changes("club", start_us + HOUR_US) == start_us + 3 * HOUR_US
    assert timeline.changes("club", start_us + 3 * HOUR_US) == NEVER_US


def test_a_library_reads_only_what_is_new(tenancy: Tenancy, clock: Clock) -> None:
    shop = open_shop(tenancy)
    library = Library(tenancy)
    first = timeline_of(tenancy, library)
    assert timeline_of(tenancy, library) is first
    publish(Shop(tenancy).rules, PAUSED)  # as another process does
    second = timeline_of(tenancy, library)
    assert second.releases[0] is first.releases[0]
    assert [one.hash for one in second.releases] == [one.hash for one in shop.rules.releases()]
    assert first.ruleset(clock.now_us) != second.ruleset(clock.now_us)
