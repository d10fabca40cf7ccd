"""A place in a rule file in, the order of the keys there out.

A place is a path of keys from the root of the file, with `*` for the items of a list:
`("promotions", "summer-20", "when", "*")`. Nothing here changes what a rule means.
"""

Path = tuple[str, ...]

SECTIONS = (
    "ruleset",
    "define",
    "stack_groups",
    "promotions",
    "programs",
    "earning_rules",
    "stamp_cards",
    "burning_rules",
    "campaigns",
    "tests",
)
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
PROGRAM = (
    "name",
    "description",
    "enabled",
    "active",
    "status",
    "timezone",
    "points",
    "redemption",
    "tiers",
    "earn_on",
    "redeeming_orders",
    "multipliers",
    "max_per_order",
    "resume_grace",
    "deficit",
    "refund_conditions",
)
# Inside a program, by the key that holds the mapping.
PROGRAM_PARTS = {
    "points": (
        "name",
        "symbol",
        "scale",
        "rounding",
        "expire_after",
        "expire_round",
        "expire_from",
        "sliding",
        "activate_after",
        "activate_on",
    ),
    "redemption": (
        "points",
        "value",
        "min_points",
        "max_points",
        "max_percent_of_cart",
        "max_per_line",
    ),
    "tiers": ("measure", "window", "qualify_at", "upgrade", "keep", "grace", "levels"),
}
LEVEL = ("from", "multiplier", "cashback")
# The keys of a loyalty rule by its section, and inside one by the key that holds the mapping.
RULES = {
    "earning_rules": (
        "name",
        "description",
        "enabled",
        "program",
        "event",
        "active",
        "exclusive",
        "priority",
        "stored_value",
        "min_order",
        "when",
        "award",
        "multiplied",
        "on_cap",
        "limits",
    ),
    "stamp_cards": ("name", "program", "size", "reward"),
    "burning_rules": (
        "name",
        "description",
        "enabled",
        "program",
        "cost",
        "active",
        "min_tier",
        "when",
        "reward",
        "on",
        "limits",
    ),
    "campaigns": (
        "name",
        "description",
        "enabled",
        "program",
        "active",
        "rules",
        "when",
        "multiply",
        "bonus",
        "on",
    ),
}
AWARD = ("referrer", "friend", "points", "cashback", "stamps", "step", "card", "on")
RULE_PARTS = {
    "award": AWARD,
    "referrer": AWARD,
    "friend": AWARD,
    "reward": (
        "product",
        "quantity",
        "gift_card",
        "provider",
        "coupon_pool",
        "cashback",
        "discount",
        "max_discount",
        "donation",
        "to",
        "expires_after",
    ),
    "limits": ("stock", "per_member", "per_order", "points"),
}
CASE = ("description", "cart", "event", "facts", "expect")
EXPECT = (
    "applied",
    "not_applied",
    "warnings",
    "applied_coupons",
    "rejected_coupons",
    "gifts",
    "lines",
    "shipments",
    "redemptions",
    "refused_redemptions",
    "state",
    "earned",
    "not_earned",
    "points",
    "cashback",
    "stamps",
    "payment_adjustment",
    "discount_total",
    "subtotal",
    "shipping_total",
    "tax_total",
    "grand_total",
)


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
        case ("programs", _):
            return PROGRAM
        case ("programs", _, "tiers", "levels", _):
            return LEVEL
        case ("programs", _, part):
            return PROGRAM_PARTS.get(part, ())
        case (section, _) if section in RULES:
            return RULES[section]
        case (section, _, *_, holder) if section in RULES:
            named = path[-2] if holder == "*" else holder
            return RULE_PARTS.get(named, PARTS.get(named, DETAIL))
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
