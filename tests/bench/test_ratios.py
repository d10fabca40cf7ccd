"""Hand-made measurements in, the ratios, the table and the stored record out."""

from typing import Any

import pytest

from bench.machine import describe_machine, versions_of
from bench.ratios import YARDSTICK, Board, Measurement, Pick, Row, Subject
from bench.results import last_release, load, record_of, store
from bench.table import print_table, round_off
from bench.targets import TABLE

FAST = Row("fast", Pick("lines", "kernel"), limits={100: 0.5, 1_000: 0.5})
GROWTH = Row("growth", Pick("lines", "kernel"), Pick("lines", "kernel", step=10), "x", {1_000: 3})
RIVAL = Row("rival", Pick("zen"), Pick("lines", "kernel"), "x", {100: 10}, is_floor=True)
LOAD = Row("load", Pick("load"), None, "ms", {1_000: 20})
LATE = Row("late", Pick("lines", "kernel", 99))
ABSENT = Row("absent", Pick("nobody"), limits={100: 1})
ROWS = (FAST, GROWTH, RIVAL, LOAD, LATE, ABSENT)


def board() -> Board:
    return Board(
        [
            Measurement(YARDSTICK, [2e-6]),
            Measurement(Subject("lines", 100, "kernel"), [1e-6] * 98 + [3e-6] * 2),
            Measurement(Subject("lines", 1_000, "kernel"), [4e-6]),
            Measurement(Subject("zen", 100), [5e-6]),
            Measurement(Subject("load", 1_000), [0.0125]),
        ]
    )


@pytest.mark.parametrize(("percent", "number"), [(0, 1), (50, 3), (75, 4), (99, 4), (100, 4)])
def test_quantiles(percent: int, number: float) -> None:
    assert Measurement(YARDSTICK, [4, 1, 3, 2]).quantile(percent) == number


def test_ratios() -> None:
    found = board()
    assert found.sizes == [100, 1_000]
    assert found.ratio(FAST, 100) == pytest.approx(0.5)
    assert found.ratio(LATE, 100) == pytest.approx(1.5)
    assert found.ratio(FAST, 1_000) == pytest.approx(2)
    assert found.ratio(GROWTH, 1_000) == pytest.approx(4)
    assert found.ratio(GROWTH, 100) is None
    assert found.ratio(RIVAL, 100) == pytest.approx(5)
    assert found.ratio(LOAD, 1_000) == pytest.approx(12.5)
    assert found.ratio(ABSENT, 100) is None


def test_targets_are_most_or_least() -> None:
    assert FAST.is_met(100, 0.5) is True
    assert FAST.is_met(100, 0.51) is False
    assert RIVAL.is_met(100, 10) is True
    assert RIVAL.is_met(100, 9.9) is False
    assert FAST.is_met(10, 99) is None


def test_table_shows_each_number_above_its_target() -> None:
    lines = [" ".join(line.split()) for line in print_table(board(), ROWS)]
    assert lines == [
        "promotions 100 1,000",
        "fast 0.50 u 2.00 u",
        "target <= 0.5 yes <= 0.5 no",
        "growth - 4.00 x",
        "target <= 3 no",
        "rival 5.00 x -",
        "target >= 10 no",
        "load - 12.5 ms",
        "target <= 20 yes",
        "late 1.50 u 2.00 u",
        "absent not measured",
        "u = 2.00 us, `orjson.loads` of the line of one cart",
    ]


def test_nothing_measured_has_no_table() -> None:
    assert print_table(Board([]), ROWS) == []


@pytest.mark.parametrize(
    ("number", "text"), [(0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234"), (9.999, "10.00")]
)
def test_numbers_have_three_digits(number: float, text: str) -> None:
    assert round_off(number) == text


def test_names_of_rows_are_distinct() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)


def test_a_record_comes_back_and_names_no_host(tmp_path: Any) -> None:
    record = record_of(board(), ROWS)
    assert record["ratios"]["fast"] == {"100": 0.5, "1000": 2.0}
    assert "absent" not in record["ratios"]
    assert record["u_us"] == 2.0
    store(record, tmp_path / "new" / "ratios.json")
    assert load(tmp_path / "new" / "ratios.json") == record
    assert set(describe_machine()) == {"processor", "cores", "system", "python"}


def test_versions_leave_out_what_is_not_there() -> None:
    assert set(versions_of(["pytest", "no-such-package-at-all"])) == {"pytest"}


def test_the_last_release_is_by_number_not_by_name(tmp_path: Any) -> None:
    assert last_release(tmp_path) is None
    for version in ("0.9.0", "0.10.0", "0.2.11"):
        (tmp_path / f"release-{version}.json").write_text("{}")
    found = last_release(tmp_path)
    assert found is not None and found.stem == "release-0.10.0"
