"""What the JSON reader takes, the plain way takes to the same fields; valid carts it takes all.

A part of the carts comes from a fresh seed, which is printed when one fails: `TALLYSTICK_SEED=N`
repeats it, and `TALLYSTICK_EXAMPLES=N` asks for more or fewer.
"""

import os
import secrets
from random import Random
from typing import Any

import pytest
from msgspec import Struct

from tallystick import load_text
from tallystick.engine.cart.cart import (
    Address,
    Cart,
    Customer,
    Line,
    Payment,
    Shipment,
)
from tallystick.engine.cart.errors import CartError
from tallystick.engine.cart.wire import JSON_MAX, Wire
from tallystick.engine.plan.lowering import lower
from tallystick.engine.port._book import Book
from tallystick.engine.port._draft_view import view_drafts

from .noise import KINDS, draw_cart, rules_text, spell, spoil

FIXED_SEED = 20261124
SEED = int(os.environ.get("TALLYSTICK_SEED", "0")) or secrets.randbelow(2**31)
EXAMPLES = int(os.environ.get("TALLYSTICK_EXAMPLES", "4000"))
SEEDS = pytest.mark.parametrize("seed", [FIXED_SEED, SEED], ids=["fixed", f"fresh-{SEED}"])
DECLARED = {f"{kind}s": kind for kind in KINDS}
TEXT_KINDS = ("percent", "string", "date", "time", "datetime", "duration")
BARE = b'{"id":"c","currency":"USD","placed_at":"2026-07-10T12:00:00Z","lines":[]'
LINE = b'{"sku":"a","quantity":1,"unit_price":5'
BOOK = Book(lower(load_text(rules_text())))
WIRE = Wire(Cart, "", "a cart", "id")


def expected(document: bytes) -> dict[str, Any] | None:
    """The draft of a cart as the plain way reads it; None when it refuses."""
    try:
        cart = WIRE.read_json(document)
    except CartError:
        return None
    address = cart.shipping_address or Address()
    customer = cart.customer or Customer()
    return {
        "id": cart.id,
        "currency": cart.currency,
        "placed_at": cart.placed_at,
        "channel": cart.channel,
        "location": cart.location,
        "address": [address.country, address.region, address.postal_code],
        "payment": (cart.payment or Payment()).method,
        "tax_total": cart.tax_total or 0,
        "store_credit": cart.store_credit or 0,
        "attributes": values(cart.attributes),
        "customer": {
            "id": customer.id,
            "account": customer.account,
            "groups": sorted(customer.groups or ()),
            "segments": sorted(customer.segments or ()),
            "tier": customer.tier,
            "orders": customer.orders,
            "birthday": customer.birthday,
            "signed_up": customer.signed_up,
            "attributes": values(customer.attributes),
        },
        "coupons": cart.coupons or [],
        "lines": [line_view(line) for line in cart.lines],
        "shipments": [[each.id, each.method, each.amount] for each in cart.shipments or ()],
    }


def line_view(line: Line) -> dict[str, Any]:
    """A line as drafts have it."""
    return {
        "id": line.id,
        "sku": line.sku,
        "brand": line.brand,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "min_price": line.min_price or 0,
        "categories": sorted(line.categories or ()),
        "tags": sorted(line.tags or ()),
        "attributes": values(line.attributes),
    }


def values(sent: dict[str, Any] | None) -> dict[str, Any]:
    """The declared attributes, each of a type that its kind can come in."""
    found = {name: it for name, it in (sent or {}).items() if name in DECLARED and it is not None}
    for name, value in found.items():
        kind = DECLARED[name]
        if kind == "set":
            assert all(isinstance(item, str) for item in value)
            found[name] = sorted(set(value))
        elif kind in TEXT_KINDS:
            assert isinstance(value, str)
        elif kind == "bool":
            assert isinstance(value, bool)
        else:
            assert isinstance(value, int) or (kind == "decimal" and isinstance(value, str))
            assert not isinstance(value, bool)
    return found


def view(document: bytes) -> dict[str, Any] | None:
    """What the reader makes of one document."""
    return view_drafts(BOOK, [document])[0]


