"""Redemptions in the cart: steps, limits in the order of their reasons, what comes off lines."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import Rounding, Stage
from tallystick.dsl.loyalty import BurningRule, Program, Quota
from tallystick.dsl.rule import Window
from tallystick.dsl.ruleset import PaymentPercent, Promotion, Ruleset, ShippingPercent

from .shop import (
    CLUB,
    TIERED,
    amounts,
    cart,
    has_net,
    line,
    member,
    net_at_least,
    off,
    order_off,
    percent,
    price,
    rates,
    redeemed,
    rule,
    shop,
    sku,
    told,
    when,
)

CART = cart(line("a", 6000), line("b", 4000))
POINTS: dict[str, Any] = {"program": "club"}


def points(asked: int | str, balance: int, program: Program, **request: Any) -> tuple[Any, ...]:
    """What becomes of points of the club, in short."""
    sent = {"program": "club", "points": asked, **request}
    (found,) = redeemed(shop(program), CART, sent, **member(balance=balance))
    return told(found)


def refused(reason: str, wanted: int) -> tuple[Any, ...]:
    """A refusal, in short."""
    return ("refused", 0, wanted, 0, 0, reason)


# Points of a program, at its rate.


def test_whole_steps_are_taken_and_loose_points_stay() -> None:
    assert points(550, 10_000, rates()) == ("honoured", 5, 5, 500, 500, None)
    assert points(99, 10_000, rates()) == refused("below_minimum", 0)
    assert points(100, 100, rates(minor=33)) == ("honoured", 1, 1, 100, 33, None)


def test_a_request_beyond_the_balance_is_clipped_or_rejected() -> None:
    assert points(1000, 650, rates()) == ("clipped", 6, 10, 600, 600, "insufficient_points")
    assert points(1000, 650, rates(), if_short="reject") == refused("insufficient_points", 10)
    assert points(1000, 99, rates()) == refused("insufficient_points", 10)


def test_as_many_as_can_be() -> None:
    assert points("max", 650, rates()) == ("honoured", 6, 6, 600, 600, None)
    assert points("max", 20_000, rates()) == ("honoured", 100, 100, 10_000, 10_000, None)
    assert points("max", 650, rates(), if_short="reject")[0] == "honoured"
    assert points("max", 99, rates()) == refused("insufficient_points", 0)


def test_the_least_and_the_most_points() -> None:
    program = rates(min_points=500, max_points=800)
    assert points(400, 10_000, program) == refused("below_minimum", 4)
    assert points(500, 10_000, program) == ("honoured", 5, 5, 500, 500, None)
    assert points(900, 10_000, program) == ("clipped", 8, 9, 800, 800, "over_limit")
    assert points(900, 10_000, program, if_short="reject") == refused("over_limit", 9)
    assert points(900, 450, program) == refused("below_minimum", 9)
    assert points(900, 450, program, if_short="reject") == refused("insufficient_points", 9)
    assert points("max", 10_000, program) == ("honoured", 8, 8, 800, 800, None)
    assert points("max", 400, program) == refused("below_minimum", 4)


def test_the_first_reason_is_told_even_if_a_later_one_allows_less() -> None:
    # The balance allows 6 steps, the room of the cart 4.
    program = rates(minor=2000, max_percent_ppm=800_000)
    assert points(1000, 650, program) == ("clipped", 4, 10, 400, 8000, "insufficient_points")
    assert points(500, 650, program) == ("clipped", 4, 5, 400, 8000, "over_limit")


def test_no_more_than_a_share_of_the_cart() -> None:
    # 33.3333 % of 100.00 are 33.33: 33 steps.
    program = rates(max_percent_ppm=333_333)
    assert points("max", 10_000, program)[1:5] == (33, 33, 3300, 3300)
    assert points(100, 10_000, rates(max_percent_ppm=0)) == refused("over_limit", 1)


def test_no_more_than_so_much_off_each_line() -> None:
    program = rates(max_per_line_minor=1500)
    (found,) = redeemed(shop(program), CART, POINTS | {"points": 10_000})
    assert told(found) == ("clipped", 30, 100, 3000, 3000, "over_limit")
    assert [(each.id, each.amount) for each in found.lines] == [("a", 1500), ("b", 1500)]


def test_what_comes_off_is_spread_by_the_nets_under_the_caps() -> None:
    (found,) = redeemed(shop(rates()), CART, POINTS | {"points": 500})
    assert [(each.id, each.amount) for each in found.lines] == [("a", 300), ("b", 200)]
    # At most 2.80 a line: b has what a leaves.
    capped = shop(rates(max_per_line_minor=280))
    (found,) = redeemed(capped, CART, POINTS | {"points": 500})
    assert [(each.id, each.amount) for each in found.lines] == [("a", 280), ("b", 220)]


def test_floors_and_stored_value_are_never_touched() -> None:
    sent = cart(
        line("a", 1000, min_price=900), line("b", 1000), line("card", 5000, stored_value=True)
    )
    (found,) = redeemed(shop(rates()), sent, POINTS | {"points": 5000})
    assert told(found) == ("clipped", 11, 50, 1100, 1100, "over_limit")
    assert [(each.id, each.amount) for each in found.lines] == [("a", 100), ("b", 1000)]
    floored = shop(rates(), line_floor_minor=400)
    (found,) = redeemed(floored, sent, POINTS | {"points": 5000})
    assert [(each.id, each.amount) for each in found.lines] == [("a", 100), ("b", 600)]


def test_the_share_of_the_cart_counts_lines_of_stored_value() -> None:
    sent = cart(line("b", 1000), line("card", 1000, stored_value=True))
    (found,) = redeemed(shop(rates(max_percent_ppm=500_000)), sent, POINTS | {"points": "max"})
    assert told(found)[4] == 1000


# Burning rules.


def by_rule(
    one: BurningRule, program: Program = CLUB, times: int = 1, sent: Any = CART, **facts: Any
) -> tuple[Any, ...]:
    """What becomes of a burning rule, in short."""
    request = {"rule": one.id, "times": times}
    (found,) = redeemed(shop(program, burning=[one]), sent, request, **facts)
    return told(found)


def test_a_rule_is_redeemed_so_many_times() -> None:
    assert by_rule(off("two-off"), times=3) == ("honoured", 3, 3, 600, 600, None)
    facts = member(balance=599)
    assert by_rule(off("two-off"), times=3, **facts) == refused("insufficient_points", 3)


def test_a_rule_is_clipped_where_the_request_says_so() -> None:
    request = {"rule": "two-off", "times": 3, "if_short": "clip"}
    (found,) = redeemed(shop(burning=[off("two-off")]), CART, request, **member(balance=599))
    assert told(found) == ("clipped", 2, 3, 400, 400, "insufficient_points")


def test_a_rule_takes_off_the_lines_of_its_on() -> None:
    (found,) = redeemed(
        shop(burning=[off("b-off", amount_minor=3000, on=sku("b"))]), CART, {"rule": "b-off"}
    )
    assert [(each.id, each.amount) for each in found.lines] == [("b", 3000)]
    assert by_rule(off("b-off", amount_minor=5000, on=sku("b"))) == refused("over_limit", 1)
    assert by_rule(off("z-off", on=sku("z"))) == refused("over_limit", 1)


def test_both_limits_of_the_program_bind_rules_too_but_not_those_of_points() -> None:
    program = rates(max_percent_ppm=50_000, min_points=5000, max_points=1)
    assert by_rule(off("two-off"), program, 2) == ("honoured", 2, 2, 400, 400, None)
    assert by_rule(off("two-off"), program, 3) == refused("over_limit", 3)
    program = rates(max_per_line_minor=100)
    assert by_rule(off("two-off"), program) == ("honoured", 1, 1, 200, 200, None)
    assert by_rule(off("two-off"), program, 2) == refused("over_limit", 2)


@pytest.mark.parametrize(
    ("one", "amount"),
    [
        (off("p", reward=percent(200_000)), 2000),
        (off("p", reward=percent(200_000), on=sku("b")), 800),
        (off("p", reward=percent(200_000, 1500)), 1500),
        (off("p", reward=percent(333_333)), 3333),
    ],
)
def test_a_percentage_is_one_step(one: BurningRule, amount: int) -> None:
    assert by_rule(one) == ("honoured", 1, 1, 200, amount, None)
    assert by_rule(one, times=2) == refused("over_limit", 2)
    request = {"rule": "p", "times": 2, "if_short": "clip"}
    (found,) = redeemed(shop(burning=[one]), CART, request)
    assert told(found) == ("clipped", 1, 2, 200, amount, "over_limit")


def test_a_percentage_is_rounded_as_the_rule_set_says() -> None:
    sent = cart(line("a", 25))  # 10 % are 2.5 cents
    for rounding, amount in ((Rounding.HALF_UP, 3), (Rounding.DOWN, 2), (Rounding.HALF_EVEN, 2)):
        ruleset = shop(burning=[off("p", reward=percent(100_000))], rounding=rounding)
        (found,) = redeemed(ruleset, sent, {"rule": "p"})
        assert found.amount == amount


def test_a_percentage_takes_what_there_is_room_for() -> None:
    one = off("p", reward=percent(500_000))
    assert by_rule(one, rates(max_percent_ppm=100_000)) == ("honoured", 1, 1, 200, 1000, None)
    assert by_rule(one, sent=cart()) == refused("over_limit", 1)
    assert by_rule(off("p", reward=percent(1)), sent=cart(line("a", 1))) == refused("over_limit", 1)


NEVER = when(net_at_least(10**6))
PAST = Window(None, 0)
CHAIN: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("paused", {"is_paused": True}, {}, {}),
    ("inactive", {}, {"is_enabled": False}, {}),
    ("tier", {}, {"min_tier": "silver"}, {}),
    ("condition", {}, {"conditions": NEVER}, {}),
    ("limit_reached", {}, {"per_member": Quota(0)}, {}),
    ("out_of_stock", {}, {"stock": 0}, {}),
    ("insufficient_points", {}, {}, member(balance=0)),
    ("over_limit", {}, {"on": sku("z")}, {}),
]


@pytest.mark.parametrize("first", range(len(CHAIN)), ids=[each[0] for each in CHAIN])
def test_reasons_in_their_order(first: int) -> None:
    """With everything wrong from some reason on, that reason is told."""
    program, one, facts = TIERED, off("two-off"), member(balance=1000)
    for _, of_program, of_rule, known in CHAIN[first:]:
        program, one = replace(program, **of_program), replace(one, **of_rule)
        facts |= known
    assert by_rule(one, program, **facts) == refused(CHAIN[first][0], 1)


def test_programs_and_rules_out_of_their_window_are_inactive() -> None:
    assert by_rule(off("two-off", window=PAST)) == refused("inactive", 1)
    assert by_rule(off("two-off"), replace(CLUB, window=PAST)) == refused("inactive", 1)
    assert by_rule(off("two-off"), replace(CLUB, is_enabled=False)) == refused("inactive", 1)
    assert points(100, 100, replace(rates(), window=PAST)) == refused("inactive", 1)
    assert points(100, 100, replace(rates(), is_paused=True)) == refused("paused", 1)
    assert points("max", 100, replace(rates(), is_paused=True)) == refused("paused", 0)


@pytest.mark.parametrize(
    ("tier", "is_enough"), [("bronze", False), ("silver", True), ("gold", True), (None, False)]
)
def test_a_rule_from_a_tier_on(tier: str | None, is_enough: bool) -> None:
    found = by_rule(off("two-off", min_tier="silver"), TIERED, **member(balance=500, tier=tier))
    assert found[5] == (None if is_enough else "tier")


def test_conditions_read_the_nets_of_the_moment() -> None:
    one = off("two-off", conditions=when(net_at_least(9800)))
    requests = [{"rule": "two-off"}] * 3
    found = redeemed(shop(burning=[one]), CART, *requests)
    assert [told(each)[5] for each in found] == [None, None, "condition"]
    soft = off("two-off", conditions=when(has_net(sku("z"), 1), is_soft=True))
    assert by_rule(soft)[0] == "honoured"


@pytest.mark.parametrize(
    ("fields", "facts", "reason"),
    [
        ({"per_member": Quota(3)}, {}, "limit_reached"),
        ({"per_member": Quota(9)}, {"rooms": {"two-off": {"times": 3}}}, "limit_reached"),
        ({"per_order": 3}, {}, "limit_reached"),
        ({"stock": 3}, {}, "out_of_stock"),
        ({"stock": 9}, {"stock": {"two-off": 3}}, "out_of_stock"),
    ],
)
def test_limits_count_over_the_cart(
    fields: dict[str, Any], facts: dict[str, Any], reason: str
) -> None:
    requests: list[dict[str, Any]] = [
        {"rule": "two-off", "times": 2},
        {"rule": "two-off", "times": 2, "if_short": "clip"},
        {"rule": "two-off"},
    ]
    found = redeemed(shop(burning=[off("two-off", **fields)]), CART, *requests, **facts)
    assert [told(each) for each in found] == [
        ("honoured", 2, 2, 400, 400, None),
        ("clipped", 1, 2, 200, 200, reason),
        refused(reason, 1),
    ]


def test_facts_about_limits_that_a_rule_does_not_have_say_nothing() -> None:
    known: dict[str, Any] = {"rooms": {"two-off": {"times": 0}}, "stock": {"two-off": 0}}
    assert by_rule(off("two-off"), **known)[0] == "honoured"


# Several requests.


def test_requests_share_balance_and_room() -> None:
    ruleset = shop(rates(max_percent_ppm=100_000), burning=[off("two-off")])
    found = redeemed(
        ruleset,
        CART,
        {"rule": "two-off", "times": 2},
        POINTS | {"points": 500},
        {"rule": "two-off"},
        POINTS | {"points": "max"},
        **member(balance=850),
    )
    # 10.00 may come off: 4.00, then 4.00 of the 4.50 that are left in points, and no more.
    assert [told(each) for each in found] == [
        ("honoured", 2, 2, 400, 400, None),
        ("clipped", 4, 5, 400, 400, "insufficient_points"),
        refused("insufficient_points", 1),
        refused("insufficient_points", 0),
    ]


def test_the_room_of_a_program_is_what_its_requests_left() -> None:
    ruleset = shop(rates(max_percent_ppm=100_000), burning=[off("two-off")])
    found = redeemed(ruleset, CART, {"rule": "two-off", "times": 3}, POINTS | {"points": 500})
    assert [told(each) for each in found] == [
        ("honoured", 3, 3, 600, 600, None),
        ("clipped", 4, 5, 400, 400, "over_limit"),
    ]


def test_the_most_points_count_over_the_requests_for_points() -> None:
    ruleset = shop(rates(max_points=700), burning=[off("two-off")])
    asked: list[dict[str, Any]] = [{"rule": "two-off", "times": 5}, *[POINTS | {"points": 400}] * 3]
    found = redeemed(ruleset, CART, *asked)
    assert [told(each)[3] for each in found] == [1000, 400, 300, 0]


def test_a_refused_request_takes_nothing_from_the_next() -> None:
    found = redeemed(
        shop(burning=[off("two-off")]),
        CART,
        {"rule": "two-off", "times": 9},
        {"rule": "two-off"},
        **member(balance=300),
    )
    assert [told(each)[0] for each in found] == ["refused", "honoured"]


def test_each_request_sees_what_the_last_left_of_the_lines() -> None:
    ruleset = shop(burning=[off("most", amount_minor=5900, on=sku("a")), off("some")])
    found = redeemed(ruleset, CART, {"rule": "most"}, {"rule": "some"})
    # 1.00 and 40.00 are left: 2.00 off by 1 to 40.
    assert [(each.id, each.amount) for each in found[1].lines] == [("a", 5), ("b", 195)]


# In the cart as a whole.


def whole() -> Ruleset:
    """A shop with promotions in every stage around the redemptions."""
    return shop(
        rates(),
        [rule()],
        promotions=(
            order_off("tenth", 100_000),
            Promotion(
                "free",
                Stage.SHIPPING,
                ShippingPercent(10**6),
                conditions=when(net_at_least(8001), is_soft=True),
            ),
            Promotion("fee", Stage.PAYMENT, PaymentPercent(10_000, is_surcharge=True)),
        ),
        burning=[off("two-off")],
    )


def test_redemptions_stand_between_the_stages() -> None:
    requests = [{"rule": "two-off", "times": 2}, POINTS | {"points": 600}]
    sent = CART | {"shipments": [{"amount": 500}], "redeem": requests}
    result = price(whole(), sent, member(balance=1000))
    first = result.lines[0]
    assert [(one.rule, one.stage, one.amount) for one in first.allocations] == [
        ("tenth", 100 * 2, 600),
        ("two-off", 250, 240),
        ("club", 250, 360),
    ]
    assert (first.discount, first.net) == (1200, 4800)
    # 100.00 - 10.00 - 10.00 are 80.00, of which the payment fee is 1 %; shipping is free.
    assert [one.id for one in result.applied_promotions] == ["tenth", "free", "fee"]
    assert result.payment.adjustment == 80
    assert result.discount_total == 1000 + 1000 + 500
    assert result.grand_total == 10_000 + 500 - 2500 + 80
    # A condition of a later stage sees what redemptions left, and so does its warning.
    (warning,) = result.warnings
    assert warning.text == "cart.net_subtotal is 80.00 USD, needs 80.01 USD"
    assert amounts(result.earned) == {"buy": 80}


def test_what_this_cart_earns_pays_nothing_of_it() -> None:
    found = price(whole(), CART | {"redeem": [POINTS | {"points": 100}]}, member(balance=0))
    assert told(found.redemptions[0])[5] == "insufficient_points"
    assert found.earned[0].amount == 90


def test_without_requests_nothing_is_redeemed() -> None:
    assert price(whole(), CART, member(balance=1000)).redemptions == []
