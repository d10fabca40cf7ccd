"""Dates, instants and clocks of the fast way are those of the plain way, or it leaves the cart."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from tallystick.dsl.formula import Term
from tallystick.dsl.kinds import Kind
from tallystick.engine.plan.zone import offsets_of

from .shapes import BothWays, cart, reading

CALENDAR = [
    Term("cart.placed_at", Kind.DATETIME),
    Term("cart.date", Kind.DATE),
    Term("cart.time", Kind.TIME),
    Term("cart.hour", Kind.INTEGER),
    Term("cart.weekday", Kind.STRING),
    Term("customer.signed_up", Kind.DATE),
    Term("customer.birthday", Kind.DATE),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WAYS = BothWays(reading(*CALENDAR))

INSTANTS = [
    ("2026-07-10T12:00:00Z", True),
    ("2026-07-10t12:00:00z", True),
    ("2026-07-10T12:00:00.9999999Z", True),
    ("2026-07-10T12:00:00.1Z", True),
    ("2026-07-10T12:00:00.000001+23:59", True),
    ("2026-07-10T00:00:00-00:00", True),
    ("2026-07-10T00:00:00-23:59", True),
    ("1969-12-31T23:59:59.999999Z", True),
    ("1600-02-29T23:59:59Z", True),
    ("0002-06-01T00:00:00Z", True),
    ("9998-06-01T00:00:00Z", True),
    ("2000-02-29T00:00:00Z", True),
    ("1900-02-29T00:00:00Z", False),
    ("2026-02-29T00:00:00Z", False),
    ("2026-04-31T00:00:00Z", False),
    ("2026-00-10T00:00:00Z", False),
    ("2026-13-10T00:00:00Z", False),
    ("2026-01-00T00:00:00Z", False),
    ("0000-01-01T00:00:00Z", False),
    ("0001-01-01T00:00:00Z", False),  # the plain way takes it
    ("9999-12-31T23:59:59-00:01", False),
    ("2026-07-10 12:00:00Z", False),
    ("2026-07-10T12:00:00", False),
    ("2026-07-10T12:00Z", False),
    ("2026-07-10T12:00:00.Z", False),
    ("2026-07-10T12:00:00.12", False),
    ("2026-07-10T12:00:00,5Z", False),
    ("2026-07-10T24:00:00Z", False),
    ("2026-07-10T12:60:00Z", False),
    ("2026-07-10T12:00:60Z", False),
    ("2026-07-10T12:00:00+24:00", False),
    ("2026-07-10T12:00:00+02:60", False),
    ("2026-07-10T12:00:00+0200", False),
    ("2026-07-10T12:00:00+02", False),
    ("2026-07-10T12:00:00Z ", False),
    ("2026-07-10T12:00:00ZZ", False),
    ("2026-07-10T12:00:00Z\n", False),
    ("2026-7-10T12:00:00Z", False),
    ("+026-07-10T12:00:00Z", False),
    ("２026-07-10T12:00:00Z", False),
    ("2026/07/10T12:00:00Z", False),
    ("", False),
    ("Z", False),
]


@pytest.mark.parametrize(("sent", "is_taken"), INSTANTS)
def test_instants_are_spelled_as_rfc_3339_says(sent: str, is_taken: bool) -> None:
    assert WAYS.takes(cart(placed_at=sent)) == is_taken
    assert WAYS.takes(cart(customer={"signed_up": sent})) == is_taken


@pytest.mark.parametrize(("sent", "is_taken"), INSTANTS)
def test_instants_cut_short_are_left_alone(sent: str, is_taken: bool) -> None:
    for size in range(len(sent)):
        WAYS.takes(cart(placed_at=sent[:size]))


def test_instants_with_any_byte_changed_come_out_as_in_the_plain_way() -> None:
    dice = random.Random(3)
    for sent in ("2026-07-10T12:34:56.789+01:30", "2024-02-29T23:59:59Z"):
        for place in range(len(sent)):
            for other in {*"0123456789-:.TZtz+ ", chr(dice.randrange(1, 0x250))}:
                WAYS.takes(cart(placed_at=sent[:place] + other + sent[place + 1 :]))


@pytest.mark.parametrize(
    ("sent", "is_taken"),
    [
        ("0001-01-01", True),
        ("9999-12-31", True),
        ("2000-02-29", True),
        ("2100-02-29", False),
        ("2026-7-10", False),
        ("20260710", False),
        ("2026-07-10 ", False),
        ("2026-W28-5", False),
        ("", False),
    ],
)
def test_days_are_spelled_in_one_way(sent: str, is_taken: bool) -> None:
    assert WAYS.takes(cart(customer={"birthday": sent})) == is_taken
    assert WAYS.takes(cart(customer={"signed_up": sent})) == is_taken


def test_every_day_of_many_years_is_counted() -> None:
    first = datetime(1890, 1, 1)
    days = [(first + timedelta(days=n)).date().isoformat() for n in range(0, 150_000, 11)]
    assert WAYS.takes(*(cart(customer={"birthday": day}) for day in days))


@pytest.mark.parametrize("zone", random.sample(sorted(available_timezones()), 30))
def test_clocks_of_all_zones_show_the_same(zone: str) -> None:
    ways = BothWays(reading(*CALENDAR, timezone=zone))
    offsets = offsets_of(zone)
    ends = [start + step for start in offsets.starts_us[1:] for step in (-1, 0, 1)]
    middle = [random.randrange(offsets.starts_us[0], offsets.ends_us) for _ in range(100)]
    sent = [(EPOCH + instant * MICROSECOND).isoformat() for instant in ends + middle]
    assert ways.takes(*(cart(placed_at=text, customer={"signed_up": text}) for text in sent))


def test_instants_beyond_the_known_offsets_are_left_alone() -> None:
    ways = BothWays(reading(*CALENDAR, timezone="Europe/Madrid"))
    assert not ways.takes(cart(placed_at="1989-12-31T23:59:59Z"))
    assert not ways.takes(cart(placed_at="2061-01-01T00:00:00Z"))
    without = BothWays(reading(CALENDAR[0], timezone="Europe/Madrid"))
    assert without.takes(cart(placed_at="1989-12-31T23:59:59Z"))
