"""What a caller gave in, the same out, or an error that names what of it has the wrong shape.

The public methods of a face are told what they take by their annotations. Without this door a
float or an object would come as far as the database, or be kept there as something else.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, TypeVar
from unicodedata import category

from msgspec import Struct

from .errors import StoreError
from .schema.frame import NEVER_US

F = TypeVar("F", bound=type)
Check = Callable[[str, Any], Any]  # the path and the value; gives the value that the work gets
Names = Mapping[str, Any]  # what annotations of a module mean

NAME_MAX = 255  # characters of a name, a key, a source ..
PROSE = {"reason", "note", "url", "recipient", "detail", "cursor", "secret"}
PROSE_MAX = 10_000
# What people type, and `usage` and `payout` read as codes.
TYPED = {"code", "referral_code", "prefix", "postfix", "pattern", "charset"}
LISTS = ("Sequence[", "Iterable[")
SEEN = "a text without space around it and without control or invisible characters"
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # controls, zero-width ones, and what ends lines and paragraphs
# What else is not shown: `Default_Ignorable_Code_Point` of DerivedCoreProperties.txt, Unicode 14,
# without those of the category Cf.
IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def careful(face: F) -> F:
    """A class whose public methods refuse arguments of another shape than their annotations say.

    The methods raise `StoreError`. What is annotated with anything but plain values, structs and
    lists of them, such as carts and events, is left to whoever reads it.
    """
    for name, method in list(vars(face).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            setattr(face, name, checked(method))
    return face


def checked(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that looks at its arguments first."""
    given = list(inspect.signature(method).parameters.values())[1:]
    names = method.__globals__
    checks = {}
    for one in given:
        check = check_of(one.name, text_of(one.annotation), names)
        if check is not None:
            checks[one.name] = check if one.default != inspect.Parameter.empty else filled(check)
    if not checks:
        return method
    order = [one.name for one in given]

    @wraps(method)
    def call(self: object, *args: Any, **named: Any) -> Any:
        """The method, once its arguments are what they should be."""
        values = list(args)
        for at, (name, value) in enumerate(zip(order, args, strict=False)):
            if name in checks:
                values[at] = checks[name](name, value)
        for name, value in named.items():
            if name in checks:
                named[name] = checks[name](name, value)
        return method(self, *values, **named)

    return call


def filled(check: Check) -> Check:
    """The same for what has to be given: no text of nothing."""

    def given(path: str, value: Any) -> Any:
        """The value, if it is not empty."""
        if value == "":
            raise StoreError("bad_value", path, expected="a text", got="an empty one")
        return check(path, value)

    return given


def text_of(annotation: Any) -> str:
    """An annotation as it is written."""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def check_of(name: str, annotation: str, names: Names) -> Check | None:
    """What looks at the values of one parameter or field. None for what is not looked at here."""
    required = annotation.removesuffix(" | None")
    check = plain_check(name, required, names)
    if check is None or required == annotation:
        return check
    found = check

    def optional(path: str, value: Any) -> Any:
        """The value, which may be left out."""
        return None if value is None else found(path, value)

    return optional


def plain_check(name: str, annotation: str, names: Names) -> Check | None:
    """The same for what may not be None."""
    if annotation == "str":
        return prose if name in PROSE else typed if name in TYPED else text
    if annotation == "int":
        return instant if name.endswith("at_us") else whole
    if annotation == "bool":
        return truth
    if annotation.startswith(LISTS):
        one = plain_check(name, annotation[9:-1], names)
        return None if one is None else list_check(one)
    kind = names.get(annotation)
    if inspect.isclass(kind) and (issubclass(kind, (Struct, tuple)) or is_dataclass(kind)):
        return struct_check(kind)
    return None


def struct_check(kind: type) -> Check:
    """What looks at a struct, field by field."""
    written = inspect.get_annotations(kind)
    names = vars(sys.modules[kind.__module__])
    if is_dataclass(kind):
        written = {}  # a rule file: its reader says what is wrong in it
    found = [(field, check_of(field, text_of(one), names)) for field, one in written.items()]
    checks = [(field, check) for field, check in found if check is not None]

    def struct(path: str, value: Any) -> Any:
        """The value, whose fields are what they should be."""
        if not isinstance(value, kind):
            raise wrong(path, f"a `{kind.__name__}`", value)
        for field, check in checks:
            check(f"{path}.{field}", getattr(value, field))
        return value

    return struct


def list_check(one: Check) -> Check:
    """What looks at every value of a list."""

    def every(path: str, values: Any) -> list[Any]:
        """The values, as a list."""
        if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
            raise wrong(path, "a list", values)
        return [one(f"{path}[{at}]", value) for at, value in enumerate(values)]

    return every


def whole(path: str, value: Any) -> int:
    """A whole number. Those that do not fit are told of where they are counted."""
    if type(value) is not int:
        raise wrong(path, "a whole number", value)
    return value


def instant(path: str, value: Any) -> int:
    """An instant."""
    if type(value) is not int or not 0 <= value <= NEVER_US:
        raise wrong(path, "microseconds since 1970 UTC", value)
    return value


def truth(path: str, value: Any) -> bool:
    """True or false, and not something that is as good as it."""
    if type(value) is not bool:
        raise wrong(path, "True or False", value)
    return value


def text(path: str, value: Any) -> str:
    """A name or a key that can be kept, found again, and taken for no other."""
    found = prose(path, value, NAME_MAX)
    check_id(path, found)
    return found


def typed(path: str, value: Any) -> str:
    """A text as somebody typed it, on one line: whoever reads codes knows what else it may be."""
    found = prose(path, value, NAME_MAX)
    if not found.isprintable() and any(ord(one) < 32 or ord(one) == 127 for one in found):
        raise wrong(path, "a text on one line, without control characters", value)
    return found


def prose(path: str, value: Any, longest: int = PROSE_MAX) -> str:
    """A text that can be kept."""
    if not isinstance(value, str):
        raise wrong(path, "a text", value)
    if len(value) > longest:
        raise StoreError(
            "bad_value",
            path,
            expected=f"a text of at most {longest:,} characters",
            got=f"{len(value):,}",
        )
    if "\0" in value or (not value.isascii() and not is_unicode(value)):
        raise wrong(path, "a text without NUL and without half characters", value)
    return str(value)


def check_id(path: str, value: str) -> None:
    """Raise `StoreError` for an id that looks like another: with space around it, or unseen."""
    if not is_id(value):
        raise wrong(path, f"{SEEN}, on one line", value)


def is_id(value: str) -> bool:
    """Whether all of an id can be seen, and nobody takes it for another."""
    if value != value.strip():
        return False
    if value.isascii():
        return value.isprintable()
    return not IGNORED.search(value) and not any(category(one) in UNSEEN for one in value)


def is_unicode(value: str) -> bool:
    """Whether a text has no half characters."""
    return not any("\ud800" <= one <= "\udfff" for one in value)


def wrong(path: str, expected: str, value: Any) -> StoreError:
    """The error that says what was expected, and what came."""
    shown = repr(value) if isinstance(value, (int, float, str, bytes)) else type(value).__name__
    shown = IGNORED.sub(lambda one: ascii(one[0])[1:-1], shown)
    if len(shown) > 80:
        shown = f"{shown[:77]}..."
    got = "nothing" if value is None else f"`{shown}`"
    return StoreError("bad_value", path, expected=expected, got=got)
