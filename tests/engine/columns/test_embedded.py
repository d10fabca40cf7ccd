"""Attributes as JSON in a column are read as strictly as carts in JSON."""

import pytest

from tallystick import CartError
from tallystick.engine.columns.embedded import read_embedded

PATH = "lines[0].attributes"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("{}", {}), ('{"a": [1, null]}', {"a": [1, None]}), ("7", 7), ("null", None)],
)
def test_json_is_read(text: str, plain: object) -> None:
    assert read_embedded(text, PATH) == plain


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("", "invalid_json", PATH),
        ("{", "invalid_json", PATH),
        ("NaN", "invalid_json", PATH),
        ('{"a": "\udcff"}', "invalid_json", PATH),
        ('{"a": "\\ud800"}', "bad_text", f"{PATH}.a"),
        ('{"a": {"b": 1, "b": 1}}', "duplicate_field", f"{PATH}.a.b"),
        ("[" * 100_000, "too_deep", PATH),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str, path: str) -> None:
    with pytest.raises(CartError) as caught:
        read_embedded(text, PATH)
    assert (caught.value.code, caught.value.path) == (code, path)
