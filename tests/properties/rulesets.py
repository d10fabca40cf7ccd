"""Random rule sets: every action, mode, policy and limit, with numbers small enough to collide."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tallystick.dsl.formula import ALWAYS, Formula
from tallystick.dsl.kinds import (
    Basis,
    Kind,
    Measure,
    Mode,
    Per,
    Pick,
    Policy,
    Rounding,
    Scope,
    Stage,
    Threshold,
)
from tallystick.dsl.ruleset import (
    Action,
    AmountOff,
    Attribute,
    Bundle,
    BuyGet,
    Component,
    Condition,
    FixedPrice,
    Gift,
    Limits,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PaymentAmount,
    PaymentPercent,
    PercentOff,
    Promotion,
    Ruleset,
    ShippingAmount,
    ShippingPercent,
    StackGroup,
    Stacking,
    Tier,
    Volume,
    Window,
)

from .formulas import cart_formulas, line_formulas
from .vocabulary import CODES, METHODS, PROMOTION_IDS

AMOUNTS = st.sampled_from([100, 1, 7, 50, 333, 500, 1000, 2500, 10**6, 0])
PERCENTS = st.sampled_from([100_000, 125_000, 333_333, 500_000, 1_000_000, 50_000, 0])
COUNTS = st.integers(1, 3)
REPEATS = st.none() | COUNTS
PICKS = st.sampled_from(Pick)
ON: SearchStrategy[Formula] = st.just(ALWAYS) | line_formulas
INSTANT = 1_783_684_800_000_000  # 2026-07-10T12:00:00Z, when random carts are placed

STACK_GROUPS = {
    "first": StackGroup(),
    "best": StackGroup(Policy.BEST),
    "all": StackGroup(Policy.ALL),
    "by-line": StackGroup(Policy.PRIORITY, is_line_scoped=True),
}
ATTRIBUTES = {
    "line.attributes.colour": Attribute(Kind.STRING),
    "line.attributes.weight": Attribute(Kind.INTEGER),
    "cart.attributes.note": Attribute(Kind.STRING),
    "customer.attributes.is_staff": Attribute(Kind.BOOL),
}


@st.composite
def tiers(draw: DrawFn, thresholds: list[int]) -> tuple[Tier, ...]:
    """Rising tiers of a percentage or an amount each."""
    chosen = sorted(draw(st.lists(st.sampled_from(thresholds), min_size=1, unique=True)))
    return tuple(
        Tier(threshold, percent_ppm=draw(PERCENTS))
        if draw(st.booleans())
        else Tier(threshold, amount_minor=draw(AMOUNTS))
        for threshold in chosen
    )


@st.composite
def measured_tiers(draw: DrawFn) -> tuple[tuple[Tier, ...], Threshold]:
    """Tiers with what they count."""
    threshold = draw(st.sampled_from(Threshold))
    steps = [1, 2, 3, 5] if threshold is Threshold.QUANTITY else [0, 500, 1000, 3000]
    return draw(tiers(steps)), threshold


volumes = st.builds(
    lambda measured, measure, on: Volume(measured[0], measured[1], measure, on),
    measured_tiers(),
    st.sampled_from(Measure),
    ON,
)
bundles = st.builds(
    lambda parts, saving, repeat, pick: replace(
        Bundle(tuple(parts), repeat=repeat, pick=pick), **saving
    ),
    st.lists(st.builds(Component, COUNTS, ON), min_size=1, max_size=3),
    st.one_of(
        PERCENTS.map(lambda ppm: {"percent_ppm": ppm}),
        AMOUNTS.map(lambda amount: {"amount_minor": amount}),
        AMOUNTS.map(lambda amount: {"price_minor": amount}),
    ),
    REPEATS,
    PICKS,
)
METHOD_LISTS = st.none() | st.sampled_from([(METHODS[0],), tuple(sorted(METHODS))])
ACTIONS: dict[Stage, SearchStrategy[Action]] = {
    Stage.CART: st.one_of(
        st.builds(PercentOff, PERCENTS, ON),
        st.builds(PercentOff, PERCENTS, ON, COUNTS, PICKS),
        st.builds(AmountOff, AMOUNTS, st.just(Per.LINE), ON),
        st.builds(AmountOff, AMOUNTS, st.just(Per.UNIT), ON, REPEATS, PICKS),
        st.builds(AmountOff, AMOUNTS, st.just(Per.TARGET), ON),
        st.builds(FixedPrice, AMOUNTS, ON),
        volumes,
        st.builds(BuyGet, COUNTS, COUNTS, ON, ON, PERCENTS, REPEATS, PICKS, st.booleans()),
        st.integers(1, 3).flatmap(
            lambda n: line_formulas.map(lambda on: BuyGet(n, 1, on, on, 1_000_000, partial=True))
        ),
        bundles,
        st.just(Gift("MUG", 1)),
    ),
    Stage.ORDER: st.one_of(
        st.builds(OrderPercent, PERCENTS, ON),
        st.builds(OrderAmount, AMOUNTS, ON),
        st.builds(
            lambda measured, on: OrderVolume(measured[0], measured[1], on), measured_tiers(), ON
        ),
    ),
    Stage.SHIPPING: st.one_of(
        st.builds(ShippingPercent, PERCENTS, METHOD_LISTS),
        st.builds(ShippingAmount, AMOUNTS, METHOD_LISTS),
    ),
    Stage.PAYMENT: st.one_of(
        st.builds(PaymentPercent, PERCENTS, st.booleans()),
        st.builds(PaymentAmount, AMOUNTS, st.booleans()),
    ),
}
WINDOWS = st.sampled_from(
    [
        *[Window()] * 9,
        Window(INSTANT, None),
        Window(INSTANT - 1, INSTANT + 1),
        Window(None, INSTANT),
    ]
)
LIMIT_NAMES = st.sampled_from([None] * 9 + ["total", "per_group", "per_day"])
MODES = st.sampled_from([Mode.STACKABLE] * 6 + [Mode.EXCLUSIVE, Mode.LAST, Mode.ALWAYS])


@st.composite
def stackings(draw: DrawFn, own_id: str, stage: Stage) -> Stacking:
    """How a promotion stands to the others; exclusive ones have no group."""
    mode = draw(MODES)
    excludes = draw(st.frozensets(st.sampled_from(PROMOTION_IDS), max_size=2)) - {own_id}
    if draw(st.integers(0, 2)) < 2:
        excludes = frozenset()
    group = draw(st.sampled_from([None, None, *sorted(STACK_GROUPS)]))
    if mode is Mode.EXCLUSIVE or (group == "by-line" and stage > Stage.ORDER):
        group = None
    scope = draw(st.sampled_from(Scope)) if mode is Mode.EXCLUSIVE else Scope.CART
    return Stacking(mode, scope, group, excludes, draw(st.sampled_from([None] * 5 + [1, 2])))


@st.composite
def limits(draw: DrawFn) -> Limits:
    """A cap of one use, and at most one usage limit, so that most promotions are candidates."""
    cap = draw(st.sampled_from([None] * 6 + [1000, 99, 1, 0]))
    name = draw(LIMIT_NAMES)
    counted = {} if name is None else {name: draw(st.sampled_from([2, 1, 0]))}
    return replace(Limits(max_discount_minor=cap), **counted)


@st.composite
def promotions(draw: DrawFn, name: str, basis: Basis) -> Promotion:
    """A promotion of any stage."""
    stage = draw(st.sampled_from([Stage.CART] * 4 + [Stage.ORDER] * 2 + list(Stage)))
    count = draw(st.sampled_from([0, 0, 0, 1, 2]))
    formulas = draw(st.lists(cart_formulas, min_size=count, max_size=count))
    codes = draw(st.sampled_from([()] * 7 + [("ONE",), ("ONE", "TWO")]))
    return Promotion(
        id=name,
        stage=stage,
        action=draw(ACTIONS[stage]),
        is_enabled=draw(st.sampled_from([True] * 15 + [False])),
        priority=draw(st.sampled_from([10, 10, 20, 100])),
        window=draw(WINDOWS),
        coupons=codes,
        coupon_pool=draw(st.sampled_from([None] * 11 + ["pool"])),
        conditions=tuple(Condition("?", f, draw(st.integers(0, 3)) == 3) for f in formulas),
        stacking=draw(stackings(name, stage)),
        limits=draw(limits()),
        basis=draw(st.sampled_from([basis, basis, *Basis])),
    )


@st.composite
def rulesets(draw: DrawFn) -> Ruleset:
    """A rule set of up to eight promotions, in order of evaluation."""
    basis = draw(st.sampled_from(Basis))
    names = PROMOTION_IDS[: draw(st.sampled_from([5, 1, 2, 3, 4, 6, 8]))]
    made = [draw(promotions(name, basis)) for name in names]
    known = frozenset(names)
    made = [
        replace(p, stacking=replace(p.stacking, excludes=p.stacking.excludes & known)) for p in made
    ]
    return Ruleset(
        rounding=draw(st.sampled_from(Rounding)),
        line_floor_minor=draw(st.sampled_from([0, 0, 0, 1, 200])),
        max_promotions=draw(st.sampled_from([None, None, None, 1, 2, 3])),
        attributes=ATTRIBUTES,
        stack_groups=STACK_GROUPS,
        promotions=tuple(sorted(made, key=lambda p: (p.stage, p.priority, p.id))),
        hash="sha256:random",
    )


__all__ = ["CODES", "INSTANT", "rulesets"]
