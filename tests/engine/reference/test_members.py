"""Where a customer stands in a program, and what conditions read of it."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.formula import Compare, Formula, Has, Member, Term
from tallystick.dsl.kinds import AwardForm, Kind
from tallystick.dsl.loyalty import PointsCurrency, Tiers
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.reference.members import higher, membership_of, rank_reached

from .shop import CLUB, LEVELS, TIERED, amounts, award, cart, earned, line, member, rule, shop, when

CART = cart(line("a", 1000))


def tier(sent: dict[str, Any] | None) -> str | None:
    """The tier held by facts about the member."""
    return membership_of(TIERED, read_facts(sent)).tier


def test_without_facts_everybody_is_a_new_member() -> None:
    held = membership_of(TIERED, read_facts(None))
    assert (held.tier, held.balance, held.member is None) == ("bronze", 0, False)


def test_with_facts_only_who_is_named_is_a_member() -> None:
    held = membership_of(TIERED, read_facts({"members": {"other": {}}}))
    assert (held.tier, held.balance, held.member) == (None, 0, None)


@pytest.mark.parametrize(
    ("qualifying", "name"), [(0, "bronze"), (999, "bronze"), (1000, "silver"), (10**12, "gold")]
)
def test_the_tier_of_what_qualifies(qualifying: int, name: str) -> None:
    assert tier(member(qualifying=qualifying)) == name


def test_a_tier_that_is_sent_holds_whatever_qualifies() -> None:
    assert tier(member(qualifying=9000, tier="silver")) == "silver"
    assert tier(member(qualifying=9000, tier=None)) is None


def test_below_the_first_tier_and_without_tiers_there_is_none() -> None:
    high = replace(CLUB, tiers=Tiers(LEVELS[1:]))
    assert membership_of(high, read_facts(None)).tier is None
    assert membership_of(CLUB, read_facts(member(qualifying=5))).tier is None
    assert rank_reached((), 5) is None


def test_the_higher_of_two_tiers() -> None:
    assert (higher(None, None), higher(1, None), higher(0, 2)) == (None, 1, 2)


def reading(name: str, kind: Kind, least: int) -> Formula:
    """A condition on a number of the member or the event."""
    return Compare(((1, Term(name, kind)),), ">=", least)


@pytest.mark.parametrize(
    ("condition", "facts", "is_met"),
    [
        (Member(Term("member.tier", Kind.STRING), ("gold",)), {"tier": "gold"}, True),
        (Member(Term("member.tier", Kind.STRING), ("gold",)), {"tier": None}, False),
        (Has(Term("member.segments", Kind.SET), ("vip",)), {"segments": ["vip"]}, True),
        (Has(Term("member.segments", Kind.SET), ("vip",)), {}, False),
        (reading("member.points", Kind.DECIMAL, 1_500_000), {"balance": 150}, True),
        (reading("member.points", Kind.DECIMAL, 1_500_001), {"balance": 150}, False),
        (reading("member.lifetime_points", Kind.DECIMAL, 1), {"lifetime_points": 1}, True),
        (reading("member.joined", Kind.DATE, 1), {"joined": "1970-01-02"}, True),
        (reading("member.joined", Kind.DATE, 1), {}, False),
        (Member(Term("event.type", Kind.STRING), ("purchase",)), {}, True),
        (Member(Term("event.kind", Kind.STRING), ("x",)), {}, False),
        (reading("event.amount", Kind.MONEY, 0), {}, False),
        (reading("event.points", Kind.DECIMAL, 0), {}, False),
        (Member(Term("event.attributes.place", Kind.STRING), ("x",)), {}, False),
    ],
)
def test_conditions_on_the_member(condition: Formula, facts: dict[str, Any], is_met: bool) -> None:
    program = replace(TIERED, points=PointsCurrency(scale=2))
    given = award(AwardForm.FIXED, 5)
    ruleset = shop(program, [rule(given=given, conditions=when(condition))])
    assert amounts(earned(ruleset, CART, member(**facts))) == ({"buy": 5} if is_met else {})


def test_on_may_read_the_member_too() -> None:
    gold = Member(Term("member.tier", Kind.STRING), ("gold",))
    ruleset = shop(TIERED, [rule(given=award(AwardForm.PER_UNIT, 5, on=gold))])
    assert amounts(earned(ruleset, CART, member(tier="gold"))) == {"buy": 5}
    assert earned(ruleset, CART, member(tier="silver")) == []
