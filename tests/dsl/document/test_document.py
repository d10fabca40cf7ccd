"""Keys and values of every section: what is read, with which defaults, and what is refused."""

import pytest

from tallystick.dsl.document.document import SECTIONS, currency_exponents
from tallystick.dsl.kinds import Basis, Kind, Mode, Policy, Rounding, Scope, Stage
from tallystick.dsl.ruleset import Attribute, Limits, StackGroup, Stacking, Window

from ..loading import codes_of, load, problems_of, promotion

THEN = "then: {percent_off: 20%}"


def test_an_empty_rule_set_has_the_defaults() -> None:
    ruleset = load("")
    assert (ruleset.currency, ruleset.exponent, ruleset.timezone) == ("USD", 2, "UTC")
    assert ruleset.rounding is Rounding.HALF_UP
    assert ruleset.line_floor_minor == 0
    assert ruleset.max_promotions is None
    assert ruleset.promotions == ()
    assert ruleset.cases == ()
    assert ruleset.hash.startswith("sha256:")


def test_every_setting() -> None:
    ruleset = load(
        """
        ruleset:
          dsl: 1
          currency: KWD
          timezone: Asia/Kuwait
          rounding: half_even
          line_floor: 0.005 KWD
          max_promotions: 8
          basis: compound
          attributes:
            line.attributes.colour: {type: string}
            customer.attributes.is_staff: {type: bool, default: false}
            cart.attributes.labels: {type: set, default: [b, a]}
            cart.attributes.limit: {type: money, default: 1.5 KWD}
        promotions:
          summer: {then: {percent_off: 20%}}
        """
    )
    assert (ruleset.currency, ruleset.exponent, ruleset.timezone) == ("KWD", 3, "Asia/Kuwait")
    assert ruleset.rounding is Rounding.HALF_EVEN
    assert ruleset.line_floor_minor == 5
    assert ruleset.max_promotions == 8
    assert ruleset.promotions[0].basis is Basis.COMPOUND
    assert ruleset.attributes == {
        "line.attributes.colour": Attribute(Kind.STRING),
        "customer.attributes.is_staff": Attribute(Kind.BOOL, False),
        "cart.attributes.labels": Attribute(Kind.SET, frozenset("ab")),
        "cart.attributes.limit": Attribute(Kind.MONEY, 1500),
    }


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("integer", "-5", -5),
        ("decimal", "1.5", 1_500_000),
        ("percent", "12.5%", 125_000),
        ("string", "1.5", "1.5"),
        ("date", "1970-01-02", 1),
        ("time", "00:01", 60_000_000),
        ("datetime", "1970-01-01T00:00:01Z", 1_000_000),
        ("duration", "1 day", 86_400_000_000),
        ("set", "one", frozenset(["one"])),
    ],
)
def test_defaults_of_attributes(kind: str, written: str, value: object) -> None:
    ruleset = load(
        f"ruleset: {{attributes: {{line.attributes.x: {{type: {kind}, default: '{written}'}}}}}}"
    )
    assert ruleset.attributes["line.attributes.x"].default == value


