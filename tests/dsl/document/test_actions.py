"""Every action, its defaults, and what goes with what."""

import pytest

from tallystick.dsl.formula import ALWAYS, Member, Term
from tallystick.dsl.kinds import PPM, Kind, Measure, Per, Pick, Stage, Threshold
from tallystick.dsl.ruleset import (
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    Component,
    FixedPrice,
    Gift,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PaymentAmount,
    PaymentPercent,
    PercentOff,
    ShippingAmount,
    ShippingPercent,
    Tier,
    Volume,
)

from ..loading import action, codes_of

A = Member(Term("line.sku", Kind.STRING), ("A",))
B = Member(Term("line.sku", Kind.STRING), ("B",))
ON = 'on: sku == "A"'


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{percent_off: 20%}", PercentOff(200_000)),
        (
            f"{{percent_off: 20%, {ON}, max_units: 3, pick: dearest}}",
            PercentOff(200_000, A, 3, Pick.DEAREST),
        ),
        ("{amount_off: 5.00 USD}", AmountOff(500)),
        ("{amount_off: 5.00 USD, per: target}", AmountOff(500, Per.TARGET)),
        (
            f"{{amount_off: 5.00 USD, per: unit, {ON}, max_units: 2}}",
            AmountOff(500, Per.UNIT, A, 2, Pick.CHEAPEST),
        ),
        (f"{{fixed_price: 9.99 USD, {ON}}}", FixedPrice(999, A)),
        (
            "{volume: [{min_quantity: 10, percent_off: 5%},"
            " {min_quantity: 50, amount_off: 1 USD}]}",
            Volume((Tier(10, 50_000), Tier(50, None, 100)), Threshold.QUANTITY),
        ),
        (
            f"{{volume: [{{min_amount: 10 USD, percent_off: 5%}}], measure: line, {ON}}}",
            Volume((Tier(1000, 50_000),), Threshold.AMOUNT, Measure.LINE, A),
        ),
        ("{buy: {quantity: 2}, get: {quantity: 1}}", BuyGet(2, 1)),
        (f"{{buy: {{quantity: 2, {ON}}}, get: {{quantity: 1}}}}", BuyGet(2, 1, A, A, PPM)),
        (
            f'{{buy: {{quantity: 2, {ON}}}, get: {{quantity: 1, on: sku == "B", percent_off: 50%}},'
            " repeat: 3, pick: dearest, partial: true}",
            BuyGet(2, 1, A, B, 500_000, 3, Pick.DEAREST, True),
        ),
        (
            f"{{bundle: [{{quantity: 1, {ON}}}, {{quantity: 2}}], price: 20 USD, repeat: 1}}",
            Bundle((Component(1, A), Component(2)), price_minor=2000, repeat=1),
        ),
        (
            "{bundle: [{quantity: 1}], percent_off: 5%, pick: dearest}",
            Bundle((Component(1),), percent_ppm=50_000, pick=Pick.DEAREST),
        ),
        ("{bundle: [{quantity: 1}], amount_off: 5 USD}", Bundle((Component(1),), amount_minor=500)),
        ("{gift: {sku: MUG, quantity: 1}}", Gift("MUG", 1)),
    ],
)
def test_actions_of_stage_cart(then: str, expected: Action) -> None:
    assert action(then) == expected


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (f"{{percent_off: 10%, {ON}}}", OrderPercent(100_000, A)),
        ("{amount_off: 15.00 USD}", OrderAmount(1500)),
        (
            "{volume: [{min_amount: 100 USD, amount_off: 10 USD},"
            " {min_amount: 200 USD, percent_off: 12%}]}",
            OrderVolume((Tier(10_000, None, 1000), Tier(20_000, 120_000)), Threshold.AMOUNT),
        ),
        (
            f"{{volume: [{{min_quantity: 3, percent_off: 5%}}], {ON}}}",
            OrderVolume((Tier(3, 50_000),), Threshold.QUANTITY, A),
        ),
    ],
)
def test_actions_of_stage_order(then: str, expected: Action) -> None:
    assert action(then, "order") == expected


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{free_shipping: {}}", ShippingPercent(PPM)),
        (
            "{free_shipping: {methods: [standard, express, standard]}}",
            ShippingPercent(PPM, ("express", "standard")),
        ),
        ("{percent_off: 50%, methods: express}", ShippingPercent(500_000, ("express",))),
        ("{amount_off: 3.00 USD}", ShippingAmount(300)),
        ("{amount_off: 3.00 USD, methods: [a]}", ShippingAmount(300, ("a",))),
    ],
)
def test_actions_of_stage_shipping(then: str, expected: Action) -> None:
    assert action(then, "shipping") == expected


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{percent_off: 2%}", PaymentPercent(20_000)),
        ("{percent_surcharge: 2%}", PaymentPercent(20_000, True)),
        ("{amount_off: 2 USD}", PaymentAmount(200)),
        ("{amount_surcharge: 2 USD}", PaymentAmount(200, True)),
    ],
)
def test_actions_of_stage_payment(then: str, expected: Action) -> None:
    assert action(then, "payment") == expected