@SEEDS
def test_every_valid_cart_is_taken(seed: int) -> None:
    dice = Random(seed)
    documents = [spell(dice, draw_cart(dice)) for _ in range(EXAMPLES // 4)]
    for document, seen in zip(documents, view_drafts(BOOK, documents), strict=True):
        right = expected(document)
        assert right is not None, document
        assert seen == right, document


@SEEDS
def test_what_is_taken_of_broken_carts_is_right(seed: int) -> None:
    dice = Random(seed)
    documents = []
    for _ in range(EXAMPLES):
        document = spell(dice, draw_cart(dice))
        for _ in range(dice.choice((1, 1, 2))):
            document = spoil(dice, document)
            documents.append(document)
            if not document:
                break
    views = view_drafts(BOOK, documents)
    for document, seen in zip(documents, views, strict=True):
        if seen is not None:
            assert seen == expected(document), document
    assert any(views)
    assert not all(views)


@pytest.mark.parametrize(
    ("kind", "document", "named"),
    [
        (Cart, BARE + b"%s}", {"id", "currency", "placed_at", "lines"}),
        (Line, BARE[:-1] + LINE + b"%s}]}", {"sku", "quantity", "unit_price"}),
        (Shipment, BARE + b',"shipments":[{"amount":1%s}]}', {"amount"}),
        (Address, BARE + b',"shipping_address":{"country":"ES"%s}}', {"country"}),
        (Payment, BARE + b',"payment":{"method":"card"%s}}', {"method"}),
        (Customer, BARE + b',"customer":{"tier":"gold"%s}}', {"tier"}),
    ],
)
def test_fields_are_those_of_the_format(
    kind: type[Struct], document: bytes, named: set[str]
) -> None:
    assert view(document % b"") is not None
    for name in kind.__struct_fields__:
        seen = view(document % (b',"%s":null' % name.encode()))
        assert (seen is None) == (name in named), name
        assert view(document % (b',"%sx":null' % name.encode())) is None
        assert view(document % (b',"%s":null' % name[:-1].encode())) is None


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"{}",
        b"\xef\xbb\xbf" + BARE + b"}",
        BARE,
        BARE + b"}}",
        BARE + b"} x",
        BARE + b"}\x00",
        BARE + b",}",
        BARE + b',"id":"c"}',
        BARE + b',"\\u0074ax_total":0}',
        BARE + b',"tax_total":1.0}',
        BARE + b',"tax_total":1e3}',
        BARE + b',"tax_total":-0}',
        BARE + b',"tax_total":01}',
        BARE + b',"tax_total":00000000}',
        BARE + b',"tax_total":10000000000001}',
        BARE + b',"tax_total":1234567890123456789}',
        BARE + b',"tax_total":99999999999999999999999999999}',
        BARE + b',"tax_total":true}',
        BARE + b',"channel":7}',
        BARE + b',"channel":"\\ud800"}',
        BARE + b',"channel":"\\udc00\\ud800"}',
        BARE + b',"channel":"\\ud800\\u0041"}',
        BARE + b',"channel":"\\u12"}',
        BARE + b',"channel":"\\a"}',
        BARE + b',"channel":"a\nb"}',
        BARE + b',"channel":"\xff"}',
        BARE + b',"channel":"\xc0\x80"}',
        BARE + b',"channel":"\xe0\x9f\xbf"}',
        BARE + b',"channel":"\xed\xa0\x80"}',
        BARE + b',"channel":"\xf0\x8f\xbf\xbf"}',
        BARE + b',"channel":"\xf4\x90\x80\x80"}',
        BARE + b',"channel":"\xe2\x82"}',
        BARE + b',"channel":"\xf0\x9f\x98',
        BARE + b',"coupons":[""]}',
        BARE + b',"coupons":["a",]}',
        BARE + b',"coupons":["a" "b"]}',
        BARE + b',"customer":{"id":""}}',
        BARE + b',"redeem":[{}]}',
        BARE + b',"redeem":[{"rule":"x"}]}',
        BARE[:-1] + LINE + b',"stored_value":true}]}',
        BARE[:-1] + LINE + b',"stored_value":0}]}',
        BARE[:-1] + LINE + b',"stored_value":{}}]}',
        BARE + b',"attributes":{"a":1,"a":1}}',
        BARE + b',"attributes":{"a":1,"\\u0061":1}}',
        BARE + b',"attributes":{"a":NaN}}',
        BARE + b',"attributes":{"a":1.}}',
        BARE + b',"attributes":{"a":.5}}',
        BARE + b',"attributes":{"a":-}}',
        BARE + b',"attributes":{"integers":1.0}}',
        BARE + b',"attributes":{"integers":-0}}',
        BARE + b',"attributes":{"integers":"1"}}',
        BARE + b',"attributes":{"integers":true}}',
        BARE + b',"attributes":{"bools":1}}',
        BARE + b',"attributes":{"dates":1}}',
        BARE + b',"attributes":{"sets":"a"}}',
        BARE + b',"attributes":{"sets":[1]}}',
        BARE[:-1] + LINE + b',"quantity":1}]}',
        BARE[:-1] + LINE + b',"id":""}]}',
        BARE[:-1] + b'{"sku":"a","quantity":1}]}',
        BARE[:-1] + b'{"sku":"","quantity":1,"unit_price":5}]}',
        BARE[:-1] + b'{"sku":"a","quantity":0,"unit_price":5}]}',
        BARE[:-1] + b'{"sku":"a","quantity":1000001,"unit_price":5}]}',
        BARE[:-1] + b'{"sku":"a","quantity":1,"unit_price":1000000000001}]}',
        BARE[:-1] + b'{"sku":"a","quantity":null,"unit_price":5}]}',
    ],
)
def test_what_is_wrong_or_rare_is_left_to_the_plain_way(document: bytes) -> None:
    assert view(document) is None


