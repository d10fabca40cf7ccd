"""`tally order` and `tally replay`: placed, shown, and priced again byte for byte."""

from __future__ import annotations

import json
import sqlite3
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
promotions:
  tenth: {then: {percent_off: 10%}}
"""
CART = {
    "id": "o1",
    "currency": "EUR",
    "customer": {"id": "ana"},
    "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
}


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with rules, and a cart."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "club.yaml").write_text(RULES)
    assert main(["store", "init"]) == 0
    assert main(["rules", "publish", "club.yaml"]) == 0
    write(tmp_path)
    return tmp_path


def write(folder: Path, **more: object) -> None:
    """Write the cart, placed now."""
    cart = CART | {"placed_at": datetime.now(UTC).isoformat()} | more
    (folder / "cart.json").write_text(json.dumps(cart))


def test_an_order_is_placed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["order", "place", "cart.json", "--format", "json"]) == 0
    placed = json.loads(capsys.readouterr().out)
    assert (placed["order"], placed["state"], placed["grand_total_minor"]) == ("o1", "placed", 1800)
    assert main(["order", "place", "cart.json"]) == 0
    assert "grand total minor  1,800" in capsys.readouterr().out
    assert main(["order", "show", "o1", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["result"]["grand_total"] == 1800
    assert [step["becomes"] for step in shown["steps"]] == ["placed"]
    assert shown["steps"][0]["at"].endswith("Z")
    assert main(["order", "show", "o1"]) == 0
    text = capsys.readouterr().out
    assert "Lines\n" in text and "Earned\n" in text and "Refunds" not in text
    assert "Steps\n" in text and shown["steps"][0]["at"] in text
    main(["member", "show", "ana", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["accounts"][0]["available"] == 18


def test_a_coupon_that_is_refused_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = (
        RULES + "  mug: {coupon: MUG, when: cart.subtotal >= 90 EUR, then: {amount_off: 1 EUR}}\n"
    )
    (shop / "club.yaml").write_text(rules)
    main(["rules", "publish", "club.yaml"])
    write(shop, coupons=["mug", "nothing"])
    capsys.readouterr()
    for _ in range(2):  # the second time it is there already
        assert main(["order", "place", "cart.json", "--format", "json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["grand_total_minor"] == 1800
        assert err == (
            "tally: coupon MUG refused: a condition is false\n"
            "tally: coupon NOTHING refused: unknown\n"
        )


def test_what_is_declined_is_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["order", "place", "cart.json", "--grand-total", "2000"]) == 2
    assert "price_changed" in capsys.readouterr().err
    assert main(["order", "place", "cart.json", "--grand-total", "1800.4"]) == 2
    assert "expected a whole number, got `1800.4`" in capsys.readouterr().err
    write(shop, lines=[{"sku": "MUG"}])
    assert main(["order", "place", "cart.json"]) == 2
    assert "cart.json: " in capsys.readouterr().err
    assert main(["order", "show", "o9"]) == 2
    assert "unknown_order" in capsys.readouterr().err


def test_an_order_is_priced_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["order", "place", "cart.json"])
    (shop / "club.yaml").write_text(RULES.replace("10%", "20%"))
    main(["rules", "publish", "club.yaml"])
    capsys.readouterr()
    assert main(["replay", "o1"]) == 0
    assert capsys.readouterr().out.startswith("o1: the same, byte for byte, by sha256:")
    with sqlite3.connect(shop / "shop.db") as connection:
        connection.executescript(
            "DROP TRIGGER orders_no_update;"
            "UPDATE orders SET result = CAST(replace(CAST(result AS TEXT), '1800', '1700') AS BLOB)"
        )
    connection.close()
    assert main(["replay", "o1"]) == 1
    assert "o1: another result" in capsys.readouterr().out
    assert main(["replay", "o1", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["is_same"] is False
    assert main(["replay", "o9"]) == 2


def test_a_cart_may_begin_with_a_mark_and_its_refused_codes_are_shown(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, coupons=["SUN-1"])
    cart = (shop / "cart.json").read_bytes()
    (shop / "cart.json").write_bytes(b"\xef\xbb\xbf" + cart)
    assert main(["order", "place", "cart.json"]) == 0
    capsys.readouterr()
    assert main(["order", "show", "o1"]) == 0
    assert "Rejected coupons\ncode   reason\nSUN-1  unknown\n" in capsys.readouterr().out


def test_an_order_is_brought_forward(capsys: pytest.CaptureFixture[str]) -> None:
    main(["order", "place", "cart.json"])
    words = ["order", "move", "o1", "fulfilled", "--actor", "eve", "--request", "k1"]
    assert main([*words, "--format", "json"]) == main([*words, "--format", "json"]) == 0
    moved = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (moved["order"], moved["state"]) == ("o1", "fulfilled")
    assert main(["order", "show", "o1", "--format", "json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [(one["becomes"], one["actor"]) for one in steps[1:]] == [("fulfilled", "eve")]
    assert main(["order", "move", "o1", "awaiting_fulfilment"]) == 2
    assert "wrong_state: order `o1` is fulfilled and cannot become" in capsys.readouterr().err
    assert main(["order", "move", "o1", "fulfiled"]) == 2
    assert "expected one of placed, awaiting_fulfilment, fulfilled" in capsys.readouterr().err
    assert main(["order", "move", "o9", "fulfilled"]) == 2
    assert "unknown_order: there is no order `o9`" in capsys.readouterr().err


def test_an_order_is_cancelled_and_its_points_are_gone(capsys: pytest.CaptureFixture[str]) -> None:
    main(["order", "place", "cart.json"])
    capsys.readouterr()
    assert main(["order", "cancel", "o1", "--request", "k1"]) == 0
    assert "\nstate              cancelled\n" in capsys.readouterr().out
    assert main(["order", "cancel", "o1", "--request", "k1"]) == 0
    assert main(["order", "cancel", "o1"]) == 2
    assert "cannot become cancelled; it can become nothing else" in capsys.readouterr().err
    main(["member", "show", "ana", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["accounts"][0]["available"] == 0
