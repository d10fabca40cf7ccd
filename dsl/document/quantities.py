"""The values of loyalty sections in, their points, ratios, lengths and limits out.

They are read by the terms of one program: its points' decimals and its clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import PlainValidator, ValidationInfo

from ..expression.lengths import read_length, read_quota, read_tier_window
from ..expression.literals import MONEY, LiteralError, read_integer, read_money, refusal
from ..expression.portions import (
    Coins,
    Portion,
    read_cashback_award,
    read_multiplier,
    read_points,
    read_points_award,
    read_stamps_award,
)
from ..kinds import CalendarPeriod, Deficit, Keep, TierMeasure
from ..loyalty import Duration, Quota, Ratio
from ..problems import did_you_mean
from ..tree.nodes import Mapping, Node, Scalar
from .shape import (
    BY_TEXT,
    COUNT_MAX,
    Refused,
    Terms,
    choice_of,
    keys_help,
    list_words,
    read_amount,
    read_share,
    scalar_of,
    words_of,
)

T = TypeVar("T")
read_plain_deficit = choice_of("value of `deficit`", words_of(Deficit))


@dataclass(frozen=True, slots=True)
class LoyaltyTerms(Terms):
    """What the values of one program, and of the rules in it, are read by."""

    scale: int | None = 0  # decimals of its points; None: nobody knows
    measure: TierMeasure | None = TierMeasure.POINTS  # of its tiers; None: nobody knows

    @property
    def coins(self) -> Coins:
        """What amounts in rates are read by."""
        return Coins(self.currency, self.exponent)


def loyalty_terms_of(info: ValidationInfo) -> LoyaltyTerms:
    """The terms that a shape of a loyalty section is validated with."""
    terms = info.context
    assert isinstance(terms, LoyaltyTerms)
    return terms


def read_inner(node: Node, read: Callable[[Scalar], T]) -> T:
    """A single value inside another; what is wrong with it is told at its own place."""
    scalar = scalar_of(node)
    try:
        return read(scalar)
    except LiteralError as error:
        span = scalar.span_of(error.start, error.end)
        raise Refused(error.code, span, help=error.help, **error.words) from None


def read_points_value(node: object, info: ValidationInfo) -> int:
    """Points, also none."""
    return read_points(scalar_of(node).text, loyalty_terms_of(info).scale)


def read_some_points(node: object, info: ValidationInfo) -> int:
    """Points, at least the smallest unit."""
    return read_points(scalar_of(node).text, loyalty_terms_of(info).scale, 1)


def read_qualifying(node: object, info: ValidationInfo) -> int:
    """What counts towards a tier: points, or money spent."""
    terms = loyalty_terms_of(info)
    text = scalar_of(node).text
    is_doubtful = terms.measure is None and MONEY.fullmatch(text) is not None
    if is_doubtful or terms.measure is TierMeasure.SPEND:
        return read_money(text, terms.currency, terms.exponent)
    return read_points(text, terms.scale)


def read_some_amount(node: object, info: ValidationInfo) -> int:
    """An amount of money that is not 0."""
    return require_some(read_amount(node, info), node)


def read_some_share(node: object) -> int:
    """A percentage that is not 0."""
    return require_some(read_share(node), node)


def require_some(value: int, node: object) -> int:
    """The value; raises `LiteralError` for 0."""
    if not value:
        raise refusal("R187", scalar_of(node).text)
    return value


def read_points_given(node: object, info: ValidationInfo) -> Portion:
    """What `points` of an award gives."""
    terms = loyalty_terms_of(info)
    return read_points_award(scalar_of(node).text, terms.scale, terms.coins)


def read_cashback_given(node: object, info: ValidationInfo) -> Portion:
    """What `cashback` of an award gives."""
    return read_cashback_award(scalar_of(node).text, loyalty_terms_of(info).coins)


def read_stamps_given(node: object, info: ValidationInfo) -> Portion:
    """What `stamps` of an award gives."""
    return read_stamps_award(scalar_of(node).text, loyalty_terms_of(info).coins)


def read_multiplier_value(node: object) -> Ratio:
    """A multiplier."""
    return read_multiplier(scalar_of(node).text)


def read_length_value(node: object) -> Duration:
    """A length of time on the calendar."""
    return read_length(scalar_of(node).text)


def read_times(node: object) -> Quota:
    """How often, maybe within a period."""
    return read_quota(scalar_of(node).text, lambda text: read_integer(text, 0, COUNT_MAX))


def read_points_quota(node: object, info: ValidationInfo) -> Quota:
    """How many points, maybe within a period."""
    scale = loyalty_terms_of(info).scale
    return read_quota(scalar_of(node).text, lambda text: read_points(text, scale))


def read_window_value(node: object) -> Duration | CalendarPeriod | None:
    """The window of tiers; None is all time."""
    return read_tier_window(scalar_of(node).text)


def read_keep(node: object) -> Duration | Keep:
    """How long a tier stays: a length, or a word."""
    text = scalar_of(node).text
    words = words_of(Keep)
    if text in words:
        return words[text]
    if text[:1].isdigit():
        return read_length(text)
    help = did_you_mean(text, words) or f"{list_words(list(words))}, or a length like `30 days`"
    raise Refused("R206", text=text, noun="value of `keep`", help=help)


def read_deficit(node: object, info: ValidationInfo) -> tuple[Deficit, int | None]:
    """What becomes of points that cannot be taken back, and how many are carried at most."""
    if not isinstance(node, Mapping):
        return read_plain_deficit(node), None
    known = Deficit.CARRY.value
    for name, key in node.keys.items():
        if name != known:
            help = keys_help(name, [known])
            raise Refused("R203", key.span, key=name, owner="`deficit`", help=help)
    if known not in node.values:
        raise Refused("R204", node.span, owner="`deficit`", key=known)
    scale = loyalty_terms_of(info).scale
    return Deficit.CARRY, read_inner(
        node.values[known], lambda scalar: read_points(scalar.text, scale)
    )


BY_TEXT.update(
    (
        *(read_points_value, read_some_points, read_qualifying, read_some_amount, read_some_share),
        *(read_points_given, read_cashback_given, read_stamps_given, read_multiplier_value),
        *(read_length_value, read_times, read_points_quota, read_window_value, read_keep),
    )
)

Points = Annotated[int, PlainValidator(read_points_value)]
Qualifying = Annotated[int, PlainValidator(read_qualifying)]
SomePoints = Annotated[int, PlainValidator(read_some_points)]
SomeAmount = Annotated[int, PlainValidator(read_some_amount)]
SomePercent = Annotated[int, PlainValidator(read_some_share)]
PointsGiven = Annotated[Portion, PlainValidator(read_points_given)]
CashbackGiven = Annotated[Portion, PlainValidator(read_cashback_given)]
StampsGiven = Annotated[Portion, PlainValidator(read_stamps_given)]
Multiplier = Annotated[Ratio, PlainValidator(read_multiplier_value)]
Length = Annotated[Duration, PlainValidator(read_length_value)]
Times = Annotated[Quota, PlainValidator(read_times)]
PointsQuota = Annotated[Quota, PlainValidator(read_points_quota)]
TierWindow = Annotated[Duration | CalendarPeriod | None, PlainValidator(read_window_value)]
KeepFor = Annotated[Duration | Keep, PlainValidator(read_keep)]
DeficitTerms = Annotated[tuple[Deficit, int | None], PlainValidator(read_deficit)]
