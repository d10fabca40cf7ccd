"""Ratios in, the table that people read out: each number above its target, and if it is met."""

from collections.abc import Iterable, Sequence

from .ratios import Board, Row

COLUMN = 16  # characters of a number
NAME = 40  # characters of a row's name


def round_off(number: float) -> str:
    """A number to three digits, larger ones to the unit."""
    digits = 0 if number >= 100 else 1 if number >= 10 else 2
    return f"{number:,.{digits}f}"


def print_cells(name: str, cells: Iterable[str]) -> str:
    """One line."""
    return (f"{name:<{NAME}}" + "".join(f"{cell:>{COLUMN}}" for cell in cells)).rstrip()


def verdict(row: Row, rules: int, ratio: float | None) -> str:
    """A target and whether it is met; by how much it is missed."""
    limit = row.limits.get(rules)
    if limit is None:
        return ""
    shown = f"{'>=' if row.is_floor else '<='} {limit:g}"
    if ratio is None:
        return f"{shown}  ?"
    if row.is_met(rules, ratio):
        return f"{shown} yes"
    return f"{shown}  no"


def print_row(board: Board, row: Row, sizes: Sequence[int]) -> list[str]:
    """A row that was measured: its numbers, and its targets where it has any."""
    ratios = [board.ratio(row, size) for size in sizes]
    if all(ratio is None for ratio in ratios):
        return [print_cells(row.name, ["not measured"])] if row.limits else []
    numbers = ("-" if ratio is None else f"{round_off(ratio)} {row.unit}" for ratio in ratios)
    lines = [print_cells(row.name, numbers)]
    if row.limits:
        verdicts = map(verdict, [row] * len(sizes), sizes, ratios)
        lines.append(print_cells("  target", verdicts))
    return lines


def print_plain(board: Board, rows: Iterable[Row]) -> list[str]:
    """The table of what has no number of promotions; empty when nothing of it was measured."""
    measured = [row for row in rows if board.ratio(row, 0) is not None]
    return [line for row in measured for line in print_row(board, row, [0])]


def print_table(board: Board, rows: Iterable[Row]) -> list[str]:
    """The table, line by line; empty when nothing was measured."""
    if not board.sizes:
        return []
    lines = [print_cells("promotions", (f"{size:,}" for size in board.sizes))]
    for row in rows:
        lines += print_row(board, row, board.sizes)
    if board.u_seconds is not None:
        lines.append(f"u = {board.u_seconds * 1e6:.2f} us, `orjson.loads` of the line of one cart")
    return lines
