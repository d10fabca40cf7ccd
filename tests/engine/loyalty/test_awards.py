"""Events: what they give, what they refuse and why, and that nothing is raised for it."""

import json
from typing import Any

import pytest

import tallystick
from tallystick.engine.engine import EVALUATORS
from tallystick.engine.till import EvaluatorName

from .shop import NOON, RULESET, brief, cart, event, line, member, refusals


@pytest.fixture(params=EVALUATORS)
def engine(request: pytest.FixtureRequest) -> tallystick.Engine:
    """An engine of each kind."""
    return tallystick.Engine(RULESET, request.param)


def test_a_purchase_earns_and_redeems(engine: tallystick.Engine) -> None:
    bought = cart(
        line("COFFEE", 7, 500),
        line("MUG", 1, 1999),
        redeem=[{"program": "club", "points": 1000}],
    )
    facts = member(1250) | {"cards": {"coffee-card": {"stamps": 2}}}
    facts["members"]["stars"] = {}
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought}, facts)
    # 54.99 less 10.00: 44 points. 44.99 x 0.25 = 11.2475 stars, in hundredths 1124.
    assert brief(answer.moves) == [
        ("redeem", "u1", None, 10, 1000, 1000),
        ("earn", "u1", "buy", "points", 44),
        ("earn", "u1", "coffee", "coffee-card", "stamps", 7),
        ("earn", "u1", "buy-stars", "points", 1124),
        ("issue", "u1", "free-coffee", "coffee-card", 1),
    ]
    assert answer.refused == []
    record = json.loads(answer.to_json())
    assert list(record) == ["event", "type", "ruleset", "moves", "refused"]
    assert record["ruleset"] == RULESET.hash
    assert record["moves"][1] == {
        "move": "earn",
        "member": "u1",
        "program": "club",
        "rule": "buy",
        "kind": "points",
        "amount": 44,
        "base": 4499,
        "multiplier": "1",
        "campaigns": [],
        "lines": [{"id": "COFFEE", "share": 28}, {"id": "MUG", "share": 16}],
        "clipped": False,
        "activates_at": "2026-07-10T12:00:00Z",
        "expires_at": "2027-07-10T22:00:00Z",
    }
    assert "expires_at" not in record["moves"][2]


def test_a_purchase_says_what_its_quote_says(engine: tallystick.Engine) -> None:
    bought = cart(line("COFFEE", 3, 333), line("MUG", 1, 1999))
    quote, answer = (
        engine.quote(bought),
        engine.award(event("purchase", at=None, member=None) | {"cart": bought}),
    )
    earned = [(one["rule"], one["amount"]) for one in quote.to_dict()["earned"]]
    moves = [(one[2], one[-1]) for one in brief(answer.moves) if one[0] == "earn"]
    assert moves == earned


def test_a_purchase_refuses_what_it_cannot_redeem(engine: tallystick.Engine) -> None:
    redeem = [{"rule": "two-off"}, {"rule": "shirt"}, {"program": "club", "points": 150}]
    answer = engine.award(
        {"id": "e1", "event": "purchase", "cart": cart(line("A", 1, 90), redeem=redeem)},
        member(199),
    )
    assert brief(answer.moves) == []
    assert refusals(answer) == [
        ("buy", "no_effect"),  # 0.90 rounds to no point
        ("buy-stars", "not_member"),
        ("club", "over_limit"),
        ("coffee", "no_effect"),
        ("shirt", "by_event"),
        ("two-off", "insufficient_points"),
    ]


def test_a_reward_that_was_issued_is_used(engine: tallystick.Engine) -> None:
    facts = member() | {"issued": {"i1": {"rule": "free-coffee"}}}
    bought = cart(line("MUG", 1, 500), redeem=[{"issued": "i1"}])
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought}, facts)
    assert answer.to_dict()["moves"][0] == {
        "move": "use",
        "member": "u1",
        "program": "club",
        "rule": "free-coffee",
        "issued": "i1",
    }