@pytest.mark.parametrize(("currency", "exponent"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_currencies_have_their_minor_units(currency: str, exponent: int) -> None:
    assert load(f"ruleset: {{currency: {currency}}}").exponent == exponent


def test_no_currency_without_minor_units() -> None:
    assert None not in currency_exponents().values()
    assert "XAU" not in currency_exponents()


@pytest.mark.parametrize("zone", ["localtime", "Europe", "../etc/passwd", "/etc/localtime", "Mars"])
def test_no_time_zone(zone: str) -> None:
    assert codes_of(f"ruleset: {{timezone: {zone}}}") == ["R212"]


@pytest.mark.parametrize("written", ["EUR", "GBP"])
def test_amounts_are_in_the_currency_even_of_a_wrong_section(written: str) -> None:
    text = f"""
        ruleset: {{currency: {written}, tmezone: UTC}}
        promotions:
          summer: {{then: {{amount_off: 5 {written}}}}}
        """
    assert codes_of(text) == ["R203"]


def test_an_unknown_currency_is_reported_once() -> None:
    text = """
        ruleset: {currency: ABC}
        promotions:
          summer: {then: {amount_off: 5 ABC}}
        """
    assert codes_of(text) == ["R211"]


def test_stack_groups() -> None:
    groups = load("stack_groups: {a: {}, b: , c: {policy: best}, d: {scope: line}}").stack_groups
    assert groups == {
        "a": StackGroup(),
        "b": StackGroup(),
        "c": StackGroup(Policy.BEST),
        "d": StackGroup(Policy.PRIORITY, True),
    }


def test_a_promotion_has_the_defaults() -> None:
    made = promotion(THEN)
    assert (made.id, made.name, made.description) == ("summer", "", "")
    assert (made.stage, made.priority, made.is_enabled) == (Stage.CART, 100, True)
    assert made.window == Window()
    assert made.conditions == ()
    assert made.coupons == ()
    assert made.coupon_pool is None
    assert not made.needs_code
    assert made.stacking == Stacking()
    assert made.limits == Limits()
    assert made.basis is Basis.ADDITIVE


def test_every_key_of_a_promotion() -> None:
    made = promotion(
        """
        name: Summer
        description: ""
        enabled: false
        stage: order
        priority: -5
        active: 1970-01-02..1970-01-02
        coupons: [" b1", A1, b1]
        coupon_pool: pool
        when: cart.quantity >= 3
        then: {amount_off: 5 USD}
        stacking: {mode: exclusive, scope: stage, excludes: [], max_in_cart: 3}
        limits: {total: 1, per_customer: 2, per_account: 3, per_location: 4, per_group: 5,
                 per_day: 0, max_discount: 50 USD}
        enforcement: allow_warn_on_invalid
        basis: compound
        """
    )
    assert (made.name, made.is_enabled, made.priority) == ("Summer", False, -5)
    assert made.stage is Stage.ORDER
    assert made.window == Window(86_400_000_000, 2 * 86_400_000_000)
    assert made.coupons == ("A1", "B1")
    assert made.coupon_pool == "pool"
    assert made.needs_code
    assert made.conditions[0].is_soft
    assert made.stacking == Stacking(Mode.EXCLUSIVE, Scope.STAGE, None, frozenset(), 3)
    assert made.limits == Limits(1, 2, 3, 4, 5, 0, 5000)
    assert made.basis is Basis.COMPOUND


@pytest.mark.parametrize(
    ("written", "stage"),
    [("cart", 100), ("order", 200), ("shipping", 300), ("payment", 400)],
)
def test_a_stage_has_a_name_and_a_number(written: str, stage: int) -> None:
    for word in (written, str(stage)):
        assert promotion(f"stage: {word}\nthen: {{percent_off: 20%}}").stage == stage


@pytest.mark.parametrize(
    "body",
    [
        "limits: {total: -1}",
        "limits: {max_discount: 1000000000000.01 USD}",
        "priority: 1.5",
        "priority: 10000000000",
        "stacking: {max_in_cart: two}",
        "stacking: {excludes: [[summer]]}",
        "enabled: True",
        "enabled: ''",
        "name: [a]",
        "active: {from: 2026-01-01}",
    ],
)
def test_values_out_of_shape_or_range(body: str) -> None:
    (problem,) = problems_of(f"promotions:\n  summer:\n    {THEN}\n    {body}")
    assert problem.code in ("R125", "R129", "R130", "R205", "R206")
    assert problem.span.place[1] == 4


@pytest.mark.parametrize(
    ("body", "code", "help"),
    [
        ("then: {buy: 2, get: {quantity: 1}}", "R205", "{buy: {quantity: 2}, get: {quantity: 1}}"),
        ("then: {gift: MUG}", "R205", "`gift: {sku: MUG, quantity: 1}`"),
        (f"{THEN}\n    stacking: exclusive", "R205", "`stacking: {mode: exclusive}`"),
        ("then: [{percent_off: 10%}]", "R205", "make a promotion for each"),
        (f"{THEN}\n    active: {{from: a}}", "R205", "`active: 2026-06-01..2026-08-31`"),
        (f"{THEN}\n    coupon: [A, B]", "R205", "`coupons: [A, B]`"),
        (f"{THEN}\n    condition: a", "R203", "write `when`"),
        ("action: {percent_off: 10%}", "R203", "write `then`"),
        (f"{THEN}\n    tags: [a]", "R203", "the keys here are `name`"),
        ("then: {amount_off: 50 dollars}", "R120", "`50 USD`"),
    ],
)
def test_other_shapes_are_shown_as_they_are_written_here(body: str, code: str, help: str) -> None:
    (problem,) = problems_of(f"promotions:\n  summer:\n    {body}")
    assert problem.code == code
    assert help in problem.help


@pytest.mark.parametrize("currency", ["£", "EURO", "''", "[EUR]"])
def test_amounts_are_not_judged_by_a_currency_that_is_not_known(currency: str) -> None:
    text = f"""
    ruleset: {{currency: {currency}, line_floor: 1 CHF}}
    promotions:
      first:
        when: [cart.subtotal >= 50 EUR, cart_minimum: £50, cart.hour > 'a']
        then: {{amount_off: 5 £}}
        limits: {{max_discount: 500}}
      second:
        stage: order
        then:
          volume:
            - {{min_amount: 10 EUR, amount_off: 1 EUR}}
            - {{min_amount: 20 EUR, amount_off: 2.001 EUR}}
    tests:
      first:
        cart: {{placed_at: 2026-01-01T00:00, lines: [], currency: GBP}}
        expect: {{discount_total: 0 GBP}}
    """
    first, second = codes_of(text)
    assert first in ("R205", "R211")
    assert second == "R149"


@pytest.mark.parametrize("section", ["promotions", "programs", "stack_groups", "tests"])
def test_a_key_that_no_file_can_have_is_told_as_such(section: str) -> None:
    assert "R004" in codes_of(f'{section}: {{a: {{"\\0": 5}}}}')
    assert codes_of('promotions: {a: {"\\0": 5, then: {percent_off: 5%}}}') == ["R004"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_may_be_empty(section: str) -> None:
    assert codes_of(f"{section}:\n") == []
    assert codes_of(f"{section}: {{}}") == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_a_mapping(section: str) -> None:
    assert codes_of(f"{section}: [a]") == ["R205"]


@pytest.mark.parametrize("name", ["été-20", "a.b:c_d", "20", "NO", "x" * 200])
def test_names(name: str) -> None:
    assert load(f"promotions: {{'{name}': {{{THEN}}}}}").promotions[0].id == name
