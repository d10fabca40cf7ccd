"""Ctrl-C in long work: a real signal, one line that says what was written, and status 130."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tallystick.cli.app import main

# A command that is sent a signal by the system, as by Ctrl-C, when a step of its work was told.
STOPPED = """
import os, signal, sys
from tallystick.cli.app import main
from tallystick.cli.store.steps import Steps

show = Steps.show

def stop(self, words):
    show(self, words)
    if self.count == {step}:
        os.kill(os.getpid(), signal.SIGINT)

Steps.show = stop
sys.exit(main())
"""
# The same when a file was taken and nothing said yet.
STOPPED_LATE = """
import os, signal, sys
from tallystick.cli.app import main
from tallystick.store.imports import Imports

take = Imports.opening_balances

def stop(*words, **more):
    take(*words, **more)
    os.kill(os.getpid(), signal.SIGINT)

Imports.opening_balances = stop
sys.exit(main())
"""
# The same while a connection is closed.
STOPPED_LAST = """
import os, signal, sys
from tallystick.cli.app import main
from tallystick.store.database.opening import Opened

close = Opened.close

def stop(self):
    Opened.close = close
    os.kill(os.getpid(), signal.SIGINT)

Opened.close = stop
sys.exit(main())
"""
PLAIN = "import sys; from tallystick.cli.app import main; sys.exit(main())"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a club, a pool of codes, and balances to be brought along."""
    monkeypatch.setenv("TALLYSTICK_STORE", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.chdir(tmp_path)
    Path("club.yaml").write_text("programs: {club: {}}\n")
    lines = "".join(f"m{number},club,5,2025-11-03,never\n" for number in range(2_000))
    Path("old.csv").write_text(f"member,program,points,earned,expires\n{lines}")
    Path("codes.csv").write_text("as it was")
    for words in ("store init", "rules publish club.yaml", "coupons generate winter 5"):
        assert main(words.split()) == 0
    return tmp_path


def count(folder: Path, table: str) -> int:
    """How many rows a table has."""
    connection = sqlite3.connect(folder / "shop.db")
    [[found]] = connection.execute(f"SELECT count(*) FROM {table}")
    connection.close()
    return int(found)


def start(code: str, words: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *words.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What is started in the background does not hear interrupts, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def ends(code: str, words: str) -> tuple[int, str, str]:
    """The exit status of a command, and what it prints."""
    with start(code, words) as process:
        out, err = process.communicate()
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("member import old.csv", "interrupted: nothing was written"),
        ("member import old.csv --dry-run", "interrupted: nothing was written"),
        (
            "coupons export winter -o codes.csv",
            "interrupted after 1 line; `codes.csv` stays as it was",
        ),
        ("jobs run", "interrupted after 0 accounts; the next run does the rest"),
        ("jobs run --dry-run", "interrupted after 0 accounts; nothing was written"),
        ("store verify", "interrupted; so far 1 check, 0 findings"),
    ],
)
def test_ctrl_c_says_in_one_line_what_was_written(shop: Path, words: str, said: str) -> None:
    assert ends(STOPPED.format(step=1), words) == (130, "", f"tally: {said}\n")
    assert (count(shop, "members"), count(shop, "codes")) == (0, 5)
    assert (shop / "codes.csv").read_text() == "as it was" and not list(shop.glob(".*"))


def test_codes_that_were_made_by_then_stay(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "coupons generate summer 30000 --request k1"
    status, _, err = ends(STOPPED.format(step=2), words)
    assert status == 130
    assert err.splitlines()[2:] == [
        "tally: interrupted after 20,000 of 30,000 codes; what was written stays in the pool"
    ]
    assert count(shop, "codes") == 5 + 20_000
    assert main(words.split()) == 0  # goes on
    assert count(shop, "codes") == 5 + 30_000


def test_a_file_that_was_taken_is_said_to_be_taken() -> None:
    assert ends(STOPPED_LATE, "member import old.csv") == (
        130,
        "",
        "tally: interrupted: the whole file was taken\n",
    )


def test_ctrl_c_while_a_connection_is_closed_is_one_line_too() -> None:
    assert ends(STOPPED_LAST, "member history ana") == (130, "", "tally: interrupted\n")


def test_ctrl_c_ends_a_command_that_waits(shop: Path) -> None:
    os.mkfifo(shop / "cart.json")
    process = start(PLAIN, "order place cart.json")
    with process, (shop / "cart.json").open("wb"):  # open as soon as the command reads it
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "tally: interrupted\n")
