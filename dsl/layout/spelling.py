"""A place in a rule file in, the order of its keys and the spelling of its values out.

A place is a path of keys from the root of the file, with `*` for the items of a list:
`("promotions", "summer-20", "when", "*")`. Nothing here changes what a rule means.
"""

from collections.abc import Callable
from enum import Enum, auto

from ..expression.literals import MONEY, format_scaled, read_percent, scale_number, split_window
from ..expression.mistake import Mistake
from ..expression.parser import parse
from ..expression.printer import print_expression
from ..kinds import Stage

Path = tuple[str, ...]

SECTIONS = ("ruleset", "define", "stack_groups", "promotions", "tests")
PROMOTION = (
    "name",
    "description",
    "enabled",
    "stage",
    "priority",
    "basis",
    "active",
    "coupon",
    "coupons",
    "coupon_pool",
    "enforcement",
    "when",
    "then",
    "stacking",
    "limits",
)
RULESET = (
    "dsl",
    "currency",
    "timezone",
    "rounding",
    "line_floor",
    "max_promotions",
    "basis",
    "attributes",
)
# Inside a promotion, by the key that holds the mapping; any other place there is in `DETAIL`.
PARTS = {
    "stacking": ("mode", "scope", "group", "excludes", "max_in_cart"),
    "limits": (
        "total",
        "per_customer",
        "per_account",
        "per_location",
        "per_group",
        "per_day",
        "max_discount",
    ),
    "buy": ("on", "quantity"),
    "get": ("on", "quantity", "percent_off"),
    "bundle": ("on", "quantity"),
    "gift": ("sku", "quantity"),
    "min_quantity": ("quantity", "on"),
}
DETAIL = (
    "if",
    "enforcement",
    "min_quantity",
    "min_amount",
    "buy",
    "get",
    "bundle",
    "volume",
    "gift",
    "free_shipping",
    "percent_off",
    "amount_off",
    "fixed_price",
    "price",
    "percent_surcharge",
    "amount_surcharge",
    "per",
    "measure",
    "on",
    "max_units",
    "repeat",
    "pick",
    "partial",
    "methods",
)
CASE = ("description", "cart", "facts", "expect")
EXPECT = (
    "applied",
    "not_applied",
    "warnings",
    "applied_coupons",
    "rejected_coupons",
    "gifts",
    "lines",
    "shipments",
    "payment_adjustment",
    "discount_total",
    "subtotal",
    "shipping_total",
    "tax_total",
    "grand_total",
)
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
PERCENT_KEYS = frozenset({"percent_off", "percent_surcharge"})
WINDOW_KEYS = frozenset({"active", "dates", "hours"})


class Role(Enum):
    """What a scalar is, as far as its spelling goes."""

    TEXT = auto()
    EXPRESSION = auto()
    MONEY = auto()
    PERCENT = auto()
    STAGE = auto()
    WINDOW = auto()


def order_at(path: Path) -> tuple[str, ...]:
    """The order of the keys of the mapping at a place; empty where authors choose it."""
    match path:
        case ():
            return SECTIONS
        case ("ruleset",):
            return RULESET
        case ("ruleset", "attributes", _):
            return ("type", "default")
        case ("stack_groups", _):
            return ("policy", "scope")
        case ("promotions", _):
            return PROMOTION
        case ("promotions", _, *_, holder):
            named = path[-2] if holder == "*" else holder
            return PARTS.get(named, DETAIL)
        case ("tests", _):
            return CASE
        case ("tests", _, "expect"):
            return EXPECT
        case _:
            return ()


def rank(path: Path, key: str) -> int:
    """Where a key goes in the mapping at a place; keys of the same rank keep their order."""
    order = order_at(path)
    return order.index(key) if key in order else len(order)


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
    Role.STAGE: spell_stage,
    Role.WINDOW: spell_window,
}


def spell(role: Role, text: str) -> str | None:
    """The one spelling of a value; None for a text that is not what its place asks for."""
    try:
        return SPELLERS[role](text) if role in SPELLERS else None
    except Mistake:
        return None
