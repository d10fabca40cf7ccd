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
