"""Sources in, one rule set or all that is wrong out."""

import gc
import random
import re

import pytest

from tallystick.dsl.layout.layout import lay_out
from tallystick.dsl.loader import load_sources, look_into
from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source

from .loading import load

SAMPLE = """
ruleset:                       # at most once in a rule set
  currency: USD
  timezone: Europe/Madrid
  rounding: half_up
  line_floor: 0 USD
  max_promotions: 8
  basis: additive
  attributes:
    line.attributes.colour: {type: string}
    customer.attributes.is_staff: {type: bool, default: false}

define:
  safety: categories has "safety-equipment"
  pro_buyers: customer.groups has any ["gold-distributors", "platinum"]
  clearance_skus: ["WIDGET-100", "WIDGET-200"]

stack_groups:
  seasonal: {policy: best}
  category: {policy: priority, scope: line}

promotions:
  summer-20:
    name: Summer 20 %
    stage: cart                # cart | order | shipping | payment; 100..400 also read
    priority: 10               # lower goes first; default 100
    active: 2026-06-01..2026-08-31
    coupon: SUMMER20
    when:                      # all must hold
      - cart.subtotal >= 500 USD
      - pro_buyers
      - qty(safety) >= 20
      - {if: 'default(customer.orders, 0) >= 3', enforcement: allow_warn_on_invalid}
    then: {percent_off: 20%, on: safety and sku not in clearance_skus}
    stacking: {group: seasonal, excludes: [clearance], max_in_cart: 3}
    limits: {total: 1000, per_customer: 1, per_account: 5, per_location: 100,
             per_group: 500, per_day: 50, max_discount: 50 USD}

  free-delivery:
    stage: shipping
    when: [cart.net_subtotal >= 80 USD, 'shipping.country in ["ES", "PT"]']
    then: {free_shipping: {methods: [standard]}}

  clearance:
    priority: 1
    stacking: {mode: exclusive}          # stackable (default) | exclusive | last | always
    then: {buy: {on: sku in clearance_skus, quantity: 2}, get: {quantity: 1, percent_off: 100%}}

programs:
  club:
    status: active
    points:
      name: Stars
      symbol: "★"
      scale: 0
      rounding: down
      expire_after: 12 months
      activate_after: 14 days
    redemption: {points: 100, value: 1 USD, min_points: 500, max_percent_of_cart: 50%}
    tiers:
      window: 12 months
      levels:
        bronze: {from: 0}
        silver: {from: 1001, multiplier: 1.25, cashback: 3%}
        gold: {from: 5001, multiplier: 1.5, cashback: 5%}

earning_rules:
  purchase: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  receipt:
    program: club
    event: evidence.approved
    when: [event.kind == "pharmacy-receipt", 'default(event.amount, 0 USD) > 20 USD']
    award: {points: 100}
  birthday:
    program: club
    event: birthday
    award: {points: 300}
    limits: {per_member: 1 per 12 months}
  visit: {program: club, event: check-in, award: {points: 50}}
  erp: {program: club, event: external.erp, award: {points: event.points}}
  referral:
    program: club
    event: referral
    award: {referrer: {points: 1000}, friend: {points: 200}}
  money-back: {program: club, event: purchase, award: {cashback: tier}}
  coffee:
    program: club
    event: purchase
    award: {stamps: 1 per unit, card: coffee-card, on: sku == "COFFEE"}

stamp_cards:
  coffee-card: {program: club, size: 10, reward: free-coffee}

burning_rules:
  free-coffee: {program: club, reward: {product: COFFEE}}
  t-shirt:
    program: club
    cost: 500 points
    min_tier: silver
    reward: {product: TSHIRT-1}
    limits: {stock: 200}
  amazon-20:
    description: A 20 dollar card
    enabled: true
    program: club
    cost: 2000 points
    reward: {gift_card: 20 USD, provider: tango, expires_after: 365 days}
  ten-back: {program: club, cost: 1000 points, reward: {cashback: 10 USD}}
  two-off: {program: club, cost: 200 points, reward: {discount: 2 USD}}
  five-coupon:
    program: club
    cost: 500 points
    reward: {coupon_pool: loyal5, expires_after: 30 days}
  charity: {program: club, cost: 500 points, reward: {donation: 5 USD, to: red-cross}}

campaigns:
  double-july: {program: club, active: 2026-07-01..2026-07-31, rules: [purchase], multiply: 2}
  launch:
    program: club
    active: 2026-03-01..2026-03-07
    rules: [purchase]
    when: [qty(tags has "launch") >= 1]
    bonus: 500

tests:
  summer-applies-to-pros:
    cart:
      placed_at: 2026-07-10T12:00:00Z
      customer: {groups: [gold-distributors], orders: 1}
      coupons: [summer20]
      lines: [{sku: GLOVE-1, quantity: 25, unit_price: 30.00 USD, categories: [safety-equipment]}]
    expect:
      applied: [summer-20]
      discount_total: 50.00 USD    # capped by max_discount
      warnings: [summer-20]
"""


