"""The kinds of value a rule can speak of, and the integer that stands for each one.

Nothing in a rule set is a binary float. Every value is one integer, text or a set of texts:

| kind     | integer unit                                             |
| -------- | -------------------------------------------------------- |
| money    | minor units of the rule set's currency                   |
| integer  | itself                                                   |
| decimal  | millionths (at most 6 decimals)                          |
| percent  | parts per million (20 % = 200,000; at most 4 decimals)   |
| date     | days since 1970-01-01                                    |
| time     | microseconds since midnight                              |
| datetime | microseconds since 1970-01-01T00:00:00Z                  |
| duration | microseconds                                             |
"""

from enum import IntEnum, StrEnum

PPM = 1_000_000  # one whole, in parts per million
DAY_US = 86_400_000_000  # microseconds of a day
AMOUNT_MAX = 10**12  # the largest single amount, in minor units
QUANTITY_MAX = 10**6


class Kind(StrEnum):
    """The type of an expression."""

    BOOL = "bool"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    STRING = "string"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DURATION = "duration"
    SET = "set"


class Rounding(StrEnum):
    """How the one division of an amount is rounded."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


class Stage(IntEnum):
    """The four stages, in the order in which they run."""

    CART = 100
    ORDER = 200
    SHIPPING = 300
    PAYMENT = 400


class Basis(StrEnum):
    """What amounts are computed from: the stage's entry state, or the state now."""

    ADDITIVE = "additive"
    COMPOUND = "compound"


class Mode(StrEnum):
    """How a promotion stands to all the others."""

    STACKABLE = "stackable"
    EXCLUSIVE = "exclusive"
    LAST = "last"
    ALWAYS = "always"


class Scope(StrEnum):
    """How far an exclusive promotion reaches."""

    CART = "cart"
    STAGE = "stage"


class Policy(StrEnum):
    """Who wins inside a stack group."""

    PRIORITY = "priority"
    BEST = "best"
    ALL = "all"


class Pick(StrEnum):
    """Which units are taken first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class Per(StrEnum):
    """What a fixed amount is counted by."""

    LINE = "line"
    UNIT = "unit"
    TARGET = "target"


class Measure(StrEnum):
    """Whether volume tiers look at all target lines together or at each line."""

    TOTAL = "total"
    LINE = "line"


class Threshold(StrEnum):
    """What volume tiers count."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


# Loyalty.


class AwardKind(StrEnum):
    """What an earning rule gives, each counted by itself: points, money, or stamps on a card."""

    POINTS = "points"
    CASHBACK = "cashback"
    STAMPS = "stamps"


class AwardForm(StrEnum):
    """How an earning rule counts what it gives."""

    RATE = "rate"  # so much per so much money, in proportion
    STEPS = "steps"  # so much per whole step of money, all lines together
    PER_UNIT = "per_unit"
    FIXED = "fixed"
    EVENT = "event"  # as many points as the event says
    TIER = "tier"  # the cashback of the member's tier


class RewardKind(StrEnum):
    """What a burning rule gives."""

    PRODUCT = "product"
    GIFT_CARD = "gift_card"
    COUPON = "coupon"
    CASHBACK = "cashback"
    DISCOUNT = "discount"
    PERCENT = "percent"
    DONATION = "donation"


class EarnOn(StrEnum):
    """What points are earned on: what is paid for a line, or its list price."""

    NET = "net"
    GROSS = "gross"


class RedeemingOrders(StrEnum):
    """What an order earns in which a redemption was honoured."""

    NET = "net"
    FULL = "full"
    NONE = "none"


class Multipliers(StrEnum):
    """How the multipliers of one line go together."""

    MULTIPLY = "multiply"
    ADD = "add"
    MAX = "max"


class OnCap(StrEnum):
    """What becomes of an award above its limit."""

    CLIP = "clip"
    REJECT = "reject"


class CalendarPeriod(StrEnum):
    """A period of the calendar; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ExpireRound(StrEnum):
    """Up to the end of what the last day of a lot is moved; none is the exact instant."""

    NONE = "none"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ExpireFrom(StrEnum):
    """From when the life of a lot is counted."""

    ACTIVATION = "activation"
    EARN = "earn"


class TierMeasure(StrEnum):
    """What brings a member to a tier."""

    POINTS = "points"
    SPEND = "spend"


class QualifyAt(StrEnum):
    """From when an entry counts towards a tier."""

    ACTIVATION = "activation"
    EARN = "earn"


class Upgrade(StrEnum):
    """When a tier that was reached begins to count."""

    NEXT_ORDER = "next_order"
    THIS_ORDER = "this_order"
    NEXT_PERIOD = "next_period"


class Keep(StrEnum):
    """Until when a tier stays, where that is no length of time."""

    END_OF_PERIOD = "end_of_period"
    END_OF_NEXT_PERIOD = "end_of_next_period"
    FOREVER = "forever"


class Deficit(StrEnum):
    """What becomes of points to be taken back that are spent already."""

    CARRY = "carry"
    WRITE_OFF = "write_off"
    FORBID = "forbid"


class RefundConditions(StrEnum):
    """Whether conditions are asked again of what is kept after a refund."""

    RECHECK = "recheck"
    KEEP = "keep"
