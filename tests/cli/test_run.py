"""`tally run`: a file of carts in, one result a line out, in order, whatever the carts are."""

import io
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import tallystick
from tallystick.cli import factbook
from tallystick.cli.app import main

RULES = """\
promotions:
  tenth:
    then: {percent_off: 10%}
  first-uses:
    stage: order
    limits: {total: 10}
    then: {amount_off: 1 USD}
  big:
    when: cart.subtotal >= 500 USD
    then: {percent_off: 50%}
"""


def cart(name: str, **changes: Any) -> dict[str, Any]:
    """A cart of 20 USD: 2 USD off, and 1 USD more while `first-uses` lasts."""
    return {
        "id": name,
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
        **changes,
    }


def lines_of(*records: Mapping[str, Any] | str) -> bytes:
    """JSON Lines; text stands as it is."""
    texts = (one if isinstance(one, str) else json.dumps(one) for one in records)
    return "".join(f"{text}\n" for text in texts).encode()


def results_of(output: bytes) -> list[dict[str, Any]]:
    """The records of an output, of which every line is whole."""
    assert not output or output.endswith(b"\n")
    return [json.loads(line) for line in output.splitlines()]


class Desk:
    """A folder with rules, and the command run on it."""

    def __init__(
        self,
        folder: Path,
        capture: pytest.CaptureFixture[bytes],
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.folder = folder
        self.carts = folder / "carts.jsonl"
        self.facts = folder / "facts.jsonl"
        self.result = folder / "result.jsonl"
        self._capture = capture
        self._patch = patch
        (folder / "rules").mkdir()
        (folder / "rules" / "shop.yaml").write_text(RULES)

    def run(self, *words: object, stdin: bytes = b"") -> tuple[int, bytes, str]:
        """The exit status, stdout and stderr of `tally run --rules ..`."""
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capture.readouterr()
        rules = str(self.folder / "rules")
        status = main(["run", "--rules", rules, *map(str, words)])
        out, err = self._capture.readouterr()
        return status, out, err.decode()


@pytest.fixture
def desk(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A desk to run the command on."""
    return Desk(tmp_path, capsysbinary, monkeypatch)


def test_results_are_those_of_the_engine_in_order(desk: Desk) -> None:
    carts = [cart(f"c{i}", lines=[]) if i % 3 else cart(f"c{i}") for i in range(600)]
    desk.carts.write_bytes(lines_of(*carts))
    status, out, err = desk.run(desk.carts)
    engine = tallystick.Engine(tallystick.load_text(RULES))
    assert status == 0
    assert out.splitlines() == [engine.quote(one).to_json() for one in carts]
    assert "tally: 600 carts, 0 refused, 600.00 USD discount" in err


@pytest.mark.parametrize("words", [["--evaluator", "reference"], ["--threads", "3"]])
def test_who_prices_and_how_many_cannot_be_seen(desk: Desk, words: list[str]) -> None:
    desk.carts.write_bytes(lines_of(*(cart(f"c{i}") for i in range(900)), "nonsense"))
    plain = desk.run(desk.carts)
    other = desk.run(desk.carts, *words)
    assert other[:2] == plain[:2]
    assert len(plain[1].splitlines()) == 901


def test_stdin_and_stdout(desk: Desk) -> None:
    status, out, _ = desk.run("-", "-o", "-", stdin=lines_of(cart("c1")))
    assert status == 0
    assert [one["cart"] for one in results_of(out)] == ["c1"]


def test_nothing_in_nothing_out(desk: Desk) -> None:
    status, out, err = desk.run("-")
    assert (status, out) == (0, b"")
    assert "0 carts, 0 refused, 0.00 USD discount" in err


def test_the_last_line_needs_no_end_and_blank_lines_are_skipped(desk: Desk) -> None:
    text = b"\xef\xbb\xbf\n" + lines_of(cart("c1"), "", " \t\r") + lines_of(cart("c2")).strip()
    status, out, _ = desk.run("-", stdin=text)
    assert status == 0
    assert [one["cart"] for one in results_of(out)] == ["c1", "c2"]


def test_a_bad_cart_keeps_its_line_and_the_others_go_on(desk: Desk) -> None:
    bad = cart("bad", lines=[{"sku": "MUG", "quantity": 1.5, "unit_price": 1}])
    status, out, err = desk.run("-", stdin=lines_of(cart("c1"), bad, "{", "", cart("c2")))
    first, second, third, fourth = results_of(out)
    assert status == 1
    assert (first["cart"], fourth["cart"]) == ("c1", "c2")
    assert second["cart"] == "bad"
    assert second["error"].keys() == {"code", "path", "message"}
    assert second["error"]["path"] == "lines[0].quantity"
    assert third["cart"] is None
    assert third["error"]["code"] == "invalid_json"
    assert "tally: line 2: cart bad: " in err
    assert "tally: line 3: " in err
    assert "4 carts, 2 refused" in err


def test_only_the_first_refused_carts_are_named(desk: Desk) -> None:
    _, _, err = desk.run("-", stdin=lines_of(*["no"] * 50))
    assert err.count("tally: line ") == 3
    assert "and 47 more refused" in err


def test_a_cart_over_several_lines_is_told_how_to_be_sent(desk: Desk) -> None:
    tall = json.dumps(cart("c1", channel="web"), indent=2)
    hint = "one cart a line is expected; `tally explain` takes a cart over several lines"
    assert hint in desk.run("-", stdin=tall.encode())[2]
    assert hint not in desk.run("-", stdin=lines_of("{", cart("c1")))[2]
    assert hint not in desk.run("-", stdin=lines_of(cart("c1", lines=7)))[2]


def test_large_amounts_have_thousands_separators(desk: Desk) -> None:
    lines = [{"sku": "MUG", "quantity": 1000, "unit_price": 1_234_560}]
    _, _, err = desk.run("-", stdin=lines_of(cart("c1", lines=lines)))
    assert " 7,407,361.00 USD discount" in err


def test_what_steers_a_terminal_is_not_printed(desk: Desk) -> None:
    _, out, err = desk.run("-", stdin=lines_of(cart("\x1b[31mred", lines=7)))
    assert "\x1b" not in err
    assert results_of(out)[0]["cart"] == "\x1b[31mred"


def test_a_line_too_long_to_be_a_cart_is_refused_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tallystick.cli.carts.LINE_MAX", 1000)
    long = cart("long", channel="x" * 5000)
    status, out, _ = desk.run("-", stdin=lines_of(cart("c1"), long, cart("c2")))
    assert status == 1
    assert [one["cart"] for one in results_of(out)][::2] == ["c1", "c2"]


# Facts.


def uses(name: str, total: int) -> dict[str, Any]:
    """Facts that say how often `first-uses` was used."""
    return {"cart": name, "uses": {"first-uses": {"total": total}}}


def test_facts_come_in_any_order(desk: Desk) -> None:
    desk.facts.write_bytes(lines_of(uses("c3", 10), "", uses("nobody", 1), uses("c1", 9)))
    carts = lines_of(cart("c1"), cart("c2"), cart("c3"))
    status, out, _ = desk.run("-", "--facts", desk.facts, stdin=carts)
    assert status == 0
    assert [one["discount_total"] for one in results_of(out)] == [300, 300, 200]


@pytest.mark.parametrize("room_bytes", [10**6, 0])
def test_facts_for_carts_that_are_not_there_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room_bytes: int
) -> None:
    monkeypatch.setattr(factbook, "ROOM_BYTES", room_bytes)
    monkeypatch.setattr(factbook, "BATCH", 2)
    desk.facts.write_bytes(lines_of(*(uses(f"c{i}", 1) for i in range(9))))
    carts = [cart(f"c{i}") for i in (0, 1, 1, 2, 3, 77)]
    refused = cart("c4", lines=7)
    _, _, err = desk.run("-", "--facts", desk.facts, stdin=lines_of(*carts, refused))
    assert "tally: facts for 4 carts that are not in the input were not used\n" in err
    carts += [cart(f"c{i}") for i in (5, 6, 7)]
    _, _, err = desk.run("-", "--facts", desk.facts, stdin=lines_of(*carts, refused))
    assert "tally: facts for 1 cart that is not in the input was not used\n" in err
    _, _, err = desk.run("-", "--facts", desk.facts, stdin=lines_of(*carts, refused, cart("c8")))
    assert "not used" not in err


@pytest.mark.parametrize("threads", [1, 3])
def test_many_facts_move_to_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr(factbook, "ROOM_BYTES", 20_000)
    monkeypatch.setattr(factbook, "BATCH", 100)
    names = [f"c{i}" for i in range(777)]
    desk.facts.write_bytes(lines_of(*(uses(name, int(name[1:]) % 20) for name in names[::-1])))
    carts = lines_of(*map(cart, names))
    status, out, _ = desk.run("-", "--facts", desk.facts, "--threads", threads, stdin=carts)
    expected = [300 if i % 20 < 10 else 200 for i in range(777)]
    assert status == 0
    assert [one["discount_total"] for one in results_of(out)] == expected


def test_bad_facts_refuse_their_cart_only(desk: Desk) -> None:
    desk.facts.write_bytes(lines_of(uses("c1", -1), uses("c2", 10)))
    status, out, _ = desk.run("-", "--facts", desk.facts, stdin=lines_of(cart("c1"), cart("c2")))
    first, second = results_of(out)
    assert status == 1
    assert first["cart"] == "c1"
    assert first["error"]["path"].startswith("facts.uses")
    assert second["discount_total"] == 200


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 3: no JSON: `{`"),
        ("[1]", "line 3: expected an object with a `cart` key"),
        ("{}", "line 3: expected an object with a `cart` key"),
        ('{"cart": null}', "line 3: expected an object with a `cart` key"),
        ('{"cart": "c1"}', "line 3: cart `c1` has facts already, on line 1"),
    ],
)
@pytest.mark.parametrize("room_bytes", [10**6, 0])
def test_malformed_facts_stop_the_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str, message: str, room_bytes: int
) -> None:
    monkeypatch.setattr(factbook, "ROOM_BYTES", room_bytes)
    desk.facts.write_bytes(lines_of(uses("c1", 1), "", line))
    desk.result.write_text("as it was")
    status, out, err = desk.run(
        "-", "--facts", desk.facts, "-o", desk.result, stdin=lines_of(cart("c1"))
    )
    assert (status, out) == (2, b"")
    assert message in err
    assert desk.result.read_text() == "as it was"


def test_facts_on_disk_that_come_twice_are_found_across_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factbook, "ROOM_BYTES", 0)
    monkeypatch.setattr(factbook, "BATCH", 2)
    facts = [uses(name, 1) for name in ("c1", "c2", "c3", "c4", "c2")]
    desk.facts.write_bytes(lines_of(*facts))
    status, _, err = desk.run("-", "--facts", desk.facts)
    assert status == 2
    assert "line 5: cart `c2` has facts already, on line 2" in err


def test_a_factbook_is_a_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_bytes(lines_of(uses("b", 1), uses("a", 2)))
    for room_bytes in (10**6, 0):
        monkeypatch.setattr(factbook, "ROOM_BYTES", room_bytes)
        with factbook.Factbook() as book:
            book.read(path)
            assert list(book) == ["b", "a"]
            assert len(book) == 2
            assert json.loads(book["a"]) == uses("a", 2)
            assert "c" not in book


# Explain.


def test_explain_adds_the_fate_of_every_promotion(desk: Desk) -> None:
    _, plain, _ = desk.run("-", stdin=lines_of(cart("c1")))
    _, told, _ = desk.run("-", "--explain", stdin=lines_of(cart("c1")))
    (result,) = results_of(told)
    fates = {one["id"]: one for one in result.pop("explain")}
    assert [result] == results_of(plain)
    assert list(fates) == ["big", "tenth", "first-uses"]
    assert fates["big"]["outcome"] == "condition"
    assert fates["big"]["conditions"][0]["distance"] == "480.00 USD"
    assert fates["big"]["would_give"] == 1000


# Files.


def test_a_file_is_written_whole(desk: Desk) -> None:
    desk.result.write_text("old")
    desk.result.chmod(0o640)
    desk.carts.write_bytes(lines_of(cart("c1"), "no"))
    status, out, _ = desk.run(desk.carts, "-o", desk.result)
    assert (status, out) == (1, b"")
    assert len(results_of(desk.result.read_bytes())) == 2
    assert desk.result.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in desk.folder.iterdir()) == [
        "carts.jsonl", "result.jsonl", "rules",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["carts.jsonl", "facts.jsonl", "rules/shop.yaml", "link.jsonl"])
def test_what_is_read_is_not_written(desk: Desk, name: str) -> None:
    desk.carts.write_bytes(lines_of(cart("c1")))
    desk.facts.write_bytes(lines_of(uses("c1", 3)))
    (desk.folder / "link.jsonl").symlink_to(desk.carts)
    target = desk.folder / name
    before = target.read_bytes()
    status, out, err = desk.run(desk.carts, "--facts", desk.facts, "-o", target)
    assert (status, out) == (2, b"")
    assert err == f"tally: `{target}` is read and cannot be written\n"
    assert target.read_bytes() == before


def test_a_device_may_be_read_and_written(desk: Desk) -> None:
    assert desk.run("/dev/null", "-o", "/dev/null")[0] == 0


def test_a_link_stays_a_link(desk: Desk) -> None:
    link = desk.folder / "link.jsonl"
    link.symlink_to(desk.result)
    assert desk.run("-", "--output", link, stdin=lines_of(cart("c1")))[0] == 0
    assert link.is_symlink()
    assert len(results_of(desk.result.read_bytes())) == 1


def test_devices_are_written_directly(desk: Desk) -> None:
    assert desk.run("-", "-o", "/dev/null", stdin=lines_of(cart("c1")))[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.jsonl"], "cannot read `gone.jsonl`: no such file or directory"),
        (["."], "cannot read `.`: is a directory"),
        (["-", "--facts", "gone"], "cannot read `gone`: no such file or directory"),
        (["-", "--facts", "-"], "carts and facts cannot both come from stdin"),
        (["-", "-o", "gone/out"], "cannot write `gone/out`: no such file or directory"),
        (["-", "-o", "."], "cannot write `.`: is a directory"),
    ],
)
def test_files_that_are_not_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(desk.folder)
    status, out, err = desk.run(*words)
    assert (status, out) == (2, b"")
    assert f"tally: {message}\n" in err


def test_unusable_rules_are_shown(desk: Desk) -> None:
    rules = desk.folder / "rules" / "shop.yaml"
    rules.write_text("promotions:\n  a: {then: {percent_off: 200%}}\n")
    status, out, err = desk.run("-", stdin=lines_of(cart("c1")))
    assert (status, out) == (2, b"")
    assert "shop.yaml:2:" in err
    assert "^^^^" in err


def test_rules_that_are_not_there(desk: Desk) -> None:
    (desk.folder / "rules" / "shop.yaml").unlink()
    (desk.folder / "rules").rmdir()
    status, out, err = desk.run("-")
    assert (status, out) == (2, b"")
    assert err == f"tally: there is no file or folder `{desk.folder / 'rules'}`\n"


# Ends that come early, in a process of their own.


def start(desk: Desk, *words: object) -> "subprocess.Popen[bytes]":
    """The command in a process of its own."""
    code = "import sys; from tallystick.cli.app import main; sys.exit(main())"
    rules = str(desk.folder / "rules")
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", "--rules", rules, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # What is started in the background does not hear interrupts, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_reader_that_goes_away_is_no_error_to_shout_about(desk: Desk) -> None:
    desk.carts.write_bytes(lines_of(*(cart(f"c{i}") for i in range(2000))))
    with start(desk, desk.carts) as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())["cart"] == "c0"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_an_interrupted_run_leaves_what_was_there(desk: Desk) -> None:
    desk.result.write_text("as it was")
    with start(desk, "-", "-o", desk.result) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(lines_of(*(cart(f"c{i}") for i in range(300))))
        process.stdin.flush()
        while not list(desk.folder.glob(".*.part")):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert b"interrupted after" in process.stderr.read()
    assert desk.result.read_text() == "as it was"
    assert not list(desk.folder.glob(".*"))


def test_an_interrupted_run_prints_whole_lines(desk: Desk) -> None:
    with start(desk, "-") as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(lines_of(*(cart(f"c{i}") for i in range(700))))
        process.stdin.flush()
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait() == 130
    assert len(results_of(first + rest)) >= 1


def test_a_full_disk_is_said(desk: Desk) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    status, _, err = desk.run("-", "-o", "/dev/full", stdin=lines_of(cart("c1")))
    assert status == 2
    assert "tally: cannot write `/dev/full`: no space left on device\n" in err
