"""A seeded source of chance in, JSON carts out: in every spelling, and broken in every way."""

import json
from random import Random
from typing import Any

Json = dict[str, Any]

KINDS = (
    *("bool", "integer", "decimal", "percent", "money", "string"),
    *("date", "time", "datetime", "duration", "set"),
)
TEXTS = (
    *("a", "SKU-1", "web", "12345678", "sixteen bytes ok", "a longer text of thirty bytes."),
    *("é", "ключ", "日本語テキスト", "\U0001f600", "mixed é日\U0001f600 and plain text after it"),
    *('quote " here', "back \\ slash", "tab\there", "a\u0000b", "\u007f", "\u2028", "/", "\ud7ff"),
    *("a:b", "{}[],", "nul\u0001", "\uffff", "\ue000", "seven77", "eight888"),
)
SENT: dict[str, list[Any]] = {
    "bool": [True, False, None],
    "integer": [0, 7, -3, 10**12, -(10**12), None],
    "decimal": ["1.5", "-0.000001", 2, -4, None],
    "percent": ["12.5%", "0%", None],
    "money": [0, 995, 10**12, None],
    "string": ["red", "", "é", None],
    "date": ["2026-07-10", None],
    "time": ["09:30", None],
    "datetime": ["2026-07-10T12:00:00Z", None],
    "duration": ["30 days", None],
    "set": [[], ["a"], ["a", "b", "a"], None],
}
UNDECLARED = ["text", "é\\", 0, -1, 17, 1.5, -0.25, 123456.789, True, False, None]
TOKENS = (
    *("null", "true", "false", "0", "-0", "-1", "1.0", "1e3", "01", "1.", ".5", "1E400", "NaN"),
    *("123456789012345678", "1234567890123456789", "1000000", "1000001", "1000000000001"),
    *('""', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u00e9"', '"\\x"', '"\\u00g0"'),
    *("{}", "[]", "[[]]", '{"a":1}', '["a",]', '[""]', "[null]", "", ",", ":", "}", "]", '"'),
    *('"id":"x"', '"attributes":{}', '"redeem":[{}]', '"redeem":[]', '"nobody":1', "/* */"),
)
RAW = (
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe0\x80\x80",
    b"\x00",
    b"\x1f",
)


def rules_text() -> str:
    """A rule set that declares an attribute of every kind for cart, customer and lines."""
    owners = ("cart", "customer", "line")
    rows = [f"    {each}.attributes.{kind}s: {{type: {kind}}}" for each in owners for kind in KINDS]
    return "\n".join(["ruleset:", "  attributes:", *rows, ""])


def draw_cart(dice: Random) -> Json:
    """A valid cart with any of its fields."""
    lines = [draw_line(dice, place) for place in range(dice.choice((0, 1, 1, 2, 3, 7)))]
    cart: Json = {
        "id": dice.choice(TEXTS),
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": lines,
    }
    fields = {
        "channel": dice.choice((*TEXTS, "", None)),
        "location": dice.choice((*TEXTS, None)),
        "shipments": dice.choice(([draw_shipment(dice, n) for n in range(2)], [], None)),
        "shipping_address": draw_some(dice, ("country", "region", "postal_code")),
        "payment": draw_some(dice, ("method",)),
        "tax_total": dice.choice((0, 12, 10**13, None)),
        "store_credit": dice.choice((0, 12345678, 10**13, None)),
        "coupons": dice.choice(([], ["A"], [" a ", "b1234567", "A"], None)),
        "customer": dice.choice((draw_customer(dice), {}, None)),
        "redeem": dice.choice(([], None)),
        "attributes": draw_attributes(dice),
    }
    return cart | draw_fields(dice, fields)


def draw_line(dice: Random, place: int) -> Json:
    """A valid line."""
    line: Json = {
        "sku": dice.choice(TEXTS),
        "quantity": dice.choice((1, 2, 10, 999)),
        "unit_price": dice.choice((0, 5, 99, 12345, 12345678, 123456789, 10**9)),
    }
    fields = {
        "id": dice.choice((f"{place}x", f"line-number-{place}", f"é{place}", None)),
        "categories": dice.choice(([], ["a"], ["a", "b", "a"], ["é", ""], None)),
        "brand": dice.choice((*TEXTS, "", None)),
        "tags": dice.choice(([], ["new"], list(TEXTS), None)),
        "min_price": dice.choice((0, 7, 10**12, None)),
        "stored_value": dice.choice((False, None)),
        "attributes": draw_attributes(dice),
    }
    return line | draw_fields(dice, fields)


def draw_shipment(dice: Random, place: int) -> Json:
    """A valid shipment."""
    fields = {"id": dice.choice((f"s{place}", None)), "method": dice.choice((*TEXTS, None))}
    return {"amount": dice.choice((0, 599, 10**12))} | draw_fields(dice, fields)


def draw_customer(dice: Random) -> Json:
    """A valid customer."""
    names = ("id", "account", "tier")
    fields = {
        **{name: dice.choice((*TEXTS, None)) for name in names},
        "groups": dice.choice(([], ["gold"], ["gold", "a", "b"], None)),
        "segments": dice.choice(([], ["new"], None)),
        "orders": dice.choice((0, 3, 10**12, None)),
        "birthday": dice.choice(("1990-07-10", None)),
        "signed_up": dice.choice(("2024-02-29", None)),
        "attributes": draw_attributes(dice),
    }
    return draw_fields(dice, fields)


def draw_attributes(dice: Random) -> Json | None:
    """Declared attributes and others."""
    if dice.random() < 0.2:
        return None
    kinds = dice.sample(KINDS, dice.choice((0, 0, 1, 2, 11)))
    others = dice.sample(("note", "é", "", "longer_than_eight", "x:y"), dice.choice((0, 0, 1, 3)))
    sent = {f"{kind}s": dice.choice(SENT[kind]) for kind in kinds}
    return sent | {name: dice.choice(UNDECLARED) for name in others}


def draw_some(dice: Random, names: tuple[str, ...]) -> Json | None:
    """An object of texts."""
    if dice.random() < 0.2:
        return None
    return draw_fields(dice, {name: dice.choice((*TEXTS, "", None)) for name in names})


def draw_fields(dice: Random, fields: Json) -> Json:
    """Some of the fields, each with the same chance."""
    share = dice.random()
    return {name: value for name, value in fields.items() if dice.random() < share}


def spell(dice: Random, value: Any) -> bytes:
    """JSON for a value: keys in any order, with or without white space and escapes."""
    style = dice.random()
    spaces = ("",) if style < 0.6 else ("", " ", "\n  ", "\t\r\n")
    is_ascii = dice.random() < 0.3

    def space() -> str:
        return dice.choice(spaces)

    def write(each: Any) -> str:
        if isinstance(each, dict):
            names = dice.sample(list(each), len(each)) if style > 0.3 else list(each)
            items = [f"{spelled(name)}{space()}:{space()}{write(each[name])}" for name in names]
            return "{" + space() + f"{space()},{space()}".join(items) + space() + "}"
        if isinstance(each, list):
            items = [write(item) for item in each]
            return "[" + space() + f"{space()},{space()}".join(items) + space() + "]"
        return spelled(each)

    def spelled(each: Any) -> str:
        written = json.dumps(each, ensure_ascii=is_ascii)
        return written.replace("/", "\\/") if is_ascii else written

    return (space() + write(value) + space()).encode()


def spoil(dice: Random, document: bytes) -> bytes:
    """A document with something changed: most are wrong then, some are not."""
    place = dice.randrange(len(document))
    match dice.randrange(9):
        case 0:
            return document[:place] + bytes([dice.randrange(256)]) + document[place + 1 :]
        case 1:
            return document[:place] + document[place + 1 :]
        case 2:
            return document[:place]
        case 3:
            return document[:place] + dice.choice(TOKENS).encode() + document[place:]
        case 4:
            return document[:place] + dice.choice(RAW) + document[place:]
        case 5:
            return document + dice.choice((b" ", b"\n", b"x", b"\x00", document))
        case 6:
            return replace_value(dice, document, dice.choice(TOKENS).encode())
        case 7:
            return repeat_piece(dice, document)
        case _:
            return replace_value(dice, document, dice.choice(TOKENS).encode() + b"," + b'"x":1')


def replace_value(dice: Random, document: bytes, value: bytes) -> bytes:
    """The value behind some colon, up to the next comma or bracket, replaced."""
    colons = [place for place, byte in enumerate(document) if byte == ord(":")]
    if not colons:
        return document
    first = dice.choice(colons) + 1
    last = first
    while last < len(document) and document[last] not in b",}]":
        last += 1
    return document[:first] + value + document[last:]


def repeat_piece(dice: Random, document: bytes) -> bytes:
    """A piece between two commas sent twice, which repeats a field or an item."""
    commas = [place for place, byte in enumerate(document) if byte == ord(",")]
    if len(commas) < 2:
        return document
    at = dice.randrange(len(commas) - 1)
    piece = document[commas[at] : commas[at + 1]]
    to = dice.choice((commas[at + 1], dice.choice(commas)))
    return document[:to] + piece + document[to:]
