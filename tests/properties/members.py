"""Random carts that redeem, events, and the facts that go with loyalty rules."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tallystick.dsl.loyalty import Loyalty
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.checked import CheckedCart, CheckedEvent
from tallystick.engine.cart.intake import Intake

from .carts import carts, facts
from .vocabulary import BURNING_IDS, EARNING_IDS, EVENTS, PLACES, SEGMENTS

BALANCES = st.sampled_from([1000, 10**12, 350, 100, 99, 7, 0])
ISSUED = ["i1", "i2"]
FAR = 10**12


@st.composite
def requests(draw: DrawFn, loyalty: Loyalty) -> dict[str, Any]:
    """One request to redeem, most of what the rules know."""
    form = draw(st.sampled_from(["program", "program", "rule", "rule", "rule", "issued", "issued"]))
    if form == "issued":
        return {"issued": draw(st.sampled_from([*ISSUED, *ISSUED, *ISSUED, "i9"]))}
    short = draw(st.sampled_from([{}, {}, {"if_short": "clip"}, {"if_short": "reject"}]))
    if form == "rule":
        rules = [rule.id for rule in loyalty.burning_rules]
        name = draw(st.sampled_from([*rules * 4, "nobodys"]))
        return {"rule": name, "times": draw(st.sampled_from([1, 1, 2, 3, 10**6])), **short}
    programs = [program.id for program in loyalty.programs]
    name = draw(st.sampled_from([*programs * 4, "nobodys"]))
    points = draw(st.sampled_from([100, "max", "max", 1, 5, 250, 700, FAR]))
    return {"program": name, "points": points, **short}


@st.composite
def loyal_carts(draw: DrawFn, loyalty: Loyalty) -> dict[str, Any]:
    """A cart, maybe with requests, stored value and store credit."""
    cart: dict[str, Any] = draw(carts())
    count = draw(st.sampled_from([0, 1, 2, 4]))
    cart["redeem"] = draw(st.lists(requests(loyalty), min_size=count, max_size=count))
    cart["store_credit"] = draw(st.sampled_from([0, 0, 0, 1, 100, 777, 10**7]))
    for line in cart["lines"]:
        line["stored_value"] = draw(st.sampled_from([False] * 5 + [True]))
    return cart


def standings(levels: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a program knows of the customer."""
    made: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"balance": BALANCES},
        optional={
            "tier": st.sampled_from([None, *levels]),
            "qualifying": st.sampled_from([0, 1, 49, 99, 1000]),
            "lifetime_points": BALANCES,
            "segments": st.lists(st.sampled_from(SEGMENTS), max_size=2),
            "joined": st.sampled_from(["2020-02-29", "2024-10-04"]),
        },
    )
    return made


@st.composite
def members(draw: DrawFn, ruleset: Ruleset) -> dict[str, Any]:
    """Facts about members, rooms, stock and issued rewards, that fit a rule set."""
    known: dict[str, Any] = draw(facts())
    if draw(st.sampled_from([True, True, True, False])):
        known["members"] = {}
        for program in ruleset.loyalty.programs:
            levels = [] if program.tiers is None else [one.id for one in program.tiers.levels]
            if draw(st.integers(0, 9)) < 9:
                known["members"][program.id] = draw(standings(levels))
    names = st.sampled_from([*EARNING_IDS[:4], *BURNING_IDS[:2], "nobodys"])
    room = st.fixed_dictionaries(
        {}, optional={"times": st.integers(0, 2), "points": st.sampled_from([0, 1, 7, 100])}
    )
    if draw(st.booleans()):
        known["rooms"] = draw(st.dictionaries(names, room, max_size=4))
        known["stock"] = draw(st.dictionaries(names, st.integers(0, 2), max_size=2))
    rules = [rule.id for rule in ruleset.loyalty.burning_rules]
    if draw(st.integers(0, 5)) < 5:
        known["issued"] = {
            name: {
                "rule": draw(st.sampled_from([*rules * 4, "nobodys"])),
                "status": draw(st.sampled_from(["open"] * 6 + ["used", "revoked", "expired"])),
                "expires_at": draw(
                    st.sampled_from([None, None, "2026-07-10T12:00:00Z", "2027-01-01T00:00:00Z"])
                ),
            }
            for name in ISSUED
        }
    return known


@st.composite
def events(draw: DrawFn) -> CheckedEvent:
    """An event that is no purchase."""
    return CheckedEvent(
        type=draw(st.sampled_from([*EVENTS[1:], "external.crm"])),
        kind=draw(st.sampled_from([None, *PLACES])),
        amount_minor=draw(st.sampled_from([None, 0, 1, 2500, FAR])),
        points=draw(st.sampled_from([None, 0, 1, 300, FAR])),
        attributes=draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "place": st.sampled_from(PLACES),
                    "weight": st.integers(0, 3),
                    "is_first": st.booleans(),
                },
            )
        ),
    )


def cart_of(event: CheckedEvent, ruleset: Ruleset) -> CheckedCart:
    """The cart that stands for an event: one line of its amount."""
    sent = {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [
            {"id": "1", "sku": event.type, "quantity": 1, "unit_price": event.amount_minor or 0}
        ],
    }
    cart = Intake(ruleset).read_cart(sent)
    cart.event = event
    return cart


__all__ = ["cart_of", "events", "loyal_carts", "members"]
