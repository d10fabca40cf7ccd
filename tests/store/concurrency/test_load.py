"""The script that loads a PostgreSQL: it runs, and leaves nothing wrong."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_a_short_load(postgresql_empty_url: str) -> None:
    options = ["--threads", "4", "--seconds", "0.3", "--accounts", "3", "6"]
    command = [sys.executable, "-m", "bench.pgload", "--url", postgresql_empty_url, *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    shown = re.compile(
        r"(3|6) accounts, 4 threads, a second: by hand [\d,]+, store [\d,]+; [\d.]+ x"
    )
    assert [bool(shown.fullmatch(line)) for line in lines[:2]] == [True, True]
    assert lines[2:] == ["verified: 0 findings"]
