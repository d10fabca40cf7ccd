"""Facts: what a store hands in, and how wrong facts are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tallystick.engine.cart.errors import MESSAGES, CartError
from tallystick.engine.cart.facts import Card, Facts, Issued, Member, Room, Uses, read_facts

EXAMPLE: dict[str, Any] = {
    "cart": "c1",
    "uses": {
        "summer-20": {
            "total": 12,
            "customer": 1,
            "account": 0,
            "location": 3,
            "day": 2,
            "group": {"gold": 7},
        }
    },
    "codes": {"X7KQ": "summer"},
    "members": {
        "club": {
            "balance": 600,
            "tier": "silver",
            "qualifying": 1200,
            "lifetime_points": 4000,
            "segments": ["early"],
            "joined": "1970-01-03",
        },
        "wallet": {},
    },
    "rooms": {"check-in": {"times": 1, "points": 450}},
    "stock": {"t-shirt": 3},
    "pools": {"loyal5": 0},
    "cards": {"coffee-card": {"stamps": 9, "used": 0}},
    "issued": {
        "r1": {"rule": "free-coffee", "status": "open", "expires_at": "1970-01-02T00:00:00Z"}
    },
}
CHECKED = Facts(
    cart="c1",
    uses={"summer-20": Uses(total=12, customer=1, account=0, location=3, day=2, group={"gold": 7})},
    codes={"X7KQ": "summer"},
    members={
        "club": Member(
            balance=600,
            tier="silver",
            qualifying=1200,
            lifetime_points=4000,
            segments=frozenset({"early"}),
            joined="1970-01-03",
        ),
        "wallet": Member(),
    },
    rooms={"check-in": Room(times=1, points=450)},
    stock={"t-shirt": 3},
    pools={"loyal5": 0},
    cards={"coffee-card": Card(stamps=9, used=0)},
    issued={"r1": Issued(rule="free-coffee", status="open", expires_at="1970-01-02T00:00:00Z")},
)


def refused(source: Any) -> CartError:
    with pytest.raises(CartError) as caught:
        read_facts(source)
    return caught.value


def test_nothing_known() -> None:
    assert read_facts(None) == read_facts({}) == read_facts(b"{}") == Facts()
    assert Facts().uses == {} and Facts().codes == {} and Facts().cart is None


def test_all_forms_of_facts_are_the_same_facts() -> None:
    raw = json.dumps(EXAMPLE).encode()
    for form in (raw, raw.decode(), memoryview(raw), EXAMPLE, CHECKED):
        assert read_facts(form) == CHECKED


def test_null_and_absent_are_nought() -> None:
    sent = {
        "cart": None,
        "uses": {"a": {"total": None, "group": {"g": None}}, "b": None, "c": {"group": None}},
        "codes": {"x": None},
    }
    expected = Facts(uses={"a": Uses(), "c": Uses()})
    assert read_facts(sent) == read_facts(json.dumps(sent)) == expected
    assert read_facts(dict.fromkeys(Facts.__struct_fields__)) == Facts()


def test_null_and_absent_are_nought_of_loyalty_too() -> None:
    nothing = dict.fromkeys(name for name in Member.__struct_fields__ if name != "tier")
    sent = {
        "members": {"club": nothing, "wallet": None},
        "rooms": {"a": {"times": None, "points": None}, "b": None},
        "stock": {"a": None},
        "pools": {"a": None},
        "cards": {"a": {"stamps": None, "used": None}, "b": None},
        "issued": {"a": {"rule": "x", "status": None, "expires_at": None}, "b": None},
    }
    expected = Facts(
        members={"club": Member()},
        rooms={"a": Room()},
        cards={"a": Card()},
        issued={"a": Issued(rule="x")},
    )
    assert read_facts(sent) == read_facts(json.dumps(sent)) == expected
    assert read_facts({"members": {}}) != read_facts({"members": None})


def test_a_tier_that_is_null_is_none_and_one_not_sent_is_unknown() -> None:
    sent = {"members": {"club": {"tier": None}, "wallet": {}}}
    known = read_facts(sent).members
    assert known is not None
    assert known["club"].tier is None and known["wallet"].tier is UNSET


def test_dates_and_instants_are_read() -> None:
    assert CHECKED.members is not None
    assert CHECKED.members["club"].joined_days == 2
    assert CHECKED.members["wallet"].joined_days is None
    assert CHECKED.issued["r1"].expires_at_us == 86_400_000_000
    assert Issued(rule="x").expires_at_us is None


def test_codes_are_read_as_those_of_carts() -> None:
    assert read_facts({"codes": {" x7kq ": "a", "X7KQ": "a"}}).codes == {"X7KQ": "a"}


TOUR: list[tuple[dict[str, Any], str, str, str]] = [
    ({"balance": 5}, "unknown_field", "facts.balance", "expected a known field, got `balance`"),
    ({"cart": ""}, "empty", "facts.cart", "expected text, got an empty text"),
    ({"cart": 5}, "wrong_type", "facts.cart", "expected text, got 5"),
    ({"uses": []}, "wrong_type", "facts.uses", "expected an object, got a list"),
    (
        {"uses": {"a": {"totl": 1}}},
        "unknown_field",
        "facts.uses.a.totl",
        "expected a known field, got `totl`; did you mean `total`?",
    ),
    (
        {"uses": {"a.b": {"total": -1}}},
        "out_of_range",
        'facts.uses["a.b"].total',
        "expected a whole number from 0 to 1000000000000, got -1",
    ),
    ({"uses": {"a": {"day": 10**12 + 1}}}, "out_of_range", "facts.uses.a.day", ""),
    ({"uses": {"a": {"total": 1.0}}}, "wrong_type", "facts.uses.a.total", ""),
    ({"uses": {"a": {"total": True}}}, "wrong_type", "facts.uses.a.total", ""),
    ({"uses": {"a": {"group": {"g": "1"}}}}, "wrong_type", "facts.uses.a.group.g", ""),
    ({"uses": {"a": 5}}, "wrong_type", "facts.uses.a", "expected an object, got 5"),
    ({"members": []}, "wrong_type", "facts.members", "expected an object, got a list"),
    (
        {"members": {"club": {"tiers": 1}}},
        "unknown_field",
        "facts.members.club.tiers",
        "expected a known field, got `tiers`; did you mean `tier`?",
    ),
    ({"members": {"club": {"balance": -1}}}, "out_of_range", "facts.members.club.balance", ""),
    ({"members": {"club": {"tier": 2}}}, "wrong_type", "facts.members.club.tier", ""),
    ({"members": {"club": {"tier": ""}}}, "empty", "facts.members.club.tier", ""),
    ({"members": {"club": {"segments": "a"}}}, "wrong_type", "facts.members.club.segments", ""),
    ({"members": {"a.b": {"joined": "May"}}}, "bad_date", 'facts.members["a.b"].joined', ""),
    ({"rooms": {"a": {"times": 0.5}}}, "wrong_type", "facts.rooms.a.times", ""),
    ({"stock": {"a": 10**12 + 1}}, "out_of_range", "facts.stock.a", ""),
    ({"pools": {"a": "1"}}, "wrong_type", "facts.pools.a", ""),
    ({"cards": {"a": {"size": 9}}}, "unknown_field", "facts.cards.a.size", ""),
    (
        {"issued": {"r1": {}}},
        "missing_field",
        "facts.issued.r1.rule",
        "expected the field `rule`, got nothing",
    ),
    (
        {"issued": {"r1": {"rule": "x", "status": "gone"}}},
        "bad_format",
        "facts.issued.r1.status",
        "expected one of `expired`, `open`, `revoked`, `used`, got the text `gone`",
    ),
    ({"issued": {"r1": {"rule": "x", "status": 1}}}, "wrong_type", "facts.issued.r1.status", ""),
    (
        {"issued": {"r1": {"rule": "x", "expires_at": "2026-07-10"}}},
        "bad_instant",
        "facts.issued.r1.expires_at",
        "",
    ),
    ({"codes": {"x": 5}}, "wrong_type", "facts.codes.x", "expected text, got 5"),
    ({"codes": {"x": ""}}, "empty", "facts.codes.x", ""),
    ({"codes": {" ": "p"}}, "empty", 'facts.codes[" "]', "expected a code, got an empty text"),
    (
        {"codes": {"x": "p", "X": "q"}},
        "conflicting_code",
        "facts.codes.X",
        "expected one pool for the code `X`, got `p` and `q`",
    ),
]


@pytest.mark.parametrize("form", [json.dumps, dict], ids=["json", "dict"])
@pytest.mark.parametrize(
    ("sent", "code", "path", "message"), TOUR, ids=[f"{row[1]}-{row[2]}" for row in TOUR]
)
def test_bad_facts(sent: dict[str, Any], code: str, path: str, message: str, form: Any) -> None:
    error = refused(form({"cart": "c1", **sent}))
    assert (error.code, error.path) == (code, path)
    assert error.message == (message or error.message)
    assert error.cart_id == (None if "cart" in sent else "c1")


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        (b"{", "invalid_json", "facts"),
        (b"[]", "wrong_type", "facts"),
        (5, "wrong_type", "facts"),
        (b'{"uses":{"a":{"total":1,"total":2}}}', "duplicate_field", "facts.uses.a.total"),
        (b'{"uses":{"a":{"total":0},"a":{}}}', "duplicate_field", "facts.uses.a"),
        (b'{"codes":{"a":"\\ud800"}}', "bad_text", "facts.codes.a"),
        ({"codes": {"a": "\ud800"}}, "bad_text", "facts.codes.a"),
        ({"uses": {1: {}}}, "wrong_type", "facts.uses"),
        (Facts(uses={"a": Uses(total=-1)}), "out_of_range", "facts.uses.a.total"),
        (b"[" * 100_000, "too_deep", "facts"),
    ],
)
def test_bad_forms_of_facts(sent: Any, code: str, path: str) -> None:
    error = refused(sent)
    assert (error.code, error.path) == (code, path)
    assert error.code in MESSAGES


WORDS = (
    st.sampled_from([*Facts.__struct_fields__, *Member.__struct_fields__, "total", "rule", "a"])
    | st.text()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=10,
)


@given(sent=st.dictionaries(WORDS, JSON))
def test_anything_at_all_is_read_or_refused_alike(sent: dict[str, Any]) -> None:
    answers: list[object] = []
    for form in (sent, json.dumps(sent)):
        try:
            answers.append(read_facts(form))
        except CartError as error:
            answers.append((error.code, error.path.split("\\")[0]))
    assert answers[0] == answers[1]
