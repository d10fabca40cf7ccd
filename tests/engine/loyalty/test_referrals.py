"""Referrals: who qualifies, once and never by oneself; what both sides get, and when it goes."""

from typing import Any

import pytest

import tallystick

from .shop import NOON, RULES, RULESET, brief, cart, event, line, member, refusals

ENGINE = tallystick.Engine(RULESET)


def referral(**more: Any) -> dict[str, Any]:
    """`u1` came by way of `u9`."""
    return {
        "id": "e1",
        "event": "referral",
        "at": NOON,
        "referrer": {"id": "u9"},
        "friend": {"id": "u1"},
        **more,
    }


ORDER = cart(line("MUG", 2, 1250))
BOTH = [("earn", "u9", "friend", "points", 500), ("earn", "u1", "friend", "points", 250)]


def test_both_sides_are_rewarded_for_an_order_worth_enough() -> None:
    answer = ENGINE.award(referral(cart=ORDER))
    assert (answer.state, brief(answer.moves), refusals(answer)) == ("rewarded", BOTH, [])
    assert list(answer.to_dict()) == ["event", "type", "ruleset", "state", "moves", "refused"]


@pytest.mark.parametrize(
    ("order", "is_enough"),
    [
        (cart(line("MUG", 1, 2499)), False),
        (cart(line("MUG", 1, 2500)), True),
        (cart(line("MUG", 1, 2600), store_credit=101), False),
        (cart(line("MUG", 1, 3000), redeem=[{"rule": "two-off", "times": 3}]), False),
        (cart(line("MUG", 1, 2400), line("CARD", 1, 5000, stored_value=True)), False),
        (cart(line("MUG", 1, 2400), shipments=[{"amount": 500}], tax_total=500), False),
    ],
)
def test_what_an_order_is_worth_is_its_base(order: Any, is_enough: bool) -> None:
    answer = ENGINE.award(referral(cart=order), {"friend": member(600)})
    wanted = ("rewarded", []) if is_enough else ("registered", [("friend", "below_min_order")])
    assert (answer.state, refusals(answer)) == wanted
    assert bool(answer.moves) is is_enough


def test_a_small_order_changes_nothing_and_a_later_one_may_do() -> None:
    small = referral(cart=cart(line("MUG", 1, 1000)))
    answer = ENGINE.award(small, {"state": "invited"})
    assert (answer.state, answer.moves) == ("invited", [])
    assert ENGINE.award(referral(cart=ORDER), {"state": "invited"}).state == "rewarded"


@pytest.mark.parametrize(
    ("sent", "before", "state"),
    [
        (referral(), None, "registered"),
        (referral(state="invited"), None, "invited"),
        (referral(state="registered"), "invited", "registered"),
        (referral(state="invited"), "registered", "registered"),  # never back
    ],
)
def test_who_has_not_bought_is_invited_or_registered(
    sent: Any, before: str | None, state: str
) -> None:
    answer = ENGINE.award(sent, {"state": before})
    assert (answer.state, answer.moves, answer.refused) == (state, [], [])


def test_nobody_refers_themselves() -> None:
    for sent in (referral(friend={"id": "u9"}), referral(friend={"id": "u9"}, cart=ORDER)):
        answer = ENGINE.award(sent)
        assert (answer.state, answer.moves) == ("rejected", [])
        assert refusals(answer) == [("friend", "oneself")]


@pytest.mark.parametrize("before", ["qualified", "rewarded", "rejected", "reversed"])
def test_a_friend_counts_once(before: str) -> None:
    for sent in (referral(cart=ORDER), referral()):
        answer = ENGINE.award(sent, {"state": before})
        assert (answer.state, answer.moves) == (before, [])
        assert refusals(answer) == [("friend", "once_per_friend")]


def test_each_side_has_its_own_facts() -> None:
    facts = {"referrer": {"rooms": {"friend": {"times": 0}}}, "friend": member()}
    answer = ENGINE.award(referral(cart=ORDER), facts)
    assert (answer.state, brief(answer.moves)) == ("rewarded", BOTH[1:])
    (refused,) = answer.refused
    assert (refused.rule, refused.reason, refused.member) == ("friend", "limit_reached", "u9")


def test_who_qualifies_may_get_nothing() -> None:
    nobody: dict[str, Any] = {"members": {}}
    facts = {"referrer": nobody, "friend": nobody}
    answer = ENGINE.award(referral(cart=ORDER), facts)
    assert (answer.state, answer.moves) == ("qualified", [])
    assert [one.member for one in answer.refused] == ["u9", "u1"]


def test_a_rate_is_earned_on_what_the_order_is_worth() -> None:
    rules = RULES.replace("referrer: {points: 500}", "referrer: {points: 1 per 1 USD}")
    engine = tallystick.Engine(tallystick.load_text(rules))
    order = cart(line("MUG", 1, 4999), store_credit=1000)
    answer = engine.award(referral(cart=order))
    assert brief(answer.moves)[0] == ("earn", "u9", "friend", "points", 39)


def test_an_order_may_be_worth_more_than_one_price_may_be() -> None:
    order = cart(*(line(f"L{number}", 1, 10**12) for number in range(3)))
    assert ENGINE.award(referral(cart=order)).state == "rewarded"


