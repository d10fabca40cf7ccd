"""The checked loyalty rules: programs, what earns, what is taken for points, campaigns, cards.

Points are counted in the smallest unit of their program (`scale` decimals), money in minor units of
the rule set's currency, percentages in parts per million, multipliers and rates as exact ratios.
All names are resolved: a rule's `program` is in `Loyalty.programs`, the `rules` of a campaign are
earning rules of its program, a card's `reward` is a burning rule, `min_tier` a level.
"""

from dataclasses import dataclass

from .formula import ALWAYS, Formula
from .kinds import (
    AwardForm,
    AwardKind,
    CalendarPeriod,
    Deficit,
    EarnOn,
    ExpireFrom,
    ExpireRound,
    Keep,
    Multipliers,
    OnCap,
    QualifyAt,
    RedeemingOrders,
    RefundConditions,
    RewardKind,
    Rounding,
    TierMeasure,
    Upgrade,
)
from .rule import OPEN, Condition, Window


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact fraction in lowest terms; the denominator is positive."""

    numerator: int
    denominator: int = 1


ONE = Ratio(1)
NO_RATIO = Ratio(0)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time on the calendar: first whole months, clamped to the month, then days."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many in a period; None is for ever."""

    count: int
    period: CalendarPeriod | Duration | None = None


@dataclass(frozen=True, slots=True)
class PointsCurrency:
    """What a program's points are called, how they are rounded, and how long they live."""

    name: str = "points"
    symbol: str = ""
    scale: int = 0  # decimals, 0 to 4
    rounding: Rounding = Rounding.DOWN
    expire_after: Duration | None = None  # None: never
    expire_round: ExpireRound = ExpireRound.DAY
    expire_from: ExpireFrom = ExpireFrom.ACTIVATION
    is_sliding: bool = False
    activate_after: Duration | None = None  # None: at once
    activate_on: str | None = None  # the order state that activates them


@dataclass(frozen=True, slots=True)
class RedemptionTerms:
    """Points for money off a cart: steps of `points` for `value_minor`, never split."""

    points: int
    value_minor: int
    min_points: int | None = None
    max_points: int | None = None
    max_percent_ppm: int | None = None  # of the line nets after stage order
    max_per_line_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A tier, held from `threshold` on (smallest units of points, or minor units of spend)."""

    id: str
    threshold: int
    multiplier: Ratio = ONE
    cashback_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tiers of a program, thresholds strictly rising."""

    levels: tuple[Level, ...]
    window: Duration | CalendarPeriod | None = None  # None: lifetime
    measure: TierMeasure = TierMeasure.POINTS
    qualify_at: QualifyAt = QualifyAt.ACTIVATION
    upgrade: Upgrade = Upgrade.NEXT_ORDER
    keep: Duration | Keep = Duration()  # resolved: calendar windows have END_OF_PERIOD by default
    grace: Duration = Duration()


@dataclass(frozen=True, slots=True)
class Program:
    """A loyalty program: a points currency and its terms."""

    id: str
    name: str = ""
    description: str = ""
    is_enabled: bool = True
    window: Window = OPEN
    is_paused: bool = False
    timezone: str = "UTC"  # resolved: the program's own, else the rule set's
    points: PointsCurrency = PointsCurrency()
    redemption: RedemptionTerms | None = None
    tiers: Tiers | None = None
    earn_on: EarnOn = EarnOn.NET
    redeeming_orders: RedeemingOrders = RedeemingOrders.NET
    multipliers: Multipliers = Multipliers.MULTIPLY
    max_per_order: int | None = None  # points
    resume_grace: Duration = Duration(days=30)
    deficit: Deficit = Deficit.CARRY
    deficit_max: int | None = None  # points; only with CARRY
    refund_conditions: RefundConditions = RefundConditions.RECHECK


@dataclass(frozen=True, slots=True)
class Award:
    """What an earning rule gives for the lines of `on`.

    RATE and STEPS give `quantity` per `per_minor` of base, PER_UNIT gives it per unit, FIXED once;
    EVENT and TIER have none. A percentage of cashback is a RATE per 1 minor unit.
    """

    kind: AwardKind
    form: AwardForm
    quantity: Ratio = NO_RATIO  # smallest units of points, minor units, or stamps
    per_minor: int = 1
    on: Formula = ALWAYS
    card: str | None = None  # only with stamps


@dataclass(frozen=True, slots=True)
class EarningRule:
    """One earning rule. For referrals `award` is the referrer's, `friend_award` the friend's."""

    id: str
    program: str
    event: str  # purchase, signup, birthday, referral, check-in, evidence.approved, external.*
    award: Award | None
    friend_award: Award | None = None
    name: str = ""
    description: str = ""
    is_enabled: bool = True
    window: Window = OPEN
    conditions: tuple[Condition, ...] = ()
    priority: int = 100
    is_exclusive: bool = False
    is_multiplied: bool = False  # whether multipliers touch what is not a rate
    is_stored_value: bool = False  # sees stored-value lines, and no others
    on_cap: OnCap = OnCap.CLIP
    per_member: Quota | None = None  # awards
    points_quota: Quota | None = None  # smallest units of points
    min_order_minor: int = 0  # only with referrals


@dataclass(frozen=True, slots=True)
class Reward:
    """What a burning rule gives."""

    kind: RewardKind
    sku: str | None = None  # PRODUCT
    quantity: int = 1
    amount_minor: int = 0  # GIFT_CARD, CASHBACK, DISCOUNT, DONATION
    percent_ppm: int = 0  # PERCENT
    max_discount_minor: int | None = None  # PERCENT
    pool: str | None = None  # COUPON
    provider: str | None = None
    to: str | None = None  # DONATION
    expires_after: Duration | None = None


@dataclass(frozen=True, slots=True)
class BurningRule:
    """One burning rule. Without a cost it is only issued, for a full card."""

    id: str
    program: str
    reward: Reward
    cost: int | None = None  # smallest units of points
    name: str = ""
    description: str = ""
    is_enabled: bool = True
    window: Window = OPEN
    conditions: tuple[Condition, ...] = ()
    on: Formula = ALWAYS
    min_tier: str | None = None
    stock: int | None = None
    per_member: Quota | None = None
    per_order: int | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A layer over earning rules: a multiplier of their lines, or a bonus once an order."""

    id: str
    program: str
    rules: tuple[str, ...] | None = None  # sorted; None: every earning rule of the program
    name: str = ""
    description: str = ""
    is_enabled: bool = True
    window: Window = OPEN
    conditions: tuple[Condition, ...] = ()
    multiply: Ratio | None = None  # one of the two
    bonus: int | None = None  # smallest units of points
    on: Formula = ALWAYS  # which lines `multiply` touches


@dataclass(frozen=True, slots=True)
class StampCard:
    """A card that is full with `size` stamps, and then issues `reward`."""

    id: str
    program: str
    size: int
    reward: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Loyalty:
    """All loyalty rules. Earning rules by (priority, id), all others by id."""

    programs: tuple[Program, ...] = ()
    earning_rules: tuple[EarningRule, ...] = ()
    burning_rules: tuple[BurningRule, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    stamp_cards: tuple[StampCard, ...] = ()


NO_LOYALTY = Loyalty()
