"""A fixed job in, the machine instructions it takes a cart out; and whether that grew.

    .venv/bin/python -m bench.count            # compare with bench/results/instructions.json
    .venv/bin/python -m bench.count --accept   # store what is counted now

Times on a busy machine are worth little, instructions are the same on every run. The job runs under
valgrind's callgrind: JSON lines to result lines, and columns to columns, after a warm-up, for some
carts and then for twice as many; the difference of the two is what the carts cost and nothing else.
A call of `getppid`, which nothing else makes, tells callgrind where one stretch ends and the next
begins.

The stored numbers hold for one compiler, one kind of processor and one Python. With others nothing
is compared, and that is said.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "bench" / "results" / "instructions.json"
CARTS = 1_000  # of the shorter stretch
RULES = (100, 1_000)
WAYS = ("lines", "columns")
SUBJECTS = tuple(f"{way}, {rules} promotions" for way in WAYS for rules in RULES)
GROWTH_MAX_PERCENT = 3
MARK = "getppid"
TOTAL = re.compile(r"^(?:totals|summary):\s+(\d+)", re.M)


def run_job() -> None:
    """The job, a mark between its stretches: those of a subject, and one without work."""
    import orjson

    from bench.arrow import table_of
    from bench.faces import join_lines, price_lines
    from bench.workload import make_lines, make_rules
    from tallystick import Engine, load_text

    engines = [Engine(load_text(make_rules(rules))) for rules in RULES]
    lines = make_lines(2 * CARTS)
    tables = [table_of([orjson.loads(line) for line in lines[:n]]) for n in (CARTS, 2 * CARTS)]
    blocks = [join_lines(lines[:CARTS]), join_lines(lines)]
    for price, sources in ((price_lines, blocks), (Engine.quote_columns, tables)):
        for engine in engines:
            for source in sources:  # every page touched and every table grown before it counts
                price(engine, source)
            for source in sources:
                os.getppid()
                price(engine, source)
            os.getppid()


def count_stretches() -> list[int]:
    """Run the job under callgrind: the instructions of each stretch between two marks."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counts"),
            *(f"--dump-before={MARK}", "--compress-strings=no"),
            *(sys.executable, "-m", "bench.count", "--job"),
        ]
        environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        if ran.returncode != 0:
            raise SystemExit(f"the job failed under valgrind:\n{ran.stderr[-2_000:]}")
        parts = sorted(Path(folder).glob("counts.*"), key=lambda path: int(path.suffix[1:]))
        found = [TOTAL.search(path.read_text()) for path in parts]
    return [int(match[1]) for match in found if match is not None]


def per_cart(stretches: list[int]) -> dict[str, int]:
    """Instructions a cart by subject. The first stretch of all is everything before."""
    expected = 3 * len(SUBJECTS)
    if len(stretches) < expected:
        raise SystemExit(f"callgrind wrote {len(stretches)} parts, {expected} were expected")
    counts = {}
    for place, subject in enumerate(SUBJECTS):
        shorter, longer = stretches[3 * place + 1 : 3 * place + 3]
        counts[subject] = round((longer - shorter) / CARTS)
    return counts


def tools() -> dict[str, str]:
    """What the counts depend on besides the code."""
    found = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True)
    return {
        "machine": platform.machine(),
        "gcc": found.stdout.strip().partition(".")[0],
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def judge(stored: dict[str, int], counted: dict[str, int]) -> list[str]:
    """What grew too much, in words; empty when all is well."""
    grown = []
    for subject, now in counted.items():
        before = stored.get(subject)
        if before is None:
            grown.append(f"{subject}: {now:,} instructions a cart, none stored")
        elif now * 100 > before * (100 + GROWTH_MAX_PERCENT):
            percent = (now - before) * 100 / before
            grown.append(
                f"{subject}: {now:,} instructions a cart, {before:,} stored, "
                f"{percent:+.1f} % (at most +{GROWTH_MAX_PERCENT} %)"
            )
    return grown


def main() -> int:
    parser = argparse.ArgumentParser(description="Count the instructions that a cart takes.")
    parser.add_argument("--accept", action="store_true", help="store what is counted")
    parser.add_argument("--job", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        run_job()
        return 0
    if shutil.which("valgrind") is None:
        print("valgrind is missing: on Debian, apt-get install valgrind", file=sys.stderr)
        return 2
    counted = per_cart(count_stretches())
    for subject, now in counted.items():
        print(f"{subject:<25}{now:>9,} instructions a cart")
    record: dict[str, Any] = {"tools": tools(), "instructions": counted}
    if options.accept:
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(json.dumps(record, indent=2) + "\n")
        return 0
    stored = json.loads(STORED.read_text())
    if stored["tools"] != record["tools"]:
        print(f"counted with {record['tools']}, stored with {stored['tools']}: not compared")
        return 0
    grown = judge(stored["instructions"], counted)
    for line in grown:
        print(line, file=sys.stderr)
    if grown:
        print("make it cheaper, or accept it: python -m bench.count --accept", file=sys.stderr)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
