"""`tally run` on Parquet and Arrow: the same results as on lines, by however many processes."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import ipc, parquet

from tallystick.cli import formats, tables
from tallystick.cli.app import main
from tallystick.records import lines_of

from ..market import RULES, draw_carts, lines_for

CARTS = draw_carts(1_200)
RESULTS = lines_for(CARTS)
PART_ROWS = 250
SUFFIXES = ("parquet", "arrow", "arrows", "jsonl")


class Desk:
    """A folder with rules and carts in every format, and the command run on it."""

    def __init__(
        self, folder: Path, capture: pytest.CaptureFixture[bytes], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capture = capture
        self._patch = patch
        (folder / "shop.yaml").write_text(RULES)

    def carts(self, suffix: str, carts: list[dict[str, Any]] = CARTS) -> Path:
        """A file of carts."""
        path = self.folder / f"carts.{suffix}"
        if suffix == "jsonl":
            path.write_text("".join(f"{json.dumps(cart)}\n" for cart in carts))
        else:
            write_table(pyarrow.Table.from_pylist(carts), path)
        return path

    def run(self, *words: object, stdin: bytes = b"") -> tuple[int, bytes, str]:
        """The exit status, stdout and stderr of `tally run --rules ..`."""
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capture.readouterr()
        status = main(["run", "--rules", str(self.folder / "shop.yaml"), *map(str, words)])
        out, err = self._capture.readouterr()
        return status, out, err.decode()


def write_table(table: pyarrow.Table, path: Path) -> None:
    """Write a table in parts, in the format that the path ends in."""
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=PART_ROWS)
        return
    start = ipc.new_stream if path.suffix == ".arrows" else ipc.new_file
    with start(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=PART_ROWS)


def read_lines(path: Path) -> list[bytes]:
    """The results of a file in any format, as lines."""
    if path.suffix == ".jsonl":
        return path.read_bytes().splitlines()
    if path.suffix == ".parquet":
        batches = parquet.read_table(path).to_batches()
    else:
        opened = ipc.open_stream if path.suffix == ".arrows" else ipc.open_file
        batches = opened(pyarrow.memory_map(str(path))).read_all().to_batches()
    return [line for batch in batches for line in lines_of(batch)]


@pytest.fixture
def desk(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A desk to run the command on."""
    return Desk(tmp_path, capsysbinary, monkeypatch)


@pytest.mark.parametrize("target", SUFFIXES)
@pytest.mark.parametrize("source", SUFFIXES)
def test_every_format_says_the_same(desk: Desk, source: str, target: str) -> None:
    result = desk.folder / f"result.{target}"
    status, out, err = desk.run(desk.carts(source), "-o", result)
    refused = sum(b'"error"' in line for line in RESULTS)
    assert (status, out) == (1, b"")
    assert read_lines(result) == RESULTS
    assert f"tally: 1,200 carts, {refused} refused, " in err


@pytest.mark.parametrize("workers", [2, 4])
@pytest.mark.parametrize(("source", "target"), [("parquet", "parquet"), ("arrow", "jsonl")])
def test_how_many_workers_cannot_be_seen(
    desk: Desk, source: str, target: str, workers: int
) -> None:
    alone, shared = (desk.folder / f"{name}.{target}" for name in ("alone", "shared"))
    carts = desk.carts(source)
    status, _, err = desk.run(carts, "-o", alone)
    other, _, told = desk.run(carts, "-o", shared, "--workers", workers)
    assert status == other == 1
    assert told.rpartition(" discount, ")[0] == err.rpartition(" discount, ")[0]
    assert alone.read_bytes() == shared.read_bytes()
    assert read_lines(shared) == RESULTS
    assert {path.name for path in desk.folder.iterdir()} == {
        "shop.yaml", carts.name, alone.name, shared.name,
    }  # fmt: skip


def test_refused_carts_are_named_by_row(desk: Desk) -> None:
    carts = [cart | {"currency": "USD" if n % 300 else "EUR"} for n, cart in enumerate(CARTS)]
    good = [cart for n, cart in enumerate(carts) if b'"error"' not in RESULTS[n] or not n % 300]
    rows = [n + 1 for n, cart in enumerate(good) if cart["currency"] == "EUR"]
    for words in ([], ["--workers", "2"]):
        status, _, err = desk.run(desk.carts("parquet", good), *words)
        assert status == 1
        said = [line for line in err.splitlines() if line.startswith("tally: row ")]
        assert [int(line.split()[2].rstrip(":")) for line in said] == rows[:3]
        assert "and 1 more refused" in err
        assert "expected `USD`, the currency of the rules, got `EUR`, at `currency`" in said[0]


