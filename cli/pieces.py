"""Texts and tables of the pages that people read: safe to print, and the same everywhere."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .failure import printable


def words(text: str, style: str = "") -> Text:
    """Plain text, safe to print."""
    return Text(printable(text), style=style, overflow="fold")


def columns(*justify: str) -> Table:
    """A table without lines; the first left column takes what room there is."""
    table = Table.grid(padding=(0, 2), expand=True)
    for index, side in enumerate(justify):
        table.add_column(
            justify="right" if side == "right" else "left",
            ratio=1 if index == justify.index("left") else None,
            no_wrap=side == "right",
        )
    return table


def indent(part: RenderableType, by: int = 2) -> Padding:
    """A part moved to the right."""
    return Padding(part, (0, 0, 0, by))
