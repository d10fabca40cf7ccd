"""An unquoted text that YAML cut short in, the whole of it, quoted, out.

YAML ends an unquoted text at a comma or bracket of the list it stands in, and at `: `, wherever
that is. An expression may have any of these inside its own brackets and quotes:

    when: [default(customer.orders, 0) >= 3]      two items: `default(customer.orders` and `0) >= 3`
"""

from ..source import Span
from .nodes import Scalar

# LIMIT: how far the rest of a text is looked for; an expression has at most 10,000 characters.
REACH_MAX = 10_000
PAIRS = {"(": ")", "[": "]", "{": "}"}


def is_balanced(text: str) -> bool:
    """Whether every bracket and every quote that the text opens is closed in it."""
    return find_end(text, 0, len(text), stops="") is not None


def find_end(text: str, start: int, limit: int, *, stops: str) -> int | None:
    """Where the text from `start` on ends: before the first of `stops` outside brackets and quotes.

    A closing bracket that it did not open ends it as well, and so does `limit`; None when it is
    still inside brackets or quotes there. A quote behind a letter or digit opens nothing (`19"`).
    """
    closers: list[str] = []  # of what is open, innermost last
    is_quoted = False
    at = start
    while at < limit:
        character = text[at]
        if is_quoted:
            if character == "\\":
                at += 1
            is_quoted = character != '"'
        elif character == "#" and at > start and text[at - 1] in " \t":
            break  # what follows is a comment, whatever is still open
        elif character == '"':
            is_quoted = at == start or not text[at - 1].isalnum()
        elif character in PAIRS:
            closers.append(PAIRS[character])
        elif not closers and (character in stops or character in ")]}"):
            break
        elif character in ")]}" and closers.pop() != character:
            return None
        at += 1
    return None if closers or is_quoted else min(at, limit)


def find_whole(scalar: Scalar, limit: int, *, is_flow: bool) -> Span | None:
    """What an unquoted scalar would be without YAML's rules, when that is more than it is."""
    text = scalar.source.text
    limit = min(limit, scalar.start + REACH_MAX)
    end = find_end(text, scalar.start, limit, stops=",\n" if is_flow else "\n")
    if end is None:
        return None
    end = scalar.start + len(text[scalar.start : end].rstrip())
    return Span(scalar.source, scalar.start, end) if end > scalar.end else None


def quote(text: str) -> str:
    """The text on one line in single quotes, as YAML reads it back.

    >>> quote('tags has "it\\'s"')
    '\\'tags has "it\\'\\'s"\\''
    """
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
