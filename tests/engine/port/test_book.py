"""What the fast way knows of a rule set is what the plan says."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.dsl.formula import Has, Term
from tallystick.dsl.kinds import Kind
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.sources import FIELDS, FieldOp, declared
from tallystick.engine.port import _book
from tallystick.engine.port._book import Book
from tallystick.engine.port._window import total
from tallystick.engine.reference.meaning import CART_FIELDS, LINE_FIELDS

from .shapes import BothWays, cart, declaring, line, reading

DECLARATION = Path(_book.__file__).with_name("_book.pxd").read_text()
KINDS = {kind.name: number for number, kind in enumerate(Kind)}


@pytest.mark.parametrize(
    ("name", "prefix", "mirror"),
    [("FieldOp", "FIELD", dict(FieldOp.__members__)), ("KindOp", "KIND", KINDS)],
)
def test_op_codes_agree(name: str, prefix: str, mirror: dict[str, int]) -> None:
    block = re.search(rf"^cdef enum {name}:\n((?:    .*\n)+)", DECLARATION, re.M)
    assert block is not None
    codes = re.findall(rf"{prefix}_(\w+) = (\d+)", block[1])
    assert {key: int(value) for key, value in codes} == mirror


def test_every_field_has_an_op_code() -> None:
    assert set(FIELDS) == {*CART_FIELDS, *LINE_FIELDS}
    assert set(FIELDS.values()) == set(FieldOp) - {FieldOp.ATTRIBUTE}


def test_declared_attributes_stand_by_owner() -> None:
    names = ["line.attributes.a", "cart.attributes.b", "customer.attributes.a", "cart.attributes.a"]
    plan = lower(reading(attributes=declaring(dict.fromkeys(names, Kind.BOOL))))
    assert [owner + name for owner, name, _ in declared(plan)] == [
        *("cart.attributes.b", "cart.attributes.a", "customer.attributes.a", "line.attributes.a")
    ]


texts = st.text(st.sampled_from("ab\0é\U0001f600"), max_size=40)


@settings(max_examples=200)
@given(st.frozensets(texts, min_size=1, max_size=60), st.frozensets(texts, max_size=60))
def test_texts_of_any_size_are_found_and_no_others(
    known: frozenset[str], asked: frozenset[str]
) -> None:
    formula = Has(Term("customer.groups", Kind.SET), tuple(sorted(known)))
    ways = BothWays(reading(formulas=[formula]))
    assert ways.takes(cart(customer={"groups": sorted(known | asked)}))
    assert ways.takes(*(cart(customer={"groups": [text]}) for text in sorted(known | asked)))


def test_many_texts_are_found() -> None:
    known = [f"{'long ' * (n % 7)}text {n}" for n in range(30_000)]
    formula = Has(Term("customer.groups", Kind.SET), tuple(sorted(known)))
    ways = BothWays(reading(formulas=[formula]))
    assert ways.takes(cart(customer={"groups": known}))
    assert ways.takes(cart(customer={"groups": [f"{text}." for text in known]}))


def test_carts_are_priced_to_their_totals() -> None:
    book = Book(lower(reading()))
    sent = cart(
        lines=[line(quantity=3), line(unit_price=55, min_price=55)],
        shipments=[{"amount": 20}],
        tax_total=7,
    )
    assert total(book, [sent, cart(currency="EUR"), cart()]) == [270 + 55 + 20 + 7, None, 0]
