"""What points are earned on: nets, less store credit; list prices; orders that redeem."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import EarnOn, RedeemingOrders, Stage
from tallystick.dsl.ruleset import PercentOff, Promotion

from .shop import (
    CLUB,
    amounts,
    award,
    cart,
    earned,
    line,
    member,
    order_off,
    rates,
    rule,
    shares,
    shop,
)

TWO = cart(line("a", 1000), line("b", 2000))


def test_the_base_is_what_promotions_leave() -> None:
    ruleset = shop(rules=[rule()], promotions=(order_off("tenth", 100_000),))
    (entry,) = earned(ruleset, TWO)
    assert (entry.base, entry.amount, shares(entry)) == (2700, 27, {"a": 9, "b": 18})


def test_store_credit_is_shared_by_the_nets_over_all_lines() -> None:
    # 6.00 over 10.00 and 20.00 are 2.00 and 4.00; a rule for one line sees what its share leaves.
    (entry,) = earned(shop(rules=[rule()]), TWO | {"store_credit": 600})
    assert (entry.base, shares(entry)) == (2400, {"a": 8, "b": 16})


def test_an_odd_cent_of_credit_goes_to_the_smaller_id() -> None:
    sent = cart(line("b", 100), line("a", 100), store_credit=1)
    (entry,) = earned(shop(rules=[rule(given=award(per_minor=1))]), sent)
    assert entry.base == 199
    assert shares(entry) == {"b": 100, "a": 99}


def test_credit_pays_at_most_the_nets() -> None:
    assert earned(shop(rules=[rule()]), TWO | {"store_credit": 10**6}) == []


def test_gross_is_the_list_price_and_nothing_comes_off() -> None:
    program = replace(CLUB, earn_on=EarnOn.GROSS)
    half = Promotion("half", Stage.CART, PercentOff(500_000))
    ruleset = shop(program, [rule()], promotions=(half,))
    (entry,) = earned(ruleset, TWO | {"store_credit": 700})
    assert (entry.base, entry.amount) == (3000, 30)


def test_tax_and_shipping_never_count() -> None:
    sent = TWO | {"tax_total": 500, "shipments": [{"amount": 900}]}
    assert amounts(earned(shop(rules=[rule()]), sent)) == {"buy": 30}


REDEEM: dict[str, Any] = {"redeem": [{"program": "club", "points": 600}]}  # 6.00 off 30.00


@pytest.mark.parametrize(
    ("policy", "base"),
    [(RedeemingOrders.NET, 2400), (RedeemingOrders.FULL, 3000), (RedeemingOrders.NONE, None)],
)
def test_orders_that_redeem(policy: RedeemingOrders, base: int | None) -> None:
    ruleset = shop(replace(rates(), redeeming_orders=policy), [rule()])
    facts = member(balance=1000)
    assert [entry.base for entry in earned(ruleset, TWO | REDEEM, facts)] == (
        [] if base is None else [base]
    )
    # A request that is refused lowers nothing.
    assert [entry.base for entry in earned(ruleset, TWO | REDEEM, member(balance=0))] == [3000]


def test_full_shares_the_credit_as_though_nothing_was_redeemed() -> None:
    # Of 10.00 and 20.00, 6.00 off leave 8.00 and 16.00. 3.00 of credit are shared 1.00 and 2.00.
    ruleset = shop(replace(rates(), redeeming_orders=RedeemingOrders.FULL), [rule()])
    (entry,) = earned(ruleset, TWO | REDEEM | {"store_credit": 300}, member(balance=1000))
    assert (entry.base, shares(entry)) == (2700, {"a": 9, "b": 18})


def test_gross_orders_may_redeem_too() -> None:
    ruleset = shop(replace(rates(), earn_on=EarnOn.GROSS), [rule()])
    (entry,) = earned(ruleset, TWO | REDEEM, member(balance=1000))
    assert entry.base == 3000
