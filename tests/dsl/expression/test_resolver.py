"""Where fields may stand: those of members and events only in loyalty rules."""

import pytest

from tallystick.dsl.formula import Compare, Formula, Has, Member, Op, Term
from tallystick.dsl.kinds import Kind

from .checking import Bench, scalar

POINTS = Term("member.points", Kind.DECIMAL)
TIER = Term("member.tier", Kind.STRING)


def condition(bench: Bench, text: str) -> Formula:
    """The formula of a good condition of a loyalty rule."""
    checked = bench.checker.condition(scalar(text), is_loyalty=True)
    assert checked is not None, [problem.render() for problem in bench.problems]
    return checked[1]


def one(term: Term, op: Op, bound: int) -> Compare:
    """A comparison of one term."""
    return Compare(((1, term),), op, bound)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("member.points >= 500", one(POINTS, ">=", 500_000_000)),
        ("member.points >= 0.25", one(POINTS, ">=", 250_000)),
        ("member.points * 2 >= 5", Compare(((1, POINTS),), ">=", 2_500_000)),
        (
            "member.lifetime_points == 5",
            one(Term("member.lifetime_points", Kind.DECIMAL), "==", 5_000_000),
        ),
        ('member.tier in ["gold", "silver"]', Member(TIER, ("gold", "silver"))),
        ('member.segments has "vip"', Has(Term("member.segments", Kind.SET), ("vip",))),
        (
            "default(event.points, 0) > 5",
            one(Term("event.points", Kind.DECIMAL, 0), ">", 5_000_000),
        ),
        ('event.type == "check-in"', Member(Term("event.type", Kind.STRING), ("check-in",))),
        (
            "default(member.joined, 2026-01-01) < 2025-01-01",
            one(Term("member.joined", Kind.DATE, 20_454), "<", 20_089),
        ),
    ],
)
def test_loyalty_rules_ask_about_members_and_events(text: str, formula: Formula) -> None:
    bench = Bench()
    assert condition(bench, text) == formula
    assert [code for code, *_ in bench.refuse(text)] == ["R145"]
    assert condition(bench, text) == formula


def test_a_text_that_a_loyalty_rule_may_say_stays_refused_elsewhere() -> None:
    bench = Bench()
    for number in range(4):
        text = f"member.points >= {number} and cart.quantity > {number}"
        condition(bench, text)
        assert [code for code, *_ in bench.refuse(text)] == ["R145"]


def test_a_target_of_a_loyalty_rule_may_ask_too() -> None:
    bench = Bench()
    text = 'sku == "A" and member.tier == "gold"'
    assert bench.checker.line_predicate(scalar(text), is_loyalty=True) is not None
    assert bench.refuse(text, in_line=True)[0][:2] == ("R145", "member.tier")


def test_a_definition_that_asks_belongs_to_loyalty_rules() -> None:
    defines = {
        "rich": "member.points >= 500",
        "both": "rich and cart.quantity > 1",
        "other": "true",
    }
    bench = Bench(defines)
    assert condition(bench, "rich") == one(POINTS, ">=", 500_000_000)
    condition(bench, "both and other")
    assert [found[:2] for found in bench.refuse("both or cart.hour > 5")] == [("R145", "both")]
    assert bench.condition("other") is not None


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("member.pionts > 5", "R104", "`member.points`"),
        ("member.balance > 5", "R104", "`member.tier`, `member.points`"),
        ("member > 5", "R104", "name one of its fields"),
        ("event.amount > 5 USD", "R154", "`default(event.amount, 0 USD)`"),
        ("member.points > 5 USD", "R147", ""),
        ("event.attributes.mood == 1", "R146", "event.attributes.mood: {type"),
    ],
)
def test_what_is_wrong_in_a_loyalty_rule(text: str, code: str, help: str) -> None:
    bench = Bench()
    assert bench.checker.condition(scalar(text), is_loyalty=True) is None
    (problem,) = bench.problems
    assert problem.code == code
    assert help in problem.help
