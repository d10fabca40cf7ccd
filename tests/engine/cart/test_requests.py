"""What a cart asks to redeem: the three forms, and what does not go together."""

import json
from typing import Any

import pytest

from tallystick.dsl.loyalty import Loyalty, Program
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.cart import Cart, Line, Redemption
from tallystick.engine.cart.checked import Request
from tallystick.engine.cart.errors import CartError
from tallystick.engine.cart.intake import Intake

INTAKE = Intake(Ruleset(loyalty=Loyalty((Program("club"),))))
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [],
}


def read(*requests: object) -> tuple[Request, ...]:
    """The requests of a cart, the same from JSON and from a dict."""
    sent = {**CART, "redeem": list(requests)}
    checked = INTAKE.read_cart(sent)
    assert INTAKE.read_cart(json.dumps(sent)) == checked
    return checked.redeem


def test_a_rule_is_redeemed_once_and_whole_unless_it_says_otherwise() -> None:
    assert read({"rule": "two-off"}) == (Request(rule="two-off", times=1, is_reject=True),)
    sent = {"rule": "two-off", "times": 3, "if_short": "clip"}
    assert read(sent) == (Request(rule="two-off", times=3, is_reject=False),)


def test_points_of_a_program_are_clipped_unless_it_says_otherwise() -> None:
    assert read({"program": "club", "points": 1000}) == (Request(program="club", points=1000),)
    sent = {"program": "club", "points": "max", "if_short": "reject"}
    assert read(sent) == (Request(program="club", points=None, is_reject=True),)


def test_an_issued_reward_says_nothing_else() -> None:
    assert read({"issued": "r1", "rule": None, "times": None}) == (Request(issued="r1"),)


def test_requests_stay_in_their_order() -> None:
    found = read({"rule": "b"}, {"issued": "a"}, {"rule": "a"}, {"rule": "b"})
    assert [one.rule or one.issued for one in found] == ["b", "a", "a", "b"]


@pytest.mark.parametrize(
    ("asked", "code", "path", "message"),
    [
        (
            {},
            "one_of",
            "redeem[1]",
            "expected exactly one of `rule`, `program`, `issued`, got none of them",
        ),
        (
            {"rule": "a", "issued": "b"},
            "one_of",
            "redeem[1]",
            "expected exactly one of `rule`, `program`, `issued`, got `rule` and `issued`",
        ),
        (
            {"program": "club", "points": 5, "times": 2},
            "out_of_place",
            "redeem[1].times",
            "expected `times` only beside `rule`",
        ),
        (
            {"rule": "a", "points": "max"},
            "out_of_place",
            "redeem[1].points",
            "expected `points` only beside `program`",
        ),
        (
            {"issued": "a", "if_short": "clip"},
            "out_of_place",
            "redeem[1].if_short",
            "expected `if_short` only beside `rule` or `program`",
        ),
        (
            {"program": "club"},
            "missing_field",
            "redeem[1].points",
            "expected the field `points`, got nothing",
        ),
    ],
    ids=lambda sent: str(sent)[:40],
)
def test_what_does_not_go_together(asked: Any, code: str, path: str, message: str) -> None:
    with pytest.raises(CartError) as caught:
        read({"rule": "a"}, asked)
    error = caught.value
    assert (error.code, error.path, error.message, error.cart_id) == (code, path, message, "c1")


def test_python_objects_are_requests_too() -> None:
    cart = Cart(
        id="c1",
        currency="USD",
        placed_at="2026-07-10T12:00:00Z",
        lines=[Line(sku="CARD", quantity=1, unit_price=5000, stored_value=True)],
        redeem=[Redemption(program="club", points="max")],
    )
    checked = INTAKE.read_cart(cart)
    assert checked.redeem == (Request(program="club"),)
    assert checked.lines[0].is_stored_value


def test_without_a_program_there_is_nothing_to_redeem_from() -> None:
    plain = Intake(Ruleset())
    assert plain.read_cart({**CART, "redeem": []}).redeem == ()
    with pytest.raises(CartError) as caught:
        plain.read_cart({**CART, "redeem": [{"rule": "a"}]})
    assert (caught.value.code, caught.value.path) == ("not_supported", "redeem")
