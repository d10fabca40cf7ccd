"""JSON or plain data in, one struct that fits its type out, or an error that names the place.

The fast way is one pass of msgspec. JSON that it takes is held against the struct made of it:
every field costs one colon, so when writing the struct out again gives as many colons as came in,
no field was sent twice (msgspec would keep the last in silence). When the colons differ (a null
does that too), or msgspec says no, the JSON is read again, slowly, and what is wrong is named.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from .errors import CartError, describe, refusal
from .faults import find_misfit, shape_of
from .plain import find_bad_text, find_repeated, id_in_json, id_of, parse_plain

JSON_MAX = 16 * 1024 * 1024  # bytes
# LIMIT: above this, JSON that does not fit is refused in general terms: taking it apart only to
# word the error could take a gigabyte. A cart of 10,000 full lines has about 3 MB.
RETOLD_MAX = 8 * 1024 * 1024
DEPTH_MAX = 64  # levels of lists and objects in one attribute

T = TypeVar("T", bound=Struct)
Json = bytes | bytearray | memoryview | str
JSON_FORMS = (bytes, str, bytearray, memoryview)  # for isinstance: unions are slow to build
MALFORMED = re.compile(r"JSON is malformed: (.*) \(byte (\d+)\)")
PLACE = re.compile(r" - at `\$\.?([^`]*)`$")


class Wire(Generic[T]):
    """Reads one kind of struct. Immutable, and safe to share between threads."""

    def __init__(self, kind: type[T], path: str, noun: str, id_field: str) -> None:
        """Read structs of `kind`, called `noun`, that stand at `path` and are named by a field."""
        self._kind = kind
        self.path = path
        self._noun = noun
        self.id_field = id_field
        self._decode = msgspec.json.Decoder(kind).decode
        self._encode = msgspec.json.Encoder().encode

    def read_json(self, source: Json) -> T:
        """Read JSON text; raises `CartError`, with the id wherever it can be found."""
        raw = self._bytes_of(source)
        try:
            sent = self._decode(raw)
            # An escaped colon (\u003a) could make up for the colon of a repeated field.
            hides_colons = b"\\" in raw and b"\\u003" in raw
            if hides_colons or raw.count(b":") != self._encode(sent).count(b":"):
                self._refuse_repeated(raw)
        except CartError:
            raise
        except (ValueError, RecursionError) as error:  # those of msgspec and json are ValueErrors
            trouble = error.with_traceback(None)  # or it and this frame would hold each other
        else:
            return sent
        raise self._explain(raw, trouble)

    def read_plain(self, plain: Mapping[str, Any]) -> T:
        """Read plain data, such as a dict; raises `CartError`, with the id if there is one."""
        try:
            return msgspec.convert(plain, self._kind)
        except (ValueError, RecursionError) as error:
            refused = self._translate(error)
        refused = find_misfit(plain, shape_of(self._kind), self.path) or refused
        refused.cart_id = id_of(plain, self.id_field)
        raise refused

    def refuse_source(self, source: object) -> CartError:
        """The error for something that is neither JSON nor an object."""
        expected = f"{self._noun} as JSON or as an object"
        return refusal("wrong_type", self.path, expected=expected, got=describe(source))

    def _bytes_of(self, source: Json) -> bytes:
        """The JSON as bytes, if it is not too large."""
        size = source.nbytes if isinstance(source, memoryview) else len(source)
        if size <= JSON_MAX:
            try:
                raw = source.encode() if isinstance(source, str) else bytes(source)
            except UnicodeEncodeError:
                raise refusal("bad_text", self.path) from None
            size = len(raw)
            if size <= JSON_MAX:
                return raw
        raise refusal("too_large", self.path, most=JSON_MAX, got=size)

    def _refuse_repeated(self, raw: bytes) -> None:
        """Raise `CartError` if an object in JSON that did decode has a field twice."""
        plain, has_repeated = parse_plain(raw)
        if has_repeated and (found := find_repeated(plain, self.path)):
            refused = refusal("duplicate_field", found[1], name=found[0])
            refused.cart_id = id_of(plain, self.id_field)
            raise refused

    def _explain(self, raw: bytes, trouble: Exception) -> CartError:
        """The error for JSON that did not decode."""
        refused = self._translate(trouble)
        is_json = isinstance(trouble, msgspec.ValidationError)
        if len(raw) > RETOLD_MAX or not (is_json or b"\\u" in raw):
            refused.cart_id = id_in_json(raw, self.id_field)
            return refused
        try:
            plain, _ = parse_plain(raw)
            refused = self._find_trouble(plain) or refused
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            return refused if not is_json else self._translate(error)
        refused.cart_id = id_of(plain, self.id_field)
        return refused

    def _find_trouble(self, plain: object) -> CartError | None:
        """The first thing wrong with parsed JSON, if it can be found."""
        if place := find_bad_text(plain, self.path):
            return refusal("bad_text", place)
        if misfit := find_misfit(plain, shape_of(self._kind), self.path):
            return misfit
        if found := find_repeated(plain, self.path):
            return refusal("duplicate_field", found[1], name=found[0])
        return None

    def _translate(self, trouble: Exception) -> CartError:
        """The error as far as the exception alone tells."""
        text = str(trouble)
        if isinstance(trouble, RecursionError):
            return refusal("too_deep", self.path, most=DEPTH_MAX)
        if isinstance(trouble, UnicodeDecodeError):
            return refusal("invalid_json", self.path, got="bytes that are not UTF-8")
        if isinstance(trouble, json.JSONDecodeError):
            return refusal("invalid_json", self.path, got=f"a fault at character {trouble.pos}")
        if isinstance(trouble, msgspec.ValidationError):
            match = PLACE.search(text)
            path = ".".join(part for part in (self.path, match[1] if match else "") if part)
            if "out of range" in text:
                return refusal("out_of_range", path, expected="a number", got="one too large")
            expected = f"what the format of {self._noun} says"
            return refusal("wrong_type", path, expected=expected, got="something else")
        match = MALFORMED.match(text)
        got = f"{match[1]} at byte {match[2]}" if match else "a text that ends too early"
        return refusal("invalid_json", self.path, got=got)
