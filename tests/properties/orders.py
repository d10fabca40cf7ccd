"""Random carts that redeem, with facts about the customer: all fits the rules they go with."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tallystick.dsl.loyalty import Loyalty
from tallystick.dsl.ruleset import Ruleset

from .carts import carts, facts
from .loyalty import loyal_rulesets
from .vocabulary import SEGMENTS

Sent = tuple[Ruleset, dict[str, Any], dict[str, Any]]

BALANCES = st.sampled_from([1000, 350, 100, 99, 0, 10**12])
REWARDS = ["i1", "i2", "i3"]
SHORT: SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"if_short": "clip"}, {"if_short": "reject"}]
)


@st.composite
def requests(draw: DrawFn, loyalty: Loyalty) -> dict[str, Any]:
    """One request to redeem, now and then of something that nobody knows."""
    form = draw(st.sampled_from(["rule", "rule", "program", "program", "issued"]))
    if form == "issued":
        return {"issued": draw(st.sampled_from([*REWARDS, "nobodys"]))}
    known = loyalty.burning_rules if form == "rule" else loyalty.programs
    name = draw(st.sampled_from([*[one.id for one in known] * 3, "nobodys"]))
    if form == "rule":
        return {"rule": name, "times": draw(st.sampled_from([1, 1, 2, 3])), **draw(SHORT)}
    points = draw(st.sampled_from([100, "max", "max", 1, 250, 700]))
    return {"program": name, "points": points, **draw(SHORT)}


@st.composite
def standings(draw: DrawFn, ruleset: Ruleset) -> dict[str, Any]:
    """The customer in most of the programs."""
    members: dict[str, Any] = {}
    for program in ruleset.loyalty.programs:
        levels = [level.id for level in program.tiers.levels] if program.tiers else []
        member = {
            "balance": draw(BALANCES),
            "qualifying": draw(st.sampled_from([0, 49, 100, 1000])),
            "segments": draw(st.lists(st.sampled_from(SEGMENTS), max_size=1)),
        }
        if draw(st.booleans()):
            member["tier"] = draw(st.sampled_from([None, *levels]))
        if draw(st.integers(0, 9)):
            members[program.id] = member
    return members


@st.composite
def known_facts(draw: DrawFn, ruleset: Ruleset) -> dict[str, Any]:
    """What the store knows: uses, members, what is left of limits, issued rewards."""
    known: dict[str, Any] = draw(facts())
    loyalty = ruleset.loyalty
    if draw(st.integers(0, 4)):
        known["members"] = draw(standings(ruleset))
    for kind in ("rooms", "stock"):
        left = st.sampled_from([0, 1, 2, 100])
        room = left if kind == "stock" else st.fixed_dictionaries({"times": left, "points": left})
        names = [rule.id for rule in loyalty.burning_rules]
        names += [rule.id for rule in loyalty.earning_rules]
        known[kind] = {name: draw(room) for name in names if not draw(st.integers(0, 3))}
    issuers = [*[rule.id for rule in loyalty.burning_rules] * 3, "nobodys"]
    known["issued"] = {
        name: {
            "rule": draw(st.sampled_from(issuers)),
            "status": draw(st.sampled_from(["open"] * 4 + ["used", "revoked", "expired"])),
        }
        for name in REWARDS
    }
    return known


@st.composite
def orders(draw: DrawFn) -> Sent:
    """A rule set, a cart that redeems, and facts."""
    ruleset = draw(loyal_rulesets())
    cart: dict[str, Any] = draw(carts())
    count = draw(st.sampled_from([0, 1, 2, 3]))
    cart["redeem"] = [draw(requests(ruleset.loyalty)) for _ in range(count)]
    cart["store_credit"] = draw(st.sampled_from([0, 0, 0, 1, 777, 10**7]))
    for line in cart["lines"]:
        line["stored_value"] = draw(st.sampled_from([False] * 4 + [True]))
    return ruleset, cart, draw(known_facts(ruleset))
