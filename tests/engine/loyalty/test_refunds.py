"""Refunds: what comes back, what is clawed back, and that neither order nor pieces matter."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tallystick
from tallystick.engine.engine import EVALUATORS

from .shop import RULESET, brief, cart, event, line, member

ENGINE = tallystick.Engine(RULESET)


def engine_of(text: str) -> tallystick.Engine:
    """An engine for a club with some rules."""
    return tallystick.Engine(tallystick.load_text(text))


def units(**counts: int) -> list[dict[str, Any]]:
    """Units of lines, by id."""
    return [{"id": name, "units": count} for name, count in counts.items()]


def refund(
    order: dict[str, Any], *earlier: list[dict[str, Any]], engine: tallystick.Engine = ENGINE
) -> tallystick.RefundAnswer:
    """The last of some refunds of a cart, with facts if it has some."""
    *before, last = ({"id": f"r{n}", "lines": lines} for n, lines in enumerate(earlier))
    return engine.refund(order | {"refunds": before}, last)


# 20.00 of mugs and 10.00 of pots, 10.00 of it paid with 1000 points: 20 points are earned.
BOUGHT = cart(
    line("MUG", 4, 500), line("POT", 1, 1000), redeem=[{"program": "club", "points": 1000}]
)
ORDER = {"cart": BOUGHT, "facts": member(1000)}


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_a_refund_gives_back_and_then_claws_back(evaluator: Any) -> None:
    answer = refund(ORDER, units(MUG=1), engine=tallystick.Engine(RULESET, evaluator))
    # Of the mugs' net of 13.33 a quarter is 3.33. They paid 6.67 of the 10.00 in points:
    # floor(1000 x (667 / 4) / 1000) = 166. Kept is a base of 10.00 + 6.67: 16 points of 20.
    assert answer.to_dict() == {
        "order": "c1",
        "refund": "r0",
        "ruleset": RULESET.hash,
        "lines": [{"id": "MUG", "refunded": 333, "kept": 1000}],
        "moves": [
            {"move": "give_back", "member": "u1", "program": "club", "rule": None, "points": 166},
            {
                "move": "claw_back",
                "member": "u1",
                "program": "club",
                "rule": "buy",
                "kind": "points",
                "amount": 4,
            },
        ],
        "unrecoverable": [],
        "cards": [],
    }


def test_all_of_an_order_in_pieces() -> None:
    pieces = [units(MUG=1), units(MUG=2), units(POT=1), units(MUG=1)]
    moves = [brief(refund(ORDER, *pieces[: n + 1]).moves) for n in range(4)]
    assert moves == [
        [("give_back", "u1", None, 166), ("claw_back", "u1", "buy", "points", 4)],
        [("give_back", "u1", None, 334), ("claw_back", "u1", "buy", "points", 6)],
        [("give_back", "u1", None, 333), ("claw_back", "u1", "buy", "points", 7)],
        [("give_back", "u1", None, 167), ("claw_back", "u1", "buy", "points", 3)],
    ]
    assert sum(one[0][-1] for one in moves) == 1000
    assert sum(one[1][-1] for one in moves) == 20


def test_an_amount_comes_back() -> None:
    answer = refund(ORDER, [{"id": "POT", "amount": 333}])
    # The pot's net is 6.67, of which 3.33 are 333/667; so much of the 3.33 in points comes back.
    assert answer.to_dict()["lines"] == [{"id": "POT", "refunded": 333, "kept": 334}]
    assert brief(answer.moves) == [
        ("give_back", "u1", None, 166),
        ("claw_back", "u1", "buy", "points", 4),
    ]


def test_money_that_points_paid_never_comes_back() -> None:
    order = {
        "cart": cart(line("MUG", 2, 100), redeem=[{"program": "club", "points": "max"}]),
        "facts": member(200),
    }
    answer = refund(order, units(MUG=1))
    assert answer.to_dict()["lines"] == [{"id": "MUG", "refunded": 0, "kept": 0}]
    assert brief(answer.moves) == [("give_back", "u1", None, 100)]


def test_points_of_a_rule_come_back_too() -> None:
    order = {
        "cart": cart(line("MUG", 2, 1000), redeem=[{"rule": "two-off", "times": 2}]),
        "facts": member(400),
    }
    assert brief(refund(order, units(MUG=1)).moves) == [
        ("give_back", "u1", "two-off", 200),
        ("claw_back", "u1", "buy", "points", 8),
    ]


def test_the_tier_of_the_order_counts() -> None:
    order = {"cart": cart(line("MUG", 2, 1000)), "facts": member(tier="silver")}
    assert brief(refund(order, units(MUG=1)).moves) == [("claw_back", "u1", "buy", "points", 15)]


def test_an_empty_refund_moves_nothing() -> None:
    assert refund(ORDER, []).moves == []


def test_the_order_may_have_a_name_of_its_own() -> None:
    assert ENGINE.refund(ORDER | {"id": "o7"}, {"id": "r1", "lines": []}).order == "o7"


# Stamps.


def coffee(count: int, stamps: int = 0, used: int = 0, **more: Any) -> dict[str, Any]:
    """An order of so many coffees; a card has 5 stamps."""
    facts = member() | {"cards": {"coffee-card": {"stamps": stamps, "used": used}}} | more
    return {"cart": cart(line("COFFEE", count, 100)), "facts": facts}


@pytest.mark.parametrize(
    ("order", "back", "revoked", "card"),
    [
        (coffee(7), 1, 0, (6, 1, 1, 0)),
        (coffee(7), 3, 1, (4, 0, 4, 0)),
        (coffee(12), 8, 2, (4, 0, 4, 0)),
        (coffee(2, stamps=4), 2, 1, (4, 0, 4, 0)),
        (coffee(4, stamps=6, used=1), 4, 1, (6, 0, 1, 0)),
    ],
)
def test_rewards_of_cards_that_are_no_longer_full_are_revoked(
    order: Any, back: int, revoked: int, card: tuple[int, ...]
) -> None:
    answer = refund(order, units(COFFEE=back))
    moves = brief(answer.moves)
    assert moves[1] == ("claw_back", "u1", "coffee", "coffee-card", "stamps", back)
    gone = [("revoke", "u1", "free-coffee", "coffee-card", revoked)] if revoked else []
    assert moves[2:] == gone
    (found,) = answer.cards
    assert (found.card, found.stamps, found.open, found.shown, found.unrecoverable) == (
        "coffee-card",
        *card,
    )
    assert answer.unrecoverable == []


def test_a_reward_that_was_used_since_leaves_stamps_that_cannot_be_had_back() -> None:
    order, lines = coffee(6), units(COFFEE=3)
    now = {"coffee-card": {"stamps": 6, "used": 1}}
    answer = ENGINE.refund(order, {"id": "r1", "lines": lines, "cards": now}).to_dict()
    assert [one["move"] for one in answer["moves"]] == ["claw_back", "claw_back"]
    assert answer["cards"] == [
        {"card": "coffee-card", "stamps": 3, "open": 0, "shown": 0, "unrecoverable": 2}
    ]
    assert answer["unrecoverable"] == [{"kind": "stamps", "card": "coffee-card", "stamps": 2}]


def test_a_card_that_was_stamped_since_is_taken_as_it_is_now() -> None:
    now = {"coffee-card": {"stamps": 13, "used": 1}}
    sent = {"id": "r1", "lines": units(COFFEE=4), "cards": now}
    answer = ENGINE.refund(coffee(6), sent)
    assert brief(answer.moves)[-1] == ("revoke", "u1", "free-coffee", "coffee-card", 1)
    assert answer.cards[0].shown == 4


def test_a_reward_used_in_the_order_counts_as_used() -> None:
    issued = {"i1": {"rule": "free-coffee"}}
    order = coffee(1, stamps=5, issued=issued)
    order["cart"]["redeem"] = [{"issued": "i1"}]
    answer = refund(order, units(COFFEE=1))
    assert answer.cards[0].open == 0 and answer.cards[0].shown == 0
    assert answer.to_dict()["unrecoverable"] == [
        {"kind": "reward", "rule": "free-coffee", "issued": "i1"}
    ]


def test_gifts_and_coupons_do_not_come_back() -> None:
    engine = engine_of("""
