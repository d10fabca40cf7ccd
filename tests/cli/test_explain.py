"""`tally explain`: one cart in, a receipt out; golden receipts stand in `receipts/`.

Each folder there holds `shop.yaml`, `cart.json`, perhaps `facts.json`, and `receipt.txt`, which
`pytest --update` writes anew.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest

import tallystick
from tallystick.cli.app import main

RECEIPTS = Path(__file__).parent / "receipts"
NAMES = sorted(path.name for path in RECEIPTS.iterdir())

RULES = """\
promotions:
  tenth:
    then: {percent_off: 10%}
  limited:
    limits: {total: 3}
    then: {percent_off: 5%}
"""


def cart(name: str, **changes: Any) -> dict[str, Any]:
    """A cart of 20 USD."""
    return {
        "id": name,
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
        **changes,
    }


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules to work in, and a plain terminal."""
    (tmp_path / "shop.yaml").write_text(RULES)
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def explain(*words: str) -> int:
    """The exit status of `tally explain` with the rules of the folder."""
    return main(["explain", "--rules", "shop.yaml", *words])


@pytest.mark.parametrize("name", NAMES)
def test_receipt(
    name: str, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    folder = RECEIPTS / name
    facts = folder / "facts.json"
    words = ["--facts", str(facts)] if facts.exists() else []
    status = main(
        ["explain", "--rules", str(folder / "shop.yaml"), str(folder / "cart.json"), *words]
    )
    shown = capsys.readouterr().out
    golden = folder / "receipt.txt"
    if request.config.getoption("update"):
        golden.write_text(shown)
    assert status == 0
    assert shown == golden.read_text()
    assert all(len(line) <= 100 and line == line.rstrip() for line in shown.splitlines())


def test_json_is_what_run_writes(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "cart.json").write_text(json.dumps(cart("c1"), indent=4))
    assert explain("cart.json", "--format", "json") == 0
    quote = tallystick.Engine(tallystick.load_text(RULES)).quote(cart("c1"), explain=True)
    assert capsys.readouterr().out.encode() == quote.to_json() + b"\n"


def test_a_cart_of_many(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps(cart(f"c{i}", channel=f"channel-{i}")) for i in range(5)]
    (shop / "carts.jsonl").write_text("\n".join([lines[0], "", "no json", *lines[1:]]))
    assert explain("carts.jsonl", "--cart", "c3") == 0
    assert "channel channel-3" in capsys.readouterr().out
    assert explain("carts.jsonl", "--cart", "c9") == 2
    assert capsys.readouterr().err == "tally: `carts.jsonl` has no cart `c9`\n"
    assert explain("carts.jsonl") == 2
    assert "more than one cart in it: choose one with --cart ID" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_no_cart_at_all(shop: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (shop / "cart.json").write_text(text)
    assert explain("cart.json") == 2
    assert capsys.readouterr().err == "tally: `cart.json` has no cart in it\n"


def test_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps(cart("from-stdin"), indent=1).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert explain("-") == 0
    assert "Cart from-stdin" in capsys.readouterr().out
    assert explain("-", "--facts", "-") == 2
    assert "cannot both come from stdin" in capsys.readouterr().err


USED_UP = {"uses": {"limited": {"total": 3}}}


@pytest.mark.parametrize(
    ("text", "is_used_up"),
    [
        (json.dumps(USED_UP), True),
        (json.dumps({"cart": "c1", **USED_UP}, indent=2), True),
        (json.dumps({"cart": "c2", **USED_UP}), False),
        ('{"cart": "c2"}\n' + json.dumps({"cart": "c1", **USED_UP}), True),
        ('{"cart": "c2"}\n{"cart": "c3"}\n', False),
        ("", False),
    ],
)
def test_facts(shop: Path, capsys: pytest.CaptureFixture[str], text: str, is_used_up: bool) -> None:
    (shop / "cart.json").write_text(json.dumps(cart("c1")))
    (shop / "facts.json").write_text(text)
    assert explain("cart.json", "--facts", "facts.json") == 0
    assert ("used 3 of 3 times in total" in capsys.readouterr().out) is is_used_up


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cart": "c1"}\n{"cart": "c1"}', "line 2: cart `c1` has facts already, on line 1"),
        ('{"cart": "c1"}\n{"uses": {}}', "line 2: expected an object with a `cart` key"),
        ("{", "line 1: no JSON"),
    ],
)
def test_malformed_facts(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (shop / "cart.json").write_text(json.dumps(cart("c1")))
    (shop / "facts.json").write_text(text)
    assert explain("cart.json", "--facts", "facts.json") == 2
    assert message in capsys.readouterr().err


def test_a_refused_cart_is_a_finding(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "cart.json").write_text(json.dumps(cart("c1", lines=5)))
    assert explain("cart.json") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tally: the cart is refused: expected ")
    assert explain("cart.json", "--format", "json") == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["cart"], record["error"]["path"]) == ("c1", "lines")


def test_files_that_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("gone.json") == 2
    assert capsys.readouterr().err == "tally: cannot read `gone.json`: no such file or directory\n"


def test_names_cannot_steer_the_terminal(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{"sku": "[red]\x1b[2J\n", "quantity": 1, "unit_price": 5}]
    (shop / "cart.json").write_text(json.dumps(cart("c1", lines=lines)))
    assert explain("cart.json") == 0
    assert "[red]�[2J�" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["c1"], ""),
        (["c1", "c2"], "tally: facts for 1 other cart was not used\n"),
        (["c2", "c3"], "tally: facts for 2 other carts were not used\n"),
    ],
)
def test_facts_for_other_carts_are_counted(
    shop: Path, capsys: pytest.CaptureFixture[str], names: list[str], said: str
) -> None:
    (shop / "cart.json").write_text(json.dumps(cart("c1")))
    facts = [json.dumps({"cart": name, **USED_UP}) for name in names]
    (shop / "facts.json").write_text("\n".join(facts))
    assert explain("cart.json", "--facts", "facts.json") == 0
    assert capsys.readouterr().err == said


def test_one_cart_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("a.json", "b.json") == 2
    message = "tally: `tally explain` takes one cart: run it once for each\n"
    assert capsys.readouterr().err == message
