"""Lives of lots: those of one day are worked out once, and are what they would be each alone."""

import pytest

from tallystick.dsl.kinds import ExpireFrom, ExpireRound
from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.ledger.life import Lives, life_of, pause_at

HOUR_US = 3_600_000_000
START_US = 1_774_652_400_000_000  # 2026-03-28 at midnight in Madrid, a day before clocks go forward


@pytest.mark.parametrize("expire_round", list(ExpireRound))
@pytest.mark.parametrize("expire_from", list(ExpireFrom))
@pytest.mark.parametrize("expire_after", [None, Duration(), Duration(days=1), Duration(months=12)])
@pytest.mark.parametrize("activate_after", [None, Duration(), Duration(days=1), Duration(days=14)])
@pytest.mark.parametrize("activate_on", [None, "fulfilled"])
def test_lives_of_a_day_are_those_of_each_instant(
    expire_round: ExpireRound,
    expire_from: ExpireFrom,
    expire_after: Duration | None,
    activate_after: Duration | None,
    activate_on: str | None,
) -> None:
    points = PointsCurrency(
        expire_after=expire_after,
        expire_round=expire_round,
        expire_from=expire_from,
        activate_after=activate_after,
        activate_on=activate_on,
    )
    program = Program(id="club", timezone="Europe/Madrid", points=points)
    lives = Lives()
    for hour in range(72):
        at_us = START_US + hour * HOUR_US + hour
        for unit in ("points", "cashback"):
            for has_order in (False, True):
                expected = life_of(program, unit, at_us, has_order)
                assert lives.of(program, unit, at_us, has_order) == expected, hour


def test_a_pause_has_its_first_instant_and_not_its_last() -> None:
    pauses = [(10, 20), (30, 40)]
    found = [pause_at(pauses, at) for at in (9, 10, 19, 20, 29, 30, 39, 40)]
    assert found == [None, (10, 20), (10, 20), None, None, (30, 40), (30, 40), None]
    assert pause_at([], 5) is None
