"""The stored numbers in, the picture and the tables of the documentation out.

.venv/bin/python -m bench.plot
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .chart import Curve, draw_chart
from .page import fill_page
from .results import last_release, load

ROOT = Path(__file__).resolve().parent.parent
RACE = ROOT / "bench" / "results" / "peers.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"
TITLE = "Time to say which promotions match one cart"


def curves_of(rows: Sequence[dict[str, Any]]) -> list[Curve]:
    """The rows of a race as curves, in the order of the roster."""
    points: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        points.setdefault(row["peer"], []).append((row["rules"], row["us"]))
    return [Curve(name, sorted(found)) for name, found in points.items()]


def main() -> int:
    release = last_release()
    if release is None or not RACE.exists():
        print("nothing is stored: `make bench`, then python -m bench.results", file=sys.stderr)
        return 2
    race = load(RACE)
    PICTURE.write_text(draw_chart(TITLE, curves_of(race["rows"])), encoding="utf-8")
    PAGE.write_text(fill_page(PAGE.read_text(encoding="utf-8"), load(release), race))
    return 0


if __name__ == "__main__":
    sys.exit(main())
