"""The completejourney baskets and their rules in, a priced year and its summary out.

    .venv/bin/python bench/demo.py [--limit 1000]

Four commands, each shown before it runs: the baskets become carts (`bench/baskets.py`), `tally
run` prices them with `rules/completejourney`, `bench/summary.py` says what came of it, and
`bench/club.py` runs the households' loyalty program through the year. The files stay in
`build/demo`.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRICED = (0, 1)  # exit statuses of `tally run`: all carts priced, some carts refused


def find_tally() -> Path:
    """The `tally` command of the environment this Python belongs to."""
    return Path(sys.executable).with_name("tally")


def shown(*command: str | Path) -> list[str]:
    """The command as text parts; printed first, with paths as seen from the repository."""
    parts = [str(part) for part in command]
    readable = [part.removeprefix(f"{ROOT}/") for part in parts]
    print(f"$ {shlex.join(readable)}", file=sys.stderr, flush=True)
    return parts


def run_demo(folder: Path, limit: int | None) -> int:
    """Run the commands; the exit status of the first that fails, else that of `tally run`."""
    carts, results = folder / "carts.jsonl", folder / "results.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    python, bench = Path(sys.executable), ROOT / "bench"
    first = [] if limit is None else ["--limit", str(limit)]
    made = subprocess.run(shown(python, bench / "baskets.py", "--out", carts, *first)).returncode
    if made != 0:
        return made
    rules = ROOT / "rules" / "completejourney"
    price = shown(find_tally(), "run", "--rules", rules, carts, "-o", results)
    started = time.perf_counter()
    priced = subprocess.run(price).returncode
    seconds = time.perf_counter() - started
    if priced not in PRICED or not results.exists():
        return priced or 2
    summary = shown(python, bench / "summary.py", results, "--seconds", f"{seconds:.3f}")
    club = shown(python, "-m", "bench.club", carts, "--rules", rules)
    return subprocess.run(summary).returncode or subprocess.run(club, cwd=ROOT).returncode or priced


def main() -> int:
    parser = argparse.ArgumentParser(description="Price one year of real baskets.")
    parser.add_argument("--limit", type=int, help="only the first N baskets")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build" / "demo", help="where to work"
    )
    options = parser.parse_args()
    if not find_tally().exists():
        print("there is no `tally` beside this Python: run `make install`", file=sys.stderr)
        return 2
    return run_demo(options.folder, options.limit)


if __name__ == "__main__":
    sys.exit(main())