def test_a_whole_file() -> None:
    ruleset = load(SAMPLE)
    names = [promotion.id for promotion in ruleset.promotions]
    assert names == ["clearance", "summer-20", "free-delivery"]
    loyalty = ruleset.loyalty
    rules = (loyalty.earning_rules, loyalty.burning_rules, loyalty.campaigns, loyalty.stamp_cards)
    assert [len(section) for section in rules] == [8, 7, 2, 1]
    assert [case.name for case in ruleset.cases] == ["summer-applies-to-pros"]
    assert [one.is_soft for one in ruleset.promotions[1].conditions] == [False, False, False, True]


def sections_of(text: str) -> list[str]:
    """The sections of a file, each as a file."""
    parts: list[str] = []
    for line in text.strip().splitlines(keepends=True):
        if line[0].isalpha():
            parts.append("")
        parts[-1] += line
    return parts


@pytest.mark.parametrize("seed", range(5))
def test_how_sections_are_spread_over_files_changes_nothing(seed: int) -> None:
    parts = sections_of(SAMPLE)
    random.Random(seed).shuffle(parts)
    sources = [Source(f"{number}.yaml", part) for number, part in enumerate(parts)]
    assert load_sources(iter(sources)).hash == load(SAMPLE).hash


# The keys of loyalty sections that the sample does without.
REST = """
ruleset: {attributes: {line.attributes.colour: {type: string}}}

define: {shoes: categories has "shoes"}

programs:
  wallet: {points: {scale: 2}}
  club:
    active: 2026-01-01..2027-12-31
    timezone: Europe/Madrid
    points:
      scale: 0
      rounding: down
      expire_after: 12 months
      expire_round: day
      expire_from: activation
      sliding: false
      activate_after: 14 days
      activate_on: fulfilled
    redemption:
      points: 100
      value: 1 USD
      min_points: 500
      max_points: 20000
      max_percent_of_cart: 50%
      max_per_line: 15 USD
    tiers:
      measure: points
      window: 12 months
      qualify_at: activation
      upgrade: next_order
      keep: 0 days
      grace: 0 days
      levels: {bronze: {from: 0}, silver: {from: 1001}}
    earn_on: net
    redeeming_orders: net
    multipliers: multiply
    max_per_order: 5000 points
    resume_grace: 30 days
    deficit: carry
    refund_conditions: recheck

earning_rules:
  whole:
    program: club
    event: purchase
    award: {points: 10 per 2 USD, step: whole, on: sku != "CARD"}
  per-unit:
    program: club
    event: purchase
    award: {points: 100 per unit, on: sku == "A"}
    multiplied: true
  promo: {program: club, event: purchase, exclusive: true, priority: 10, award: {points: 100}}
  top-up: {program: wallet, event: purchase, stored_value: true, award: {points: 1 per 0.01 USD}}
  capped:
    program: club
    event: check-in
    award: {points: 50}
    on_cap: clip
    limits: {per_member: 1 per day, points: 500 per month}
  back: {program: club, event: purchase, award: {cashback: 3%}}
  visit-st: {program: club, event: purchase, award: {stamps: 1 per 10 USD, card: coffee-card}}
  friend:
    program: club
    event: referral
    min_order: 25 USD
    award: {referrer: {points: 500}, friend: {points: 250}}
    limits: {per_member: 10 per year}

stamp_cards: {coffee-card: {program: club, size: 10}}

burning_rules:
  fifth-off:
    program: club
    cost: 500 points
    reward: {discount: 20%, max_discount: 30 USD}
    on: shoes
  two-mugs:
    program: club
    cost: 3 points
    active: 2026-01-01..2026-06-30
    min_tier: silver
    reward: {product: MUG, quantity: 2}
    limits: {stock: 200, per_member: 10, per_order: 1}

campaigns:
  triple-red: {program: club, multiply: 3, on: attributes.colour == "red"}
"""


