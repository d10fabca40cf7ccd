"""Random carts and facts, in the words that random rules use."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from .vocabulary import (
    BRANDS,
    CATEGORIES,
    CHANNELS,
    CODES,
    GROUPS,
    METHODS,
    PROMOTION_IDS,
    SKUS,
    TAGS,
)

PRICES = st.sampled_from([500, 500, 999, 1000, 3333, 99, 1, 0, 10**6])
QUANTITIES = st.sampled_from([1, 1, 2, 3, 5, 7, 10**6])
IDS = ["10", "9", "a", "B", "é", "1", "2", "\U0001f600"]
OPTIONAL_TEXT = st.none() | st.sampled_from(CHANNELS)


@st.composite
def lines(draw: DrawFn, name: str) -> dict[str, Any]:
    """One line; amounts stay small enough that a whole cart is within its limit."""
    quantity = draw(QUANTITIES)
    price = draw(PRICES)
    attributes: dict[str, Any] = {}
    if draw(st.booleans()):
        attributes["colour"] = draw(st.sampled_from(["red", "blue"]))
    if draw(st.booleans()):
        attributes["weight"] = draw(st.integers(0, 3))
    return {
        "id": name,
        "sku": draw(st.sampled_from([*SKUS, "unheard-of", "never-seen"])),
        "quantity": quantity,
        "unit_price": price,
        "categories": draw(st.lists(st.sampled_from(CATEGORIES), max_size=2)),
        "brand": draw(st.none() | st.sampled_from(BRANDS)),
        "tags": draw(st.lists(st.sampled_from(TAGS), max_size=1)),
        "min_price": draw(st.sampled_from([0, 0, 0, 90, price])),
        "attributes": attributes,
    }


@st.composite
def carts(draw: DrawFn) -> dict[str, Any]:
    """A whole cart, as checkout would send it."""
    count = draw(st.sampled_from([3, 1, 2, 4, 5, 6, 0]))
    names = draw(st.permutations(IDS))[:count]
    customer: dict[str, Any] = {
        "groups": draw(st.lists(st.sampled_from([*GROUPS, "other"]), max_size=2)),
        "tier": draw(st.none() | st.sampled_from(GROUPS)),
        "orders": draw(st.none() | st.integers(0, 3)),
        "attributes": draw(st.sampled_from([{}, {"is_staff": True}, {"is_staff": False}])),
    }
    shipments = [
        {
            "id": name,
            "method": draw(st.none() | st.sampled_from(METHODS)),
            "amount": draw(st.sampled_from([0, 1, 499, 500])),
        }
        for name in draw(st.lists(st.sampled_from(["s2", "s10", "s1"]), unique=True))
    ]
    return {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "channel": draw(OPTIONAL_TEXT),
        "lines": [draw(lines(name)) for name in names],
        "shipments": shipments,
        "tax_total": draw(st.sampled_from([0, 0, 123])),
        "coupons": draw(st.lists(st.sampled_from([*CODES, "NOBODYS"]), max_size=3)),
        "customer": customer,
        "attributes": draw(st.sampled_from([{}, {"note": "web"}])),
    }


@st.composite
def facts(draw: DrawFn) -> dict[str, Any]:
    """What a store knows of the promotions and codes."""
    counts = st.integers(0, 2)
    uses = {
        name: {"total": draw(counts), "day": draw(counts), "group": {"gold": draw(counts)}}
        for name in draw(st.lists(st.sampled_from(PROMOTION_IDS), max_size=3, unique=True))
    }
    return {"uses": uses, "codes": draw(st.sampled_from([{}, {"POOLED": "pool"}]))}
