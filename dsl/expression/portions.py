"""How much a loyalty rule gives or takes, as text, in; points, rates and multipliers out.

Points are counted in the smallest unit of their program, whose `scale` says how many decimals they
have; None is a scale that nobody knows, which is a problem already: then any will do.
"""

import re
from dataclasses import dataclass
from math import gcd

from ..kinds import PPM, QUANTITY_MAX, AwardForm
from ..loyalty import NO_RATIO, Ratio
from .literals import (
    NUMBER,
    PERCENT,
    read_decimal,
    read_integer,
    read_money,
    read_percent,
    refusal,
    scale_number,
)
from .mistake import LiteralError

POINTS_MAX = 10**12  # smallest units
STAMPS_MAX = 10**12
RATE_MAX = 10**9  # LIMIT: points per so much money, so that rates are ratios of 64 bits
MULTIPLIER_MAX = 1000
SCALE_MAX = 4
DECIMALS_MAX = 6

POINTS = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?: +points?)?")
RATE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?: +(?:points?|stamps?))? +per +(\S.*)")
STAMPS = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?: +stamps?)?")
UNIT = "unit"
EVENT_POINTS = "event.points"
TIER = "tier"


@dataclass(frozen=True, slots=True)
class Portion:
    """How an award is counted: `quantity` once, per unit or per so much money."""

    form: AwardForm
    quantity: Ratio = NO_RATIO
    per_minor: int = 1


@dataclass(frozen=True, slots=True)
class Coins:
    """What amounts in a rate are read by."""

    currency: str
    exponent: int


def ratio_of(numerator: int, denominator: int = 1) -> Ratio:
    """A fraction in lowest terms."""
    divisor = gcd(numerator, denominator)
    return Ratio(numerator // divisor, denominator // divisor)


def read_points(text: str, scale: int | None, low: int = 0) -> int:
    """Points like `500 points` or `500`, in smallest units, from `low` smallest units on."""
    match = POINTS.fullmatch(text)
    if match is None:
        raise refusal("R183", text, "points are written like `500 points`")
    decimals = SCALE_MAX if scale is None else scale
    points = scale_number(match[1], decimals)
    if points is None:
        shown = f"{decimals} decimal{'' if decimals == 1 else 's'}" if decimals else "no decimals"
        help = f"they have {shown}: `points: {{scale: {decimals}}}` of the program says so"
        raise LiteralError("R184", 0, match.end(1), help=help, text=match[1][:60])
    if points == 0 and low:
        raise refusal("R187", text)
    if not low <= points <= POINTS_MAX:
        raise refusal("R130", text, low=0, high=POINTS_MAX // 10**decimals)
    return points


def read_points_award(text: str, scale: int | None, coins: Coins) -> Portion:
    """Points once, per unit, per so much money, or as many as an event says."""
    if text == EVENT_POINTS:
        return Portion(AwardForm.EVENT)
    match = RATE.fullmatch(text)
    if match is None:
        if POINTS.fullmatch(text) is None:
            code = coins.currency or "USD"
            help = f"write `500 points`, `1 per 1 {code}`, `1 per unit` or `{EVENT_POINTS}`"
            raise refusal("R185", text, help)
        return Portion(AwardForm.FIXED, Ratio(read_points(text, scale, 1)))
    quantity = read_ratio(match[1], RATE_MAX)
    units = ratio_of(quantity.numerator * 10 ** (scale or 0), quantity.denominator)
    if match[2] == UNIT:
        return Portion(AwardForm.PER_UNIT, units)
    return Portion(AwardForm.RATE, units, read_base(match[2], match.start(2), coins))


def read_stamps_award(text: str, coins: Coins) -> Portion:
    """Whole stamps: once, per unit, or per so much money."""
    match = RATE.fullmatch(text)
    found = match or STAMPS.fullmatch(text)
    if found is None:
        help = f"write `1`, `1 per unit` or `1 per 10 {coins.currency or 'USD'}`"
        raise refusal("R185", text, help)
    count = read_integer(found[1], 0, QUANTITY_MAX)
    if not count:
        raise LiteralError("R187", 0, found.end(1), help="", text=found[1])
    if match is None:
        return Portion(AwardForm.FIXED, Ratio(count))
    if match[2] == UNIT:
        return Portion(AwardForm.PER_UNIT, Ratio(count))
    return Portion(AwardForm.STEPS, Ratio(count), read_base(match[2], match.start(2), coins))


def read_stamps(text: str) -> int:
    """Stamps like `2 stamps` or `2`."""
    match = STAMPS.fullmatch(text)
    return read_integer(match[1] if match else text, 0, STAMPS_MAX)


def read_base(text: str, start: int, coins: Coins) -> int:
    """The money that a rate counts by, which stands at `start` of its text, in minor units."""
    currency = coins.currency or "USD"
    if text == currency:
        help = f"say how much: `1 {currency}`"
        raise refusal("R120", text, help).moved(start)
    try:
        base_minor = read_money(text, coins.currency, coins.exponent)
    except LiteralError as error:
        raise error.moved(start) from None
    if not base_minor:
        raise refusal("R187", text).moved(start)
    return base_minor


def read_cashback_award(text: str, coins: Coins) -> Portion:
    """A percentage, an amount, or what the member's tier gives."""
    if text == TIER:
        return Portion(AwardForm.TIER)
    if PERCENT.fullmatch(text):
        ppm = read_percent(text)
        portion = Portion(AwardForm.RATE, ratio_of(ppm, PPM))
    elif NUMBER.match(text):
        portion = Portion(AwardForm.FIXED, Ratio(read_money(text, coins.currency, coins.exponent)))
    else:
        help = f"write `3%`, `5 {coins.currency or 'USD'}` or `{TIER}`"
        raise refusal("R185", text, help)
    if portion.quantity == NO_RATIO:
        raise refusal("R187", text)
    return portion


def read_ratio(text: str, maximum: int) -> Ratio:
    """A positive number with at most 6 decimals, exactly; at most `maximum`."""
    millionths = read_decimal(text)
    if not millionths:
        raise refusal("R187", text)
    if not 0 < millionths <= maximum * PPM:
        raise refusal("R130", text, low=0, high=maximum)
    return ratio_of(millionths, PPM)


def read_multiplier(text: str) -> Ratio:
    """A multiplier like `1.5` or `2`."""
    return read_ratio(text, MULTIPLIER_MAX)
