"""Kernel and reference give the same redemptions and earnings on random loyalty rules.

Seeds, examples and the reach are as in `test_evaluators.py`: half of the rule sets come from a
fixed seed, and every form, kind and reason must have been met by them.
"""

from collections import Counter
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tallystick.dsl.kinds import AwardForm, AwardKind
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.checked import CheckedCart, CheckedEvent
from tallystick.engine.cart.facts import Facts
from tallystick.engine.cart.facts_intake import FactsIntake
from tallystick.engine.cart.intake import Intake
from tallystick.engine.kernel.evaluator import KernelEvaluator, LazyOutcomes
from tallystick.engine.outcome import NoAward, Outcome, Shortfall
from tallystick.engine.reference.evaluate import Run, evaluate

from .loyalty import loyal_rulesets
from .members import cart_of, events, loyal_carts, members
from .test_evaluators import ENOUGH, EXAMPLES, FIXED_SEED, SEED, thorough
from .test_ways import compare as compare_ways
from .test_ways import reach as ways

Sent = tuple[Ruleset, list[tuple[dict[str, Any], dict[str, Any]]]]
reach: Counter[str] = Counter()
many = settings(thorough, max_examples=max(1, EXAMPLES // 4))
some = settings(thorough, max_examples=max(1, EXAMPLES // 8))


@st.composite
def orders(draw: DrawFn) -> Sent:
    """A rule set, and carts with facts that fit it."""
    ruleset = draw(loyal_rulesets())
    pair = st.tuples(loyal_carts(ruleset.loyalty), members(ruleset))
    return ruleset, draw(st.lists(pair, min_size=1, max_size=4))


@st.composite
def happenings(draw: DrawFn) -> tuple[Ruleset, list[tuple[CheckedEvent, dict[str, Any]]]]:
    """A rule set, and events with facts that fit it."""
    ruleset = draw(loyal_rulesets())
    pair = st.tuples(events(), members(ruleset))
    return ruleset, draw(st.lists(pair, min_size=1, max_size=3))


def count(ruleset: Ruleset, run: Run, outcome: Outcome) -> None:
    """Add one evaluation to the reach."""
    rules = ruleset.loyalty.earning_rules
    for one in outcome.redemptions:
        form = "points" if one.rule is None else "rule"
        reach[f"redeemed:{form}:{'some' if one.times else 'none'}"] += 1
        if one.reason is not None:
            reach[f"short:{one.reason.word}"] += 1
    for entry in outcome.earned:
        award = None if entry.rule is None else rules[entry.rule].award
        reach[f"earned:{entry.kind}:{'bonus' if award is None else award.form}"] += 1
        reach["clipped"] += entry.is_clipped
        reach["multiplied"] += bool(entry.campaigns)
        reach["wide multiplier"] += entry.multiplier.denominator > 1
    for earning in run.earnings:
        for reason in earning.refused.values():
            reach[f"no:{reason.word}"] += 1
        for accrual in earning.accruals:
            if accrual.reason is not None:
                reach[f"no:{accrual.reason.word}"] += 1


def count_wide(outcomes: Any) -> None:
    """How many carts the kernel left to the reference."""
    assert isinstance(outcomes, LazyOutcomes)
    reach["wide"] += len(outcomes.wide)
    reach["narrow"] += len(outcomes) - len(outcomes.wide)


def compare(ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Price some carts with both evaluators."""
    intake, facts_intake = Intake(ruleset), FactsIntake(ruleset.loyalty)
    ready: list[tuple[CheckedCart, Facts]] = []
    for cart, known in sent:
        checked = intake.read_cart(cart)
        ready.append((checked, facts_intake.read(checked, known)))
    outcomes = KernelEvaluator(ruleset).evaluate(ready)
    count_wide(outcomes)
    for index, (checked, facts) in enumerate(ready):
        run = Run(ruleset, checked, facts)
        run.evaluate()
        outcome = outcomes[index]
        assert outcome.redemptions == run.outcome().redemptions
        assert outcome.earned == run.outcome().earned
        assert outcome == run.outcome()
        count(ruleset, run, outcome)


@seed(SEED)
@some
@given(orders())
def test_kernel_equals_reference_on_fresh_loyalty_rules(sent: Sent) -> None:
    compare(*sent)


@seed(FIXED_SEED)
@many
@given(orders())
def compare_many(sent: Sent) -> None:
    """The comparison that also measures the reach."""
    compare(*sent)


def test_kernel_equals_reference_and_all_of_loyalty_is_reached() -> None:
    compare_many()
    expected = {f"short:{reason.word}" for reason in Shortfall}
    expected |= {f"no:{reason.word}" for reason in NoAward}
    expected |= {f"earned:points:{form}" for form in AwardForm} - {"earned:points:tier"}
    expected |= {f"earned:cashback:{form}" for form in ("rate", "tier", "fixed")}
    expected |= {f"earned:stamps:{form}" for form in ("steps", "per_unit", "fixed")}
    expected |= {f"redeemed:{form}:some" for form in ("rule", "points")}
    expected |= {"earned:points:bonus", "clipped", "multiplied", "wide multiplier", "wide"}
    expected -= {f"earned:{AwardKind.POINTS}:{AwardForm.EVENT}"}  # carts bring no points with them
    if EXAMPLES >= ENOUGH:
        assert expected - {name for name, times in reach.items() if times} == set()
        assert reach["wide"] * 3 < reach["narrow"]


@seed(SEED)
@some
@given(happenings())
def test_kernel_equals_reference_on_events(
    sent: tuple[Ruleset, list[tuple[CheckedEvent, dict[str, Any]]]],
) -> None:
    ruleset, pairs = sent
    facts_intake = FactsIntake(ruleset.loyalty)
    ready = []
    for event, known in pairs:
        cart = cart_of(event, ruleset)
        ready.append((cart, facts_intake.read(cart, known)))
    outcomes = KernelEvaluator(ruleset).evaluate(ready)
    for outcome, (cart, facts) in zip(outcomes, ready, strict=True):
        assert outcome == evaluate(ruleset, cart, facts)
        assert not outcome.applied and not outcome.redemptions


@st.composite
def purchases(draw: DrawFn) -> Sent:
    """A rule set, and carts that mostly redeem nothing, for all ways through the engine."""
    ruleset = draw(loyal_rulesets())
    nothing = st.sampled_from([True, True, True, False])
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for _ in range(draw(st.integers(1, 4))):
        cart, known = draw(loyal_carts(ruleset.loyalty)), draw(members(ruleset))
        if draw(nothing):
            cart["redeem"] = []
            for line in cart["lines"]:
                line["stored_value"] = False
        pairs.append((cart, known))
    return ruleset, pairs


@seed(SEED)
@some
@given(purchases())
def test_all_ways_agree_on_fresh_loyalty_rules(sent: Sent) -> None:
    compare_ways(*sent)


@seed(FIXED_SEED)
@some
@given(purchases())
def compare_many_ways(sent: Sent) -> None:
    """The comparison of which the share of the fast way is known."""
    compare_ways(*sent)


def test_all_ways_agree_on_loyalty_and_many_carts_go_the_fast_one() -> None:
    ways.clear()
    compare_many_ways()
    assert ways["fast"] > ways["plain"] > 0, dict(ways)
