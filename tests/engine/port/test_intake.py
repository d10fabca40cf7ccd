"""The columns of the fast way are those of the plain way, slot by slot, or it leaves the cart.

Rule sets and carts are random, a part of them from a fresh seed: `TALLYSTICK_SEED=N` repeats it.
"""

import os
import random
import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tallystick.dsl.formula import Aggregate, Compare, Has, Member, Same, StartsWith, Term, Truth
from tallystick.dsl.kinds import Kind
from tallystick.dsl.ruleset import Ruleset

from ...properties.carts import carts
from ...properties.rulesets import rulesets
from .shapes import BothWays, cart, declaring, line, reading

FIXED_SEED = 20261124
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
print(f"seed of {__name__}: {SEED}")
EXAMPLES = int(os.environ.get("TALLYSTICK_EXAMPLES", "0")) // 10 or 200
thorough = settings(
    max_examples=EXAMPLES,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
some_carts = st.lists(carts(), min_size=1, max_size=3)


@seed(FIXED_SEED)
@thorough
@given(rulesets(), some_carts)
def test_random_carts_come_out_as_in_the_plain_way(ruleset: Ruleset, sent: list[Any]) -> None:
    assert BothWays(ruleset).takes(*sent)


@seed(SEED)
@thorough
@given(rulesets(), some_carts)
def test_fresh_random_carts_come_out_as_in_the_plain_way(ruleset: Ruleset, sent: list[Any]) -> None:
    assert BothWays(ruleset).takes(*sent)


TEXT_FIELDS = [
    "cart.currency",
    "cart.channel",
    "cart.location",
    "cart.weekday",
    "customer.id",
    "customer.account",
    "customer.tier",
    "shipping.country",
    "shipping.region",
    "shipping.postal_code",
    "payment.method",
    "line.sku",
    "line.brand",
    "cart.attributes.text",
    "customer.attributes.text",
    "line.attributes.text",
]
NUMBER_FIELDS = [
    "cart.subtotal",
    "cart.quantity",
    "cart.line_count",
    "cart.placed_at",
    "cart.date",
    "cart.time",
    "cart.hour",
    "customer.orders",
    "customer.birthday",
    "customer.signed_up",
    "shipping.amount",
    "line.quantity",
    "line.unit_price",
    "line.subtotal",
    "line.attributes.number",
]
SET_FIELDS = [
    "cart.coupons",
    "customer.groups",
    "customer.segments",
    "shipping.methods",
    "line.categories",
    "line.tags",
    "cart.attributes.words",
    "line.attributes.words",
]
DECLARED = declaring(
    {
        "cart.attributes.text": Kind.STRING,
        "cart.attributes.words": Kind.SET,
        "customer.attributes.text": Kind.STRING,
        "customer.attributes.flag": Kind.BOOL,
        "line.attributes.text": Kind.STRING,
        "line.attributes.number": Kind.INTEGER,
        "line.attributes.words": Kind.SET,
    }
)
FULL = cart(
    channel="known",
    location="",
    lines=[
        line(
            sku="known",
            brand="other",
            categories=["known", "unheard-of", "known"],
            tags=["other"],
            min_price=90,
            attributes={"text": "known", "number": -3, "words": ["other", "known"], "more": 1},
        ),
        line(id="é", sku="strange", attributes={"words": [], "text": None}),
        line(id="z", sku="strange", brand="", quantity=3),
    ],
    shipments=[
        {"amount": 5, "method": "known"},
        {"id": "b", "amount": 0, "method": ""},
        {"id": "a", "amount": 7},
        {"id": "c", "amount": 7, "method": "known"},
    ],
    shipping_address={"country": "known", "region": "none", "postal_code": None},
    payment={"method": "known"},
    tax_total=12,
    store_credit=1,
    coupons=[" known ", "Known", "KNOWN", "never"],
    customer={
        "id": "known",
        "account": "strange",
        "groups": ["known", "known", "b"],
        "segments": [],
        "tier": "strange",
        "orders": 0,
        "birthday": "2000-02-29",
        "signed_up": "2026-07-09T23:30:00Z",
        "attributes": {"text": "other", "flag": True},
    },
    attributes={"text": "é", "words": ["known"]},
)
SPARSE = cart(lines=[line(), line()], customer={}, shipments=[], coupons=None)


def terms(fallback: bool) -> list[Term]:
    """Every field there is, with or without something that stands in for what is missing."""
    made = [Term(name, Kind.STRING, "known" if fallback else None) for name in TEXT_FIELDS]
    made += [Term(name, Kind.INTEGER, 7 if fallback else None) for name in NUMBER_FIELDS]
    words = frozenset({"other", "nowhere else"}) if fallback else None
    made += [Term(name, Kind.SET, words) for name in SET_FIELDS]
    made.append(Term("customer.attributes.flag", Kind.BOOL, True if fallback else None))
    return made


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Madrid", "Asia/Kathmandu"])
def test_every_field_is_read(zone: str, fallback: bool) -> None:
    ways = BothWays(reading(*terms(fallback), attributes=DECLARED, timezone=zone))
    assert ways.takes(FULL, SPARSE, cart(), FULL)


def test_prefixes_of_texts_of_any_script_are_found() -> None:
    heads = ["a", "ab", "é", "éa", "\U0001f600", "known", "abcdefghijklmnopqrstuvwxyz"]
    sku, channel = Term("line.sku", Kind.STRING), Term("cart.channel", Kind.STRING, "éa")
    formulas = [StartsWith(term, head) for head in heads for term in (sku, channel)]
    ways = BothWays(reading(formulas=[*formulas, Member(sku, ("b", "abc"))]))
    texts = [*heads, "", "e", "abc", "éab", "\U0001f600\U0001f600", "abcdefghijklmnopqrstuvwxyzé"]
    lines = [line(sku=text or "x") for text in texts]
    assert ways.takes(*(cart(channel=text, lines=lines) for text in texts), cart(lines=lines))


def test_texts_that_rules_compare_are_told_apart() -> None:
    sku, brand = Term("line.sku", Kind.STRING), Term("line.brand", Kind.STRING, "stand-in")
    tier = Term("customer.tier", Kind.STRING)
    ways = BothWays(reading(formulas=[Same(sku, brand), Same(tier, sku), Member(sku, ("A",))]))
    dice = random.Random(1)
    skus = ["A", "stand-in", *(f"text {n}" for n in range(2000))]
    lines = [line(sku=dice.choice(skus), brand=dice.choice([None, *skus])) for _ in range(5000)]
    assert ways.takes(*(cart(lines=lines[:n], customer={"tier": "A"}) for n in (3, 5000, 0, 300)))


def test_the_first_line_of_each_sku_is_found() -> None:
    distinct = Aggregate("distinct_skus", Truth(True), Kind.INTEGER)
    ways = BothWays(reading(formulas=[Compare(((1, distinct),), ">=", 2)]))
    lines = [line(sku=f"sku {n % 700}") for n in range(3000)]
    assert ways.takes(cart(lines=lines), cart(lines=lines[:5]), cart(lines=lines))


def test_large_sets_are_sets() -> None:
    words = tuple(sorted(f"word {n}" for n in range(200)))
    ways = BothWays(reading(formulas=[Has(Term("line.tags", Kind.SET), words)]))
    many = [line(tags=[*words[:count], *words[: count // 2], "none"]) for count in (0, 16, 17, 200)]
    assert ways.takes(cart(lines=many), cart(lines=many[::-1]))


IDS = ["a", "a\0", "aa", "b", "abcdefgh", "abcdefgh1", "abcdefgi", "é", "z", "\uffff", "\U00010000"]


@pytest.mark.parametrize("count", [2, 11, 50, 10_000])
def test_ids_are_ranked_by_code_point(count: int) -> None:
    ways = BothWays(reading())
    names = [*IDS, *(f"a common beginning {n}" for n in range(count))][:count]
    for dice in range(3):
        random.Random(dice).shuffle(names)
        assert ways.takes(cart(lines=[line(id=name) for name in names]))
    sent = cart(shipments=[{"id": name, "amount": 1} for name in names[:1000]])
    assert ways.takes(sent)


@pytest.mark.parametrize("count", [3, 30, 10_000])
def test_lines_without_ids_are_counted_off(count: int) -> None:
    assert BothWays(reading()).takes(cart(lines=[line()] * count))


@pytest.mark.parametrize(
    "ids",
    [["a", "a"], ["2", None], [None, "1"], ["b", "a", "c", "a"], [*"abcdefghijklmnopqrstuvwxyza"]],
)
def test_repeated_ids_are_left_alone(ids: list[str | None]) -> None:
    ways = BothWays(reading())
    assert not ways.takes(cart(lines=[line(id=id) for id in ids]))
    assert not ways.takes(cart(shipments=[{"id": id, "amount": 1} for id in ids]))


def test_the_longest_run_of_equal_beginnings_with_one_repeated_id_is_left_alone() -> None:
    ids = [f"{'x' * 40}{n:05}" for n in range(9_999)]
    random.Random(2).shuffle(ids)
    assert not BothWays(reading()).takes(cart(lines=[line(id=id) for id in [*ids, ids[0]]]))


@pytest.mark.parametrize(
    ("codes", "is_taken"),
    [
        ([" a ", "A", "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1fb\x1f", "a b"], True),
        (["ab", "AB", "aB ", "é"], False),
        (["\x85x"], False),
        (["\u2003x"], False),
        (["ß"], False),
        (["\x00x", "x"], True),
        (["[`{@"], True),
        ([" "], False),
        (["ok", "\x1f\x1c"], False),
        ([f"code {n}" for n in range(100)], True),
        (["same"] * 100, True),
        (["same"] * 101, False),
    ],
)
def test_codes_are_trimmed_and_upper_cased_each_once(codes: list[str], is_taken: bool) -> None:
    coupons = Has(Term("cart.coupons", Kind.SET), ("A", "A B", "SAME", "X"))
    assert BothWays(reading(formulas=[coupons])).takes(cart(coupons=codes)) == is_taken


@pytest.mark.parametrize(
    ("fields", "is_taken"),
    [
        ({"lines": [line(quantity=10, unit_price=10**12)]}, True),
        ({"lines": [line(quantity=10, unit_price=10**12), line()]}, False),
        ({"lines": [line(quantity=10**6, unit_price=10**12)] * 20}, False),
        ({"lines": [line(quantity=10**6, unit_price=1, min_price=10**12)]}, True),
        ({"shipments": [{"amount": 10**12}] * 1000}, True),
        ({"currency": "EUR"}, False),
        ({"currency": "US"}, False),
        ({"currency": ""}, False),
        ({"tax_total": 10**13, "store_credit": 10**13}, True),
    ],
)
def test_limits_over_the_whole_cart(fields: dict[str, Any], is_taken: bool) -> None:
    ways = BothWays(reading(Term("shipping.amount", Kind.INTEGER), line_floor_minor=3))
    assert ways.takes(cart(**fields)) == is_taken


VALUES: list[tuple[Kind, Any, bool]] = [
    (Kind.BOOL, True, True),
    (Kind.BOOL, False, True),
    (Kind.BOOL, 1, False),
    (Kind.INTEGER, 10**12, True),
    (Kind.INTEGER, -(10**12), True),
    (Kind.INTEGER, 10**12 + 1, False),
    (Kind.INTEGER, "1", False),
    (Kind.INTEGER, True, False),
    (Kind.MONEY, 10**12, True),
    (Kind.MONEY, 0, True),
    (Kind.MONEY, -1, False),
    (Kind.MONEY, 10**12 + 1, False),
    (Kind.DECIMAL, 5, True),
    (Kind.DECIMAL, -(10**12), True),
    (Kind.DECIMAL, 10**12 + 1, False),
    (Kind.DECIMAL, "1.5", True),
    (Kind.DECIMAL, "-001.500000000", True),
    (Kind.DECIMAL, "999999999999.999999", True),
    (Kind.DECIMAL, "-0", True),
    (Kind.DECIMAL, "1.0000001", False),
    (Kind.DECIMAL, "1.", False),
    (Kind.DECIMAL, ".5", False),
    (Kind.DECIMAL, "+1", False),
    (Kind.DECIMAL, "1e3", False),
    (Kind.DECIMAL, "٣", False),
    (Kind.DECIMAL, "", False),
    (Kind.PERCENT, "12.5%", True),
    (Kind.PERCENT, "100.0000  %", True),
    (Kind.PERCENT, "-0%", True),
    (Kind.PERCENT, "100.0001%", False),
    (Kind.PERCENT, "-1%", False),
    (Kind.PERCENT, "0.00001%", False),
    (Kind.PERCENT, "12.5", False),
    (Kind.PERCENT, "12.5%%", False),
    (Kind.PERCENT, 12, False),
    (Kind.STRING, "", True),
    (Kind.STRING, "é", True),
    (Kind.STRING, 5, False),
    (Kind.DATE, "2024-02-29", True),
    (Kind.DATE, "2023-02-29", False),
    (Kind.DATE, "0001-01-01", True),
    (Kind.DATE, "2024-02-29T00:00:00Z", False),
    (Kind.TIME, "09:30", True),
    (Kind.TIME, "23:59:59", True),
    (Kind.TIME, "24:00", False),
    (Kind.TIME, "09:60", False),
    (Kind.TIME, "9:30", False),
    (Kind.TIME, "09:30:", False),
    (Kind.TIME, "09:30:60", False),
    (Kind.DATETIME, "2026-07-10T12:00:00.1234567+02:00", True),
    (Kind.DATETIME, "2026-07-10T12:00:00", False),
    (Kind.DATETIME, "2026-07-10", False),
    (Kind.DURATION, "30 days", True),
    (Kind.DURATION, "1  minute", True),
    (Kind.DURATION, "007 hours", True),
    (Kind.DURATION, "3660000 days", True),
    (Kind.DURATION, "2 weeks", True),
    (Kind.DURATION, "3660001 days", False),
    (Kind.DURATION, "1 year", False),
    (Kind.DURATION, "1 dayss", False),
    (Kind.DURATION, "1 s", False),
    (Kind.DURATION, "1 ", False),
    (Kind.DURATION, "days", False),
    (Kind.DURATION, "1days", False),
    (Kind.DURATION, "-1 days", False),
    (Kind.SET, ["a", "a"], True),
    (Kind.SET, [], True),
    (Kind.SET, "a", False),
    (Kind.SET, [1], False),
    *((kind, None, True) for kind in Kind),
]


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize(("kind", "sent", "is_taken"), VALUES)
def test_declared_attributes_are_read_by_kind(
    kind: Kind, sent: object, is_taken: bool, is_read: bool
) -> None:
    names = ["cart.attributes.x", "customer.attributes.x", "line.attributes.x"]
    terms = [Term(name, kind) for name in names] if is_read else []
    ways = BothWays(reading(*terms, attributes=declaring(dict.fromkeys(names, kind))))
    values = {"x": sent}
    assert ways.takes(cart(attributes=values)) == is_taken
    assert ways.takes(cart(customer={"attributes": values})) == is_taken
    assert ways.takes(cart(lines=[line(), line(attributes=values)])) == is_taken
