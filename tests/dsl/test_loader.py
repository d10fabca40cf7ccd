"""Sources in, one rule set or all that is wrong out."""

import gc
import random

import pytest

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
