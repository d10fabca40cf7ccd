"""A run's ratios in, the stored record out: what later runs are compared with.

    .venv/bin/python -m bench.results     # keep the last run of `make bench` for this version

A record has ratios, the class of machine and versions; no names of hosts, no paths, no dates.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

import tallystick

from .machine import describe_machine, versions_of
from .ratios import Board, Row

ROOT = Path(__file__).resolve().parent.parent
LATEST = ROOT / "build" / "bench" / "ratios.json"
RELEASES = ROOT / "bench" / "results"
PACKAGES = (
    "tallystick",
    "orjson",
    "msgspec",
    "SQLAlchemy",
    "numpy",
    "pyarrow",
    "Cython",
    "zen-engine",
)

Record = dict[str, Any]


def record_of(board: Board, rows: Iterable[Row], plain: Iterable[Row] = ()) -> Record:
    """What is stored of a run: rows by number of promotions, and `plain` ones without.

    u alone is in microseconds.
    """
    return {
        "machine": describe_machine(),
        "versions": versions_of(PACKAGES),
        "u_us": None if board.u_seconds is None else round(board.u_seconds * 1e6, 4),
        "ratios": {
            name: {size: float(f"{ratio:.4g}") for size, ratio in cells.items()}
            for name, cells in {**board.ratios(rows), **board.ratios(plain, [0])}.items()
        },
    }


def store(record: Record, path: Path = LATEST) -> None:
    """Write a record, readable by people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def load(path: Path) -> Record:
    """Read a record."""
    record: Record = msgspec.json.decode(path.read_bytes())
    return record


def version_key(path: Path) -> tuple[int, ...]:
    """The numbers of a release's version, to sort by."""
    return tuple(int(part) for part in path.stem.removeprefix("release-").split("."))


def last_release(folder: Path = RELEASES) -> Path | None:
    """The record of the last release; None before the first."""
    return max(folder.glob("release-*.json"), key=version_key, default=None)


def main() -> int:
    if not LATEST.exists():
        print(f"{LATEST.name} is not there: run `make bench` first", file=sys.stderr)
        return 2
    kept = RELEASES / f"release-{tallystick.__version__}.json"
    store(load(LATEST), kept)
    print(f"kept as {kept.name}: `make bench-plot` writes it into the documentation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