def test_an_action_without_on_is_about_every_line() -> None:
    made = action("{percent_off: 20%}")
    assert isinstance(made, PercentOff)
    assert made.on is ALWAYS


HOMES = {
    "percent_off: 5%": {100, 200, 300, 400},
    "amount_off: 5 USD": {100, 200, 300, 400},
    "fixed_price: 5 USD": {100},
    "volume: [{min_quantity: 3, percent_off: 5%}]": {100, 200},
    "buy: {quantity: 1}, get: {quantity: 1}": {100},
    "bundle: [{quantity: 2}], price: 5 USD": {100},
    "gift: {sku: A, quantity: 1}": {100},
    "free_shipping: {}": {300},
    "percent_surcharge: 5%": {400},
    "amount_surcharge: 5 USD": {400},
}


@pytest.mark.parametrize("then", HOMES)
@pytest.mark.parametrize("stage", Stage)
def test_every_action_lives_in_its_stages(then: str, stage: Stage) -> None:
    text = f"promotions: {{a: {{stage: {int(stage)}, then: {{{then}}}}}}}"
    assert codes_of(text) == ([] if stage in HOMES[then] else ["R303"])


OPTIONS = {
    'on: sku == "A"': {"cart percent_off", "cart amount_off", "order percent_off"},
    "max_units: 2": {"cart percent_off"},
    "max_units: 2, pick: dearest": {"cart percent_off"},
    "per: unit, max_units: 2": {"cart amount_off"},
    "per: unit": {"cart amount_off"},
    "pick: dearest": set(),
    "methods: [a]": {"shipping percent_off"},
    "measure: line": set(),
    "repeat: 2": set(),
    "partial: true": set(),
    "price: 5 USD": set(),
    "get: {quantity: 1}": set(),
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    "home",
    ["cart percent_off", "cart amount_off", "order percent_off", "shipping percent_off",
     "payment percent_off"],
)  # fmt: skip
def test_what_may_stand_beside_an_action(option: str, home: str) -> None:
    stage, name = home.split()
    value = "5%" if name == "percent_off" else "5 USD"
    text = f"promotions: {{a: {{stage: {stage}, then: {{{name}: {value}, {option}}}}}}}"
    codes = set(codes_of(text))
    assert codes == (set() if home in OPTIONS[option] else {"R304"})


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("{}", "R301"),
        ('{on: sku == "A"}', "R301"),
        ("{percent_off: 5%, gift: {sku: A, quantity: 1}}", "R302"),
        ("{buy: {quantity: 1}}", "R204"),
        ("{bundle: [{quantity: 1}]}", "R305"),
        ("{bundle: [{quantity: 1}], price: 5 USD, amount_off: 5 USD}", "R305"),
        ("{bundle: []}", "R214"),
        ("{volume: [{min_quantity: 1}]}", "R305"),
        ("{volume: [{percent_off: 5%}]}", "R305"),
        (
            "{volume: [{min_quantity: 2, percent_off: 5%}, {min_quantity: 2, percent_off: 6%}]}",
            "R306",
        ),
        (
            "{volume: [{min_quantity: 2, percent_off: 5%}, {min_amount: 3 USD, percent_off: 6%}]}",
            "R307",
        ),
        ("{percent_off: 100.0001%}", "R128"),
        ("{percent_off: 5%, max_units: 0}", "R130"),
        ("{percent_off: 5%, max_units: 1000001}", "R130"),
        ("{amount_off: 10000000000.01 USD}", "R125"),
        ("{amount_off: 5}", "R121"),
        ("{gift: {sku: A, quantity: 1.5}}", "R129"),
        ("{buy: {quantity: 1}, get: {quantity: 1}, repeat: 0}", "R130"),
    ],
)
def test_what_is_no_action(then: str, code: str) -> None:
    assert codes_of(f"promotions: {{a: {{then: {then}}}}}") == [code]


def test_expressions_are_checked_beside_a_wrong_action() -> None:
    text = """
        promotions:
          a:
            when: [cart.nothing >= 3]
            then: {percent_off: 5%, gift: {}, on: brnd == "A"}
        """
    assert codes_of(text) == ["R104", "R204", "R204", "R104"]
