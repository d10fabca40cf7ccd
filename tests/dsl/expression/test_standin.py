"""What is offered to stand in for a field that may be missing: nothing that opens a rule to all."""

import pytest

from .checking import Bench

IN_WORDS = "write `default({}, ...)`, and decide what a missing one counts as"


def help_for(text: str, *, in_line: bool = False) -> str:
    ((code, _, help),) = Bench().refuse(text, in_line=in_line)
    assert code == "R154"
    return help


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("customer.orders >= 3", "default(customer.orders, 0)"),
        ("customer.orders < 3", "default(customer.orders, 1000000)"),
        ("3 > customer.orders", "default(customer.orders, 1000000)"),
        ("3 <= customer.orders", "default(customer.orders, 0)"),
        ("customer.orders between 1 and 3", "default(customer.orders, 0)"),
        ("min_price(true) <= 5 USD", "default(min_price(true), 1000000 USD)"),
        ("max_price(true) > 5 USD", "default(max_price(true), 0 USD)"),
        ("customer.birthday <= 2008-01-01", "default(customer.birthday, 9999-12-31)"),
        ("customer.birthday > 2008-01-01", "default(customer.birthday, 1900-01-01)"),
        ("customer.signed_up < cart.date", "default(customer.signed_up, 9999-12-31)"),
        ("cart.attributes.rate < 10%", "default(cart.attributes.rate, 100%)"),
        ("cart.attributes.rate > 10%", "default(cart.attributes.rate, 0%)"),
        (
            "cart.attributes.due < cart.placed_at + 2 days",
            "default(cart.attributes.due, 9999-12-31T00:00)",
        ),
        (
            "cart.attributes.due > 2026-01-01T00:00",
            "default(cart.attributes.due, 1900-01-01T00:00)",
        ),
        ("not not customer.orders < 3", "default(customer.orders, 1000000)"),
    ],
)
def test_the_comparison_is_false_where_the_field_is_missing(text: str, offered: str) -> None:
    assert help_for(text) == f"say what stands in for it: `{offered}`"
    checking = Bench()
    field = offered.removeprefix("default(").rpartition(", ")[0]
    checking.condition(text.replace(field, offered))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("customer.orders + 1 == 3", "customer.orders"),
        ("customer.orders >= 0", "customer.orders"),
        ("customer.orders < 2000000", "customer.orders"),
        ("customer.orders < cart.quantity", "customer.orders"),
        ("not customer.orders < 3", "customer.orders"),
        ("cart.date - customer.birthday > 30 days", "customer.birthday"),
        ("cart.hour between customer.orders and 5", "customer.orders"),
        ('customer.orders < "3"', "customer.orders"),
    ],
)
def test_where_nothing_is_sure_the_author_decides(text: str, field: str) -> None:
    assert help_for(text) == IN_WORDS.format(field)
