"""Tests of keys: no cart without a text of the key fulfils the formula, and exact ones all do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Formula,
    Has,
    Member,
    Not,
    Or,
    StartsWith,
    Term,
    Truth,
)
from tallystick.dsl.kinds import Kind
from tallystick.engine.plan._keys import Key, KeyFinder, best_key, least_of

SKU, BRAND = Term("line.sku", Kind.STRING), Term("line.brand", Kind.STRING)
TIER, GROUPS = Term("customer.tier", Kind.STRING), Term("customer.groups", Kind.SET)
GOLD = Has(GROUPS, ("gold",))
A_OR_B = Member(SKU, ("A", "B"))


def at_least(size: int, where: Formula, op: str = ">=") -> Compare:
    """So many units on lines."""
    aggregate = Aggregate("qty", where, Kind.INTEGER)
    return Compare(((1, aggregate),), op, size)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "places"),
    [
        (A_OR_B, (("text", "line.sku", ("A", "B")),)),
        (GOLD, (("set", "customer.groups", ("gold",)),)),
        (Has(GROUPS, ("a", "b"), True), (("set", "customer.groups", ("a",)),)),
        (AnyLine(A_OR_B), (("text", "line.sku", ("A", "B")),)),
        (at_least(2, A_OR_B), (("text", "line.sku", ("A", "B")),)),
        (at_least(0, A_OR_B), None),
        (at_least(3, A_OR_B, "<="), None),
        (at_least(3, A_OR_B, "=="), (("text", "line.sku", ("A", "B")),)),
        (Not(A_OR_B), None),
        (Truth(True), None),
        (Truth(False), ()),
        (Member(Term("customer.tier", Kind.STRING, "x"), ("gold",)), None),
        (Member(SKU, tuple(f"{n:04}" for n in range(1_001))), None),
        (And((Member(TIER, ("x",)), A_OR_B)), (("text", "line.sku", ("A", "B")),)),
        (And((Not(GOLD), Not(A_OR_B))), None),
        (
            Or((GOLD, Member(BRAND, ("b",)), Member(BRAND, ("a",)))),
            (("set", "customer.groups", ("gold",)), ("text", "line.brand", ("a", "b"))),
        ),
        (Or((GOLD, Truth(True))), None),
        (StartsWith(SKU, "A"), None),
    ],
)
def test_the_key_of_a_formula(formula: Formula, places: tuple[object, ...] | None) -> None:
    key = KeyFinder().find(formula)
    assert (None if key is None else key.places) == places


def test_beginnings_are_keys_of_plans_alone() -> None:
    key = KeyFinder(has_prefixes=True).find(StartsWith(SKU, "A"))
    assert key is not None and key.places == (("prefix", "line.sku", ("A",)),)


def test_formulas_that_come_and_go_are_told_apart() -> None:
    finder = KeyFinder()
    for number in range(50):
        key = finder.find(Member(SKU, (str(number),)))
        assert key is not None and key.places == (("text", "line.sku", (str(number),)),)


FORMULAS = st.sampled_from(
    [
        Truth(False),
        A_OR_B,
        GOLD,
        Member(TIER, ("x",)),
        Member(SKU, ("C",)),
        Member(BRAND, ("b",)),
        Has(GROUPS, ("a", "b")),
        Or((GOLD, Member(BRAND, ("b",)))),
    ]
)


@settings(max_examples=200)
@given(st.lists(st.none() | FORMULAS, max_size=6))
def test_the_best_key_comes_first_in_order(formulas: list[Formula | None]) -> None:
    finder = KeyFinder()
    keys = [None if each is None else finder.find(each) for each in formulas]
    known = [key for key in keys if key is not None]
    expected = min(known, key=lambda key: (key.rank, key.size, key.places), default=None)
    assert best_key(keys) == expected
    assert sorted(known)[:1] == ([] if expected is None else [expected])


def test_equal_keys_are_equal() -> None:
    first, second = (KeyFinder().find(Member(SKU, ("A",))) for _ in range(2))
    other = KeyFinder().find(Member(SKU, ("B",)))
    assert first is not second
    assert first == second and hash(first) == hash(second)
    assert first != other and first != "A" and isinstance(first, Key)


@given(
    st.integers(-5, 5).filter(bool), st.sampled_from(["<", "<=", "==", ">=", ">"]), st.integers()
)
def test_the_least_number_that_will_do(coefficient: int, op: str, bound: int) -> None:
    least = least_of(coefficient, op, bound)
    if coefficient < 0 or op not in (">=", ">"):
        assert least is None
        return
    assert least is not None
    for number, expected in ((least, True), (least - 1, False)):
        size = coefficient * number
        assert (size >= bound if op == ">=" else size > bound) is expected
