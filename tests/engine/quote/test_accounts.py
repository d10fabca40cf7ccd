"""The customer in each program: points, tiers, and what is missing for the next."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import Upgrade
from tallystick.dsl.loyalty import Tiers
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.engine import Engine
from tallystick.engine.quote.statement import ProgramExplanation

from ..reference.shop import CLUB, LEVELS, TIERED, cart, line, member, rates, rule, shop

CART = cart(line("a", 10_000))


def told(ruleset: Ruleset, facts: dict[str, Any], **changes: Any) -> ProgramExplanation:
    """What is told of the club."""
    explanation = Engine(ruleset).quote(CART | changes, facts, explain=True).explanation
    assert explanation is not None and explanation.loyalty is not None
    (found,) = explanation.loyalty.programs
    return found


def test_points_before_redeemed_and_earned() -> None:
    redeem = [{"program": "club", "points": 300}]
    found = told(shop(rates(), [rule()]), member(balance=1000), redeem=redeem)
    assert (found.balance, found.redeemed, found.earned) == (1000, 300, 97)
    assert (found.id, found.points_name, found.scale, found.is_member) == (
        "club",
        "points",
        0,
        True,
    )


@pytest.mark.parametrize(
    ("facts", "tier", "above"),
    [
        (member(qualifying=300), "bronze", ("silver", 700)),
        (member(qualifying=4000), "silver", ("gold", 1000)),
        (member(tier=None, qualifying=300), None, ("bronze", 0)),
        (member(tier="gold"), "gold", None),
        ({"members": {}}, None, None),
    ],
)
def test_the_next_tier(
    facts: dict[str, Any], tier: str | None, above: tuple[str, int] | None
) -> None:
    found = told(shop(TIERED, [rule()]), facts)
    assert found.tier == tier
    assert (found.next_tier and (found.next_tier.tier, found.next_tier.missing)) == above


def test_the_tier_at_which_an_order_earns_may_be_another() -> None:
    program = replace(CLUB, tiers=Tiers(LEVELS, upgrade=Upgrade.THIS_ORDER))
    found = told(shop(program, [rule()]), member(qualifying=950))
    assert (found.tier, found.earns_at) == ("bronze", "silver")


def test_without_programs_there_is_no_statement() -> None:
    explanation = Engine(Ruleset()).quote(CART, explain=True).explanation
    assert explanation is not None and explanation.loyalty is None
    assert "explain_loyalty" not in Engine(Ruleset()).quote(CART, explain=True).to_dict()


def test_the_statement_comes_last_in_the_result() -> None:
    quote = Engine(shop(rates(), [rule()])).quote(CART, explain=True)
    plain = quote.to_dict()
    assert list(plain)[-2:] == ["explain", "explain_loyalty"]
    assert plain["explain_loyalty"]["programs"][0]["awards"][0]["id"] == "buy"
    assert b'"explain_loyalty":{"programs":[' in quote.to_json()
