"""Rule texts in, where their promotions are filed and behind which gates out."""

import secrets
from random import Random
from typing import Any

import numpy as np
import pytest

from tallystick import load_text
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.kernel.evaluator import KernelEvaluator
from tallystick.engine.plan import gates
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import HintOp, Plan
from tallystick.engine.reference.evaluate import evaluate

HEAD = "ruleset: {currency: USD}\nstack_groups:\n  b: {policy: best}\n  p: {policy: priority}\n"
PLACED_AT = "2026-07-10T12:00:00Z"


def load(promotions: str) -> Ruleset:
    """A rule set with these promotions; each line of them ends up below `promotions:`."""
    return load_text(HEAD + "promotions:\n" + promotions)


def promote(name: str, *when: str, then: str = "{percent_off: 10%}", more: str = "") -> str:
    """A promotion as text."""
    lines = [f"  {name}:", *(f"    {line}" for line in more.splitlines() if line), "    when:"]
    lines += [f"      - {condition}" for condition in when]
    return "\n".join([*(lines if when else lines[:-1]), f"    then: {then}"]) + "\n"


def make_cart(lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A cart; lines need no price."""
    filled = [{"quantity": 1, "unit_price": 1_000, **line} for line in lines]
    return {"id": "c", "currency": "USD", "placed_at": PLACED_AT, "lines": filled, **more}


def filed(plan: Plan) -> dict[str, list[int]]:
    """The promotions filed under each text, those of all channels together."""
    texts = {number: text for text, number in plan.symbols.items()}
    found: dict[str, list[int]] = {}
    for start, low, high in plan.channels.tolist():
        for place in range(high - low):
            first, last = plan.post_starts[start + place : start + place + 2]
            for number in plan.posts["number"][first:last].tolist():
                found.setdefault(texts[low + place], []).append(number)
    return found


def check(ruleset: Ruleset, carts: list[dict[str, Any]]) -> list[list[int]]:
    """Price carts with both evaluators; which promotions applied to each."""
    intake = Intake(ruleset)
    ready = [(intake.read_cart(cart), read_facts({})) for cart in carts]
    outcomes = KernelEvaluator(ruleset).evaluate(ready)
    for (cart, facts), outcome in zip(ready, outcomes, strict=True):
        assert outcome == evaluate(ruleset, cart, facts)
    return [[one.promotion for one in outcome.applied] for outcome in outcomes]


def test_a_promotion_is_filed_under_its_rarest_texts_alone() -> None:
    when = ('customer.groups has "gold"', 'qty(sku in ["A", "B"]) >= 2')
    assert filed(lower(load(promote("x", *when)))) == {"A": [0], "B": [0]}


def test_beginnings_of_texts_are_filed() -> None:
    ruleset = load(promote("x", then="{percent_off: 10%, on: 'sku starts_with \"MUG-\"'}"))
    plan = lower(ruleset)
    assert filed(plan) == {"MUG-": [0]}
    assert len(plan.always) == 0
    carts = [make_cart([{"sku": sku}]) for sku in ("MUG-1", "MUG", "XMUG-1")]
    assert check(ruleset, carts) == [[0], [], []]


def test_what_can_never_apply_is_not_filed() -> None:
    rules = promote("off", 'any(sku == "A")', more="enabled: false")
    rules += promote("out", 'any(sku == "A")', more="limits: {total: 0}")
    plan = lower(load(rules))
    assert filed(plan) == {} and len(plan.always) == 0


def parts_of(bounds: np.uint64) -> tuple[int, ...]:
    """The first slice, the last one, the level and the hint."""
    first, rest, level, hint = (int(bounds) >> 16 * place & 0xFFFF for place in range(4))
    return first, gates.LAST_SLICE - rest, level, hint


def test_a_window_without_an_instant_is_never_open() -> None:
    columns = [np.array(column, np.int32) for column in ((4, 0), (3, 0), (0, 0), (2, 2))]
    never, once = gates.bounds_of(*columns)
    assert parts_of(never)[:2] == (gates.LAST_SLICE, 0)
    assert parts_of(once)[:2] == (0, 0)


def test_conditions_that_key_and_gate_decide_are_not_asked_again() -> None:
    when = (
        'qty(sku == "A") >= 3',
        'customer.tier in ["gold", "silver"] and cart.channel != "web"',
        "cart.subtotal >= 50.00 USD",
    )
    plan = lower(load(promote("x", *when, more="active: 2026-07-01..2026-07-31")))
    (post,) = plan.posts
    assert len(plan.residuals) == 0
    assert post["units"] == 3
    assert post["barred"].item().bit_count() == 2  # no tier, or another one; the web
    assert plan.levels.tolist() == [5_000] and len(plan.slices) == 2
    assert parts_of(post["bounds"]) == (1, 1, 1, HintOp.CART)


def test_soft_conditions_and_nets_are_in_no_gate() -> None:
    soft = "{if: 'cart.channel == \"web\"', enforcement: allow_warn_on_invalid}"
    plan = lower(load(promote("x", soft, "cart.net_subtotal >= 5.00 USD")))
    (post,) = plan.always
    assert post["barred"] == 0
    assert parts_of(post["bounds"]) == (0, gates.LAST_SLICE, 0, HintOp.NONE)
    assert len(plan.residuals) == 1


def test_promotions_with_codes_have_no_gate() -> None:
    when = ('cart.channel == "web"', 'any(sku == "A")')
    plan = lower(load(promote("x", *when, more="coupon: HELLO")))
    assert filed(plan) == {"HELLO": [0]}
    assert plan.posts["barred"].tolist() == [0]
    assert len(plan.residuals) == 2


def test_a_second_key_is_a_hint() -> None:
    on = '\'brand == "acme" and categories has "toys"\''
    plan = lower(load(promote("x", then=f"{{percent_off: 10%, on: {on}}}")))
    assert filed(plan) == {"acme": [0]}
    assert parts_of(plan.posts["bounds"][0])[-1] == HintOp.LINES
    assert plan.posts["wanted"].item() == 1 << gates.bit_of(plan.symbols["toys"])


def test_a_line_found_twice_counts_once() -> None:
    ruleset = load(promote("x", 'qty(categories has any ["a", "b"]) >= 2'))
    both = {"sku": "S", "categories": ["a", "b"]}
    carts = [make_cart([both]), make_cart([{**both, "quantity": 2}]), make_cart([both, both])]
    assert check(ruleset, carts) == [[], [0], [0]]


def test_a_group_is_decided_at_the_turn_of_a_candidate_that_the_index_rules_out() -> None:
    # The first of the group is no match, but a candidate: its turn comes before that of `y`.
    rules = promote("x", 'any(sku == "B")', more="priority: 1\nstacking: {group: b}")
    rules += promote("y", more="priority: 2\nstacking: {mode: last}")
    rules += promote("z", more="priority: 3\nstacking: {group: b}")
    ruleset = load(rules)
    names = [promotion.id for promotion in ruleset.promotions]
    applied = check(ruleset, [make_cart([{"sku": "A"}])])
    assert [[names[number] for number in one] for one in applied] == [["z", "y"]]


def test_windows_hold_when_there_are_too_many_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "LAST_SLICE", 2)
    rules = promote("past", more="active: ..2026-07-01") + promote(
        "now", more="active: 2026-07-05.."
    )
    ruleset = load(rules)
    assert len(lower(ruleset).slices) == 0
    (applied,) = check(ruleset, [make_cart([{"sku": "A"}])])
    assert [ruleset.promotions[number].id for number in applied] == ["now"]


def test_the_postings_of_a_text_stand_in_order_of_evaluation() -> None:
    rules = "".join(
        promote(f"x{n}", 'any(sku == "A")', more=f"priority: {9 - n}") for n in range(9)
    )
    assert filed(lower(load(rules)))["A"] == list(range(9))


CONDITIONS = (
    'customer.tier in ["gold", "silver"]',
    'customer.tier != "gold"',
    'cart.channel == "web"',
    'not (cart.channel in ["web", "app"])',
    'customer.groups has any ["g1", "g2"]',
    "cart.subtotal >= 20.00 USD",
    "cart.subtotal > 45.00 USD",
    "cart.quantity >= 4",
    'qty(sku in ["S1", "S2"]) >= 2',
    'qty(categories has any ["c1", "c2"]) >= 3',
    'any(brand == "b1")',
    'any(sku starts_with "S") or cart.channel == "app"',
    'all(brand == "b1")',
)
ACTIONS = (
    "{percent_off: 10%}",
    '{percent_off: 5%, on: \'sku in ["S1", "S3"]\'}',
    '{amount_off: 1.00 USD, on: \'categories has any ["c1", "c3"]\'}',
    "{volume: [{min_quantity: 3, percent_off: 5%}], on: 'brand == \"b1\"'}",
    "{buy: {on: 'sku == \"S2\"', quantity: 1}, get: {quantity: 1}}",
    '{buy: {on: \'categories has any ["c1", "c2"]\', quantity: 2}, get: {quantity: 1}}',
    "{bundle: [{on: 'sku == \"S1\"', quantity: 2}, {on: 'sku == \"S2\"', quantity: 1}], "
    "percent_off: 20%}",
)
MORE = ("", "", "stacking: {group: p}", "stacking: {group: b}", "stacking: {mode: exclusive}")
WINDOWS = ("", "", "active: 2026-07-01..2026-07-20\n", "active: 2026-07-11..\n")


def draw_rules(random: Random) -> str:
    """Promotions that meet in few texts, so that gates decide much."""
    return "".join(
        promote(
            f"r{number}",
            *random.sample(CONDITIONS, random.randrange(4)),
            then=random.choice(ACTIONS),
            more=random.choice(WINDOWS)
            + f"priority: {random.randrange(5)}\n"
            + random.choice(MORE[:-1] if number else MORE),
        )
        for number in range(40)
    )


def draw_cart(random: Random) -> dict[str, Any]:
    """A cart with some of the texts."""
    lines = [
        {
            "sku": f"S{random.randrange(1, 5)}",
            "quantity": random.randrange(1, 4),
            "brand": random.choice([None, "b1", "b2"]),
            "categories": random.sample(["c1", "c2", "c3"], random.randrange(3)),
        }
        for _ in range(random.randrange(6))
    ]
    customer = {
        "tier": random.choice([None, "gold", "silver", "tin"]),
        "groups": random.sample(["g1", "g2", "g3"], random.randrange(3)),
    }
    channel = random.choice([None, "web", "app", "post"])
    return make_cart(lines, customer=customer, channel=channel)


@pytest.mark.parametrize("seed", [7, secrets.randbelow(2**31)], ids=["fixed", "fresh"])
def test_nothing_that_applies_is_ruled_out(seed: int) -> None:
    print(f"seed {seed}")
    random = Random(seed)
    reached = 0
    for _ in range(8):
        ruleset = load(draw_rules(random))
        applied = check(ruleset, [draw_cart(random) for _ in range(40)])
        reached += len(np.unique([number for one in applied for number in one]))
    assert reached > 100
