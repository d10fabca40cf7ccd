"""Times no clock shows, and windows that never open."""

import pytest

from .looking import POINTS, club, codes_of, look

SALE = "promotions: {{sale: {{active: {}, then: {{percent_off: 5%}}}}}}\n"
MADRID = "ruleset: {timezone: Europe/Madrid}\n"


@pytest.mark.parametrize(
    ("active", "codes"),
    [
        ('"2026-03-29T02:00.."', ["W561"]),
        ('"2026-03-29T02:59:59.."', ["W561"]),
        ('"2026-03-29T01:59.."', []),
        ('"2026-03-29T03:00.."', []),
        ('"2026-03-29T02:30Z.."', []),
        ('"2026-10-25T02:00.."', ["N562"]),
        ('"2026-10-25T03:00.."', []),
        ("2026-03-29..2026-10-25", []),
        ('"0001-01-01T00:00..9999-12-31T23:59"', []),
    ],
)
def test_local_times(active: str, codes: list[str]) -> None:
    assert codes_of(MADRID + SALE.format(active)) == codes
    assert codes_of(SALE.format(active)) == []  # in UTC every time is there once


def test_the_place_is_that_end_of_the_window() -> None:
    (found,) = look(MADRID + SALE.format('"2026-01-01 .. 2026-03-29T02:15"'))
    start, end = found.span.start, found.span.end
    assert found.span.source.text[start:end] == "2026-03-29T02:15"
    assert found.message.endswith("it is read as `2026-03-29T03:15`")
    assert found.help.startswith("that is 2026-03-29T01:15:00Z")


def test_a_midnight_that_was_skipped_begins_its_day_all_the_same() -> None:
    assert codes_of("ruleset: {timezone: Africa/Cairo}\n" + SALE.format("2026-04-24..")) == []


def test_rules_of_a_program_go_by_its_clock() -> None:
    rule = POINTS.replace("award:", 'active: "2026-03-08T02:30..", award:')
    assert codes_of(MADRID + club("timezone: America/New_York", earning_rules=rule)) == ["W561"]
    assert codes_of(MADRID + club(earning_rules=rule)) == []


def test_windows_outside_the_program() -> None:
    terms = "active: 2026-01-01..2026-12-31"
    late = POINTS.replace("award:", "active: 2027-01-01.., award:").replace("purchase:", "late:")
    assert codes_of(club(terms, earning_rules=f"{POINTS}\n{late}")) == ["W563"]
    last = late.replace("2027-01-01..", "2026-12-31..")
    assert codes_of(club(terms, earning_rules=f"{POINTS}\n{last}")) == []
