"""What a cart needs to know: named exactly where it can matter."""

import tallystick

RULES = """
ruleset: {currency: USD}
stack_groups:
  sale: {policy: best}
promotions:
  unlimited: {then: {percent_off: 1%}}
  rare: {when: cart.quantity >= 1, then: {percent_off: 1%}, limits: {total: 5}}
  far-away: {when: 'cart.channel == "moon"', then: {percent_off: 1%}, limits: {total: 5}}
  gentle:
    when: 'cart.channel == "moon"'
    enforcement: allow_warn_on_invalid
    then: {percent_off: 1%}
    limits: {per_day: 5}
  later: {when: cart.net_subtotal > 1000 USD, then: {percent_off: 1%}, limits: {total: 5}}
  over: {active: ..2026-01-01, then: {percent_off: 1%}, limits: {total: 5}}
  switched-off: {enabled: false, then: {percent_off: 1%}, limits: {total: 5}}
  with-code:
    coupon: YES
    when: 'cart.channel == "moon"'
    then: {percent_off: 1%}
    limits: {per_customer: 1}
  other-code: {coupon: "NO", then: {percent_off: 1%}, limits: {per_customer: 1}}
  pooled: {coupon_pool: summer, then: {percent_off: 1%}, limits: {total: 9}}
  in-group:
    when: 'cart.channel == "moon"'
    then: {percent_off: 1%}
    stacking: {group: sale}
    limits: {total: 1}
"""
CART = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "A", "quantity": 1, "unit_price": 100}],
}


def needs(**changes: object) -> tallystick.Needs:
    """What the rules above need for a cart."""
    return tallystick.Engine(tallystick.load_text(RULES)).needs(CART | changes)


def test_counters_of_promotions_that_can_match() -> None:
    # By stage, priority and id. `far-away` cannot match, and nobody asks why.
    assert needs().uses == ["gentle", "in-group", "later", "rare"]


def test_a_code_asks_for_the_counters_of_its_promotion_even_if_a_condition_is_false() -> None:
    assert needs(coupons=["yes"]).uses == [
        "gentle",
        "in-group",
        "later",
        "pooled",
        "rare",
        "with-code",
    ]


def test_codes_are_looked_up_when_there_are_pools() -> None:
    assert needs(coupons=[" abc "]).codes == ["ABC"]
    plain = tallystick.load_text("promotions: {p: {coupon: X, then: {percent_off: 1%}}}")
    assert tallystick.Engine(plain).needs(CART | {"coupons": ["X"]}).codes == []
