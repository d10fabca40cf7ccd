"""Tiers: windows and their edges, keep and grace, upgrades that wait, falls; and a slow way."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.kinds import CalendarPeriod, Keep, Upgrade
from tallystick.dsl.loyalty import Duration, Level, Program, Tiers
from tallystick.engine.cart.instants import read_day, read_instant_us
from tallystick.engine.loyalty.days import add, day_of, end_of, last_of, spell_instant, start_of
from tallystick.engine.loyalty.tiers import Qualifying, Standing, standing_of

UTC = ZoneInfo("UTC")
LEVELS = (Level("bronze", 0), Level("silver", 1000), Level("gold", 5000))
YEARLY = Tiers(LEVELS, Duration(months=12))
CALENDAR = Tiers(LEVELS, CalendarPeriod.YEAR, keep=Keep.END_OF_PERIOD)
NAMES = ["none", "bronze", "silver", "gold"]


def at(text: str) -> int:
    return read_instant_us(text if "T" in text else f"{text}T00:00:00Z", "")


def earn(when: str, amount: int, counts_from: str | None = None) -> Qualifying:
    """Something earned on a day, counting from noon or from another instant."""
    starts = at(f"{when}T12:00:00Z" if counts_from is None else counts_from)
    return Qualifying(read_day(when, ""), starts, amount)


def stand(tiers: Tiers, when: str, *entries: Qualifying, floor: int = -1) -> Standing:
    program = Program("club", tiers=tiers)
    return standing_of(program, entries, at(when), floor)


def shown(standing: Standing) -> tuple[str, int, str | None, str | None]:
    """Tier, value, since, until."""
    since, falls = (
        None if it is None else spell_instant(it) for it in (standing.since_us, standing.falls_us)
    )
    return NAMES[standing.rank + 1], standing.value, since, falls


def test_nobody_with_nothing_is_at_the_level_from_zero_and_stays_there() -> None:
    assert shown(stand(YEARLY, "2026-01-01")) == ("bronze", 0, None, None)


def test_below_the_lowest_level_there_is_none() -> None:
    tiers = Tiers(LEVELS[1:], Duration(months=12))
    assert shown(stand(tiers, "2026-01-01", earn("2025-12-01", 999)))[:2] == ("none", 999)


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ("2026-01-31T11:59:59.999999Z", ("bronze", 0)),
        ("2026-01-31T12:00:00Z", ("silver", 1000)),
        ("2027-01-31T23:59:59.999999Z", ("silver", 1000)),  # through the same day a year later
        ("2027-02-01T00:00:00Z", ("bronze", 0)),
    ],
)
def test_a_rolling_window_has_both_its_ends(when: str, wanted: tuple[str, int]) -> None:
    assert shown(stand(YEARLY, when, earn("2026-01-31", 1000)))[:2] == wanted


def test_a_month_of_a_window_is_clamped() -> None:
    monthly = replace(YEARLY, window=Duration(months=1))
    standing = stand(monthly, "2026-02-01", earn("2026-01-31", 1000))
    assert shown(standing) == ("silver", 1000, "2026-01-31T12:00:00Z", "2026-03-01T00:00:00Z")


def test_a_leap_day_counts_through_the_28th() -> None:
    standing = stand(YEARLY, "2024-06-01", earn("2024-02-29", 1000))
    assert shown(standing)[3] == "2025-03-01T00:00:00Z"


def test_days_are_those_of_the_program() -> None:
    # 23:30 on 31 March in UTC is 1 April in Madrid, and so is the end of the window.
    program = Program("club", timezone="Europe/Madrid", tiers=YEARLY)
    earned = at("2026-03-31T23:30:00Z")
    entry = Qualifying(day_of(earned, ZoneInfo(program.timezone)), earned, 1000)
    standing = standing_of(program, [entry], at("2026-06-01"))
    assert shown(standing)[3] == "2027-04-01T22:00:00Z"  # summer time


def test_a_window_that_ends_in_the_night_of_a_changing_clock() -> None:
    program = Program(
        "club", timezone="Europe/Madrid", tiers=replace(YEARLY, window=Duration(0, 1))
    )
    entry = Qualifying(read_day("2026-10-24", ""), at("2026-10-24T10:00:00Z"), 1000)
    standing = standing_of(program, [entry], at("2026-10-24T12:00:00Z"))
    assert shown(standing)[3] == "2026-10-25T23:00:00Z"  # 25 October has 25 hours


def test_falls_may_skip_levels() -> None:
    entries = earn("2026-01-10", 4500), earn("2026-03-05", 500)
    standing = stand(YEARLY, "2026-06-01", *entries)
    assert shown(standing) == ("gold", 5000, "2026-03-05T12:00:00Z", "2027-01-11T00:00:00Z")
    assert standing.value_then == 500
    assert shown(stand(YEARLY, "2027-01-11", *entries))[:2] == ("bronze", 500)


def test_what_is_taken_back_has_the_date_of_its_earn() -> None:
    back = earn("2026-01-10", -600, counts_from="2026-05-01T08:00:00Z")
    entries = earn("2026-01-10", 1500), back
    assert shown(stand(YEARLY, "2026-05-01T07:59:59Z", *entries)) == (
        *("silver", 1500),
        *("2026-01-10T12:00:00Z", "2026-05-01T08:00:00Z"),
    )
    assert shown(stand(YEARLY, "2026-05-01T08:00:00Z", *entries))[:2] == ("bronze", 900)
    assert stand(YEARLY, "2027-01-11", *entries).value == 0  # both are over on the same day


def test_pending_entries_count_from_their_activation_and_not_a_day_longer() -> None:
    entry = earn("2026-01-10", 1000, counts_from="2026-01-24T00:00:00Z")
    assert stand(YEARLY, "2026-01-23T23:59:59Z", entry).value == 0
    assert shown(stand(YEARLY, "2026-01-24", entry))[3] == "2027-01-11T00:00:00Z"


def test_what_becomes_active_after_its_period_never_counts() -> None:
    entry = earn("2025-12-28", 1000, counts_from="2026-01-11T00:00:00Z")
    assert stand(CALENDAR, "2026-02-01", entry).value == 0


@pytest.mark.parametrize(
    ("period", "ends"),
    [
        (CalendarPeriod.MONTH, "2026-06-01T00:00:00Z"),
        (CalendarPeriod.QUARTER, "2026-07-01T00:00:00Z"),
        (CalendarPeriod.YEAR, "2027-01-01T00:00:00Z"),
    ],
)
def test_calendar_windows_begin_anew(period: CalendarPeriod, ends: str) -> None:
    tiers = replace(CALENDAR, window=period)
    standing = stand(tiers, "2026-05-31", earn("2026-05-20", 1000))
    assert shown(standing) == ("silver", 1000, "2026-05-20T12:00:00Z", ends)
    assert standing.value_then == 0


def test_a_lifetime_is_for_ever() -> None:
    standing = stand(Tiers(LEVELS), "2099-01-01", earn("2001-01-01", 1000))
    assert shown(standing) == ("silver", 1000, "2001-01-01T12:00:00Z", None)


@pytest.mark.parametrize(
    ("keep", "ends"),
    [
        (Duration(), "2026-09-01T08:00:00Z"),
        (Duration(days=30), "2026-09-01T08:00:00Z"),  # over before the value is
        (Duration(months=6), "2026-11-11T00:00:00Z"),
        (Keep.END_OF_PERIOD, "2027-01-01T00:00:00Z"),
        (Keep.END_OF_NEXT_PERIOD, "2028-01-01T00:00:00Z"),
        (Keep.FOREVER, None),
    ],
)
def test_a_level_is_kept(keep: Duration | Keep, ends: str | None) -> None:
    tiers = replace(YEARLY, keep=keep)
    back = earn("2026-05-10", -1, counts_from="2026-09-01T08:00:00Z")
    assert shown(stand(tiers, "2026-06-01", earn("2026-05-10", 1000), back))[3] == ends


def test_a_level_kept_for_the_next_period_is_renewed_in_it() -> None:
    tiers = replace(CALENDAR, keep=Keep.END_OF_NEXT_PERIOD)
    entries = earn("2026-05-10", 1000), earn("2027-11-11", 1000)
    assert shown(stand(tiers, "2026-06-01", entries[0])) == (
        *("silver", 1000),
        *("2026-05-10T12:00:00Z", "2028-01-01T00:00:00Z"),
    )
    assert shown(stand(tiers, "2027-12-01", *entries)) == (
        *("silver", 1000),
        *("2026-05-10T12:00:00Z", "2029-01-01T00:00:00Z"),
    )


@pytest.mark.parametrize(
    ("back", "ends"),
    [
        (None, "2027-06-25T00:00:00Z"),  # through 10 May, and 45 days
        ("2026-09-01T08:00:00Z", "2026-10-17T00:00:00Z"),  # through 1 September
        ("2026-09-01T00:00:00Z", "2026-10-16T00:00:00Z"),  # through 31 August
    ],
)
def test_grace_comes_on_top(back: str | None, ends: str) -> None:
    tiers = replace(YEARLY, grace=Duration(days=45))
    entries = [earn("2026-05-10", 1000)]
    if back is not None:
        entries.append(earn("2026-05-10", -1, counts_from=back))
    assert shown(stand(tiers, "2026-06-01", *entries))[3] == ends


def test_a_level_that_is_reached_again_within_its_grace_was_never_lost() -> None:
    tiers = replace(YEARLY, grace=Duration(months=3))
    entries = earn("2026-05-10", 1000), earn("2027-07-01", 1000)
    assert shown(stand(tiers, "2027-08-01", *entries)) == (
        *("silver", 1000),
        *("2026-05-10T12:00:00Z", "2028-10-02T00:00:00Z"),  # through 1 July, and 3 months
    )


def test_an_upgrade_may_wait_for_the_next_period() -> None:
    tiers = replace(CALENDAR, window=CalendarPeriod.QUARTER, upgrade=Upgrade.NEXT_PERIOD)
    entries = (earn("2026-05-10", 1200),)
    assert shown(stand(tiers, "2026-06-30T23:59:59Z", *entries))[:2] == ("bronze", 1200)
    assert shown(stand(tiers, "2026-07-01", *entries)) == (
        *("silver", 0),
        *("2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"),  # kept to the end of that period
    )


def test_a_level_once_reached_waits_for_the_next_period_whatever_is_taken_back() -> None:
    tiers = replace(CALENDAR, upgrade=Upgrade.NEXT_PERIOD)
    back = earn("2026-05-10", -1, counts_from="2026-12-31T23:00:00Z")
    assert shown(stand(tiers, "2027-01-01", earn("2026-05-10", 1000), back))[0] == "silver"


def test_a_level_stays_through_the_day_on_which_it_was_reached() -> None:
    back = earn("2026-05-10", -1, counts_from="2026-05-10T13:00:00Z")
    entries = earn("2026-05-10", 1000), back
    assert shown(stand(YEARLY, "2026-05-10T23:59:59Z", *entries))[0] == "silver"
    assert shown(stand(YEARLY, "2026-05-11", *entries))[0] == "bronze"


def test_an_upgrade_that_waits_in_a_rolling_window_waits_for_the_year() -> None:
    tiers = replace(YEARLY, upgrade=Upgrade.NEXT_PERIOD)
    standing = stand(tiers, "2027-02-01", earn("2026-05-10", 1000))
    assert shown(standing) == (
        *("silver", 1000),
        *("2027-01-01T00:00:00Z", "2027-05-11T00:00:00Z"),
    )


def test_nobody_falls_below_their_floor() -> None:
    standing = stand(YEARLY, "2026-06-01", floor=1)
    assert shown(standing) == ("silver", 0, None, None)
    standing = stand(YEARLY, "2026-06-01", earn("2026-05-10", 5000), floor=1)
    assert shown(standing) == (
        *("gold", 5000),
        *("2026-05-10T12:00:00Z", "2027-05-11T00:00:00Z"),
    )
    standing = stand(YEARLY, "2027-06-01", earn("2026-05-10", 5000), floor=1)
    assert shown(standing) == ("silver", 0, "2027-05-11T00:00:00Z", None)


def test_since_is_when_this_tier_began_also_after_a_fall() -> None:
    entries = earn("2026-01-10", 4500), earn("2026-03-05", 1500)
    assert shown(stand(YEARLY, "2027-02-01", *entries)) == (
        *("silver", 1500),
        *("2027-01-11T00:00:00Z", "2027-03-06T00:00:00Z"),
    )


# The same, slowly: every moment by itself, by the words of the definition.

DAY0 = read_day("2026-01-01", "")
STEP_US = 43_200_000_000  # half a day: nothing below happens in between
ENTRIES = st.lists(
    st.builds(
        lambda day, wait, amount: Qualifying(
            DAY0 + day, start_of(DAY0 + day, UTC) + wait * STEP_US, amount
        ),
        st.integers(0, 300),
        st.sampled_from([0, 1, 2, 80]),
        st.integers(1, 60) | st.integers(-20, -1),
    ),
    max_size=8,
)
SMALL = (Level("bronze", 10), Level("silver", 40), Level("gold", 90))
TIERS = st.builds(
    Tiers,
    st.just(SMALL),
    window=st.sampled_from(
        [None, Duration(months=2), Duration(days=30), *list(CalendarPeriod)[2:]]
    ),
    upgrade=st.sampled_from([Upgrade.NEXT_ORDER, Upgrade.NEXT_PERIOD]),
    keep=st.sampled_from([Duration(), Duration(days=20), Duration(months=3), *Keep]),
    grace=st.sampled_from([Duration(), Duration(days=10), Duration(months=1)]),
)


@dataclass
class Slowly:
    """A member whose value is asked for twice a day."""

    tiers: Tiers
    entries: list[Qualifying]

    def value(self, instant_us: int) -> int:
        """Entries so far of the days whose window has the day."""
        day = day_of(instant_us, UTC)
        return sum(
            one.amount
            for one in self.entries
            if one.counts_from_us <= instant_us and self.is_in_window(one.day, day)
        )

    def is_in_window(self, earned: int, day: int) -> bool:
        window = self.tiers.window
        if window is None:
            return True
        if isinstance(window, Duration):
            return earned <= day <= add(earned, window)
        return last_of(earned, window) == last_of(day, window)

    def next_period(self, instant_us: int, count: int = 1) -> int:
        """The instant at which the next period begins."""
        window = self.tiers.window
        period = window if isinstance(window, CalendarPeriod) else CalendarPeriod.YEAR
        day = day_of(instant_us, UTC)
        for _ in range(count):
            day = last_of(day, period) + 1
        return start_of(day, UTC)

    def held_until(self, starts_us: int, ends_us: int) -> int:
        """The later of the end and keep, plus grace."""
        match self.tiers.keep:
            case Keep.FOREVER:
                return 10**18
            case Keep.END_OF_PERIOD:
                ends_us = max(ends_us, self.next_period(starts_us))
            case Keep.END_OF_NEXT_PERIOD:
                ends_us = max(ends_us, self.next_period(starts_us, 2))
            case Duration() as keep:
                ends_us = max(ends_us, end_of(add(day_of(starts_us, UTC), keep), UTC))
        if self.tiers.grace == Duration():
            return ends_us
        return end_of(add(day_of(ends_us - 1, UTC), self.tiers.grace), UTC)

    def rank(self, at_us: int) -> int:
        """The highest level held, found step by step up to an instant."""
        found = -1
        steps = range(start_of(DAY0 - 1, UTC), at_us + 1, STEP_US)
        values = [self.value(step) for step in steps]
        for rank, level in enumerate(self.tiers.levels):
            began: int | None = None
            for step, value in zip([*steps, at_us + 1], [*values, None], strict=True):
                is_reached = value is not None and value >= level.threshold
                if is_reached and began is None:
                    began = step
                elif not is_reached and began is not None:
                    starts_us = began
                    if self.tiers.upgrade is Upgrade.NEXT_PERIOD:
                        starts_us = self.next_period(began)
                    ends_us = 10**18 if step > at_us else self.held_until(starts_us, step)
                    if starts_us <= at_us < ends_us:
                        found = rank
                    began = None
        return found


@given(tiers=TIERS, entries=ENTRIES, step=st.integers(0, 2 * 500))
def test_the_stairs_agree_with_every_moment_by_itself(
    tiers: Tiers, entries: list[Qualifying], step: int
) -> None:
    at_us = start_of(DAY0, UTC) + step * STEP_US
    standing = standing_of(Program("club", tiers=tiers), entries, at_us)
    slowly = Slowly(tiers, entries)
    assert standing.value == slowly.value(at_us)
    assert standing.rank == slowly.rank(at_us)


@given(tiers=TIERS, entries=ENTRIES, step=st.integers(0, 2 * 500))
def test_since_and_until_are_where_the_tier_changes(
    tiers: Tiers, entries: list[Qualifying], step: int
) -> None:
    program = Program("club", tiers=tiers)

    def rank_at(instant_us: int) -> int:
        return standing_of(program, entries, instant_us).rank

    at_us = start_of(DAY0, UTC) + step * STEP_US
    standing = standing_of(program, entries, at_us)
    if standing.since_us is not None:
        assert rank_at(standing.since_us) == standing.rank != rank_at(standing.since_us - 1)
    if standing.falls_us is not None:
        assert at_us < standing.falls_us
        assert rank_at(standing.falls_us) < standing.rank <= rank_at(standing.falls_us - 1)
