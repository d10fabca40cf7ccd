"""Facts: all that the engine needs, in a bounded number of statements."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import tallystick
from tallystick.engine.quote.quote import Quote
from tallystick.store.order.facts import tier_of
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import Settings, add_tenant

from ..shops import open_shop
from .conftest import RULES
from .sales import cart, line, place, rows, statements


def facts(shop: Shop, order: str) -> Any:
    """The facts that an order was priced by."""
    return json.loads(rows(shop, "papers", "facts", order_id=order)[0])


def test_facts_are_what_the_store_has_of_the_customer(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 20), line("COFFEE", 6, 300), coupons=["TENTH"]))
    (reward,) = rows(shop, "rewards", "id")
    shop.members.set_segments("ana", "club", ["tea"])
    redeem = [{"program": "club", "points": 100}, {"issued": reward}]
    asked = cart("o2", line("COFFEE", 1, 300), coupons=["TENTH"], redeem=redeem)
    place(shop, asked)
    # 200.00 + 18.00 less 10 %.
    assert facts(shop, "o2") == {
        "cart": "o2",
        "uses": {"tenth": {"total": 1, "customer": 1, "day": 1}},
        "members": {
            "club": {
                "balance": 196,
                "qualifying": 0,
                "lifetime_points": 196,
                "segments": ["tea"],
                "joined": "2026-07-10",
                "tier": "green",
            }
        },
        "cards": {"cups": {"stamps": 6, "used": 0}},
        "issued": {reward: {"rule": "free-coffee", "status": "open", "expires_at": None}},
    }


def test_nobody_is_in_no_program(shop: Shop) -> None:
    place(shop, cart("o1", who=None))
    assert facts(shop, "o1") == {"cart": "o1", "members": {}}


def test_who_is_not_enrolled_by_itself_is_in_no_program(tenancy: Tenancy) -> None:
    other = replace(tenancy, tenant="other")
    add_tenant(other, Settings(auto_enrol=False))
    shop = open_shop(other, RULES)
    place(shop, cart("o1"))
    assert facts(shop, "o1")["members"] == {}
    assert not isinstance(shop.members.enrol("ana", "club"), Declined)
    place(shop, cart("o2"))
    assert list(facts(shop, "o2")["members"]) == ["club"]


def test_the_tier_of_an_order_that_reaches_it_itself(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs:
          club:
            tiers:
              upgrade: this_order
              levels: {green: {from: 0}, black: {from: 100, multiplier: 2}}
        earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}}
        """,
    )
    place(shop, cart("o1", line("MUG", 6)))
    place(shop, cart("o2", line("MUG", 4)))
    assert facts(shop, "o2")["members"]["club"]["qualifying"] == 60
    # With its own 40 it is at 100: black.
    assert rows(shop, "entries", "source", "points") == [("o1", 60), ("o2", 80)]


@pytest.mark.parametrize("count", [10, 5_000])
def test_rules_without_number_cost_no_statement_more(tenancy: Tenancy, count: int) -> None:
    limited = "limits: {total: 100, per_customer: 5}, then: {percent_off: 10%, max_units: 1}"
    rules = [
        "ruleset: {currency: EUR}",
        "programs: {club: {}}",
        "earning_rules:",
        *(
            f"  buy-{n}: {{program: club, event: purchase, limits: {{per_member: 3 per day}}, "
            f'when: any(sku == "SKU-{n}"), award: {{points: 5}}}}'
            for n in range(count)
        ),
        "promotions:",
        *(f'  off-{n}: {{when: qty(sku == "SKU-{n}") > 0, {limited}}}' for n in range(count)),
    ]
    shop = open_shop(tenancy, "\n".join(rules))
    place(shop, cart("o1", line("SKU-1"), line("SKU-2")))
    with statements(shop) as found:
        quote = shop.orders.quote(cart("o2", line("SKU-1"), line("SKU-2")))
    assert isinstance(quote, Quote)
    assert quote.discount_total == 200
    assert len(found) == 6, "\n".join(found)


def test_a_tier_is_the_highest_of_what_is_known() -> None:
    text = "programs: {club: {tiers: {levels: {a: {from: 0}, b: {from: 5}, c: {from: 9}}}}}"
    (program,) = tallystick.load_text(text).loyalty.programs
    assert tier_of(program, "", "") == "a"
    assert tier_of(program, "b", "") == tier_of(program, "", "b") == "b"
    assert tier_of(program, "c", "b") == "c"
    (program,) = tallystick.load_text(text.replace("{from: 0}", "{from: 1}")).loyalty.programs
    assert tier_of(program, "", "") is None
