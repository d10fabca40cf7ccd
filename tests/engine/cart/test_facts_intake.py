"""Facts that meet their cart and their rule set: whose they are, and which tiers there are."""

from typing import Any

import pytest

from tallystick.dsl.loyalty import Level, Loyalty, Program, Tiers
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.errors import CartError
from tallystick.engine.engine import EVALUATORS, Engine
from tallystick.engine.till import EvaluatorName

LEVELS = (Level("bronze", 0), Level("silver", 1000))
RULESET = Ruleset(loyalty=Loyalty((Program("club", tiers=Tiers(LEVELS)), Program("wallet"))))
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [],
}


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize(
    ("member", "path", "message"),
    [
        (
            {"club": {"tier": "gold"}},
            "facts.members.club.tier",
            "expected a tier of the program: one of `bronze`, `silver`, got `gold`",
        ),
        (
            {"wallet": {"tier": "gold"}},
            "facts.members.wallet.tier",
            "expected a tier of the program: none, got `gold`",
        ),
    ],
    ids=["club", "wallet"],
)
def test_a_tier_is_a_level_of_its_program(
    evaluator: EvaluatorName, member: dict[str, Any], path: str, message: str
) -> None:
    engine = Engine(RULESET, evaluator)
    facts = {"members": member}
    with pytest.raises(CartError) as caught:
        engine.quote(CART, facts)
    error = caught.value
    assert (error.code, error.path, error.message) == ("unknown_tier", path, message)
    assert error.cart_id == "c1"
    (answer,) = engine.quote_batch([CART], {"c1": facts})
    assert isinstance(answer, CartError) and answer.path == path


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_what_the_rules_do_not_know_is_passed_over(evaluator: EvaluatorName) -> None:
    facts = {
        "members": {"club": {"tier": "silver"}, "wallet": {"tier": None}, "other": {"tier": "x"}},
        "rooms": {"nobody": {"times": 0}},
        "stock": {"nobody": 0},
        "cards": {"nobody": {"stamps": 5}},
        "issued": {"r1": {"rule": "nobody"}},
    }
    assert Engine(RULESET, evaluator).quote(CART, facts).grand_total == 0
    assert Engine(Ruleset(), evaluator).quote(CART, facts).grand_total == 0