def test_all_other_keys_of_loyalty_sections() -> None:
    loyalty = load(REST).loyalty
    rules = (loyalty.earning_rules, loyalty.burning_rules, loyalty.campaigns)
    assert [len(section) for section in rules] == [8, 2, 1]
    assert load(lay_out(REST)).hash == load(REST).hash


@pytest.mark.parametrize("seed", range(5))
def test_how_loyalty_rules_are_spread_over_files_changes_nothing(seed: int) -> None:
    shuffled = random.Random(seed)
    parts: list[str] = []
    for section in sections_of(lay_out(SAMPLE)):
        heading, _, body = section.partition("\n")
        entries = re.split(r"\n(?=  [\w-]+:)", f"\n{body.rstrip()}")[1:]
        if heading.startswith("ruleset") or not entries:
            parts.append(section)
        else:
            parts += [f"{heading}\n{entry}\n" for entry in entries]
    assert len(parts) > 25
    shuffled.shuffle(parts)
    sources = [Source(f"{number}.yaml", part) for number, part in enumerate(parts)]
    assert load_sources(sources).hash == load(SAMPLE).hash


def test_all_problems_of_all_files_come_at_once_and_in_order() -> None:
    sources = [
        Source("b.yaml", "promotions: {a: {then: {percent_off: 200%}, prority: 1}}"),
        Source("a.yaml", "define: {x: cart.nothing}\nprogram: {}\n"),
        Source("c.yaml", "promotions: [\n"),
    ]
    with pytest.raises(RuleTextError) as caught:
        load_sources(sources)
    found = [(one.code, *one.span.place) for one in caught.value.problems]
    assert found == [
        ("R201", "a.yaml", 2, 1),
        ("R128", "b.yaml", 1, 38),
        ("R203", "b.yaml", 1, 45),
        ("R001", "c.yaml", 1, 13),
    ]


def test_names_are_not_unknown_when_a_file_that_may_declare_them_is_unreadable() -> None:
    text = """
promotions:
  a: {when: [shoes], then: {amount_off: 5 EUR}, stacking: {group: g, excludes: [b]}}
"""
    whole = "ruleset: {currency: EUR}\ndefine: {shoes: cart.quantity > 1}\nstack_groups: {g: {}}\n"
    rest = "promotions: {b: {then: {percent_off: 5%}}}"
    load_sources([Source("a.yaml", text), Source("b.yaml", whole + rest)])
    for missing in ("", "\0"):
        with pytest.raises(RuleTextError) as caught:
            load_sources([Source("a.yaml", text), Source("b.yaml", missing)])
        codes = [one.code for one in caught.value.problems]
        assert codes == (["R004"] if missing else ["R104", "R122", "R313", "R312"])


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("text", ["", "a: b: c"])
def test_the_garbage_collector_is_left_as_it_was(is_on: bool, text: str) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if is_on else gc.disable)()
        try:
            load(text)
        except RuleTextError:
            assert text
        assert gc.isenabled() is is_on
    finally:
        (gc.enable if was_on else gc.disable)()


def test_what_was_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        count = gc.get_freeze_count()
        load("promotions: {}")
        assert gc.get_freeze_count() == count
    finally:
        gc.unfreeze()


def test_nobody_looks_into_rules_with_problems() -> None:
    looked: list[str] = []
    good = [Source("a.yaml", "programs: {club: {}}")]
    assert look_into(good, lambda _, sections: list(sections.programs)) == ["club"]
    with pytest.raises(RuleTextError):
        look_into([Source("a.yaml", "programs: {club: 1}")], lambda ruleset, _: looked.append("x"))
    assert looked == []
