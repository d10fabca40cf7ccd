"""The face of what takes expressions apart and puts them together."""

from collections.abc import Callable

class Odd(Exception):
    """A text that has to go the ordinary way."""

def take_apart(text: str) -> tuple[tuple[str, ...], list[str]]:
    """The text around its literals, and the literals as written."""

def read_quoted(literal: str) -> str:
    """What stands between quotes; raises Odd for a number."""

def pick_texts(values: list[str], places: tuple[int, ...]) -> tuple[str, ...]:
    """Texts among the literals, sorted and distinct; raises Odd for a number."""

def fill_in(
    stays: list[str],
    shows: list[tuple[int, Callable[[str], str] | None]],
    values: list[str],
    print_text: Callable[[str], str],
) -> str:
    """A text around its literals: `shows` are the place of each, and what prints it.

    What prints texts in quotes is None.
    """
