"""Tests of rule files that are about an event: what it gives, and what it redeems."""

from pathlib import Path

import pytest

from tallystick.cli.app import main

RULES = """\
programs: {club: {}}
earning_rules:
  visit: {program: club, event: check-in, award: {points: 50}, limits: {per_member: 1 per day}}
  cake: {program: club, event: birthday, award: {points: 300}}
burning_rules:
  shirt: {program: club, cost: 500 points, reward: {product: SHIRT}}
tests:
"""
VISIT = "event: {event: check-in, at: 2026-07-10T12:00}"
SHIRT = "event: {event: redeem, at: 2026-07-10T12:00, rule: shirt}"
RICH = "facts: {members: {club: {balance: 700}}}"
POOR = "facts: {members: {club: {balance: 400}}}"


def verdict_of(*lines: str, folder: Path) -> int:
    """The exit status of `tally test` for one test."""
    path = folder / "rules.yaml"
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(f"{RULES}  first:\n{body}\n")
    return main(["test", str(path)])


@pytest.mark.parametrize(
    "lines",
    [
        (VISIT, "expect: {earned: {visit: 50 points}, points: {club: 50}, cashback: {}}"),
        (VISIT, "facts: {rooms: {visit: {times: 0}}}", "expect: {points: {}}"),
        (
            "event: {event: birthday, at: 2026-07-10T12:00, customer: {birthday: 1990-07-11}}",
            "expect: {earned: {}}",
        ),
        (SHIRT, RICH, "expect: {redemptions: {shirt: {times: 1, points: 500}}}"),
        (SHIRT, RICH, "expect: {refused_redemptions: {}}"),
        (SHIRT, POOR, "expect: {refused_redemptions: {shirt: insufficient_points}}"),
        (SHIRT, POOR, "expect: {redemptions: {}}"),
    ],
)
def test_what_an_event_comes_to(lines: tuple[str, ...], tmp_path: Path) -> None:
    assert verdict_of(*lines, folder=tmp_path) == 0


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        (
            (VISIT, "expect: {points: {club: 60}}"),
            ["points.club: expected 60 points, got 50 points"],
        ),
        (
            (SHIRT, POOR, "expect: {redemptions: {shirt: {times: 1}}}"),
            [
                "redemptions.shirt: expected redeemed, got nothing redeemed",
                "  shirt: insufficient_points",
            ],
        ),
    ],
)
def test_what_differs(
    lines: tuple[str, ...],
    sentences: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verdict_of(*lines, folder=tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[2:] == [f"  {one}" for one in sentences]


def test_facts_that_make_no_sense_refuse_the_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = "facts: {codes: {a: one, A: two}}"
    assert verdict_of(VISIT, facts, "expect: {points: {}}", folder=tmp_path) == 1
    assert "the event is refused: expected one pool for the code" in capsys.readouterr().out