def test_a_guest_earns_for_nobody(engine: tallystick.Engine) -> None:
    bought = cart(line("MUG", 1, 500), customer=None)
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought})
    assert brief(answer.moves)[0] == ("earn", None, "buy", "points", 5)


@pytest.mark.parametrize(
    ("stamps", "used", "bought", "issued"),
    [
        (0, 0, 4, 0),
        (0, 0, 5, 1),
        (4, 0, 1, 1),
        (4, 0, 11, 3),
        (5, 1, 4, 0),
        (3, 1, 2, 0),
        (3, 1, 7, 1),
    ],
)
def test_full_cards_issue_their_reward(
    engine: tallystick.Engine, stamps: int, used: int, bought: int, issued: int
) -> None:
    facts = member() | {"cards": {"coffee-card": {"stamps": stamps, "used": used}}}
    sent = {"id": "e1", "event": "purchase", "cart": cart(line("COFFEE", bought, 100))}
    moves = engine.award(sent, facts).to_dict()["moves"]
    assert [one["times"] for one in moves if one["move"] == "issue"] == ([issued] if issued else [])
    if issued:
        assert moves[-1] == {
            "move": "issue",
            "member": "u1",
            "program": "club",
            "rule": "free-coffee",
            "card": "coffee-card",
            "times": issued,
            "reward": {"kind": "product", "sku": "COFFEE", "quantity": 1},
            "expires_at": None,
        }


@pytest.mark.parametrize(
    ("sent", "facts", "moves", "refused"),
    [
        (event("signup"), None, [("earn", "u1", "welcome", "points", 100)], []),
        (event("check-in"), None, [("earn", "u1", "visit", "points", 50)], []),
        (
            event("check-in"),
            {"rooms": {"visit": {"times": 0}}},
            [],
            [("visit", "limit_reached")],
        ),
        (event("check-in"), {"members": {}}, [], [("visit", "not_member")]),
        (
            event("evidence.approved", kind="pharmacy", amount=2001),
            None,
            [("earn", "u1", "receipt", "points", 100)],
            [],
        ),
        (
            event("evidence.approved", kind="pharmacy", amount=2000),
            None,
            [],
            [("receipt", "condition")],
        ),
        (event("evidence.approved", kind="grocery"), None, [], [("receipt", "condition")]),
        (
            event("external.erp", points=77),
            None,
            [("earn", "u1", "erp", "points", 77)],
            [],
        ),
        (event("external.erp"), None, [], [("erp", "no_effect")]),
        (event("external.other", points=5), None, [], []),
    ],
)
def test_things_that_happen(
    engine: tallystick.Engine, sent: Any, facts: Any, moves: Any, refused: Any
) -> None:
    answer = engine.award(sent, facts)
    assert (brief(answer.moves), refusals(answer)) == (moves, refused)
    assert (answer.event, answer.type) == ("e1", sent["event"])


def test_the_tier_multiplies_no_fixed_points(engine: tallystick.Engine) -> None:
    facts = member(tier="silver")
    assert brief(engine.award(event("signup"), facts).moves)[0][-1] == 100
    bought = cart(line("MUG", 1, 1000))
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought}, facts)
    assert answer.to_dict()["moves"][0]["multiplier"] == "3/2"
    assert brief(answer.moves)[0][-1] == 15


def test_an_event_has_no_lines(engine: tallystick.Engine) -> None:
    assert engine.award(event("signup")).to_dict()["moves"][0]["lines"] == []


@pytest.mark.parametrize(
    ("born", "at", "given"),
    [
        ("1990-07-10", NOON, ["cake", "cake-stars"]),
        ("1990-07-11", NOON, []),
        (None, NOON, ["cake", "cake-stars"]),  # nobody knows better
        ("1990-07-11", "2026-07-10T23:00:00Z", ["cake"]),  # the 11th in Madrid only
        ("2004-02-29", "2026-02-28T12:00:00Z", ["cake", "cake-stars"]),
        ("2004-02-29", "2028-02-28T12:00:00Z", []),
    ],
)
def test_birthdays(engine: tallystick.Engine, born: str | None, at: str, given: list[str]) -> None:
    customer = {"id": "u1", "birthday": born}
    answer = engine.award(event("birthday", member=None, customer=customer, at=at))
    assert [one[2] for one in brief(answer.moves)] == given
    missing = sorted({"cake", "cake-stars"} - {*given})
    assert refusals(answer) == [(name, "not_birthday") for name in missing]


