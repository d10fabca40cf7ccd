"""`tally order refund`: told by options or by a file, and what comes back is shown."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick.cli.app import main

RULES = """
ruleset: {currency: EUR}
programs:
  club: {redemption: {points: 100, value: 1 EUR}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  stamp:
    {program: club, event: purchase, award: {stamps: 1 per unit, card: teas, on: sku == "SENCHA"}}
stamp_cards: {teas: {program: club, size: 2, reward: cup}}
burning_rules: {cup: {program: club, cost: 50 points, reward: {product: CUP}}}
promotions:
  sun: {coupon: SUN, then: {percent_off: 10%}}
"""
CART = {
    "id": "o1",
    "currency": "EUR",
    "customer": {"id": "ana"},
    "lines": [
        {"id": "tea", "sku": "SENCHA", "quantity": 4, "unit_price": 1250},
        {"id": "a=b", "sku": "POT", "quantity": 1, "unit_price": 2000},
    ],
    "coupons": ["SUN"],
    "redeem": [{"program": "club", "points": 700}],
}

SHOWN = """\
order         o1
refund        r1
state         partly_refunded
amount minor  3,500
credit minor  0

Lines
id   refunded   kept
tea     3,000  1,000
a=b       500  1,100

Moves
move       member  program  rule   kind     amount  card
give back  ana     club            points      437
claw back  ana     club     buy    points       35
claw back  ana     club     stamp  stamps        3  teas
revoke     ana     club     cup    rewards       2  teas

Unrecoverable
kind    code
coupon  SUN

Cards
card  stamps  open  shown  unrecoverable
teas       1     0      1              0
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with an order of 70.00 EUR, less 10 %, less 7.00 EUR for 700 points."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "club.yaml").write_text(RULES)
    main(["store", "init"])
    main(["rules", "publish", "club.yaml"])
    main(["member", "enrol", "ana", "club"])
    main(["member", "adjust", "ana", "club", "700", "--reason", "sorry"])
    cart = CART | {"placed_at": datetime.now(UTC).isoformat()}
    (tmp_path / "cart.json").write_text(json.dumps(cart))
    assert main(["order", "place", "cart.json"]) == 0
    return tmp_path


def refund(words: str) -> int:
    """Refund something of the order."""
    return main(["order", "refund", "o1", *words.split()])


def test_what_comes_back_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert refund("--id r1 --units tea=3 --amount a=b=500") == 0
    out, err = capsys.readouterr()
    assert out == SHOWN
    assert err == "tally: to pay back, in minor units: 3,500\n"


def test_the_same_refund_again_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    words = "--id r1 --units tea=1 --actor eve --format json"
    assert [refund(words), refund(f"{words} --request k1"), refund(f"{words} --request k1")] == [
        0
    ] * 3
    [answer] = map(json.loads, set(capsys.readouterr().out.splitlines()))
    assert (answer["refund"], answer["amount_minor"]) == ("r1", 1000)
    assert [one["move"] for one in answer["moves"]] == [
        "give_back",
        "claw_back",
        "claw_back",
        "revoke",
    ]
    assert refund("--id r1 --units tea=2") == 2
    assert "conflict: order `o1` has another refund `r1`" in capsys.readouterr().err
    main(["order", "show", "o1", "--format", "json"])
    shown = json.loads(capsys.readouterr().out)
    assert (shown["refunded_minor"], shown["steps"][-1]["actor"]) == (1000, "eve")


def test_a_refund_is_read_from_a_file(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {"id": "r1", "lines": [{"id": "tea", "units": 1}]}
    (shop / "refund.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(sent).encode())
    assert refund("refund.json") == 0
    piped = io.TextIOWrapper(io.BytesIO(json.dumps(sent | {"id": "r2"}).encode()))
    monkeypatch.setattr(sys, "stdin", piped)
    assert refund("-") == 0
    main(["order", "show", "o1", "--format", "json"])
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["refund"] for one in shown["refunds"]] == ["r1", "r2"]
    (shop / "refund.json").write_text('{"id": "r3", "lines": [{"id": "tea", "units": "1"}]}')
    assert refund("refund.json") == 2
    said = "refund.json: expected a whole number, got the text `1`, at `refund.lines[0].units`"
    assert said in capsys.readouterr().err
    assert refund("gone.json") == 2
    assert "cannot read `gone.json`: no such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "name the refund with `--id`, and its lines with `--units` or `--amount`"),
        ("cart.json --id r1", "a refund is told by a file, or by `--id` and its lines"),
        ("--id r1 --units tea", "--units: expected a line and a whole number, `LINE=2`, got `tea`"),
        ("--id r1 --units =1", "got `=1`"),
        ("--id r1 --amount tea=1.5", "--amount: expected a line and a whole number"),
        ("--id r1 --units tea=0", "expected a whole number from 1 to 1000000, got 0"),
        ("--id r1 --units tea=5", "expected at most 4 units, which are left of the line, got 5"),
        ("--id r1 --units cup=1", "at `refund.lines[0].id`"),
        ("--id r1 --units tea=1 --amount tea=5", "at `refund.lines[1].id`"),
        ("--id r1", "expected at least one line of the order, got none, at `refund.lines`"),
    ],
)
def test_what_is_no_refund_is_said_and_nothing_is_written(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert refund(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err
    main(["order", "show", "o1", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["state"] == "placed"


def test_what_the_wallet_paid_is_not_paid_back_again(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    credit = ["member", "credit", "ana", "1000", "EUR", "--source", "t1", "--reason", "sorry"]
    assert main(credit) == 0
    cart = json.loads((shop / "cart.json").read_text())
    cart |= {"id": "o2", "store_credit": 1000, "redeem": [], "coupons": []}
    (shop / "cart.json").write_text(json.dumps(cart))
    assert main(["order", "place", "cart.json"]) == 0
    capsys.readouterr()
    assert (
        main(["order", "refund", "o2", "--id", "r1", "--units", "tea=4", "--units", "a=b=1"]) == 0
    )
    out, err = capsys.readouterr()
    assert "\nstate         refunded\n" in out and "\ncredit minor  1,000\n" in out
    assert err == "tally: to pay back, in minor units: 6,000\n"
