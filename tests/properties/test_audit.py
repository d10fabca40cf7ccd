"""What is warned of is never seen, and nothing better than the best case is: on random rule sets.

`TALLYSTICK_SEED=N` and `TALLYSTICK_EXAMPLES=N` work as for the evaluators.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tallystick.dsl.audit import worth
from tallystick.dsl.audit.audit import CHECKS
from tallystick.dsl.audit.best import factor_of
from tallystick.dsl.audit.concerns import Concerns
from tallystick.dsl.audit.multipliers import STACK_MAX, is_capped
from tallystick.dsl.audit.payouts import list_payouts
from tallystick.dsl.audit.places import Places
from tallystick.dsl.audit.scene import Effort, ProgramRules, Scene, fraction_of, list_programs
from tallystick.dsl.document.sections import Sections
from tallystick.dsl.kinds import AwardForm, AwardKind, Multipliers
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.outcome import Earned, Outcome
from tallystick.engine.reference.evaluate import Run

from .carts import carts
from .loyalty import loyal_rulesets
from .test_evaluators import EXAMPLES, SEED, thorough
from .vocabulary import BURNING_IDS, LEVELS, PROGRAM_IDS, SEGMENTS

# Codes about something that never gives, counts or happens; the name is the second of the place.
NEVER = ("W531", "W532", "W553", "W563", "W571", "W572")
few = settings(thorough, max_examples=max(1, EXAMPLES // 20))


class Notebook(Concerns):
    """A collector for rules that stand in no file: codes with the places they are about."""

    def __init__(self) -> None:
        super().__init__(Places(Sections()))
        self.noted: list[tuple[str, tuple[str, ...]]] = []

    def add(self, code: str, *place: str, help: str = "", **words: object) -> None:
        """Note a code and its place."""
        self.noted.append((code, place))


def look(ruleset: Ruleset) -> list[tuple[str, tuple[str, ...]]]:
    """What is found in a rule set."""
    notebook = Notebook()
    for check in CHECKS:
        check(Scene(ruleset, notebook))
    return notebook.noted


@st.composite
def orders(draw: DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A cart with redemptions, some stored value in it, and a rich customer."""
    cart = draw(carts())
    for line in cart["lines"]:
        line["stored_value"] = draw(st.sampled_from([False, False, True]))
    rules = draw(st.lists(st.sampled_from(BURNING_IDS), max_size=2, unique=True))
    cart["redeem"] = [{"rule": name, "if_short": "clip"} for name in rules]
    members = {
        name: {
            "balance": 10**6,
            "tier": draw(st.sampled_from([None, *LEVELS])),
            "segments": draw(st.lists(st.sampled_from(SEGMENTS), max_size=1)),
        }
        for name in PROGRAM_IDS
    }
    return cart, {"members": members}


def price(ruleset: Ruleset, cart: dict[str, Any], known: dict[str, Any]) -> Outcome:
    """One cart by the reference; tiers that are none of the program's are left out."""
    tiers_of = {
        program.id: [level.id for level in program.tiers.levels] if program.tiers else []
        for program in ruleset.loyalty.programs
    }
    members = {
        name: {**member, "tier": member["tier"] if member["tier"] in tiers_of[name] else None}
        for name, member in known["members"].items()
        if name in tiers_of
    }
    redeem = [one for one in cart["redeem"] if is_known(ruleset, one["rule"])]
    checked = Intake(ruleset).read_cart({**cart, "redeem": redeem})
    run = Run(ruleset, checked, read_facts({"members": members}))
    run.evaluate()
    return run.outcome()


def is_known(ruleset: Ruleset, name: str) -> bool:
    """Whether there is a burning rule of that name."""
    return any(rule.id == name for rule in ruleset.loyalty.burning_rules)


def names_seen(ruleset: Ruleset, outcome: Outcome) -> set[str]:
    """The rules and campaigns that gave something, or had a part in it."""
    loyalty = ruleset.loyalty
    seen = {ruleset.promotions[one.promotion].id for one in outcome.applied}
    for one in outcome.earned:
        numbers = [*one.campaigns, *([] if one.bonus is None else [one.bonus])]
        seen |= {loyalty.campaigns[number].id for number in numbers}
        if one.rule is not None:
            seen.add(loyalty.earning_rules[one.rule].id)
    for redeemed in outcome.redemptions:
        if redeemed.rule is not None and redeemed.times:
            seen.add(loyalty.burning_rules[redeemed.rule].id)
    return seen


def check_stacks(ruleset: Ruleset, rules: ProgramRules, one: Earned, is_told: bool) -> None:
    """Two campaigns that together multiply by more than is quiet were told of."""
    assert one.rule is not None
    raised = [factor_of(ruleset.loyalty.campaigns[number]) > 1 for number in one.campaigns]
    rule = ruleset.loyalty.earning_rules[one.rule]
    is_bounded = is_capped(rules, rule) or rules.program.multipliers is Multipliers.MAX
    if sum(raised) > 1 and fraction_of(one.multiplier) > STACK_MAX and not is_bounded:
        assert is_told


def check_return(rules: ProgramRules, ruleset: Ruleset, earned: list[Earned], gross: int) -> None:
    """What rates gave back is within the best case, but for the one rounding of each kind."""
    found = [worth.find_return(rules, Effort(10**6), is_stored) for is_stored in (False, True)]
    total = sum((one.best.total for one in found if one is not None), Fraction(0))
    points = worth.worth_of_point(list_payouts(rules))
    back = Fraction(0)
    for one in earned:
        if one.rule is None:
            continue
        award = ruleset.loyalty.earning_rules[one.rule].award
        if award is None or award.form not in (AwardForm.RATE, AwardForm.STEPS, AwardForm.TIER):
            continue
        worths = {AwardKind.POINTS: points, AwardKind.CASHBACK: Fraction(1)}
        back += worths.get(one.kind, Fraction(0)) * (one.amount - 1)
    assert back <= total * gross


@seed(SEED)
@few
@given(loyal_rulesets(), st.lists(orders(), min_size=1, max_size=3))
def test_findings_hold(ruleset: Ruleset, sent: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    noted = look(ruleset)
    never = {place[1] for code, place in noted if code in NEVER}
    stacks = {place[1] for code, place in noted if code == "W521"}
    programs = {rules.id: rules for rules in list_programs(ruleset)}
    for cart, known in sent:
        outcome = price(ruleset, cart, known)
        assert not never & names_seen(ruleset, outcome)
        by_program = defaultdict(list)
        for one in outcome.earned:
            by_program[ruleset.loyalty.programs[one.program].id].append(one)
        gross = sum(line["quantity"] * line["unit_price"] for line in cart["lines"])
        for name, earned in by_program.items():
            check_return(programs[name], ruleset, earned, gross)
            for one in earned:
                if one.rule is not None:
                    check_stacks(ruleset, programs[name], one, name in stacks)