@pytest.mark.parametrize(
    ("sent", "code", "path", "message"),
    [
        (
            event("sign-up"),
            "bad_format",
            "event",
            "expected an event such as `signup` or `external.erp`, got `sign-up`",
        ),
        (event("external."), "bad_format", "event", None),
        (event("signup", at=None), "missing_field", "at", None),
        (event("signup", at="today"), "bad_instant", "at", None),
        (
            event("signup", cart=cart()),
            "out_of_place",
            "cart",
            "expected `cart` only beside the event `purchase` or `referral`",
        ),
        (event("purchase", cart=cart()), "out_of_place", "at", None),
        (
            event("check-in", times=2),
            "out_of_place",
            "times",
            "expected `times` only beside the event `redeem`",
        ),
        (
            event("signup", customer={"id": "u1"}),
            "one_of",
            "",
            "expected exactly one of `customer` and `member`, got both",
        ),
        (event("signup", member=None), "one_of", "", None),
        (event("signup", member=None, customer={}), "missing_field", "customer.id", None),
        (event("redeem"), "missing_field", "rule", None),
        (event("signup", amount=-1), "out_of_range", "amount", None),
        (event("signup", colour="red"), "unknown_field", "colour", None),
        (
            {"id": "e1", "event": "purchase", "cart": cart(line("A", 0, 5))},
            "out_of_range",
            "cart.lines[0].quantity",
            None,
        ),
        (
            {"id": "e1", "event": "purchase", "cart": cart(currency="EUR")},
            "wrong_currency",
            "cart.currency",
            None,
        ),
        ({"id": "e1", "event": "purchase"}, "missing_field", "cart", None),
    ],
)
def test_events_are_refused(sent: Any, code: str, path: str, message: str | None) -> None:
    engine = tallystick.Engine(RULESET)
    for form in (sent, json.dumps(sent)):
        with pytest.raises(tallystick.EventError) as caught:
            engine.award(form)
        error = caught.value
        assert (error.code, error.path, error.event_id) == (code, path, "e1")
        assert message is None or error.message == message
        assert error.as_record() == {
            "event": "e1",
            "error": {"code": code, "path": path, "message": error.message},
        }


@pytest.mark.parametrize(
    ("facts", "code", "path"),
    [
        ({"event": "e2"}, "wrong_event", "facts.event"),
        ({"members": {"club": {"tier": "gold"}}}, "unknown_tier", "facts.members.club.tier"),
        ({"members": {"club": {"balance": -1}}}, "out_of_range", "facts.members.club.balance"),
        ({"member": {}}, "unknown_field", "facts.member"),
        (b"{", "invalid_json", "facts"),
        (5, "wrong_type", "facts"),
        ({"codes": {"a": "\ud800"}}, "bad_text", "facts.codes.a"),
    ],
)
def test_facts_of_events_are_refused(facts: Any, code: str, path: str) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        tallystick.Engine(RULESET).award(event("signup"), facts)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert caught.value.event_id == "e1"


def test_facts_may_name_their_event_and_be_typed() -> None:
    engine = tallystick.Engine(RULESET)
    rooms = {"visit": {"times": 0}}
    wanted = engine.award(event("check-in"), {"rooms": rooms})
    assert engine.award(event("check-in"), {"event": "e1", "rooms": rooms}) == wanted
    assert engine.award(event("check-in"), json.dumps({"rooms": rooms})) == wanted
    typed = tallystick.Facts(rooms={"visit": tallystick.Room(times=0)})
    assert engine.award(event("check-in"), typed) == wanted