promotions:
  mug: {then: {gift: {sku: MUG, quantity: 2}}}
  save: {coupon: SAVE, then: {percent_off: 10%}}
programs: {club: {}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
""")
    order = {"cart": cart(line("POT", 1, 1000), coupons=["save", "old"])}
    answer = refund(order, units(POT=1), engine=engine).to_dict()
    assert answer["unrecoverable"] == [
        {"kind": "gift", "rule": "mug", "sku": "MUG", "quantity": 2},
        {"kind": "coupon", "code": "SAVE"},
    ]


# Conditions, caps and what is given once.

BIG = """
programs:
  club: {refund_conditions: %s}
earning_rules:
  big: {program: club, event: purchase, when: cart.subtotal >= 50 USD, award: {points: 100}}
  small: {program: club, event: purchase, when: cart.subtotal < 50 USD, award: {points: 7}}
campaigns:
  launch: {program: club, rules: [big], bonus: 50, when: ['qty(tags has "launch") >= 1']}
"""
TWO = cart(line("A", 2, 2000), line("B", 1, 2000, tags=["launch"]))


def test_conditions_are_asked_again_of_what_is_kept() -> None:
    engine = engine_of(BIG % "recheck")
    assert brief(refund({"cart": TWO}, units(B=1), engine=engine).moves) == [
        ("earn_again", "u1", "small", "points", 7),
        ("claw_back", "u1", "big", "points", 100),
        ("claw_back", "u1", "launch", "points", 50),
    ]


def test_what_is_earned_again_lives_as_what_was_earned() -> None:
    ageing = BIG.replace(
        "{refund", "{points: {activate_after: 2 days, expire_after: 1 month}, refund"
    )
    engine = engine_of(ageing % "recheck")
    sent = event("purchase", at=None, member=None) | {"cart": TWO}
    earned = engine.award(sent).to_dict()["moves"][0]
    answer = refund({"cart": TWO}, units(B=1), engine=engine)
    again, back, _ = answer.to_dict()["moves"]
    for move in (earned, again):
        assert move["activates_at"] == "2026-07-12T00:00:00Z"
        assert move["expires_at"] == "2026-08-13T00:00:00Z"
    assert "expires_at" not in back


def test_or_they_are_kept_while_anything_is() -> None:
    engine = engine_of(BIG % "keep")
    assert refund({"cart": TWO}, units(B=1), engine=engine).moves == []
    assert brief(refund({"cart": TWO}, units(B=1), units(A=2), engine=engine).moves) == [
        ("claw_back", "u1", "big", "points", 100),
        ("claw_back", "u1", "launch", "points", 50),
    ]


def test_campaigns_stay_as_they_were() -> None:
    engine = engine_of("""
programs: {club: {}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
campaigns:
  big: {program: club, multiply: 3, when: cart.subtotal >= 50 USD}
  small: {program: club, multiply: 5, when: cart.subtotal < 50 USD}
  launch: {program: club, bonus: 50, when: ['qty(tags has "launch") >= 1']}
""")
    # 180 and 50: what is kept earns three times as much still, and the bonus with it.
    assert brief(refund({"cart": TWO}, units(B=1), engine=engine).moves) == [
        ("claw_back", "u1", "buy", "points", 60)
    ]
    assert brief(refund({"cart": TWO}, units(B=1), units(A=2), engine=engine).moves) == [
        ("claw_back", "u1", "buy", "points", 120),
        ("claw_back", "u1", "launch", "points", 50),
    ]


def test_an_amount_may_be_as_large_as_a_net() -> None:
    order = {"cart": cart(line("A", 10_000, 10**9))}
    answer = refund(order, [{"id": "A", "amount": 10**13}])
    assert answer.lines[0].kept == 0


def test_what_is_given_once_stays_until_its_lines_are_gone() -> None:
    engine = engine_of("""
programs: {club: {}}
earning_rules:
  once: {program: club, event: purchase, award: {points: 100, on: sku == "A"}}
""")
    order = {"cart": cart(line("A", 2, 100), line("B", 1, 100))}
    assert refund(order, units(A=1, B=1), engine=engine).moves == []
    assert brief(refund(order, units(A=2), engine=engine).moves) == [
        ("claw_back", "u1", "once", "points", 100)
    ]


def test_the_room_of_the_order_counts() -> None:
    engine = engine_of("""
programs: {club: {max_per_order: 30 points}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD},
        limits: {points: 100 per month}}
""")
    order = {"cart": cart(line("A", 4, 1000)), "facts": {"rooms": {"buy": {"points": 25}}}}
    # 40 points are worth 25; of 20 points nothing is cut off any more.
    assert brief(refund(order, units(A=1), engine=engine).moves) == []
    assert brief(refund(order, units(A=2), engine=engine).moves) == [
        ("claw_back", "u1", "buy", "points", 5)
    ]


def test_whole_steps_are_counted_anew() -> None:
    engine = engine_of("""
programs: {club: {}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 10 per 7 USD, step: whole}}
""")
    order = {"cart": cart(line("A", 1, 500), line("B", 1, 1000))}  # 2 steps
    assert brief(refund(order, units(A=1), engine=engine).moves) == [
        ("claw_back", "u1", "buy", "points", 10)
    ]


def test_orders_in_which_redeeming_earns_nothing_stay_so() -> None:
    engine = engine_of("""
