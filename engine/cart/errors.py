"""A refused cart in, what is wrong and where out: one table of codes, one error."""

from __future__ import annotations

import re

# Message templates by code: expected this, got that. Codes are never reused or renamed.
MESSAGES: dict[str, str] = {
    "bad_date": "expected a date such as 2026-07-10, got {got}",
    "bad_format": "expected {expected}, got {got}",
    "bad_instant": "expected an instant such as 2026-07-10T12:00:00Z, got {got}{why}",
    "bad_text": "expected text that UTF-8 can hold, got half of a surrogate pair",
    "conflicting_code": "expected one pool for the code `{name}`, got `{first}` and `{second}`",
    "duplicate_field": "expected every field once, got `{name}` twice",
    "duplicate_id": "expected an id of its own, got `{id}`, which {first} has",
    "empty": "expected {expected}, got an empty text",
    "invalid_json": "expected JSON, got {got}",
    "missing_field": "expected the field `{name}`, got nothing",
    "not_supported": "this rule set has no loyalty program to redeem from",
    "one_of": "expected exactly one of {names}, got {got}",
    "out_of_place": "expected `{name}` only beside {beside}",
    "out_of_range": "expected {expected}, got {got}",
    "too_deep": "expected at most {most} levels of lists and objects, got more",
    "too_large": "expected at most {most} bytes of JSON, got {got}",
    "too_many": "expected at most {most} {things}, got {got}",
    "unknown_field": "expected a known field, got `{name}`{hint}",
    "unknown_tier": "expected a tier of the program: {expected}, got `{got}`",
    "wrong_cart": "expected facts of the cart `{expected}`, got those of `{got}`",
    "wrong_currency": "expected `{expected}`, the currency of the rules, got `{got}`",
    "wrong_event": "expected facts of the event `{expected}`, got those of `{got}`",
    "wrong_rules": "expected an order priced by the rules `{expected}`, got one by `{got}`",
    "wrong_type": "expected {expected}, got {got}",
}

SHOWN_MAX = 60  # characters of a caller's text that a message repeats
PLAIN_NAME = re.compile(r"[^\W\d][\w-]*")


class CartError(ValueError):
    """A cart, or its facts, that cannot be used; nothing was evaluated.

    `code` is stable (see `MESSAGES`), `path` names the place as in `lines[3].quantity` ('' for
    the whole), `message` says what was expected and what came, and `cart_id` is the id of the
    cart wherever it could be read.
    """

    __module__ = "tallystick"  # where callers know it from, in tracebacks and pickles

    def __init__(self, code: str, path: str, message: str, cart_id: str | None = None) -> None:
        super().__init__(code, path, message, cart_id)
        self.code = code
        self.path = path
        self.message = message
        self.cart_id = cart_id

    def __str__(self) -> str:
        return f"{self.message}, at `{self.path}`" if self.path else self.message

    def __repr__(self) -> str:
        return (
            f"CartError({self.code!r}, {self.path!r}, {self.message!r}, cart_id={self.cart_id!r})"
        )

    def __reduce__(self) -> tuple[type[CartError], tuple[str, str, str, str | None]]:
        # The id is often learnt after the error was made, so `args` would lose it.
        return type(self), (self.code, self.path, self.message, self.cart_id)

    def as_record(self) -> dict[str, object]:
        """The error as the JSON object that stands in the place of a quote."""
        error = {"code": self.code, "path": self.path, "message": self.message}
        return {"cart": self.cart_id, "error": error}


def refusal(code: str, path: str, **words: object) -> CartError:
    """An error whose message is the one of its code, filled with `words`."""
    return CartError(code, path, MESSAGES[code].format(**words))


def join_path(path: str, name: str) -> str:
    """The path of a field inside what stands at `path`."""
    name = shorten(name)
    if not PLAIN_NAME.fullmatch(name):
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def shorten(text: str) -> str:
    """A caller's text, cut where a message would grow too long and safe to be written as UTF-8."""
    shown = text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
    return shown.encode("utf-8", "replace").decode()


def describe(sent: object) -> str:
    """What was sent, in a caller's words: no language's names for types."""
    match sent:
        case None:
            return "null"
        case bool():
            return "true" if sent else "false"
        case int():
            return str(sent) if abs(sent) < 10**40 else "a number of more than 40 digits"
        case float():
            return repr(sent)
        case str():
            return f"the text `{shorten(sent)}`"
        case list() | tuple() | set() | frozenset():
            return "a list"
    return "an object" if hasattr(sent, "keys") else "something that is not JSON"
