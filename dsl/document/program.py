"""One entry of `programs` in, a checked program out."""

from contextlib import suppress
from itertools import pairwise
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainValidator

from ..expression.portions import SCALE_MAX
from ..kinds import (
    CalendarPeriod,
    Deficit,
    EarnOn,
    ExpireFrom,
    ExpireRound,
    Keep,
    Multipliers,
    QualifyAt,
    RedeemingOrders,
    RefundConditions,
    Rounding,
    TierMeasure,
    Upgrade,
)
from ..loyalty import (
    ONE,
    Duration,
    Level,
    PointsCurrency,
    Program,
    RedemptionTerms,
    Tiers,
)
from ..problems import Problems
from ..ruleset import Window
from ..tree.nodes import Mapping, Node, Scalar, text_at
from .diagnosis import read_shape
from .document import of_words, read_zone
from .quantities import (
    DeficitTerms,
    KeepFor,
    Length,
    LoyaltyTerms,
    Multiplier,
    Points,
    Qualifying,
    SomeAmount,
    SomePercent,
    SomePoints,
    TierWindow,
)
from .sections import NAME, NAME_HELP, Entry
from .shape import (
    Active,
    Bool,
    Percent,
    Refused,
    Shape,
    Terms,
    Text,
    Word,
    choice_of,
    read_integer,
    read_mapping,
    scalar_of,
    words_of,
)

SCALES = [str(scale) for scale in range(SCALE_MAX + 1)]
IMMEDIATELY = Duration()


def read_scale(node: object) -> int:
    """How many decimals points have."""
    return read_integer(scalar_of(node).text, 0, SCALE_MAX)


def list_levels(node: object) -> dict[str, Node]:
    """The levels of `tiers` by their names, at least one."""
    levels = read_mapping(node)
    for name, key in levels.keys.items():
        if not NAME.fullmatch(name):
            raise Refused("R208", key.span, name=name, help=NAME_HELP)
    if not levels.keys and not levels.lost:
        raise Refused("R214", help="write a level, as `silver: {from: 1000}`")
    return levels.values


class PointsShape(Shape):
    """The points of a program."""

    noun: ClassVar[str] = "`points`"
    sample: ClassVar[str] = "points: {name: Stars, expire_after: 12 months}"

    name: Text = "points"
    symbol: Text = ""
    scale: Annotated[int, PlainValidator(read_scale)] = 0
    rounding: Annotated[Rounding, of_words("value of `rounding`", Rounding)] = Rounding.DOWN
    expire_after: Length | None = None
    expire_round: (
        Annotated[ExpireRound, of_words("value of `expire_round`", ExpireRound)] | None
    ) = None
    expire_from: Annotated[ExpireFrom, of_words("value of `expire_from`", ExpireFrom)] | None = None
    sliding: Bool | None = None
    activate_after: Length | None = None
    activate_on: Word | None = None


class RedemptionShape(Shape):
    """How points pay in a cart."""

    noun: ClassVar[str] = "`redemption`"
    sample: ClassVar[str] = "redemption: {points: 100, value: 1 USD}"

    points: SomePoints
    value: SomeAmount
    min_points: Points | None = None
    max_points: Points | None = None
    max_percent_of_cart: SomePercent | None = None
    max_per_line: SomeAmount | None = None


class LevelShape(Shape):
    """One level of `tiers`."""

    noun: ClassVar[str] = "a tier"
    sample: ClassVar[str] = "silver: {from: 1000}"

    start: Qualifying = Field(alias="from")
    multiplier: Multiplier = ONE
    cashback: Percent = 0


class TiersShape(Shape):
    """The tiers of a program."""

    noun: ClassVar[str] = "`tiers`"
    sample: ClassVar[str] = "tiers: {levels: {silver: {from: 1000}}}"

    measure: Annotated[TierMeasure, of_words("value of `measure`", TierMeasure)] = (
        TierMeasure.POINTS
    )
    window: TierWindow = None
    qualify_at: Annotated[QualifyAt, of_words("value of `qualify_at`", QualifyAt)] = (
        QualifyAt.ACTIVATION
    )
    upgrade: Annotated[Upgrade, of_words("value of `upgrade`", Upgrade)] = Upgrade.NEXT_ORDER
    keep: KeepFor | None = None
    grace: Length = Duration()
    levels: Annotated[dict[str, LevelShape], BeforeValidator(list_levels)]


class ProgramShape(Shape):
    """One entry of `programs`."""

    noun: ClassVar[str] = "a program"

    name: Text = ""
    description: Text = ""
    enabled: Bool = True
    active: Active = Window()
    status: Annotated[
        bool, PlainValidator(choice_of("status", {"active": False, "paused": True}))
    ] = False
    timezone: Annotated[ZoneInfo, PlainValidator(read_zone)] | None = None
    points: PointsShape | None = None
    redemption: RedemptionShape | None = None
    tiers: TiersShape | None = None
    earn_on: Annotated[EarnOn, of_words("value of `earn_on`", EarnOn)] = EarnOn.NET
    redeeming_orders: Annotated[
        RedeemingOrders, of_words("value of `redeeming_orders`", RedeemingOrders)
    ] = RedeemingOrders.NET
    multipliers: Annotated[Multipliers, of_words("value of `multipliers`", Multipliers)] = (
        Multipliers.MULTIPLY
    )
    max_per_order: Points | None = None
    resume_grace: Length = Duration(days=30)
    deficit: DeficitTerms = (Deficit.CARRY, None)
    refund_conditions: Annotated[
        RefundConditions, of_words("value of `refund_conditions`", RefundConditions)
    ] = RefundConditions.RECHECK


