"""Programs: their points, what points pay, and their tiers."""

import textwrap

import pytest

from tallystick.dsl.kinds import (
    CalendarPeriod,
    Deficit,
    EarnOn,
    ExpireFrom,
    ExpireRound,
    Keep,
    Multipliers,
    QualifyAt,
    RedeemingOrders,
    RefundConditions,
    Rounding,
    TierMeasure,
    Upgrade,
)
from tallystick.dsl.loyalty import (
    Duration,
    Level,
    PointsCurrency,
    Program,
    Ratio,
    RedemptionTerms,
    Tiers,
)
from tallystick.dsl.ruleset import Window

from ..loading import codes_of, load

DAY_US = 86_400_000_000


def text_of(body: str) -> str:
    """A rule set with one program of these keys."""
    return "programs:\n  club:\n" + textwrap.indent(textwrap.dedent(body), "    ")


def program(body: str) -> Program:
    """The one program with these keys."""
    (only,) = load(text_of(body)).loyalty.programs
    return only


def tiers(body: str) -> Tiers:
    """The tiers written like this."""
    made = program(f"tiers: {{{body}}}").tiers
    assert made is not None
    return made


def test_a_program_without_terms() -> None:
    rule = "earning_rules: {welcome: {program: club, event: signup, award: {points: 1}}}"
    (only,) = load("programs: {club: {}}\n" + rule).loyalty.programs
    assert only == Program("club")


FULL = """
        name: Club
        description: ours
        enabled: false
        active: 1970-01-02..1970-01-02
        status: paused
        timezone: Asia/Tokyo
        points: {name: Stars, symbol: ★, scale: 2, rounding: half_even, expire_after: 12 months,
                 expire_round: quarter, expire_from: earn, sliding: true, activate_after: 14 days,
                 activate_on: fulfilled}
        redemption: {points: 100, value: 1 USD, min_points: 500, max_points: 2000.50,
                     max_percent_of_cart: 50%, max_per_line: 15 USD}
        tiers: {levels: {low: {from: 0.50}}}
        earn_on: gross
        redeeming_orders: none
        multipliers: max
        max_per_order: 5000 points
        resume_grace: 2 weeks
        deficit: {carry: 10.5 points}
        refund_conditions: keep
"""


