"""Tests of loyalty rules in a plan: their rows, where they are filed, whose members they read."""

from dataclasses import replace

import pytest

from tallystick.dsl.formula import ALWAYS, And, Compare, Member, Not, StartsWith, Term
from tallystick.dsl.kinds import AwardForm, AwardKind, Kind
from tallystick.dsl.loyalty import Award, EarningRule, Loyalty, Program, Ratio
from tallystick.dsl.rule import Condition
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import NOTHING, Plan
from tallystick.engine.plan.programs import FormOp, KindOp
from tallystick.engine.plan.qualifying import Qualifier, split_name

from .clubs import CLUB, IS_GOLD, SKU_A
from .test_index import filed


@pytest.fixture(scope="module")
def plan() -> Plan:
    return lower(Ruleset(loyalty=CLUB))


def test_earning_rules_that_compete_lie_side_by_side(plan: Plan) -> None:
    rules = plan.earning_rules
    assert rules["number"].tolist() == [2, 0, 3, 1, 5, 4]
    assert rules["program"].tolist() == [0, 1, 1, 1, 1, 2]
    assert rules["kind"].tolist()[1:5] == [
        *(KindOp.POINTS, KindOp.POINTS, KindOp.CASHBACK, KindOp.STAMPS)
    ]
    assert rules["form"][1] == FormOp.RATE and rules["per_minor"][1] == 100


def test_ids_of_rules_and_campaigns_are_ranked_together(plan: Plan) -> None:
    names = [CLUB.earning_rules[number].id for number in plan.earning_rules["number"]]
    names += [campaign.id for campaign in CLUB.campaigns]
    ranks = [*plan.earning_rules["rank"].tolist(), *plan.campaigns["rank"].tolist()]
    assert [name for _, name in sorted(zip(ranks, names, strict=True))] == sorted(names)


def test_rules_are_filed_under_texts_of_lines_or_else_under_their_event(plan: Plan) -> None:
    found = filed(plan)
    assert found["A"] == [1, 4, 6]  # `first`, `stamp` and the campaign `double`
    assert found["purchase"] == [0, 3]
    assert found["signup"] == [2]
    assert [plan.always["number"].tolist()] == [[7]]  # the bonus


def test_what_is_closed_is_filed_nowhere(plan: Plan) -> None:
    assert 5 not in {*plan.posts["number"].tolist(), *plan.always["number"].tolist()}
    rules = tuple(replace(rule, is_enabled=False) for rule in CLUB.earning_rules)
    closed = lower(Ruleset(loyalty=replace(CLUB, earning_rules=rules, campaigns=())))
    assert len(closed.posts) == len(closed.always) == 0


def test_fields_of_members_are_those_of_the_program_that_asks() -> None:
    def rule(name: str, program: str) -> EarningRule:
        award = Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(1))
        return EarningRule(name, program, "purchase", award, conditions=(IS_GOLD,))

    loyalty = Loyalty((Program("a"), Program("b")), (rule("x", "a"), rule("y", "b")))
    plan = lower(Ruleset(loyalty=loyalty))
    names = [slot.name for slot in plan.layout.cart_texts]
    assert set(names) == {"event.type", "member.tier@a", "member.tier@b"}
    assert split_name("member.tier@a") == ("member.tier", "a")
    assert split_name("cart.channel") == ("cart.channel", "")


def test_formulas_without_members_stay_what_they_are() -> None:
    qualifier = Qualifier()
    points = Compare(((2, Term("member.points", Kind.DECIMAL)),), ">", 3)
    for formula in (ALWAYS, SKU_A, Not(SKU_A), And((SKU_A, Not(SKU_A)))):
        assert qualifier.qualify(formula, "a") is formula
    made = qualifier.qualify(And((SKU_A, points)), "a")
    assert made == And((SKU_A, Compare(((2, Term("member.points@a", Kind.DECIMAL)),), ">", 3)))
    assert qualifier.qualify(points, "a") is qualifier.qualify(points, "a")
    assert Member(Term("member.tier@a", Kind.STRING), ("gold",)) == qualifier.qualify(
        IS_GOLD.formula, "a"
    )


def test_beginnings_of_texts_have_a_column() -> None:
    begins = Condition("?", StartsWith(Term("member.tier", Kind.STRING), "go"))
    award = Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(1))
    rule = EarningRule("x", "a", "purchase", award, conditions=(begins,))
    plan = lower(Ruleset(loyalty=Loyalty((Program("a"),), (rule,))))
    (slot,) = plan.layout.cart_sets
    assert slot.name == "member.tier@a" and slot.prefixes == frozenset({"go"})
    assert filed(plan) == {"go": [0]}


def test_rules_need_their_lines_unless_they_are_about_all(plan: Plan) -> None:
    assert plan.earning_rules["is_found"].tolist() == [0, 1, 0, 0, 1, 0]
    assert plan.earning_rules["is_everywhere"].tolist() == [1, 0, 1, 1, 0, 1]
    assert plan.campaigns["first_named"].tolist() == [0, NOTHING]
    assert plan.named.tolist() == [1]


def test_numbers_that_do_not_fit_a_record_are_marked() -> None:
    award = Award(AwardKind.POINTS, AwardForm.RATE, Ratio(2**63, 3))
    loyalty = Loyalty((Program("a"),), (EarningRule("x", "a", "purchase", award),))
    (row,) = lower(Ruleset(loyalty=loyalty)).earning_rules
    assert row["is_wide"] == 1 and row["denominator"] == 1