def test_a_batch_keeps_its_order_and_goes_on() -> None:
    engine = tallystick.Engine(RULESET)
    events = [event("signup"), event("nothing", id="e2"), event("check-in", id="e3")]
    facts = {"e3": {"rooms": {"visit": {"times": 0}}}}
    first, second, third = engine.award_batch(events, facts)
    assert isinstance(first, tallystick.EventAnswer) and brief(first.moves)
    assert isinstance(second, tallystick.EventError) and second.event_id == "e2"
    assert isinstance(third, tallystick.EventAnswer)
    assert refusals(third) == [("visit", "limit_reached")]
    with pytest.raises(TypeError, match=r"call award, or pass \[event\]"):
        engine.award_batch(event("signup"))


def test_attributes_of_events_are_typed() -> None:
    ruleset = tallystick.load_text("""
ruleset:
  attributes:
    event.attributes.stars: {type: integer}
programs: {club: {}}
earning_rules:
  review:
    program: club
    event: external.review
    when: default(event.attributes.stars, 0) >= 4
    award: {points: 20}
""")
    engine = tallystick.Engine(ruleset)
    answer = engine.award(event("external.review", attributes={"stars": 5}))
    assert brief(answer.moves) == [("earn", "u1", "review", "points", 20)]
    assert refusals(engine.award(event("external.review"))) == [("review", "condition")]
    with pytest.raises(tallystick.EventError) as caught:
        engine.award(event("external.review", attributes={"stars": "5"}))
    assert caught.value.path == "attributes.stars"


CAPPED = """
programs: {club: {}}
earning_rules:
  fits: {program: club, event: check-in, award: {points: 10}, limits: {points: 50 per month}}
  whole:
    program: club
    event: check-in
    award: {points: 10}
    limits: {points: 50 per month}
    on_cap: reject
"""


def test_only_a_limit_that_rejects_is_a_reason_of_its_own() -> None:
    engine = tallystick.Engine(tallystick.load_text(CAPPED))
    facts = {"rooms": {"fits": {"points": 0}, "whole": {"points": 9}}}
    answer = engine.award(event("check-in"), facts)
    assert refusals(answer) == [("fits", "no_effect"), ("whole", "over_cap")]


ODD = """
programs: {club: {earn_on: gross, points: {rounding: up}}}
promotions: {half: {then: {percent_off: 50%}}}
earning_rules:
  once: {program: club, event: purchase, award: {points: 5}}
  seen: {program: club, event: purchase, award: {points: 5, on: sku == "A"}}
  unit: {program: club, event: purchase, award: {points: 7 per unit}}
  back: {program: club, event: purchase, award: {cashback: 3%}}
"""


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_a_cart_without_lines_earns_what_is_given_once(evaluator: EvaluatorName) -> None:
    engine = tallystick.Engine(tallystick.load_text(ODD), evaluator)
    answer = engine.award({"id": "e1", "event": "purchase", "cart": cart()})
    assert brief(answer.moves) == [("earn", "u1", "once", "points", 5)]


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_list_prices_count_and_cashback_is_rounded_like_points(evaluator: EvaluatorName) -> None:
    engine = tallystick.Engine(tallystick.load_text(ODD), evaluator)
    bought = cart(line("A", 1, 1001), line("B", 1, 0), store_credit=500)
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought})
    assert brief(answer.moves) == [
        ("earn", "u1", "once", "points", 5),
        ("earn", "u1", "seen", "points", 5),
        ("earn", "u1", "unit", "points", 7),
        ("earn", "u1", "back", "cashback", 31),
    ]


FINE = """
programs: {club: {}}
earning_rules:
  all: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  vip:
    program: club
    event: purchase
    exclusive: true
    award: {points: 1 per 1 USD, on: sku == "A"}
campaigns: {more: {program: club, bonus: 20}}
"""


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_less_than_a_point_is_something(evaluator: EvaluatorName) -> None:
    engine = tallystick.Engine(tallystick.load_text(FINE), evaluator)
    bought = cart(line("A", 1, 99), line("B", 1, 5000))
    answer = engine.award({"id": "e1", "event": "purchase", "cart": bought})
    assert brief(answer.moves) == [("earn", "u1", "more", "points", 20)]
    assert refusals(answer) == [("all", "excluded_by_exclusive"), ("vip", "no_effect")]
