"""Programs with what is enabled in them, and numbers as people read them."""

from fractions import Fraction

import pytest

from tallystick.dsl.audit.scene import Effort, list_programs, show_duration, show_fraction
from tallystick.dsl.loyalty import Duration

from ..loading import load
from .looking import POINTS, club


def test_only_what_is_enabled_is_there() -> None:
    off = POINTS.replace("purchase:", "off:").replace("award:", "enabled: false, award:")
    (rules,) = list_programs(load(club(earning_rules=f"{POINTS}\n{off}")))
    assert [rule.id for rule in rules.earning] == ["purchase"]
    assert list_programs(load("programs: {club: {enabled: false}}")) == []


def test_points_have_the_decimals_of_their_program() -> None:
    (rules,) = list_programs(load(club("points: {scale: 2}")))
    assert rules.points(12345) == "123.45 points"
    assert rules.points(100) == "1 point"
    assert rules.points(Fraction(1, 3)) == "0 points"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(Fraction(3, 2), "1.5"), (Fraction(12), "12"), (Fraction(4, 3), "4/3")],
)
def test_fractions(number: Fraction, shown: str) -> None:
    assert show_fraction(number) == shown


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (Duration(months=1), "1 month"),
        (Duration(12, 3), "12 months and 3 days"),
        (Duration(), "0 days"),
    ],
)
def test_durations(duration: Duration, shown: str) -> None:
    assert show_duration(duration) == shown


def test_effort_ends() -> None:
    effort = Effort(3)
    assert [effort.spend(2), effort.spend(1), effort.spend(1)] == [True, True, False]
