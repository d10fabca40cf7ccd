"""Loyalty sections with a few things wrong: loading ends in a rule set or in problems."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.dsl.document import (
    burning,
    campaign,
    card,
    cases,
    earning,
    event,
    expectation,
    facts,
    program,
    requests,
)
from tallystick.dsl.document.shape import Shape
from tallystick.dsl.layout.layout import lay_out
from tallystick.dsl.layout.scalars import quote_double
from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source

Tree = str | list["Tree"] | dict[str, "Tree"]

GOOD: dict[str, Tree] = {
    "programs": {
        "club": {
            "points": {"scale": "1", "expire_after": "12 months"},
            "redemption": {"points": "100", "value": "1 USD"},
            "tiers": {
                "window": "calendar year",
                "levels": {"low": {"from": "0", "cashback": "2%"}, "high": {"from": "10"}},
            },
        }
    },
    "earning_rules": {
        "rate": {
            "program": "club",
            "event": "purchase",
            "award": {"points": "1 per 1 USD", "on": 'sku == "A"'},
            "limits": {"points": "5 per day"},
        },
        "friend": {"program": "club", "event": "referral", "award": {"friend": {"points": "5"}}},
    },
    "stamp_cards": {"card": {"program": "club", "size": "10", "reward": "off"}},
    "burning_rules": {"off": {"program": "club", "cost": "5", "reward": {"discount": "2 USD"}}},
    "campaigns": {"july": {"program": "club", "multiply": "2", "rules": ["rate"]}},
    "tests": {
        "cart": {
            "cart": {
                "placed_at": "2026-01-01T00:00",
                "lines": [{"sku": "A", "quantity": "1", "unit_price": "5 USD"}],
                "redeem": [{"rule": "off"}],
            },
            "facts": {
                "members": {"club": {"balance": "5", "tier": "low"}},
                "rooms": {"rate": {"times": "1"}},
                "issued": {"one": {"rule": "off"}},
            },
            "expect": {"earned": {"rate": "5"}, "redemptions": {"off": {"points": "5"}}},
        },
        "event": {
            "event": {"event": "referral", "at": "2026-01-01T00:00", "friend": {"id": "a"}},
            "expect": {"earned": {"friend": {"friend": "5"}}, "state": "rewarded"},
        },
    },
}
MODULES = (
    *(program, earning, burning, campaign, card),
    *(cases, expectation, facts, event, requests),
)
SHAPES = [
    shape
    for module in MODULES
    for shape in vars(module).values()
    if isinstance(shape, type) and issubclass(shape, Shape)
]
KEYS = sorted(
    {field.alias or key for shape in SHAPES for key, field in shape.model_fields.items()}
    | {"low", "club", "off", "carry"}
)
VALUES = [
    *("500", "500 points", "0.55", "1 per 1 USD", "1 per unit", "1 per day", "5 USD", "3%", "-1"),
    *("tier", "event.points", "12 months", "calendar year", "lifetime", "club", "rate", "off"),
    *("low", "high", "purchase", "referral", "check-in", "redeem", "true", "max", "clip", "carry"),
    *("forever", "end_of_period", "2026-01-01..2026-02-01", "2026-01-01T00:00", "spend", "", "x y"),
    *("member.points > 5", 'sku == "B"', "Europe/Madrid", "rewarded", "9" * 30, "∞"),
]


def invent(random: Random, depth: int) -> Tree:
    """A small tree of anything."""
    pick = random.random()
    if not depth or pick < 0.6:
        return random.choice(VALUES)
    count = random.randrange(3)
    if pick < 0.8:
        return {random.choice(KEYS): invent(random, depth - 1) for _ in range(count)}
    return [invent(random, depth - 1) for _ in range(count)]


def spoil(random: Random, tree: Tree, rate: float) -> Tree:
    """The same tree with here and there something missing, misplaced or of another kind."""
    if random.random() < rate:
        return invent(random, 2)
    if isinstance(tree, list):
        return [spoil(random, item, rate) for item in tree]
    if isinstance(tree, str):
        return tree
    spoilt: dict[str, Tree] = {}
    for key, value in tree.items():
        pick = random.random()
        if pick > rate / 3:
            name = random.choice(KEYS) if pick > 1 - rate / 3 else key
            spoilt[name] = spoil(random, value, rate)
    if random.random() < rate:
        spoilt[random.choice(KEYS)] = invent(random, 2)
    return spoilt


def write(tree: Tree) -> str:
    """A tree as YAML on one line."""
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{quote_double(key)}: {write(tree[key])}' for key in tree)}}}"
    if isinstance(tree, list):
        return f"[{', '.join(map(write, tree))}]"
    return quote_double(tree) if tree else ""


def test_what_is_spoilt_is_good_at_first() -> None:
    text = "".join(f"{section}: {write(GOOD[section])}\n" for section in GOOD)
    assert len(load_sources([Source("rules.yaml", text)]).cases) == 2


@settings(max_examples=300)
@given(st.randoms(use_true_random=False), st.sampled_from([0.003, 0.02, 0.1]))
def test_loading_ends_in_a_rule_set_or_in_problems(random: Random, rate: float) -> None:
    text = "".join(
        f"{section}: {write(spoil(random, GOOD[section], rate))}\n"
        for section in GOOD
        if random.random() > rate / 3
    )
    try:
        ruleset = load_sources([Source("rules.yaml", text)])
    except RuleTextError as error:
        assert str(error)
        return
    again = load_sources([Source("rules.yaml", lay_out(text))])
    assert again.hash == ruleset.hash
    assert [one.expect for one in again.cases] == [one.expect for one in ruleset.cases]
