"""Random loyalty rules: every form, reward, policy, cap and window, in a few programs."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tallystick.dsl.formula import (
    ALWAYS,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Number,
    Same,
    StartsWith,
    Term,
)
from tallystick.dsl.kinds import (
    AwardForm,
    AwardKind,
    CalendarPeriod,
    EarnOn,
    Kind,
    Multipliers,
    OnCap,
    RedeemingOrders,
    RewardKind,
    Rounding,
    Stage,
    TierMeasure,
    Upgrade,
)
from tallystick.dsl.loyalty import (
    Award,
    BurningRule,
    Campaign,
    EarningRule,
    Level,
    Loyalty,
    PointsCurrency,
    Program,
    Quota,
    Ratio,
    RedemptionTerms,
    Reward,
    StampCard,
    Tiers,
)
from tallystick.dsl.rule import OPEN, Condition, Window
from tallystick.dsl.ruleset import (
    Attribute,
    OrderAmount,
    PercentOff,
    Promotion,
    Ruleset,
    ShippingPercent,
)

from .formulas import cart_formulas, comparisons, line_formulas, nested
from .rulesets import ATTRIBUTES, INSTANT, rulesets
from .vocabulary import (
    BURNING_IDS,
    CAMPAIGN_IDS,
    CARD_IDS,
    EARNING_IDS,
    EVENTS,
    LEVELS,
    PLACES,
    PROGRAM_IDS,
    SEGMENTS,
)

MEMBER_NUMBERS: SearchStrategy[Number] = st.sampled_from(
    [
        Term("member.points", Kind.DECIMAL),
        Term("member.lifetime_points", Kind.DECIMAL),
        Term("member.joined", Kind.DATE, 20_000),
        Term("event.amount", Kind.MONEY, 0),
        Term("event.points", Kind.DECIMAL, 1_000_000),
        Term("event.attributes.weight", Kind.INTEGER, 1),
    ]
)
STRINGS = {
    "member.tier": LEVELS,
    "event.type": EVENTS,
    "event.kind": PLACES,
    "event.attributes.place": PLACES,
}
ONE_OF: SearchStrategy[Formula] = st.one_of(
    *[
        st.sampled_from(texts).map(
            lambda text, name=name: Member(Term(name, Kind.STRING), (text,))  # type: ignore[misc]
        )
        for name, texts in STRINGS.items()
    ]
)
member_formulas: SearchStrategy[Formula] = st.one_of(
    ONE_OF,
    ONE_OF.map(Not),
    st.sampled_from(SEGMENTS).map(lambda text: Has(Term("member.segments", Kind.SET), (text,))),
    st.sampled_from(["b", "si", "purch"]).flatmap(
        lambda text: st.sampled_from(["member.tier", "event.type"]).map(
            lambda name: StartsWith(Term(name, Kind.STRING), text)
        )
    ),
    st.just(Same(Term("member.tier", Kind.STRING), Term("customer.tier", Kind.STRING))),
    st.just(Flag(Term("event.attributes.is_first", Kind.BOOL))),
    comparisons(MEMBER_NUMBERS),
)
conditions: SearchStrategy[Formula] = st.one_of(
    member_formulas, nested(member_formulas), cart_formulas, cart_formulas
)
on: SearchStrategy[Formula] = st.one_of(
    st.just(ALWAYS), line_formulas, line_formulas, nested(member_formulas)
)
EVENT_ATTRIBUTES = {
    "event.attributes.place": Attribute(Kind.STRING),
    "event.attributes.weight": Attribute(Kind.INTEGER),
    "event.attributes.is_first": Attribute(Kind.BOOL),
}
RATIOS = st.sampled_from(
    [
        *(Ratio(1), Ratio(1), Ratio(3), Ratio(3, 2), Ratio(1, 3), Ratio(100), Ratio(7, 10)),
        *(Ratio(10**6 + 1, 10**6), Ratio(10**12), Ratio(0), Ratio(999_983, 10**6)),
        *(Ratio(10**18 + 9, 10**9 + 7), Ratio(2**63, 3)),
    ]
)
FACTORS = st.sampled_from(
    [
        *(Ratio(2), Ratio(3, 2), Ratio(3, 2), Ratio(5, 4), Ratio(1), Ratio(1, 2), Ratio(10)),
        *(Ratio(0), Ratio(1_234_567, 10**6), Ratio(10**6), Ratio(1, 10**6)),
    ]
)
WHOLE = st.sampled_from([1, 2, 1, 3, 10])
STEPS = st.sampled_from([100, 100, 1, 1000, 33, 7, 10**12])
POINTS = st.sampled_from([100, 1, 5, 500, 33, 10**12])
FEW = st.sampled_from([None, None, None, 100, 7, 1, 1000])
QUOTAS = st.sampled_from([None, None, None, Quota(1), Quota(2, CalendarPeriod.MONTH)])
POINT_QUOTAS = st.sampled_from([None, None, None, Quota(3), Quota(50), Quota(1000)])
ENABLED = st.sampled_from([True] * 19 + [False])
PERIODS = st.sampled_from([OPEN] * 14 + [Window(INSTANT, None), Window(None, INSTANT)])
POINT_FORMS = (*AwardForm, AwardForm.RATE, AwardForm.RATE)


@st.composite
def several(draw: DrawFn) -> tuple[Condition, ...]:
    """Some conditions, some of them soft."""
    count = draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2]))
    formulas = draw(st.lists(conditions, min_size=count, max_size=count))
    return tuple(Condition("?", formula, draw(st.integers(0, 3)) == 3) for formula in formulas)


@st.composite
def all_tiers(draw: DrawFn) -> Tiers:
    """Rising levels."""
    thresholds = sorted(draw(st.sets(st.sampled_from([0, 1, 50, 100, 1000]), min_size=1)))
    levels = tuple(
        Level(name, threshold, draw(FACTORS), draw(st.sampled_from([30_000, 55_555, 0])))
        for name, threshold in zip(LEVELS, thresholds, strict=False)
    )
    return Tiers(
        levels=levels,
        measure=draw(st.sampled_from(TierMeasure)),
        upgrade=draw(st.sampled_from([*Upgrade, Upgrade.THIS_ORDER])),
    )


terms = st.builds(
    RedemptionTerms,
    points=st.sampled_from([100, 1, 10, 7]),
    value_minor=st.sampled_from([100, 1, 3, 500]),
    min_points=st.sampled_from([None, None, None, 1, 50, 300]),
    max_points=st.sampled_from([None, None, None, 50, 200, 1000]),
    max_percent_ppm=st.sampled_from([None, None, 500_000, 333_333, 1_000_000, 0]),
    max_per_line_minor=st.sampled_from([None, None, None, 1, 200, 0]),
)


@st.composite
def programs(draw: DrawFn, name: str) -> Program:
    """A program."""
    return Program(
        id=name,
        is_enabled=draw(ENABLED),
        window=draw(PERIODS),
        is_paused=draw(st.sampled_from([False] * 14 + [True])),
        points=PointsCurrency(
            scale=draw(st.integers(0, 4)), rounding=draw(st.sampled_from(Rounding))
        ),
        redemption=draw(terms) if draw(st.integers(0, 5)) < 5 else None,
        tiers=draw(all_tiers()) if draw(st.integers(0, 3)) < 3 else None,
        earn_on=draw(st.sampled_from([EarnOn.NET, EarnOn.NET, EarnOn.GROSS])),
        redeeming_orders=draw(st.sampled_from(RedeemingOrders)),
        multipliers=draw(st.sampled_from(Multipliers)),
        max_per_order=draw(FEW),
    )


@st.composite
def awards(draw: DrawFn) -> Award:
    """What an earning rule gives."""
    kind = draw(st.sampled_from([AwardKind.POINTS] * 3 + [*AwardKind, AwardKind.CASHBACK]))
    forms = {
        AwardKind.POINTS: [form for form in POINT_FORMS if form is not AwardForm.TIER],
        AwardKind.CASHBACK: [AwardForm.RATE, AwardForm.FIXED, AwardForm.TIER, AwardForm.TIER],
        AwardKind.STAMPS: [AwardForm.STEPS, AwardForm.PER_UNIT, AwardForm.FIXED],
    }
    form = draw(st.sampled_from(forms[kind]))
    ratios = WHOLE.map(Ratio) if kind is AwardKind.STAMPS else RATIOS
    return Award(
        kind=kind,
        form=form,
        quantity=draw(ratios),
        per_minor=draw(STEPS) if form in (AwardForm.RATE, AwardForm.STEPS) else 1,
        on=draw(on),
        card=draw(st.sampled_from(CARD_IDS)) if kind is AwardKind.STAMPS else None,
    )


@st.composite
def earning_rules(draw: DrawFn, name: str, program_ids: list[str]) -> EarningRule:
    """An earning rule."""
    return EarningRule(
        id=name,
        program=draw(st.sampled_from(program_ids)),
        event=draw(st.sampled_from(["purchase"] * 5 + EVENTS)),
        award=draw(awards()),
        is_enabled=draw(ENABLED),
        window=draw(PERIODS),
        conditions=draw(several()),
        priority=draw(st.sampled_from([10, 20, 100])),
        is_exclusive=draw(st.sampled_from([False] * 4 + [True])),
        is_multiplied=draw(st.booleans()),
        is_stored_value=draw(st.sampled_from([False] * 5 + [True])),
        on_cap=draw(st.sampled_from(OnCap)),
        per_member=draw(QUOTAS),
        points_quota=draw(POINT_QUOTAS),
    )


@st.composite
def campaigns(draw: DrawFn, name: str, program_id: str, rule_ids: list[str]) -> Campaign:
    """A campaign over some rules of its program."""
    some = st.lists(st.sampled_from(rule_ids), max_size=3, unique=True) if rule_ids else st.just([])
    chosen = draw(st.none() | some)
    is_bonus = draw(st.sampled_from([False, False, True]))
    return Campaign(
        id=name,
        program=program_id,
        rules=None if chosen is None else tuple(sorted(chosen)),
        is_enabled=draw(ENABLED),
        window=draw(PERIODS),
        conditions=draw(several()),
        multiply=None if is_bonus else draw(FACTORS),
        bonus=draw(POINTS) if is_bonus else None,
        on=ALWAYS if is_bonus else draw(on),
    )


rewards = st.one_of(
    *[
        st.sampled_from([200, 1, 50, 10**6]).map(
            lambda amount: Reward(RewardKind.DISCOUNT, amount_minor=amount)
        )
    ]
    * 3,
    st.builds(
        lambda ppm, cap: Reward(RewardKind.PERCENT, percent_ppm=ppm, max_discount_minor=cap),
        st.sampled_from([100_000, 333_333, 1_000_000, 1]),
        st.sampled_from([None, None, 100, 1]),
    ),
    st.sampled_from(
        [
            Reward(RewardKind.PRODUCT, sku="MUG", quantity=2),
            Reward(RewardKind.GIFT_CARD, amount_minor=500),
            Reward(RewardKind.COUPON, pool="pool"),
            Reward(RewardKind.CASHBACK, amount_minor=500),
            Reward(RewardKind.DONATION, amount_minor=500, to="trees"),
        ]
    ),
)


@st.composite
def burning_rules(draw: DrawFn, name: str, known: list[Program]) -> BurningRule:
    """A burning rule; most of them give a discount."""
    program = draw(st.sampled_from(known))
    levels = [level.id for level in program.tiers.levels] if program.tiers else []
    return BurningRule(
        id=name,
        program=program.id,
        reward=draw(rewards),
        cost=draw(st.sampled_from([100, 1, 1, 7, 50, 500, None])),
        is_enabled=draw(ENABLED),
        window=draw(PERIODS),
        conditions=draw(several()),
        on=draw(on),
        min_tier=draw(st.sampled_from([None, None, None, *levels])),
        stock=draw(st.sampled_from([None, None, None, 0, 1, 3])),
        per_member=draw(st.sampled_from([None, None, None, Quota(1), Quota(3)])),
        per_order=draw(st.sampled_from([None, None, None, 1, 2])),
    )


@st.composite
def loyalties(draw: DrawFn) -> Loyalty:
    """Loyalty rules of up to three programs, in the order in which a rule set holds them."""
    names = PROGRAM_IDS[: draw(st.sampled_from([1, 1, 2, 3]))]
    known = [draw(programs(name)) for name in sorted(names)]
    ids = EARNING_IDS[: draw(st.sampled_from([3, 1, 2, 5, 8]))]
    rules = [draw(earning_rules(name, names)) for name in ids]
    layers: list[Campaign] = []
    for name in CAMPAIGN_IDS[: draw(st.sampled_from([2, 0, 1, 3]))]:
        program_id = draw(st.sampled_from(names))
        owned = [rule.id for rule in rules if rule.program == program_id]
        layers.append(draw(campaigns(name, program_id, owned)))
    burning = [
        draw(burning_rules(name, known))
        for name in BURNING_IDS[: draw(st.sampled_from([3, 2, 1, 4, 0]))]
    ]
    return Loyalty(
        programs=tuple(known),
        earning_rules=tuple(sorted(rules, key=lambda rule: (rule.priority, rule.id))),
        burning_rules=tuple(sorted(burning, key=lambda rule: rule.id)),
        campaigns=tuple(sorted(layers, key=lambda layer: layer.id)),
        stamp_cards=tuple(StampCard(name, names[0], 10) for name in CARD_IDS),
    )


plain_rulesets = st.builds(
    lambda rounding, floor, promotions: Ruleset(
        rounding=rounding,
        line_floor_minor=floor,
        attributes=ATTRIBUTES,
        promotions=promotions,
        hash="sha256:random",
    ),
    st.sampled_from(Rounding),
    st.sampled_from([0, 0, 1, 200]),
    st.sampled_from(
        [
            (),
            (Promotion("p1", Stage.CART, PercentOff(100_000)),),
            (
                Promotion("p1", Stage.ORDER, OrderAmount(777)),
                Promotion("p2", Stage.SHIPPING, ShippingPercent(1_000_000)),
            ),
        ]
    ),
)


@st.composite
def loyal_rulesets(draw: DrawFn) -> Ruleset:
    """Rule sets with promotions and loyalty rules."""
    ruleset = draw(rulesets()) if draw(st.integers(0, 2)) == 2 else draw(plain_rulesets)
    attributes = {**ruleset.attributes, **EVENT_ATTRIBUTES}
    return replace(ruleset, attributes=attributes, loyalty=draw(loyalties()))
