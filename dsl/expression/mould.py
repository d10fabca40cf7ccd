"""An expression's text in, its mould and its literals out: what stays, and what varies.

Rule sets say the same few things about thousands of products. Texts that differ in nothing but
some literals have one mould, and are worked out once: `casting` makes the others from the first.

    qty(sku == "A1") >= 2   ->   ("qty(sku == ", ") >= ", ""), ['"A1"', "2"]

Only literals that end where anybody would say are taken out. Every other character stays in the
mould as it is, so that two texts of one mould fall into the same tokens: no token but a text in
quotes has a quote in it, and a number beside none of the characters below ends where its digits do.
"""

import re

UNCERTAIN = re.compile(r'["\'\\]')  # in what stays: a quote that opens no plain text

Mould = tuple[str, ...]


def is_certain(mould: Mould) -> bool:
    """Whether every quote of the text belongs to one of the literals that were taken out."""
    return not any(map(UNCERTAIN.search, mould))


def starts_of(mould: Mould, literals: list[str]) -> list[int]:
    """Where each literal stands in the text."""
    starts: list[int] = []
    at = 0
    for stays, literal in zip(mould, literals, strict=False):
        at += len(stays)
        starts.append(at)
        at += len(literal)
    return starts
