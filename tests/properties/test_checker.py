"""Any expression ends in a formula in normal form, or in problems that point into it."""

from math import gcd
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.dsl.expression.checker import Checker
from tallystick.dsl.expression.vocabulary import CART_FIELDS, LINE_FIELDS, LINE_FUNCTIONS
from tallystick.dsl.formula import (
    And,
    Compare,
    Formula,
    Has,
    Member,
    Not,
    Or,
    Truth,
    children,
)
from tallystick.dsl.kinds import Kind
from tallystick.dsl.problems import Problems, RuleTextError
from tallystick.dsl.ruleset import Attribute
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Scalar

ATTRIBUTES = {
    "line.attributes.weight": Attribute(Kind.DECIMAL),
    "cart.attributes.rate": Attribute(Kind.PERCENT, 0),
    "customer.attributes.vip": Attribute(Kind.BOOL),
}
NUMBERS = ["1", "0", "2.5", "20%", "5 USD", "0.01 USD", "30 days", "1 hour"]
TIMES = ["2026-01-31", "2026-01-31T09:30", "17:30"]
TEXTS = ['"a"', '"mon"', '["a", "b"]', '["mon"]', "[]", "[1, 2]", "skus"]
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "in", "starts_with", "has", "and", "or"]
OPERATORS += ["+", "-", "*", "/", "not in", "has any", "has all"]

names = st.sampled_from([*CART_FIELDS, *LINE_FIELDS, *ATTRIBUTES, "attributes.weight", "rich"])
leaves = names | st.sampled_from(NUMBERS + TIMES + TEXTS + ["true", "false"])


@st.composite
def larger(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    first, second, third = draw(inner), draw(inner), draw(inner)
    match draw(st.integers(0, 7)):
        case 0:
            return f"not ({first})"
        case 1:
            return f"({first}) between ({second}) and ({third})"
        case 2:
            function = draw(st.sampled_from([*LINE_FUNCTIONS, "any", "all"]))
            return f"{function}({first})"
        case 3:
            return f"default({first}, {second})"
        case 4:
            return f"-({first})"
        case _:
            return f"({first}) {draw(st.sampled_from(OPERATORS))} ({second})"


expressions = st.recursive(leaves, larger, max_leaves=12)


@st.composite
def sensible(draw: st.DrawFn) -> str:
    """Conditions that mostly mean something."""
    money = st.sampled_from(["cart.subtotal", "cart.net_subtotal", "net(true)", "5 USD", "0.5 USD"])
    factor = st.sampled_from(["2", "0.125", "12.5%", "3"])
    sums = [
        f"{draw(money)} {draw(st.sampled_from('*/'))} {draw(factor)}"
        f" {draw(st.sampled_from('+-'))} {draw(money)}"
        for _ in range(2)
    ]
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    claims = [f"{sums[0]} {operator} {sums[1]}", 'cart.channel in ["b", "a"]', "true", "rich"]
    joint = draw(st.sampled_from([" and ", " or "]))
    chosen = draw(st.lists(st.sampled_from(claims), min_size=1, max_size=4))
    return f"not ({joint.join(chosen)}) or {claims[0]}"


def check(text: str, *, in_line: bool) -> tuple[Formula | None, Problems]:
    problems = Problems()
    checker = Checker(problems, "USD", 2, ZoneInfo("Europe/Madrid"), ATTRIBUTES)
    checker.declare(scalar("rich"), scalar("cart.subtotal > 100 USD"))
    checker.declare(scalar("skus"), scalar('["A", "B"]'))
    checker.check_defines()
    if in_line:
        return checker.line_predicate(scalar(text)), problems
    checked = checker.condition(scalar(text))
    return (checked[1] if checked else None), problems


def scalar(text: str) -> Scalar:
    return Scalar(text, Source("rules.yaml", text), 0, len(text))


def assert_normal(formula: Formula, *, is_inside: bool = False) -> None:
    match formula:
        case Truth():
            assert not is_inside
        case Not(item):
            assert not isinstance(item, Not | Truth)
        case And(items) | Or(items):
            assert len(items) >= 2
            assert not any(isinstance(item, type(formula)) for item in items)
        case Compare(terms, _, bound):
            assert terms
            assert terms[0][0] > 0
            assert all(by for by, _ in terms)
            assert len({term for _, term in terms}) == len(terms)
            assert gcd(bound, *(by for by, _ in terms)) == 1
        case Member(_, values) | Has(_, values):
            assert values
            assert list(values) == sorted(set(values))
    is_row = isinstance(formula, And | Or | Not)
    for child in children(formula):
        assert_normal(child, is_inside=is_row)


@settings(max_examples=300)
@given(expressions, st.booleans())
def test_any_expression_ends(text: str, in_line: bool) -> None:
    formula, problems = check(text, in_line=in_line)
    if formula is None:
        assert problems.found
        for problem in problems.found:
            assert 0 <= problem.span.start < problem.span.end <= len(text)
        assert RuleTextError(problems.found).render()
    else:
        assert not problems.found
        assert_normal(formula)


@given(sensible())
def test_sensible_expressions_are_understood(text: str) -> None:
    formula, problems = check(text, in_line=False)
    assert formula is not None or {p.code for p in problems.found} == {"R153"}
    if formula is not None:
        assert_normal(formula)
