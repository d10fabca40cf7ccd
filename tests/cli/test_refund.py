"""`tally refund`: orders and their refunds in, a line a refund out."""

import json
from pathlib import Path

import pytest

from tallystick.cli.app import main

from .test_events import CART, RULES

ORDER = {"cart": CART}
LINES = [
    {"order": ORDER, "refund": {"id": "r1", "lines": [{"id": "l1", "units": 1}]}},
    {"order": ORDER, "refund": {"id": "r2", "lines": [{"id": "l1", "units": 3}]}},
    {"order": 5, "refund": {"id": "r3", "lines": []}},
    {"order": ORDER},
    {"order": ORDER | {"ruleset": "sha256:0"}, "refund": {"id": "r5", "lines": []}},
]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and refunds, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(RULES)
    text = "".join(f"{json.dumps(one)}\n" for one in LINES) + '{"refund": {"id": "r6"\n'
    (tmp_path / "refunds.jsonl").write_text(text)
    return tmp_path


def test_every_refund_has_its_answer(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["refund", "--rules", "shop.yaml", "refunds.jsonl"]) == 1
    out, err = capsys.readouterr()
    first, *others = (json.loads(line) for line in out.splitlines())
    assert (first["order"], first["refund"]) == ("c1", "r1")
    assert first["lines"] == [{"id": "l1", "refunded": 1000, "kept": 1000}]
    assert [(one["refund"], one["error"]["path"]) for one in others] == [
        ("r2", "refund.lines[0].units"),
        ("r3", "order"),
        (None, "refund"),
        ("r5", "order.ruleset"),
        (None, ""),
    ]
    said = err.splitlines()
    assert said[0] == (
        "tally: line 2: refund r2: expected at most 2 units, which are left of the line, got 3, "
        "at `refund.lines[0].units`"
    )
    assert said[3] == "tally: and 2 more refused"
    assert said[4].startswith("tally: 6 refunds, 5 refused, ")


def test_both_evaluators_answer_alike(shop: Path) -> None:
    for name in ("kernel", "reference"):
        words = ["--rules", "shop.yaml", "--evaluator", name, "-o", name]
        assert main(["refund", *words, "refunds.jsonl"]) == 1
    assert (shop / "kernel").read_bytes() == (shop / "reference").read_bytes()
