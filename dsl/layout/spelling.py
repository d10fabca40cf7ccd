"""A place in a rule file and a value there in, the one spelling of the value out.

A place is a path of keys from the root of the file. Nothing here changes what a rule means.
"""

import re
from collections.abc import Callable
from enum import Enum, auto

from ..expression.lengths import PER
from ..expression.literals import (
    MONEY,
    PERCENT,
    format_scaled,
    read_percent,
    scale_number,
    split_window,
)
from ..expression.mistake import Mistake
from ..expression.parser import parse
from ..expression.printer import print_expression
from ..kinds import Stage
from .orders import RULES, Path

MONEY_KEYS = frozenset(
    {
        "amount",
        "amount_off",
        "amount_surcharge",
        "cart_minimum",
        "discount",
        "discount_total",
        "fixed_price",
        "grand_total",
        "gross",
        "line_floor",
        "max_discount",
        "min_amount",
        "min_price",
        "net",
        "payment_adjustment",
        "price",
        "shipping_total",
        "store_credit",
        "subtotal",
        "tax_total",
        "unit_price",
    }
)
# Keys of loyalty rules whose value is a number with something behind it, as `12 months`.
QUANTITY_KEYS = frozenset(
    {
        "activate_after",
        "bonus",
        "carry",
        "cashback",
        "cost",
        "discount",
        "donation",
        "expire_after",
        "expires_after",
        "from",
        "gift_card",
        "grace",
        "keep",
        "max_discount",
        "max_per_line",
        "max_per_order",
        "max_percent_of_cart",
        "max_points",
        "min_order",
        "min_points",
        "multiplier",
        "multiply",
        "per_member",
        "points",
        "resume_grace",
        "stamps",
        "value",
        "window",
    }
)
# Keys of tests that hold points, and sections of `expect` that hold something earned.
POINTS_KEYS = frozenset({"balance", "lifetime_points", "points", "qualifying"})
EARNED_KEYS = frozenset({"cashback", "earned", "points", "stamps"})
QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?: +([a-z]+))?")
UNITS = ("point", "stamp", "day", "week", "month", "year")
PERCENT_KEYS = frozenset({"percent_off", "percent_surcharge"})
WINDOW_KEYS = frozenset({"active", "dates", "hours"})


class Role(Enum):
    """What a scalar is, as far as its spelling goes."""

    TEXT = auto()
    EXPRESSION = auto()
    MONEY = auto()
    PERCENT = auto()
    QUANTITY = auto()
    STAGE = auto()
    WINDOW = auto()


def role_at(path: Path) -> Role:
    """What the scalar at a place is."""
    if "attributes" in path:
        return Role.TEXT
    match path:
        case ("define", _) | ("promotions", _, "when") | ("promotions", _, "when", "*"):
            return Role.EXPRESSION
        case ("promotions", _, _, *_, "on" | "if"):
            return Role.EXPRESSION
        case ("promotions", _, "stage"):
            return Role.STAGE
        case ("promotions", _, _, *_, key) if key in PERCENT_KEYS:
            return Role.PERCENT
        case ("promotions", _, *_, key) if key in WINDOW_KEYS:
            return Role.WINDOW
        case (section, _, "when") | (section, _, "when", "*") if section in RULES:
            return Role.EXPRESSION
        case (section, _, *_, "on" | "if") if section in RULES:
            return Role.EXPRESSION
        case (section, _, "active") if section == "programs" or section in RULES:
            return Role.WINDOW
        case (section, _, "when", _, *_) if section in RULES:
            return role_at(("promotions", *path[1:]))
        case (section, _, *_, key) if section == "programs" or section in RULES:
            return Role.QUANTITY if key in QUANTITY_KEYS else Role.TEXT
        case ("tests", _, "expect", held, _) if held in EARNED_KEYS:
            return Role.QUANTITY
        case ("tests", _, "facts", "members" | "rooms", _, key) if key in POINTS_KEYS:
            return Role.QUANTITY
        case ("tests", _, "cart", "redeem", *_, "points") | ("tests", _, "event", "points"):
            return Role.QUANTITY
        case ("tests", _, "expect", "redemptions", _, "points"):
            return Role.QUANTITY
        case ("tests", _, "expect", "lines" | "shipments", _, "allocations", _):
            return Role.MONEY
        case ("ruleset" | "promotions" | "tests", *_, key) if key in MONEY_KEYS:
            return Role.MONEY
        case _:
            return Role.TEXT


def spell_expression(text: str) -> str:
    """An expression as the printer writes it."""
    return print_expression(parse(text))


def spell_money(text: str) -> str | None:
    """An amount without decimals, or with two or more: `50 USD`, `12.50 USD`."""
    match = MONEY.fullmatch(text)
    millionths = scale_number(match[1], 6) if match else None
    if match is None or millionths is None:
        return None
    sign = "-" if millionths < 0 else ""
    return f"{sign}{format_scaled(abs(millionths), 6, 2)} {match[2]}"


def spell_percent(text: str) -> str:
    """A percentage without a blank and without zeros at its end: `12.5%`."""
    return f"{format_scaled(read_percent(text), 4)}%"


def spell_quantity(text: str) -> str | None:
    """Points, stamps, lengths, rates and whatever else a loyalty rule counts.

    >>> [spell_quantity(text) for text in ("0500.0", "1 points", "1.50 points  per 2.5 USD")]
    ['500', '1 point', '1.5 per 2.50 USD']
    """
    first, per, last = (part.strip() for part in text.partition(PER))
    if per:
        count, *_ = first.split(" ")
        return f"{spell_quantity(count) or first} per {spell_quantity(last) or last}"
    if MONEY.fullmatch(text):
        return spell_money(text)
    if PERCENT.fullmatch(text):
        return spell_percent(text)
    match = QUANTITY.fullmatch(text)
    millionths = scale_number(match[1], 6) if match else None
    if match is None or millionths is None:
        return None
    number = format_scaled(millionths, 6)
    unit = (match[2] or "").removesuffix("s")
    if not unit:
        return number
    if unit not in UNITS:
        return None
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def spell_stage(text: str) -> str | None:
    """A stage by its name."""
    names = {str(int(stage)): stage.name.lower() for stage in Stage}
    return names.get(text, text if text in names.values() else None)


def spell_window(text: str) -> str:
    """Two ends with nothing but dots between them."""
    (first, _), (last, _) = split_window(text)
    return f"{first}..{last}"


SPELLERS: dict[Role, Callable[[str], str | None]] = {
    Role.EXPRESSION: spell_expression,
    Role.MONEY: spell_money,
    Role.PERCENT: spell_percent,
    Role.QUANTITY: spell_quantity,
    Role.STAGE: spell_stage,
    Role.WINDOW: spell_window,
}


def spell(role: Role, text: str) -> str | None:
    """The one spelling of a value; None for a text that is not what its place asks for."""
    try:
        return SPELLERS[role](text) if role in SPELLERS else None
    except Mistake:
        return None
