"""Two stored records in, the rows that got worse out.

    .venv/bin/python -m bench.compare                # the last run with the last release
    .venv/bin/python -m bench.compare NEW.json OLD.json --percent 10

Ratios are compared, never seconds, so the two may come from different machines; how far ratios
travel is another matter, and a record says which processor it is from. The exit status is 1 when a
row got worse by more than so many percent.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .ratios import Row
from .results import LATEST, Record, last_release, load
from .table import round_off
from .targets import STORE, TABLE

WORSE_PERCENT = 15  # what two runs on one busy machine differ by is less


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that got worse."""

    name: str
    rules: int
    before: float
    now: float
    worse_percent: float

    def __str__(self) -> str:
        name = f"{self.name}, {self.rules:,} promotions" if self.rules else self.name
        return (
            f"{name}: {round_off(self.before)} -> {round_off(self.now)}, "
            f"{self.worse_percent:.0f} % worse"
        )


def worse_percent(row: Row, before: float, now: float) -> float:
    """By how much a cell got worse; below 0 when it got better."""
    grown = (before / now if row.is_floor else now / before) if before and now else 1.0
    return (grown - 1) * 100


def find_worse(
    new: Record, old: Record, percent: float, rows: Iterable[Row] = (*TABLE, *STORE)
) -> list[Change]:
    """The cells of both records that got worse by more than so much, the worst first."""
    found: list[Change] = []
    for row in rows:
        now, before = (record["ratios"].get(row.name, {}) for record in (new, old))
        for size in now.keys() & before.keys():
            worse = worse_percent(row, before[size], now[size])
            if worse > percent:
                found.append(Change(row.name, int(size), before[size], now[size], worse))
    return sorted(found, key=lambda change: (-change.worse_percent, change.name, change.rules))


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare two records of `make bench`.")
    parser.add_argument("new", type=Path, nargs="?", default=LATEST)
    parser.add_argument("old", type=Path, nargs="?", default=last_release())
    parser.add_argument("--percent", type=float, default=WORSE_PERCENT, help="what is too much")
    options = parser.parse_args()
    if options.old is None:
        print("no release has a record yet: nothing to compare with")
        return 0
    if not options.new.exists():
        print(f"{options.new.name} is not there: run `make bench` first", file=sys.stderr)
        return 2
    new, old = load(options.new), load(options.old)
    if new["machine"] != old["machine"]:
        print(f"note: measured on {new['machine']}, before on {old['machine']}")
    worse = find_worse(new, old, options.percent)
    for change in worse:
        print(change)
    print(f"{len(worse)} cells are more than {options.percent:g} % worse than {options.old.stem}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