def test_every_key_of_a_program() -> None:
    made = program(FULL)
    assert made == Program(
        id="club",
        name="Club",
        description="ours",
        is_enabled=False,
        window=Window(DAY_US - 9 * DAY_US // 24, 2 * DAY_US - 9 * DAY_US // 24),
        is_paused=True,
        timezone="Asia/Tokyo",
        points=PointsCurrency(
            "Stars",
            "★",
            2,
            Rounding.HALF_EVEN,
            Duration(months=12),
            ExpireRound.QUARTER,
            ExpireFrom.EARN,
            True,
            Duration(days=14),
            "fulfilled",
        ),
        redemption=RedemptionTerms(10_000, 100, 50_000, 200_050, 500_000, 1_500),
        tiers=Tiers((Level("low", 50),)),
        earn_on=EarnOn.GROSS,
        redeeming_orders=RedeemingOrders.NONE,
        multipliers=Multipliers.MAX,
        max_per_order=500_000,
        resume_grace=Duration(days=14),
        deficit=Deficit.CARRY,
        deficit_max=1_050,
        refund_conditions=RefundConditions.KEEP,
    )


def test_every_key_of_tiers() -> None:
    made = tiers(
        "measure: spend, window: calendar year, qualify_at: earn, upgrade: next_period, "
        "keep: end_of_next_period, grace: 30 days, "
        "levels: {gold: {from: 500 USD, multiplier: 1.25, cashback: 3%}, low: {from: 0 USD}}"
    )
    assert made == Tiers(
        levels=(Level("low", 0), Level("gold", 50_000, Ratio(5, 4), 30_000)),
        window=CalendarPeriod.YEAR,
        measure=TierMeasure.SPEND,
        qualify_at=QualifyAt.EARN,
        upgrade=Upgrade.NEXT_PERIOD,
        keep=Keep.END_OF_NEXT_PERIOD,
        grace=Duration(days=30),
    )


def test_what_is_said_as_it_is_by_itself_changes_nothing() -> None:
    assert program("points: {activate_after: 0 days, expire_after: 1 year}") == program(
        "points: {expire_after: 12 months, expire_round: day, expire_from: activation}"
    )
    said = program("deficit: carry\nstatus: active")
    assert program("deficit: carry") == said == Program("club")


def test_a_calendar_keeps_a_tier_to_the_end_of_its_period() -> None:
    assert tiers("window: calendar month, levels: {low: {from: 1}}").keep is Keep.END_OF_PERIOD
    assert tiers("window: 1 month, levels: {low: {from: 1}}").keep == Duration()
    assert tiers("levels: {low: {from: 1}}").keep == Duration()
    assert tiers("window: calendar year, keep: 0 days, levels: {low: {from: 1}}").keep == Duration()


def test_levels_are_sorted_by_where_they_begin() -> None:
    made = tiers("levels: {top: {from: 10}, base: {from: 9}, a: {from: 100}}")
    assert [level.id for level in made.levels] == ["base", "top", "a"]


def test_a_program_has_its_own_clock() -> None:
    text = "ruleset: {timezone: Europe/Madrid}\nprograms: {a: {}, b: {timezone: UTC}}"
    assert [one.timezone for one in load(text).loyalty.programs] == ["Europe/Madrid", "UTC"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("stauts: paused", ["R203"]),
        ("status: off", ["R206"]),
        ("timezone: Madrid", ["R212"]),
        ("points: Stars", ["R205"]),
        ("points: {scale: 5}", ["R130"]),
        ("points: {scale: two}", ["R129"]),
        ("points: {scale: two}\nmax_per_order: 0.1234", ["R129"]),
        ("max_per_order: 0.5", ["R184"]),
        ("points: {expire_round: month}", ["R304"]),
        ("points: {sliding: false}", ["R304"]),
        ("redemption: {points: 100}", ["R204"]),
        ("redemption: {points: 0, value: 1 USD}", ["R187"]),
        ("redemption: {points: 1, value: 0 USD}", ["R187"]),
        ("redemption: {points: 100, value: 1 USD, max_points: 99}", []),
        ("redemption: {points: 1, value: 1 USD, min_points: 5, max_points: 4}", []),
        ("redemption: {points: 1, value: 1 USD, max_percent_of_cart: 0%}", ["R187"]),
        ("tiers: {}", ["R204"]),
        ("tiers: {levels: {}}", ["R214"]),
        ("tiers: {levels: [low]}", ["R205"]),
        ("tiers: {levels: {low: {}}}", ["R204"]),
        ("tiers: {levels: {'l o': {from: 1}}}", ["R208"]),
        ("tiers: {levels: {low: {from: 1 USD}}}", ["R183"]),
        ("tiers: {measure: spend, levels: {low: {from: 1}}}", ["R121"]),
        ("tiers: {measure: spent, levels: {low: {from: 1 USD}}}", ["R206"]),
        ("tiers: {levels: {a: {from: 1}, b: {from: 1}}}", ["R323"]),
        ("tiers: {levels: {a: {from: 1, multiplier: 0}}}", ["R187"]),
        ("tiers: {window: 0 days, levels: {a: {from: 1}}}", ["R130"]),
        ("deficit: {carry: 5, forbid: 1}", ["R203"]),
        ("deficit: {}", ["R204"]),
        ("deficit: {carry: 0.5}", ["R184"]),
        ("deficit: {carry: }", ["R207"]),
        ("resume_grace: 1 hour", ["R136"]),
    ],
)
def test_what_is_wrong_with_a_program(body: str, expected: list[str]) -> None:
    assert codes_of(text_of(body)) == expected
