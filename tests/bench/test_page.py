"""Hand-made records in, the tables of a page out."""

from bench.page import fill_page, print_forms, print_race, print_ratios
from bench.targets import TABLE

RECORD = {
    "machine": {"cores": 2, "processor": "P", "system": "Linux", "python": "3.11.7"},
    "versions": {"tallystick": "0.1.0"},
    "u_us": 2.5,
    "ratios": {
        "JSON lines to result lines, one thread": {"10": 0.2, "100": 0.4, "1000": 0.7},
        "or, not, nesting": {"1000": 1.25},
    },
}
RACE = RECORD | {
    "rows": [
        {"peer": "ours", "rules": 100, "us": 4.0, "u": 1.6, "form": "this way"},
        {"peer": "ours", "rules": 1_000, "us": 5.0, "u": 2.0, "form": "this way"},
        {"peer": "theirs", "rules": 100, "us": 1234.0, "u": 493.6, "form": "that way"},
    ]
}
PAGE = "a\n<!-- table: ratios -->\nold\n<!-- end -->\nb\n<!-- table: race -->\n<!-- end -->\nc\n"


def test_ratios_stand_with_their_targets() -> None:
    lines = print_ratios(RECORD)
    assert lines[0] == "| promotions | 10 | 100 | 1,000 | 10,000 | 100,000 |"
    assert lines[2] == (
        "| JSON lines to result lines, one thread | 0.20 u | 0.40 u (≤ 0.42) | "
        "**0.70 u** (≤ 0.55, missed) | not measured (≤ 0.85) |  |"
    )
    assert "| or, not, nesting |  |  | 1.25 u |  |  |" in lines
    with_targets = sum(bool(row.limits) for row in TABLE)
    assert len(lines) == 2 + with_targets + 1


def test_race_and_forms() -> None:
    assert print_race(RACE)[2:] == ["| ours | 4.00 | 5.00 |", "| theirs | 1,234 |  |"]
    assert print_forms(RACE) == ["* **ours**: this way.", "* **theirs**: that way."]


def test_only_what_is_between_the_marks_changes() -> None:
    once = fill_page(PAGE, RECORD, RACE)
    assert once.startswith("a\n<!-- table: ratios -->\n| promotions |")
    assert once.endswith("| theirs | 1,234 |  |\n<!-- end -->\nc\n")
    assert "old" not in once
    assert fill_page(once, RECORD, RACE) == once
