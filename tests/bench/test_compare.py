"""Two records in, what got worse out."""

import sys
from pathlib import Path
from typing import Any

import pytest

from bench import compare
from bench.compare import find_worse
from bench.ratios import Pick, Row
from bench.results import store

ROWS = (Row("slow", Pick("a")), Row("speedup", Pick("b"), None, "x", is_floor=True))


def record(**ratios: dict[str, float]) -> dict[str, Any]:
    return {"machine": {"cores": 2}, "versions": {}, "u_us": 3.0, "ratios": ratios}


def test_higher_is_worse_and_for_a_floor_lower_is() -> None:
    old = record(slow={"100": 1.0, "1000": 2.0}, speedup={"100": 50.0})
    new = record(slow={"100": 1.3, "1000": 2.1}, speedup={"100": 40.0})
    found = find_worse(new, old, 10, ROWS)
    assert [(one.name, one.rules, round(one.worse_percent)) for one in found] == [
        ("slow", 100, 30),
        ("speedup", 100, 25),
    ]
    assert str(found[0]) == "slow, 100 promotions: 1.00 -> 1.30, 30 % worse"


def test_better_and_new_rows_are_not_worse() -> None:
    old = record(slow={"100": 1.0}, speedup={"100": 50.0})
    new = record(slow={"100": 0.5, "1000": 9.0}, speedup={"100": 70.0})
    assert find_worse(new, old, 0, ROWS) == []


@pytest.mark.parametrize(("ratio", "status"), [(1.05, 0), (2.0, 1)])
def test_exit_status(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ratio: float,
    status: int,
) -> None:
    name = "JSON lines to result lines, one thread"
    store(record(**{name: {"100": 1.0}}), tmp_path / "release-0.1.0.json")
    store(record(**{name: {"100": ratio}}), tmp_path / "new.json")
    paths = [str(tmp_path / "new.json"), str(tmp_path / "release-0.1.0.json")]
    monkeypatch.setattr(sys, "argv", ["compare", *paths])
    assert compare.main() == status
    assert f"{status} cells are more than 15 % worse" in capsys.readouterr().out
