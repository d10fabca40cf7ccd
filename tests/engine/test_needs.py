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


LOYALTY = """
programs:
  club: {redemption: {points: 100, value: 1 USD}}
  wallet: {}
  closed: {status: paused}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  daily:
    program: club
    event: purchase
    award: {points: 5}
    limits: {per_member: 1 per day}
    when: member.tier == "gold"
  web:
    program: wallet
    event: purchase
    award: {points: 5}
    limits: {points: 100 per day}
    when: cart.channel == "web"
  hello: {program: wallet, event: signup, award: {points: 5}, limits: {per_member: 1}}
  shut: {program: closed, event: purchase, award: {points: 5}, limits: {per_member: 1}}
  stamp: {program: club, event: purchase, award: {stamps: 1 per unit, card: coffee}}
stamp_cards:
  coffee: {program: club, size: 10, reward: free}
burning_rules:
  free: {program: club, reward: {product: MUG}}
  two-off:
    program: club
    cost: 200 points
    reward: {discount: 2 USD}
    limits: {stock: 5, per_member: 2}
  back: {program: wallet, cost: 200 points, reward: {discount: 2 USD}}
"""


def loyal(**changes: object) -> dict[str, list[str]]:
    """What loyalty rules need for a cart, empty lists left out."""
    found = tallystick.Engine(tallystick.load_text(LOYALTY)).needs(CART | changes)
    lists = {
        name: getattr(found, name) for name in ("members", "rooms", "stock", "cards", "issued")
    }
    return {name: names for name, names in lists.items() if names}


def test_programs_rooms_and_cards_of_rules_that_can_match() -> None:
    found = {"members": ["club"], "rooms": ["daily"], "cards": ["coffee"]}
    assert loyal() == found
    assert loyal(channel="web") == found | {
        "members": ["club", "wallet"],
        "rooms": ["daily", "web"],
    }


def test_what_a_cart_asks_to_redeem() -> None:
    found = loyal(redeem=[{"rule": "two-off"}, {"rule": "nobody"}])
    assert (found["rooms"], found["stock"]) == (["daily", "two-off"], ["two-off"])
    assert loyal(redeem=[{"program": "closed", "points": 5}])["members"] == ["closed", "club"]
    assert loyal(redeem=[{"program": "nobody", "points": 5}])["members"] == ["club"]
    found = loyal(redeem=[{"issued": "r2"}, {"issued": "r1"}])
    assert (found["members"], found["issued"]) == (["club", "wallet"], ["r1", "r2"])


def test_without_programs_nothing_of_loyalty_is_needed() -> None:
    found = needs()
    assert found.members == found.rooms == found.stock == found.cards == found.issued == []
