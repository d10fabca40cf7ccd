"""Codes that nobody can guess, and what people type read as a code."""

import secrets
from collections.abc import Callable

Codes = Callable[[], str]  # a new code, never the same twice

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O and U, which are read as others
LENGTH = 16  # of 5 bits each
READ_AS = str.maketrans("OIL", "011", " -")


def new_code() -> str:
    """A code of 80 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """A code, however it was typed.

    >>> read_code("o0i1-abcd efgh jkmn")
    '0011ABCDEFGHJKMN'
    """
    return typed.upper().translate(READ_AS)


def spell_code(code: str) -> str:
    """A code in groups of four, as it is printed.

    >>> spell_code("0011ABCDEFGHJKMN")
    '0011-ABCD-EFGH-JKMN'
    """
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