def terms_of_program(node: Node, terms: Terms) -> LoyaltyTerms:
    """What the values of a program and its rules are read by, as far as it says so itself."""
    scale: int | None = 0
    zone = terms.zone
    measure: TierMeasure | None = TierMeasure.POINTS
    if isinstance(node, Mapping):
        points, written = node.get("points"), node.get("timezone")
        if isinstance(points, Mapping):
            decimals = points.get("scale")
            if isinstance(decimals, Scalar):
                scale = int(decimals.text) if decimals.text in SCALES else None
        if isinstance(written, Scalar):
            with suppress(Refused):  # the shape of the program reports it
                zone = read_zone(written)
        tiers = node.get("tiers")
        if isinstance(tiers, Mapping) and "measure" in tiers.keys:
            words = words_of(TierMeasure)
            measure = words.get(text_at(tiers, "measure"))
    return LoyaltyTerms(terms.currency, terms.exponent, zone, scale, measure)


class ProgramBuilder:
    """Builds the programs of one rule set."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def build(self, entry: Entry, terms: LoyaltyTerms) -> Program | None:
        """The program of an entry; None when problems were added instead."""
        shape = read_shape(ProgramShape, entry.key, entry.node, terms, self.problems)
        if shape is None:
            return None
        tiers = None if shape.tiers is None else self.build_tiers(shape.tiers)
        return Program(
            id=entry.key.text,
            name=shape.name,
            description=shape.description,
            is_enabled=shape.enabled,
            window=shape.active,
            is_paused=shape.status,
            timezone=terms.zone.key,
            points=self.build_points(shape.points),
            redemption=self.build_redemption(shape.redemption),
            tiers=tiers,
            earn_on=shape.earn_on,
            redeeming_orders=shape.redeeming_orders,
            multipliers=shape.multipliers,
            max_per_order=shape.max_per_order,
            resume_grace=shape.resume_grace,
            deficit=shape.deficit[0],
            deficit_max=shape.deficit[1],
            refund_conditions=shape.refund_conditions,
        )

    def build_points(self, shape: PointsShape | None) -> PointsCurrency:
        """The points of a program. To be activated after 0 days is to be active at once."""
        if shape is None:
            return PointsCurrency()
        if shape.expire_after is None:
            for name in ("expire_round", "expire_from", "sliding"):
                if name in shape.node.keys:
                    words = {"key": name, "action": "points that never expire"}
                    help = "write `expire_after` as well, or delete it"
                    self.problems.add("R304", shape.node.keys[name].span, help=help, **words)
        return PointsCurrency(
            name=shape.name,
            symbol=shape.symbol,
            scale=shape.scale,
            rounding=shape.rounding,
            expire_after=shape.expire_after,
            expire_round=shape.expire_round or ExpireRound.DAY,
            expire_from=shape.expire_from or ExpireFrom.ACTIVATION,
            is_sliding=shape.sliding or False,
            activate_after=None if shape.activate_after == IMMEDIATELY else shape.activate_after,
            activate_on=shape.activate_on,
        )

    def build_redemption(self, shape: RedemptionShape | None) -> RedemptionTerms | None:
        """How points pay in a cart, if they can."""
        if shape is None:
            return None
        return RedemptionTerms(
            points=shape.points,
            value_minor=shape.value,
            min_points=shape.min_points,
            max_points=shape.max_points,
            max_percent_ppm=shape.max_percent_of_cart,
            max_per_line_minor=shape.max_per_line,
        )

    def build_tiers(self, shape: TiersShape) -> Tiers:
        """The tiers of a program, lowest first, in whatever order they are written."""
        levels = (
            Level(name, level.start, level.multiplier, level.cashback)
            for name, level in shape.levels.items()
        )
        built = sorted(levels, key=order_of)
        for lower, upper in pairwise(built):
            if lower.threshold == upper.threshold:
                node = shape.levels[upper.id].node
                words = {"first": lower.id, "second": upper.id}
                help = "each level begins above the one before it"
                self.problems.add("R323", node.values["from"].span, help=help, **words)
        keep = shape.keep
        if keep is None:
            is_calendar = isinstance(shape.window, CalendarPeriod)
            keep = Keep.END_OF_PERIOD if is_calendar else Duration()
        return Tiers(
            levels=tuple(built),
            window=shape.window,
            measure=shape.measure,
            qualify_at=shape.qualify_at,
            upgrade=shape.upgrade,
            keep=keep,
            grace=shape.grace,
        )


def order_of(level: Level) -> tuple[int, str]:
    """The place of a level among the others."""
    return level.threshold, level.id
