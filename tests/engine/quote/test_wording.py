"""How values and formulas read: units, lists, durations, and the rule language for people."""

import pytest

from tallystick.dsl.formula import (
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from tallystick.dsl.kinds import DAY_US, Kind
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.quote.wording import (
    Wording,
    count_of,
    format_date,
    format_duration,
    format_time,
    list_names,
    shorten,
)

WORDING = Wording(Ruleset(timezone="America/New_York"))
BRAND = Term("line.brand", Kind.STRING)
TAGS = Term("line.tags", Kind.SET)
PRICE = Term("line.unit_price", Kind.MONEY)
DATE = Term("cart.date", Kind.DATE)
PLACED_AT = Term("cart.placed_at", Kind.DATETIME)
NEW, OLD = Has(TAGS, ("new",)), Has(TAGS, ("old",))
STAFF = Flag(Term("customer.attributes.is_staff", Kind.BOOL))


@pytest.mark.parametrize(
    ("duration_us", "text"),
    [
        (0, "0 minutes"),
        (DAY_US, "1 day"),
        (2 * DAY_US + 3_600_000_000 + 60_000_000, "2 days 1 hour"),
        (DAY_US + 1_000_000, "1 day 1 second"),
        (90_000_000, "1 minute 30 seconds"),
        (-DAY_US, "-1 day"),
        (1, "1 microsecond"),
    ],
)
def test_durations_show_their_two_largest_units(duration_us: int, text: str) -> None:
    assert format_duration(duration_us) == text


def test_dates_and_times() -> None:
    assert format_date(0) == "1970-01-01"
    assert format_date(10**9) == "day 1000000000 after 1970-01-01"
    assert format_time(0) == "00:00"
    assert format_time(DAY_US - 1_000_000) == "23:59:59"


def test_instants_are_on_the_clock_of_the_rule_set() -> None:
    assert WORDING.instant(0) == "1969-12-31 19:00"
    # The first day there is, on a clock that is behind UTC.
    assert WORDING.instant(-719_162 * DAY_US) == "0001-01-01 00:00 UTC"


def test_lists() -> None:
    assert list_names([], "or") == ""
    assert list_names(["a"], "or") == "a"
    assert list_names(["a", "b", "c"], "and") == "a, b and c"
    assert list_names("abcdef", "or") == "a, b, c, d, e or f"
    assert list_names("abcdefg", "or") == "a, b, c, d, e or 2 more"


def test_counts_and_cuts() -> None:
    assert [count_of(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert count_of(2, "SKU", "SKUs") == "2 SKUs"
    assert shorten("x" * 60) == "x" * 60
    assert len(shorten("x" * 500)) == 60


@pytest.mark.parametrize(
    ("minor", "exponent", "text"),
    [(0, 2, "0.00 USD"), (-5, 2, "-0.05 USD"), (1240, 2, "12.40 USD"), (7, 3, "0.007 USD"),
     (500, 0, "500 USD")],
)  # fmt: skip
def test_money(minor: int, exponent: int, text: str) -> None:
    assert Wording(Ruleset(exponent=exponent)).money(minor) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Truth(True), "true"),
        (And((NEW, Or((OLD, STAFF)))), 'tags has "new" and (tags has "old" or '
         "customer.attributes.is_staff)"),
        (Or((And((NEW, OLD)), STAFF)), 'tags has "new" and tags has "old" or '
         "customer.attributes.is_staff"),
        (Not(And((NEW, OLD))), 'not (tags has "new" and tags has "old")'),
        (Not(NEW), 'not tags has "new"'),
        (Member(BRAND, ("a\"b",)), r'brand == "a\"b"'),
        (Member(BRAND, ("a", "b")), 'brand in ["a", "b"]'),
        (Not(Member(BRAND, ("a",))), 'brand != "a"'),
        (Not(Member(BRAND, ("a", "b"))), 'brand not in ["a", "b"]'),
        (Same(BRAND, Term("line.sku", Kind.STRING)), "brand == sku"),
        (Not(Same(BRAND, Term("line.sku", Kind.STRING))), "brand != sku"),
        (Has(TAGS, ("a", "b")), 'tags has any ["a", "b"]'),
        (Has(TAGS, ("a", "b"), every=True), 'tags has all ["a", "b"]'),
        (StartsWith(BRAND, "a"), 'brand starts_with "a"'),
        (AnyLine(NEW), 'any(tags has "new")'),
        (Not(AnyLine(NEW)), 'not any(tags has "new")'),
        (Not(AnyLine(Not(NEW))), 'all(tags has "new")'),
        (Compare(((1, PRICE),), "==", 500), "unit_price == 5.00 USD"),
        (Not(Compare(((1, PRICE),), "==", 500)), "unit_price != 5.00 USD"),
        (Compare(((-2, PRICE),), ">=", -500), "unit_price * 2 <= 5.00 USD"),
        (Compare(((1, PLACED_AT),), "<", 0), "cart.placed_at < 1969-12-31T19:00"),
        (Compare(((1, DATE), (-1, Term("customer.birthday", Kind.DATE))), "==", 0),
         "cart.date == customer.birthday"),
        (Compare(((1, DATE), (-1, Term("customer.signed_up", Kind.DATE))), "<=", 30),
         "cart.date <= customer.signed_up + 30 days"),
        (Compare(((1, DATE), (-1, Term("customer.signed_up", Kind.DATE))), "<=", -1),
         "cart.date + 1 day <= customer.signed_up"),
    ],
)  # fmt: skip
def test_formulas_read_like_the_rule_language(formula: Formula, text: str) -> None:
    assert WORDING.formula(formula) == text