@pytest.mark.parametrize("words", [[], ["--threads", "3"], ["--evaluator", "reference"]])
def test_large_parts_come_in_batches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(tables, "ROWS_MAX", 100)
    for source in ("parquet", "arrow", "arrows"):
        status, out, _ = desk.run(desk.carts(source), *words)
        assert status == 1
        assert out.splitlines() == RESULTS


def test_nothing_in_nothing_out(desk: Desk) -> None:
    empty = desk.folder / "empty.parquet"
    write_table(pyarrow.Table.from_pylist(CARTS).slice(0, 0), empty)
    for words in ([], ["--workers", "3"]):
        result = desk.folder / "result.parquet"
        status, _, err = desk.run(empty, "-o", result, *words)
        assert status == 0
        assert "0 carts, 0 refused, 0.00 USD discount" in err
        assert parquet.read_table(result).num_rows == 0
        assert parquet.read_schema(result).names[0] == "cart"


def test_streams_on_stdin_and_stdout(desk: Desk) -> None:
    stream = desk.carts("arrows").read_bytes()
    words = ("-", "--carts-format", "arrow", "--format", "arrow")
    status, out, _ = desk.run(*words, stdin=stream)
    assert status == 1
    assert [line for batch in ipc.open_stream(out) for line in lines_of(batch)] == RESULTS


def test_a_format_that_is_named_goes_before_the_suffix(desk: Desk) -> None:
    carts = desk.carts("parquet").rename(desk.folder / "carts.data")
    result = desk.folder / "result.out"
    words = ("--carts-format", "parquet", "--format", "arrow")
    assert desk.run(carts, "-o", result, *words)[0] == 1
    batches = ipc.open_file(result.read_bytes()).read_all().to_batches()
    assert [line for batch in batches for line in lines_of(batch)] == RESULTS


def test_carts_on_lines_that_are_no_json_have_their_row(desk: Desk) -> None:
    result = desk.folder / "result.parquet"
    lines = "\n".join(["{", "", json.dumps(CARTS[0]), "[]"])
    status, _, err = desk.run("-", "-o", result, stdin=lines.encode())
    assert status == 1
    assert "tally: line 1: " in err
    assert "tally: line 4: " in err
    rows = parquet.read_table(result).to_pylist()
    assert [row["cart"] for row in rows] == [None, CARTS[0]["id"], None]
    assert [row["error"] and row["error"]["code"] for row in rows] == [
        "invalid_json", None, "wrong_type",
    ]  # fmt: skip


# Facts.


@pytest.mark.parametrize("words", [[], ["--workers", "2"]])
def test_facts_find_their_carts(desk: Desk, words: list[str]) -> None:
    known = {f"c{n}": {"uses": {"first-hundred": {"total": 100}}} for n in range(0, 1300, 2)}
    facts = desk.folder / "facts.jsonl"
    facts.write_text("".join(f"{json.dumps(one | {'cart': c})}\n" for c, one in known.items()))
    status, out, err = desk.run(desk.carts("parquet"), "--facts", facts, *words)
    assert status == 1
    assert out.splitlines() == lines_for(CARTS, known) != RESULTS
    assert "tally: facts for 50 carts that are not in the input were not used" in err


# What cannot be read or written.