def test_only_one_side_may_have_an_award() -> None:
    rules = RULES.replace(
        "{referrer: {points: 500}, friend: {points: 250}}", "{friend: {points: 5}}"
    )
    engine = tallystick.Engine(tallystick.load_text(rules))
    answer = engine.award(referral(cart=ORDER))
    assert brief(answer.moves) == [("earn", "u1", "friend", "points", 5)]


@pytest.mark.parametrize(
    ("sent", "code", "path", "message"),
    [
        (referral(referrer={}), "missing_field", "referrer.id", None),
        (referral(friend=None), "missing_field", "friend", None),
        (referral(state="qualified"), "missing_field", "cart", None),
        (referral(state="invited", cart=ORDER), "out_of_place", "cart", None),
        (referral(state="rewarded"), "bad_format", "state", None),
        (
            referral(cart=ORDER | {"customer": {"id": "u2"}}),
            "bad_format",
            "cart.customer.id",
            "expected `u1`, the friend, got `u2`",
        ),
        (
            event("referral", referrer={"id": "a"}, friend={"id": "b"}),
            "out_of_place",
            "member",
            None,
        ),
    ],
)
def test_referrals_that_cannot_be(sent: Any, code: str, path: str, message: str | None) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.award(sent)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert message is None or caught.value.message == message


def test_an_order_without_a_customer_is_the_friends() -> None:
    assert ENGINE.award(referral(cart=ORDER | {"customer": None})).state == "rewarded"


# When it comes back.


def refund(units: int, *earlier: int, **more: Any) -> tallystick.RefundAnswer:
    """So many of the two mugs of the order come back, after others did."""
    sent = {k: v for k, v in referral(cart=ORDER).items() if k != "cart"}
    order = {
        "cart": ORDER,
        "facts": member(),
        "referral": {"event": sent, **more},
        "refunds": [
            {"id": f"r{number}", "lines": [{"id": "MUG", "units": count}]}
            for number, count in enumerate(earlier)
        ],
    }
    return ENGINE.refund(order, {"id": "now", "lines": [{"id": "MUG", "units": units}]})


REVERSED = [
    ("claw_back", "u9", "friend", "points", 500),
    ("claw_back", "u1", "friend", "points", 250),
]


def test_a_refund_below_the_least_order_reverses_both_sides() -> None:
    answer = refund(1)
    assert answer.referral == "reversed"
    assert brief(answer.moves) == [("claw_back", "u1", "buy", "points", 13), *REVERSED]


def test_what_was_reversed_is_not_reversed_again() -> None:
    answer = refund(1, 1)
    assert answer.referral == "reversed"
    assert brief(answer.moves) == [("claw_back", "u1", "buy", "points", 12)]


def test_a_refund_that_leaves_enough_changes_nothing() -> None:
    order = {
        "cart": cart(line("MUG", 4, 1250)),
        "facts": member(),
        "referral": {"event": referral()},
    }
    answer = ENGINE.refund(order, {"id": "r1", "lines": [{"id": "MUG", "units": 2}]})
    assert answer.referral == "rewarded"
    assert brief(answer.moves) == [("claw_back", "u1", "buy", "points", 25)]


def test_without_a_least_order_all_of_it_must_come_back() -> None:
    engine = tallystick.Engine(tallystick.load_text(RULES.replace("min_order: 25 USD", "name: It")))
    order = {"cart": ORDER, "facts": member(), "referral": {"event": referral()}}
    first = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
    assert engine.refund(order, first).referral == "rewarded"
    answer = engine.refund(order | {"refunds": [first]}, first | {"id": "r2"})
    assert answer.referral == "reversed" and brief(answer.moves)[1:] == REVERSED


def test_only_what_was_given_is_lost() -> None:
    facts = {"referrer": {"rooms": {"friend": {"times": 0}}}}
    assert brief(refund(2, facts=facts).moves)[1:] == REVERSED[1:]
    answer = refund(2, facts={"state": "rewarded"})  # it was refused then
    assert (answer.referral, brief(answer.moves)[1:]) == ("rewarded", [])


def test_stamps_and_the_rewards_of_their_card_are_lost_too() -> None:
    rules = RULES.replace("referrer: {points: 500}", "referrer: {stamps: 3, card: coffee-card}")
    engine = tallystick.Engine(tallystick.load_text(rules))
    facts = {"referrer": {"cards": {"coffee-card": {"stamps": 4}}}}
    given = engine.award(referral(cart=ORDER), facts)
    assert brief(given.moves)[:2] == [
        ("earn", "u9", "friend", "coffee-card", "stamps", 3),
        ("issue", "u9", "free-coffee", "coffee-card", 1),
    ]
    sent = {"event": referral(), "facts": facts}
    order = {"cart": ORDER, "facts": member(), "referral": sent}
    answer = engine.refund(order, {"id": "r1", "lines": [{"id": "MUG", "units": 2}]})
    assert brief(answer.moves)[1:3] == [
        ("claw_back", "u9", "friend", "coffee-card", "stamps", 3),
        ("revoke", "u9", "free-coffee", "coffee-card", 1),
    ]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"event": event("signup")}, "order.referral.event.cart"),
        ({"event": referral(referrer={})}, "order.referral.event.referrer.id"),
        ({"event": referral(), "facts": {"friend": 5}}, "order.referral.facts.friend"),
    ],
)
def test_the_referral_of_an_order_must_be_one(sent: Any, path: str) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.refund(
            {"cart": ORDER, "referral": sent}, {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
        )
    assert (caught.value.path, caught.value.noun, caught.value.event_id) == (path, "refund", "r1")
