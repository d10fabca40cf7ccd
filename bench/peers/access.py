"""A demand in, the tokens that a cart must have one of for it to match at all out.

A token is a name with its kind: `codes:SUMMER`, `skus:MUG`. Each demand is filed under one of its
clauses, the one that the fewest carts meet: a code, then products, customer groups, brands,
categories. What has no such clause is open to every cart.
"""

from collections.abc import Iterator

from .question import Demand, Shelf

Clause = tuple[str, tuple[str, ...], int]  # kind, names, units of them that are needed
ORDER = ("codes", "skus", "groups", "pairs", "brands", "categories")


def clauses_of(demand: Demand) -> list[Clause]:
    """The clauses over names, the rarest first."""
    clauses: list[Clause] = [("codes", demand.codes, 1)] if demand.codes else []
    clauses += [("groups", names, 1) for names in demand.groups]
    clauses += [(units.goods, units.names, units.quantity) for units in demand.units]
    return sorted(clauses, key=lambda clause: (ORDER.index(clause[0]), len(clause[1])))


def tokens_of(clause: Clause) -> list[str]:
    """The tokens of a clause."""
    return [f"{clause[0]}:{name}" for name in clause[1]]


def shelf_tokens(shelf: Shelf) -> Iterator[tuple[str, int]]:
    """Every token of a cart, with its units."""
    for code in shelf.codes:
        yield f"codes:{code}", 1
    for group in shelf.groups:
        yield f"groups:{group}", 1
    for goods, counted in shelf.units.items():
        for name, quantity in counted.items():
            yield f"{goods}:{name}", quantity
