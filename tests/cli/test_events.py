"""`tally events`: a file of events in, an answer a line out, in order, whatever they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.app import main

RULES = """\
programs: {club: {redemption: {points: 100, value: 1 USD}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  visit: {program: club, event: check-in, award: {points: 50}, limits: {per_member: 1 per day}}
"""
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"id": "l1", "sku": "MUG", "quantity": 2, "unit_price": 1000}],
}
VISIT = {"event": "check-in", "at": "2026-07-10T12:00:00Z", "member": "u1"}
EVENTS = [
    {"id": "e1", "event": "purchase", "cart": CART},
    {"id": "e2", **VISIT},
    {"id": "e3", **VISIT},
    {"id": "e4", "event": "check-in", "member": "u1"},
    {
        "id": "e5",
        "event": "refund",
        "order": {"cart": CART},
        "refund": {"id": "r1", "lines": [{"id": "l1", "units": 1}]},
    },
]
FACTS = [{"event": "e3", "rooms": {"visit": {"times": 0}}}, {"event": "e9"}]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules, events and facts, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(RULES)
    for name, records in (("events", EVENTS), ("facts", FACTS)):
        lines = "".join(f"{json.dumps(record)}\n" for record in records)
        (tmp_path / f"{name}.jsonl").write_text(lines)
    return tmp_path


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
def test_every_event_has_its_answer(
    shop: Path, capsys: pytest.CaptureFixture[str], evaluator: str
) -> None:
    words = ["--rules", "shop.yaml", "--facts", "facts.jsonl", "--evaluator", evaluator]
    assert main(["events", *words, "events.jsonl"]) == 1
    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert [one["event"] for one in answers] == ["e1", "e2", "e3", "e4", "e5"]
    assert [[move["amount"] for move in one.get("moves", ())] for one in answers] == [
        *([20], [50], [], [], [10]),
    ]
    assert answers[2]["refused"] == [{"rule": "visit", "reason": "limit_reached"}]
    assert answers[3]["error"]["path"] == "at"
    said = err.splitlines()
    assert said[0] == "tally: line 4: event e4: expected the field `at`, got nothing, at `at`"
    assert said[1] == "tally: facts for 1 event that is not in the input was not used"
    assert said[2].startswith("tally: 5 events, 1 refused, ")


def test_what_is_refused_by_the_rules_is_an_answer(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "events.jsonl").write_text(json.dumps(EVENTS[2]))
    words = ["--rules", "shop.yaml", "--facts", "facts.jsonl", "-o", "answers.jsonl"]
    assert main(["events", *words, "events.jsonl"]) == 0
    assert json.loads((shop / "answers.jsonl").read_text())["moves"] == []
    assert "1 event, 0 refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ("{}", 'expected an object with an `event` key, like {"event": "e1", "members": {}}'),
        ('{"event": "e1"}\n{"event": "e1"}', "event `e1` has facts already, on line 1"),
    ],
)
def test_facts_are_by_event(
    shop: Path, capsys: pytest.CaptureFixture[str], facts: str, message: str
) -> None:
    (shop / "facts.jsonl").write_text(facts)
    words = ["--rules", "shop.yaml", "--facts", "facts.jsonl"]
    assert main(["events", *words, "events.jsonl"]) == 2
    assert message in capsys.readouterr().err


def test_nothing_that_is_read_is_written(shop: Path) -> None:
    before = (shop / "events.jsonl").read_bytes()
    for name in ("events.jsonl", "facts.jsonl", "shop.yaml"):
        words = ["--rules", "shop.yaml", "--facts", "facts.jsonl", "-o", name, "events.jsonl"]
        assert main(["events", *words]) == 2
    assert (shop / "events.jsonl").read_bytes() == before


def test_events_and_facts_cannot_both_be_stdin(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["events", "--rules", "shop.yaml", "--facts", "-", "-"]) == 2
    assert capsys.readouterr().err == "tally: events and facts cannot both come from stdin\n"