def spoil(desk: Desk, path: Path, how: str) -> None:
    """Damage a file."""
    content = bytearray(path.read_bytes())
    if how == "cut":
        content = content[: len(content) // 2]
    elif how == "empty":
        content = bytearray()
    elif how == "text":
        content = bytearray(b'{"id": "c1"}\n' * 100)
    else:
        content[200:2000] = bytes(1800)
    path.write_bytes(content)


# Zeros break the compressed pages of Parquet; in Arrow they would be values like others.
BREAKS = [(suffix, how) for suffix in ("parquet", "arrow") for how in ("cut", "empty", "text")]


@pytest.mark.parametrize("words", [[], ["--workers", "2"]])
@pytest.mark.parametrize(("suffix", "how"), [*BREAKS, ("parquet", "zeros")])
def test_a_broken_file_is_named(desk: Desk, suffix: str, how: str, words: list[str]) -> None:
    carts, result = desk.carts(suffix), desk.folder / "result.parquet"
    result.write_text("as it was")
    spoil(desk, carts, how)
    status, _, err = desk.run(carts, "-o", result, *words)
    assert status == 2
    assert err.startswith(f"tally: cannot read `{carts}`")
    assert err.count("\n") == 1
    assert result.read_text() == "as it was"
    assert len(list(desk.folder.iterdir())) == 3


@pytest.mark.parametrize("words", [[], ["--workers", "2"]])
@pytest.mark.parametrize(
    ("column", "values"), [("cupons", ["A"]), ("tax_total", [1.5]), ("lines", ["none"])]
)
def test_columns_that_are_no_carts_are_named(
    desk: Desk, column: str, values: list[Any], words: list[str]
) -> None:
    carts, result = desk.folder / "carts.parquet", desk.folder / "result.parquet"
    good = [cart for cart, line in zip(CARTS, RESULTS, strict=True) if b'"error"' not in line][:9]
    table = pyarrow.Table.from_pylist([{k: v for k, v in c.items() if k != column} for c in good])
    write_table(table.append_column(column, [pyarrow.array(values * 9)]), carts)
    status, _, err = desk.run(carts, "-o", result, *words)
    assert status == 2
    assert err.startswith(f"tally: `{carts}`: ")
    assert f"`{column}`" in err
    assert not result.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.parquet"], "cannot read `gone.parquet`: no such file or directory"),
        (["gone.arrow"], "cannot read `gone.arrow`: no such file or directory"),
        ([".", "--carts-format", "parquet"], "cannot read `.`: is a directory"),
        (["carts.parquet", "-o", "gone/x.parquet"], "cannot write `gone/x.parquet`: "),
        (["carts.parquet", "-o", "carts.parquet"], "`carts.parquet` is read and cannot be written"),
        (["-", "--carts-format", "parquet"], "Parquet is not read from stdin: name a file"),
        (["carts.parquet", "--format", "parquet"], "Parquet is not written to stdout: name a file"),
        (["carts.parquet", "--explain"], "--explain is for JSON lines"),
        (["-", "--workers", "2"], "--workers share the parts of Parquet and Arrow"),
        (
            ["carts.arrows", "--workers", "2"],
            "`carts.arrows` is an Arrow stream, which one process",
        ),
    ],
)
def test_what_does_not_go_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(desk.folder)
    desk.carts("parquet")
    desk.carts("arrows")
    before = {path.name: path.read_bytes() for path in desk.folder.iterdir()}
    status, out, err = desk.run(*words)
    assert (status, out) == (2, b"")
    assert err.startswith(f"tally: {message}")
    assert {path.name: path.read_bytes() for path in desk.folder.iterdir()} == before


def test_without_pyarrow_the_extra_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    status, _, err = desk.run("carts.parquet")
    assert status == 2
    assert "Parquet and Arrow need pyarrow" in err
    assert "pip install 'tallystick[columns]'" in err
    assert desk.run("-")[0] == 0


# Ends that come early, in a process of their own.


def start(desk: Desk) -> "subprocess.Popen[bytes]":
    """The command with two workers, in a group of processes of its own, as under a shell."""
    code = "import sys; from tallystick.cli.app import main; sys.exit(main())"
    words = ("run", "--rules", "shop.yaml", "carts.parquet", "-o", "result.parquet")
    return subprocess.Popen(
        [sys.executable, "-c", code, *words, "--workers", "2"],
        cwd=desk.folder,
        env=os.environ | {"TMPDIR": str(desk.folder)},
        stderr=subprocess.PIPE,
        start_new_session=True,
        # What is started in the background does not hear interrupts, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def find_workers(process: "subprocess.Popen[bytes]") -> list[int]:
    """The workers of a run, as soon as both are there."""
    while True:
        assert process.poll() is None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        found = [
            int(child)
            for child in children
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        if len(found) == 2:
            return found
        time.sleep(0.01)


def is_gone(process: int) -> bool:
    """Whether a process has ended."""
    return not Path(f"/proc/{process}").exists()


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    """A desk with an old result and carts to price for a while."""
    (desk.folder / "result.parquet").write_text("as it was")
    write_table(pyarrow.Table.from_pylist(CARTS * 10), desk.folder / "carts.parquet")
    return desk


def check_nothing_is_left(desk: Desk, workers: list[int]) -> None:
    """The old result is there, and no worker and no file of the run."""
    assert (desk.folder / "result.parquet").read_text() == "as it was"
    assert len(list(desk.folder.iterdir())) == 3
    assert all(map(is_gone, workers))


@pytest.mark.parametrize("patience_seconds", [0, 1])
def test_a_run_whose_worker_dies_says_so(busy_desk: Desk, patience_seconds: int) -> None:
    with start(busy_desk) as process:
        workers = find_workers(process)
        time.sleep(patience_seconds)
        os.kill(workers[0], signal.SIGKILL)
        assert process.stderr is not None
        err = process.stderr.read().decode()
        assert process.wait() == 2
    assert err.startswith("tally: a worker process was ended by signal 9, Killed; it may have run")
    assert err.count("\n") == 1
    check_nothing_is_left(busy_desk, workers)


@pytest.mark.parametrize("patience_seconds", [0, 1])
def test_an_interrupted_run_leaves_what_was_there(busy_desk: Desk, patience_seconds: int) -> None:
    with start(busy_desk) as process:
        workers = find_workers(process)
        time.sleep(patience_seconds)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        err = process.stderr.read().decode()
        assert process.wait() == 130
    assert err.startswith("tally: interrupted after ")
    assert err.count("\n") == 1
    check_nothing_is_left(busy_desk, workers)