@pytest.mark.parametrize(
    ("field", "most"), [(b"lines", 10_000), (b"shipments", 1_000), (b"coupons", 100)]
)
def test_lists_end_where_the_format_says(field: bytes, most: int) -> None:
    item = {b"lines": LINE + b"}", b"shipments": b'{"amount":1}', b"coupons": b'"a"'}[field]
    head = BARE.replace(b',"lines":[]', b"") + (b"" if field == b"lines" else b',"lines":[]')

    def document(count: int) -> bytes:
        return head + b',"%s":[%s]}' % (field, b",".join([item] * count))

    seen = view(document(most))
    assert seen is not None
    assert len(seen[field.decode()]) == most
    assert view(document(most + 1)) is None


def test_size_ends_where_the_format_says() -> None:
    document = BARE + b"}"
    assert view(document + b" " * (JSON_MAX - len(document))) is not None
    assert view(document + b" " * (JSON_MAX + 1 - len(document))) is None


@pytest.mark.parametrize("size", range(40))
def test_texts_of_every_length_are_read(size: int) -> None:
    for text in ("a" * size, "a" * size + "é", "a" * size + "\\n" + "b" * size + "\\u20ac"):
        document = BARE + f',"channel":"{text}"}}'.encode()
        assert view(document) == expected(document)
        for cut in range(len(BARE), len(document)):
            assert view(document[:cut]) is None


@pytest.mark.parametrize(
    "spelled",
    [
        *(b"[]", b"[ ]", b" []", b'["a"]', b' [ "a" ] ', b'["a" ]', b'["a","b"]', b'["a", "b"]'),
        *(b'["a" ,"b"]', b'["\\n","b" , "c"]', b'["a","a"]', b'["a","a" ]', b"null", b" null"),
        *(
            b'[,"a"]',
            b'["a",]',
            b'["a"',
            b'["a",',
            b'["a" "b"]',
            b'["a"]]',
            b'["a",1]',
            b"[1]",
            b"[[]]",
        ),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 30, 31, 32, 33])
def test_lists_are_read_however_they_are_spelled(spelled: bytes, before: int) -> None:
    # There is room for some words at first, and more is made when it is full.
    groups = b",".join([b'"g"'] * before)
    document = BARE + b',"customer":{"groups":[' + groups + b'],"segments":' + spelled + b"}}"
    assert view(document) == expected(document)


@pytest.mark.parametrize("digits", range(1, 14))
def test_numbers_of_every_length_are_read(digits: int) -> None:
    for number in (10 ** (digits - 1), 10**digits - 1, int("1234567890123"[:digits])):
        seen = view(BARE + b',"tax_total":%d}' % number)
        assert (seen and seen["tax_total"]) == (number if number <= 10**13 else None)
