"""Names that mean nothing: what is guessed, and what is sure enough to be put in their place."""

import pytest

from .checking import Bench


@pytest.mark.parametrize(
    ("text", "help", "fix"),
    [
        ("cart.chanel == 'a'", "did you mean `cart.channel`?", "cart.channel"),
        ("cart.subtotl > 1 USD", "did you mean `cart.subtotal`?", "cart.subtotal"),
        ("custmer.tier == 'a'", "did you mean `customer.tier`?", "customer.tier"),
        ("any(skuu == 'a')", "did you mean `sku`?", None),
        ("cart.groups has 'a'", "did you mean `customer.groups`?", None),
        ("cart.month == 3", "the fields there are `cart.subtotal`, ", None),
        ("cart.items > 3", "write `cart.quantity` for the units, `cart.line_count`", None),
        ("cart.lines > 3", "write `cart.quantity` for the units, `cart.line_count`", None),
        ("shipping.method == 'a'", 'write `shipping.methods has "..."`', None),
        ("customer.is_new", "write `customer.orders == 0`", None),
        ("cart.channel == null", "a missing value equals nothing", None),
        ("customer.orders == None", "a missing value equals nothing", None),
        ("cart.channel == web", 'a text stands in quotes: `"web"`', '"web"'),
        ("cart.channel == locatoin", 'a text stands in quotes: `"locatoin"`', '"locatoin"'),
        ("cart.channel == main_chanel", "did you mean `main_channel`?", "main_channel"),
        ("cart.channel == location", 'a text stands in quotes: `"location"`', None),
        ("count(tea) > 3", "write `qty` to count units, `lines` to count lines", None),
        ("amonut(true) > 3 USD", "did you mean `amount`?", "amount"),
        ("qtty(true) > 3", "did you mean `qty`?", None),
        ("any(qty > 3)", "the units on a line are `quantity`", None),
        ("any(price > 3 USD)", "write `unit_price`", None),
        ("qty(tea) > 3", 'define it under `define`, or write `categories has "tea"`', None),
        ("tea", "", None),
        ("qty(tea > 3) > 3", "", None),
    ],
)
def test_an_unknown_name(text: str, help: str, fix: str | None) -> None:
    bench = Bench({"main_channel": "'web'"})
    bench.refuse(text)
    (problem,) = bench.problems
    assert problem.code in ("R104", "R140")
    assert problem.help.startswith(help)
    assert problem.help or not help
    assert problem.fix == fix
