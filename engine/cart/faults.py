"""Plain data and the struct it should fit in, the first thing wrong with it out, in words.

The fast way in only says yes or no. When it says no, the structs of `cart` and `facts` are walked
once more beside what was sent, in the order in which it was sent, and the first misfit is named:
a `CartError` with its place. The structs are the only description of a cart; nothing is said twice.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from msgspec import Struct, inspect

from ...dsl.problems import suggestion
from .errors import CartError, describe, join_path, refusal, shorten
from .plain import LISTS


@cache
def shape_of(kind: type[Struct]) -> inspect.Type:
    """The fields of a struct, their types and limits."""
    return inspect.type_info(kind)


def find_misfit(sent: object, shape: inspect.Type, path: str) -> CartError | None:
    """The first place, in the order sent, where data has not the shape it should have."""
    shape, noun = unwrap(shape, sent)
    match shape:
        case inspect.StructType():
            return find_in_object(sent, shape, path)
        case inspect.ListType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return find_in_list(sent, item, shape.max_length, noun or "items", path)
        case inspect.DictType(value_type=item):
            return find_in_mapping(sent, item, path)
        case inspect.IntType():
            return find_in_number(sent, shape, noun or "a whole number", path)
        case inspect.BoolType():
            if not isinstance(sent, bool):
                return refusal("wrong_type", path, expected="true or false", got=describe(sent))
        case inspect.LiteralType(values=words):
            return find_in_words(sent, words, noun, path)
        case inspect.StrType():
            if not isinstance(sent, str):
                return refusal("wrong_type", path, expected="text", got=describe(sent))
            if shape.min_length and not sent:
                return refusal("empty", path, expected="text")
    return None


def unwrap(shape: inspect.Type, sent: object) -> tuple[inspect.Type, str]:
    """The shape to hold what was sent against, and what people call it, where it has a name.

    Null fits wherever a field is optional. Where a text may stand for a number, text is meant.
    """
    noun = ""
    while isinstance(shape, inspect.Metadata | inspect.UnionType):
        if isinstance(shape, inspect.UnionType):
            shape = choose_form(shape.types, sent)
        else:
            noun = (shape.extra or {}).get("noun", noun)
            shape = shape.type
    return shape, noun


def choose_form(forms: Sequence[inspect.Type], sent: object) -> inspect.Type:
    """Of the shapes that something may have the one that what was sent comes nearest to."""
    if sent is None:
        return next(form for form in forms if isinstance(form, inspect.NoneType))
    if isinstance(sent, str):
        words = [form for form in forms if isinstance(form, inspect.LiteralType)]
        if words:
            return words[0]
    return next(form for form in forms if not isinstance(form, inspect.NoneType))


def find_in_object(sent: object, shape: inspect.StructType, path: str) -> CartError | None:
    """The first misfit of an object with known fields."""
    if not isinstance(sent, Mapping):
        return refusal("wrong_type", path, expected="an object", got=describe(sent))
    fields = {field.encode_name: field for field in shape.fields}
    for name, item in sent.items():
        if not isinstance(name, str):
            return refusal_of_name(name, path)
        place = join_path(path, name)
        if name not in fields:
            near = suggestion(name, fields)
            hint = f"; did you mean `{near}`?" if near else ""
            return refusal("unknown_field", place, name=shorten(name), hint=hint)
        if found := find_misfit(item, fields[name].type, place):
            return found
    for name, field in fields.items():
        if field.required and name not in sent:
            return refusal("missing_field", join_path(path, name), name=name)
    return None


def refusal_of_name(name: object, path: str) -> CartError:
    """The error for a key that is not text, as only Python can send it."""
    return refusal("wrong_type", path, expected="text as a field's name", got=describe(name))


def find_in_list(
    sent: object, item: inspect.Type, most: int | None, things: str, path: str
) -> CartError | None:
    """The first misfit of a list, or that it is too long."""
    if not isinstance(sent, LISTS):
        return refusal("wrong_type", path, expected="a list", got=describe(sent))
    if most is not None and len(sent) > most:
        return refusal("too_many", path, most=most, things=things, got=len(sent))
    for index, each in enumerate(sent):
        if found := find_misfit(each, item, f"{path}[{index}]"):
            return found
    return None


def find_in_mapping(sent: object, item: inspect.Type, path: str) -> CartError | None:
    """The first misfit of an object whose fields have names of the sender's choice."""
    if not isinstance(sent, Mapping):
        return refusal("wrong_type", path, expected="an object", got=describe(sent))
    for name, each in sent.items():
        if not isinstance(name, str):
            return refusal_of_name(name, path)
        if found := find_misfit(each, item, join_path(path, name)):
            return found
    return None


def find_in_number(sent: object, shape: inspect.IntType, noun: str, path: str) -> CartError | None:
    """What is wrong with a whole number: 5.0 and true are none."""
    if not isinstance(sent, int) or isinstance(sent, bool):
        return refusal("wrong_type", path, expected=noun, got=describe(sent))
    low, high = shape.ge, shape.le
    if (low is not None and sent < low) or (high is not None and sent > high):
        expected = f"{noun} from {low} to {high}"
        return refusal("out_of_range", path, expected=expected, got=describe(sent))
    return None


def find_in_words(
    sent: object, words: tuple[object, ...], noun: str, path: str
) -> CartError | None:
    """What is wrong with a text of which only a few are known."""
    shown = [f"`{word}`" for word in words]
    expected = noun or (" or ".join(shown) if len(shown) < 3 else f"one of {', '.join(shown)}")
    if not isinstance(sent, str):
        return refusal("wrong_type", path, expected=expected, got=describe(sent))
    return (
        None
        if sent in words
        else refusal("bad_format", path, expected=expected, got=describe(sent))
    )
