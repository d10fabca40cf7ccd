"""What came, went and changed between two rule sets."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.rules.differences import compare_sources
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..shops import publish

OLD = """
ruleset: {currency: EUR}
define: {tea: 'categories has "tea"'}
promotions:
  tenth: {name: Ten, then: {percent_off: 10%}, limits: {total: 5, per_customer: 1}}
  gone: {then: {percent_off: 5%}}
"""
NEW = """
define:
  tea: categories has "teas"
promotions:
  new: {when: [qty(tea) >= 2, cart.channel == "web"], then: {amount_off: 5 EUR}, stage: order}
  tenth: # a comment
    limits: {total: 5}
    then:
      percent_off: "0.2"
    name: Ten
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs: {club: {}}
"""


def differences(old: str, new: str) -> list[tuple[Any, ...]]:
    """What differs between two files."""
    found = compare_sources([Source("a.yaml", old)], [Source("b.yaml", new)])
    return [
        (one.section, one.name, one.change, [(k.key, k.was, k.becomes) for k in one.keys])
        for one in found
    ]


def test_everything_that_differs_is_told() -> None:
    assert differences(OLD, NEW.replace('"0.2"', "20%")) == [
        ("ruleset", "", "changed", [("timezone", None, "Europe/Madrid")]),
        ("define", "tea", "changed", [("", 'categories has "tea"', 'categories has "teas"')]),
        ("promotions", "gone", "gone", [("then.percent_off", "5%", None)]),
        (
            "promotions",
            "new",
            "new",
            [
                ("stage", None, "order"),
                ("then.amount_off", None, "5 EUR"),
                ("when", None, '[qty(tea) >= 2, cart.channel == "web"]'),
            ],
        ),
        (
            "promotions",
            "tenth",
            "changed",
            [("limits.per_customer", "1", None), ("then.percent_off", "10%", "20%")],
        ),
        (
            "programs",
            "club",
            "new",
            [("redemption.points", None, "1"), ("redemption.value", None, "0.01 EUR")],
        ),
        (
            "earning_rules",
            "club:purchase",
            "new",
            [
                ("award.points", None, "1 per 1 EUR"),
                ("event", None, "purchase"),
                ("name", None, "1 per 1 EUR"),
                ("program", None, "club"),
            ],
        ),
    ]


def test_spelling_order_and_comments_are_no_difference() -> None:
    one = (
        "promotions:\n  a: {then: {amount_off: 5 USD}, stage: order}\n"
        "  b: {then: {percent_off: 5%}}\n"
    )
    other = (
        "# all of them\npromotions:\n  b:\n    then: {percent_off: 5 %}\n"
        "  a:\n    stage: order\n    then:\n      amount_off: 5.00 USD # five\n"
    )
    assert differences(one, other) == []


def test_mistakes_are_told_where_the_author_made_them() -> None:
    with pytest.raises(RuleTextError, match=r"a\.yaml:1"):
        compare_sources([Source("a.yaml", "promotion: {}")], [])


def test_published_rule_sets_are_compared(tenancy: Tenancy) -> None:
    shop = Shop(tenancy)
    first, second = (publish(shop.rules, text).hash for text in (OLD, OLD.replace("10%", "11%")))
    found = shop.rules.diff(first, second)
    assert not isinstance(found, Declined)
    assert [(one.name, [key.key for key in one.keys]) for one in found] == [
        ("tenth", ["then.percent_off"])
    ]
    answer = shop.rules.diff(first, "sha256:0")
    assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_RULESET
