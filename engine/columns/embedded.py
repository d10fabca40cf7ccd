"""Attributes as a text of JSON in a column in, the object they stand for out."""

import json

from ..cart.errors import refusal
from ..cart.plain import find_bad_text, find_repeated, parse_plain
from ..cart.wire import DEPTH_MAX


def read_embedded(text: str, path: str) -> object:
    """What the JSON holds; raises `CartError` for what is no JSON, or has a field twice."""
    try:
        plain, has_repeated = parse_plain(text.encode())
    except json.JSONDecodeError as error:
        got = f"a fault at character {error.pos}"
        raise refusal("invalid_json", path, got=got) from None
    except UnicodeEncodeError:
        raise refusal("invalid_json", path, got="bytes that are not UTF-8") from None
    except RecursionError:
        raise refusal("too_deep", path, most=DEPTH_MAX) from None
    if place := find_bad_text(plain, path):
        raise refusal("bad_text", place)
    if has_repeated and (found := find_repeated(plain, path)):
        raise refusal("duplicate_field", found[1], name=found[0])
    return plain