programs:
  club: {redeeming_orders: none, redemption: {points: 100, value: 1 USD}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
""")
    order = {
        "cart": cart(line("A", 2, 500), redeem=[{"program": "club", "points": 100}]),
        "facts": member(100),
    }
    assert brief(refund(order, units(A=1), engine=engine).moves) == [("give_back", "u1", None, 50)]


def test_an_order_that_reached_its_own_tier_keeps_it() -> None:
    engine = engine_of("""
programs:
  club:
    tiers: {upgrade: this_order, levels: {silver: {from: 30, multiplier: 2}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
""")
    order = {"cart": cart(line("A", 4, 1000)), "facts": member(qualifying=0)}
    assert brief(refund(order, units(A=3), engine=engine).moves) == [
        ("claw_back", "u1", "buy", "points", 60)
    ]


# What is refused.


@pytest.mark.parametrize(
    ("order", "sent", "code", "path", "message"),
    [
        (
            ORDER | {"ruleset": "sha256:0"},
            {"id": "r1", "lines": []},
            "wrong_rules",
            "order.ruleset",
            f"expected an order priced by the rules `{RULESET.hash}`, got one by `sha256:0`",
        ),
        (
            ORDER,
            {"id": "r1", "lines": units(CUP=1)},
            "bad_format",
            "refund.lines[0].id",
            "expected a line of the order, got `CUP`",
        ),
        (
            ORDER,
            {"id": "r1", "lines": units(MUG=5)},
            "out_of_range",
            "refund.lines[0].units",
            "expected at most 4 units, which are left of the line, got 5",
        ),
        (
            ORDER | {"refunds": [{"id": "r0", "lines": units(MUG=3)}]},
            {"id": "r1", "lines": units(MUG=2)},
            "out_of_range",
            "refund.lines[0].units",
            "expected at most 1 unit, which is left of the line, got 2",
        ),
        (
            ORDER | {"refunds": [{"id": "r0", "lines": units(MUG=5)}]},
            {"id": "r1", "lines": []},
            "out_of_range",
            "order.refunds[0].lines[0].units",
            None,
        ),
        (
            ORDER | {"refunds": [{"id": "r1", "lines": []}]},
            {"id": "r1", "lines": []},
            "duplicate_id",
            "refund.id",
            "expected an id of its own, got `r1`, which order.refunds[0] has",
        ),
        *(
            (ORDER | change, {"id": "r1", "lines": []}, code, path, None)
            for change, code, path in (
                ({"cart": BOUGHT | {"lines": 5}}, "wrong_type", "order.cart.lines"),
                ({"cart": BOUGHT | {"currency": "EUR"}}, "wrong_currency", "order.cart.currency"),
                ({"facts": {"uses": 5}}, "wrong_type", "order.facts.uses"),
                ({"facts": {"cart": "c9"}}, "wrong_cart", "order.facts.cart"),
            )
        ),
        ({}, {"id": "r1", "lines": []}, "missing_field", "order.cart", None),
        (ORDER, {"id": "r1"}, "missing_field", "refund.lines", None),
        (ORDER, {"id": "r1", "lines": [], "why": ""}, "unknown_field", "refund.why", None),
    ],
)
def test_refunds_that_cannot_be(
    order: Any, sent: Any, code: str, path: str, message: str | None
) -> None:
    for forms in ((order, sent), (json.dumps(order), json.dumps(sent))):
        with pytest.raises(tallystick.EventError) as caught:
            ENGINE.refund(*forms)
        error = caught.value
        assert (error.code, error.path) == (code, path)
        assert (error.noun, error.event_id) == ("refund", "r1")
        assert message is None or error.message == message


def test_the_rules_may_be_named() -> None:
    order = ORDER | {"ruleset": RULESET.hash}
    assert ENGINE.refund(order, {"id": "r1", "lines": []}).ruleset == RULESET.hash


def test_a_refund_comes_as_an_event_too() -> None:
    sent = {"id": "r0", "lines": units(MUG=1)}
    answer = ENGINE.award({"id": "e1", "event": "refund", "order": ORDER, "refund": sent})
    alone = ENGINE.refund(ORDER, sent)
    assert answer.moves == alone.moves and answer.lines == alone.lines
    assert list(answer.to_dict()) == [
        *("event", "type", "ruleset", "moves", "refused", "lines", "unrecoverable", "cards"),
    ]


# The law: any pieces, in any order, end the same.

LAW = engine_of("""
promotions:
  tenth: {then: {percent_off: 10%, on: tags has "sale"}}
programs:
  club:
    redemption: {points: 100, value: 0.70 USD}
    multipliers: add
    max_per_order: 90 points
    tiers: {levels: {silver: {from: 10, multiplier: 1.5, cashback: 2.5%}}}
  wallet: {refund_conditions: keep, points: {scale: 2, rounding: half_up}, earn_on: gross}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 0.37 USD}}
  steps: {program: club, event: purchase, award: {points: 3 per 5 USD, step: whole}}
  units: {program: club, event: purchase, award: {points: 2 per unit, on: sku == "a"},
          limits: {points: 9 per day}}
  once: {program: club, event: purchase, when: cart.net_subtotal >= 12 USD, award: {points: 11}}
  back: {program: club, event: purchase, award: {cashback: tier}}
  stamp: {program: club, event: purchase, award: {stamps: 1 per 4 USD, card: card}}
  rich: {program: wallet, event: purchase, when: qty(tags has "sale") >= 2,
         award: {points: 1 per 3 USD}}
  promo: {program: wallet, event: purchase, exclusive: true, when: lines(tags has "sale") >= 2,
          award: {points: 0.05, on: tags has "sale"}}
campaigns:
  double: {program: club, rules: [buy], multiply: 2, on: sku == "b"}
  launch: {program: club, rules: [steps], bonus: 20, when: cart.quantity >= 3}
stamp_cards:
  card: {program: club, size: 3, reward: free}
burning_rules:
  free: {program: club, reward: {product: TEA}}
""")

LINES = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["a", "b", "c"]),
            "quantity": st.integers(1, 5),
            "unit_price": st.integers(0, 900),
            "tags": st.sampled_from([[], ["sale"]]),
        }
    ),
    min_size=1,
    max_size=4,
)
Pieces = list[dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], Pieces]:
    """An order, and refunds of some of its units and amounts, piece by piece."""
    lines: Pieces = draw(LINES)
    points = draw(st.sampled_from([0, 100, 500, 2000]))
    order: dict[str, Any] = {
        "cart": cart(
            *lines,
            redeem=[{"program": "club", "points": points}] if points else [],
            store_credit=draw(st.sampled_from([0, 250])),
        ),
        "facts": {
            "members": {
                "club": {"balance": 1500, "tier": draw(st.sampled_from(["silver", None]))},
                "wallet": {},
            },
            "cards": {"card": {"stamps": draw(st.integers(0, 7)), "used": draw(st.integers(0, 2))}},
        },
    }
    nets = [one.net for one in LAW.quote(order["cart"], order["facts"]).result.lines]
    pieces: list[dict[str, Any]] = []
    for number, (one, net) in enumerate(zip(lines, nets, strict=True)):
        name = str(number + 1)
        for count in cut(draw, one["quantity"]):
            pieces.append({"id": name, "units": count})
        for amount in cut(draw, net) if draw(st.booleans()) else []:
            pieces.append({"id": name, "amount": amount})
    return order, draw(st.permutations(pieces))


def cut(draw: st.DrawFn, most: int) -> list[int]:
    """Some positive numbers that come to at most so much."""
    sizes = draw(st.lists(st.integers(1, max(1, most)), max_size=3))
    return [size for n, size in enumerate(sizes) if sum(sizes[: n + 1]) <= most]


def totals(order: dict[str, Any], refunds: list[list[dict[str, Any]]]) -> Counter[tuple[str, ...]]:
    """What all moves of some refunds come to."""
    found: Counter[tuple[str, ...]] = Counter()
    for number in range(len(refunds)):
        for move in refund(order, *refunds[: number + 1], engine=LAW).to_dict()["moves"]:
            kind = {"earn_again": "earn", "claw_back": "earn", "issue": "revoke"}.get(
                move["move"], move["move"]
            )
            sign = -1 if move["move"] in ("claw_back", "revoke") else 1
            amount = move.get("amount", move.get("points", move.get("times")))
            key = (kind, move["program"], str(move["rule"]), move.get("kind", ""))
            found[key] += sign * amount
    return Counter({key: amount for key, amount in found.items() if amount})


@settings(max_examples=60)
@given(case=cases())
def test_any_pieces_in_any_order_end_the_same(
    case: tuple[dict[str, Any], Pieces],
) -> None:
    order, pieces = case
    forward = totals(order, [[piece] for piece in pieces])
    assert forward == totals(order, [[piece] for piece in reversed(pieces)])
    last = refund(order, *([piece] for piece in pieces), engine=LAW) if pieces else None
    by_line: dict[str, list[dict[str, Any]]] = {}
    for piece in pieces:
        by_line.setdefault(piece["id"], []).append(piece)
    rounds = [
        [mine[turn] for mine in by_line.values() if turn < len(mine)]
        for turn in range(max(map(len, by_line.values()), default=0))
    ]
    assert forward == totals(order, rounds)
    if last is not None:
        assert last.cards == refund(order, *rounds, engine=LAW).cards


@settings(max_examples=40)
@given(case=cases())
def test_all_of_it_takes_back_all_that_was_earned(
    case: tuple[dict[str, Any], Pieces],
) -> None:
    order, _ = case
    whole = [
        {"id": str(number + 1), "units": one["quantity"]}
        for number, one in enumerate(order["cart"]["lines"])
    ]
    quote = LAW.quote(order["cart"], order["facts"]).to_dict()
    earned = Counter(
        (one["rule"], one["kind"], one["amount"]) for one in quote["earned"] if one["amount"]
    )
    answer = refund(order, whole, engine=LAW).to_dict()
    taken = Counter(
        (one["rule"], one["kind"], one["amount"])
        for one in answer["moves"]
        if one["move"] == "claw_back"
    )
    assert taken == earned
    back = sum(one["points"] for one in answer["moves"] if one["move"] == "give_back")
    assert back == sum(one["points"] for one in quote["redemptions"])
    assert all(one["kept"] == 0 for one in answer["lines"])
