"""Stored records in, the tables of the performance page out, each between its two marks.

A table begins after `<!-- table: NAME -->` and ends before `<!-- end -->`; the words around it are
written by people and stay.
"""

import re
from collections.abc import Iterable, Sequence

from .ratios import Row
from .results import Record
from .table import round_off
from .targets import STORE, TABLE

SIZES = (10, 100, 1_000, 10_000, 100_000)
MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)


def print_cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def head(first: str, sizes: Sequence[int]) -> list[str]:
    """The first two lines of a table by size."""
    return [
        print_cells([first, *(f"{size:,}" for size in sizes)]),
        print_cells(["---", *("---:" for _ in sizes)]),
    ]


def print_cell(row: Row, rules: int, ratio: float | None) -> str:
    """A number, its target, and whether it is met."""
    limit = row.limits.get(rules)
    shown = "" if ratio is None else f"{round_off(ratio)} {row.unit}"
    if limit is None:
        return shown
    target = f"{'≥' if row.is_floor else '≤'} {limit:g}"
    if ratio is None:
        return f"not measured ({target})"
    return f"{shown} ({target})" if row.is_met(rules, ratio) else f"**{shown}** ({target}, missed)"


def print_ratios(record: Record) -> list[str]:
    """The table of ratios and targets; rows that have neither are left out."""
    lines = head("promotions", SIZES)
    for row in TABLE:
        cells = record["ratios"].get(row.name, {})
        if cells or row.limits:
            shown = (print_cell(row, size, cells.get(str(size))) for size in SIZES)
            lines.append(print_cells([row.name, *shown]))
    return lines


def print_store(record: Record) -> list[str]:
    """The ratios of a store and their targets."""
    lines = [print_cells(["of a store", "seen"]), print_cells(["---", "---:"])]
    for row in STORE:
        seen = record["ratios"].get(row.name, {}).get("0")
        lines.append(print_cells([row.name, print_cell(row, 0, seen)]))
    return lines


def print_machine(record: Record) -> list[str]:
    """What the table was measured on."""
    machine, versions = record["machine"], record["versions"]
    used = ", ".join(f"{name} {number}" for name, number in versions.items())
    return [
        f"Measured on {machine['cores']} cores of {machine['processor']}, {machine['system']}, "
        f"Python {machine['python']}; u = {record['u_us']:.2f} us. With {used}."
    ]


def print_race(race: Record) -> list[str]:
    """Microseconds of every peer by size."""
    sizes = sorted({row["rules"] for row in race["rows"]})
    found = {(row["peer"], row["rules"]): row["us"] for row in race["rows"]}
    lines = head("us a cart", sizes)
    for peer in dict.fromkeys(row["peer"] for row in race["rows"]):
        times = (found.get((peer, size)) for size in sizes)
        shown = ("" if time is None else round_off(time) for time in times)
        lines.append(print_cells([peer, *shown]))
    return lines


def print_forms(race: Record) -> list[str]:
    """In which form each peer was fastest."""
    forms = {row["peer"]: row["form"] for row in race["rows"]}
    return [f"* **{peer}**: {form}." for peer, form in forms.items()]


def fill_page(page: str, record: Record, race: Record) -> str:
    """The page with all its tables written anew."""
    tables = {
        "ratios": print_ratios(record),
        "store": print_store(record),
        "machine": print_machine(record),
        "race": print_race(race),
        "race_machine": print_machine(race),
        "forms": print_forms(race),
    }
    return MARK.sub(lambda found: "\n".join([found[1][:-1], *tables[found[2]], found[3]]), page)
