"""Whether conditions can hold together, as far as one sees."""

import pytest

from tallystick.dsl.audit.together import EVERYTHING, meet_ranges, narrow_all, range_of
from tallystick.dsl.formula import ALWAYS, Compare, Not, Op, Term, Truth
from tallystick.dsl.kinds import Kind

from ..loading import promotion


def can_hold(*conditions: str) -> bool:
    """Whether some conditions leave anything open."""
    written = "".join(f"\n  - {{if: '{one}'}}" for one in conditions)
    built = promotion(f"when:{written}\nthen: {{percent_off: 10%}}")
    return narrow_all(EVERYTHING, [one.formula for one in built.conditions]) is not None


@pytest.mark.parametrize(
    "conditions",
    [
        ['cart.channel == "web"', 'cart.channel == "pos"'],
        ['cart.channel in ["web", "app"]', 'cart.channel not in ["app", "web", "pos"]'],
        ['cart.channel == "web" and cart.channel == "pos"'],
        ["cart.subtotal >= 100 USD", "cart.subtotal < 100 USD"],
        ["cart.subtotal == 5 USD", "cart.subtotal > 5 USD"],
        ["cart.quantity * 2 == 5"],
        ["5 > cart.quantity", "cart.quantity * 2 > 9"],
        ['qty(sku == "A") >= 3', 'qty(sku == "A") <= 2'],
        ['customer.groups has "a"', 'not (customer.groups has "a")'],
        ['any(sku == "A")', 'not any(sku == "A")'],
        ['cart.channel == "web"', 'cart.channel == "a" or cart.channel == "b"'],
        [
            'cart.subtotal > 5 USD or cart.channel == "b"',
            "cart.subtotal < 1 USD",
            'cart.channel == "a"',
        ],
        ['not (cart.channel == "web" or cart.quantity > 5)', 'cart.channel == "web"'],
        ["customer.orders == 0", "customer.orders == 1"],
        ["false"],
    ],
)
def test_conditions_that_exclude_each_other(conditions: list[str]) -> None:
    assert not can_hold(*conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        ['cart.channel in ["web", "app"]', 'cart.channel != "app"'],
        ["cart.subtotal >= 100 USD", "cart.subtotal <= 100 USD"],
        ['customer.groups has "a"', 'customer.groups has "b"'],
        ['qty(sku == "A") >= 3', 'qty(sku == "B") <= 2'],
        ["cart.subtotal >= 100 USD", "cart.net_subtotal < 10 USD"],
        ["default(customer.orders, 0) >= 3", "customer.orders == 2"],
        [
            'cart.channel == "a" or cart.channel == "b"',
            'cart.channel == "a" or cart.channel == "c"',
        ],
        ['not (cart.channel == "web" and cart.quantity > 5)', 'cart.channel == "web"'],
        ["true"],
    ],
)
def test_conditions_that_may_hold_together(conditions: list[str]) -> None:
    assert can_hold(*conditions)


@pytest.mark.parametrize(
    ("factor", "op", "bound", "range"),
    [
        (2, ">", 5, (3, None)),
        (2, ">=", 5, (3, None)),
        (2, "<", 6, (None, 2)),
        (2, "<=", 5, (None, 2)),
        (2, "==", 6, (3, 3)),
        (2, "==", 5, (3, 2)),
        (-1, ">=", -5, (None, 5)),
        (-1, "<", -5, (6, None)),
    ],
)
def test_ranges(factor: int, op: Op, bound: int, range: tuple[int | None, int | None]) -> None:
    compare = Compare(((factor, Term("cart.quantity", Kind.INTEGER)),), op, bound)
    assert range_of(compare, factor) == range


def test_ranges_meet_or_do_not() -> None:
    assert meet_ranges((1, None), (None, 5)) == (1, 5)
    assert meet_ranges((None, None), (None, None)) == (None, None)
    assert meet_ranges((6, None), (None, 5)) is None
    assert meet_ranges((3, 2), (None, None)) is None


def test_constants_under_a_not() -> None:
    assert narrow_all(EVERYTHING, [Not(ALWAYS)]) is None
    assert narrow_all(EVERYTHING, [Not(Truth(False)), Not(Not(ALWAYS))]) is EVERYTHING
