"""JSON text in, plain data out with what plain data hides: repeated fields, broken text, depth."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import asdict

from .errors import join_path

DIGITS_MAX = 400  # of a number in JSON; longer ones are out of every range anyway
LISTS = (list, tuple, set, frozenset)


class Repeated(dict[str, Any]):
    """An object that was sent with a field twice; `name` is the first such field."""

    name: str


class Named(Struct):
    """The one field of a cart that names it in an error."""

    id: Any = None
    cart: Any = None


def parse_plain(raw: bytes) -> tuple[Any, bool]:
    """JSON as plain data, slowly, and whether any object in it is `Repeated`.

    Raises what `json` raises, and UnicodeDecodeError.
    """
    marked: list[Repeated] = []

    def gather(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) == len(pairs):
            return fields
        repeated = Repeated(fields)
        counts = Counter(name for name, _ in pairs)
        repeated.name = next(name for name, count in counts.items() if count > 1)
        marked.append(repeated)
        return repeated

    plain = json.loads(
        raw.decode(),
        object_pairs_hook=gather,
        parse_int=lambda digits: int(digits[:DIGITS_MAX]),
        parse_constant=refuse_constant,
    )
    return plain, bool(marked)


def refuse_constant(name: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise json.JSONDecodeError(f"{name} is no JSON", name, 0)


def find_repeated(plain: object, path: str) -> tuple[str, str] | None:
    """The name and the path of the first field that an object has twice."""
    if isinstance(plain, Repeated):
        return plain.name, join_path(path, plain.name)
    for place, item in items_of(plain, path):
        if isinstance(item, dict | list) and (found := find_repeated(item, place)):
            return found
    return None


def find_bad_text(plain: object, path: str, seen: set[int] | None = None) -> str | None:
    """The path of the first text, name or value, that holds half of a surrogate pair."""
    if isinstance(plain, str):
        return None if is_whole(plain) else path
    seen = set() if seen is None else seen
    if id(plain) in seen:  # plain data out of Python may hold itself
        return None
    seen.add(id(plain))
    for place, item in items_of(plain, path):
        if found := find_bad_text(item, place, seen):
            return found
    if isinstance(plain, Mapping):
        broken = [name for name in plain if isinstance(name, str) and not is_whole(name)]
        return join_path(path, broken[0]) if broken else None
    return None


def items_of(plain: object, path: str) -> Iterable[tuple[str, object]]:
    """What is directly inside an object or a list, with its path."""
    if isinstance(plain, Mapping):
        return ((join_path(path, str(name)), item) for name, item in plain.items())
    if isinstance(plain, LISTS):
        return ((f"{path}[{index}]", item) for index, item in enumerate(plain))
    return ()


def is_whole(text: str) -> bool:
    """Whether UTF-8 can hold a text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_deeper(plain: object, most: int) -> bool:
    """Whether data has more than `most` levels of lists and objects; true if it holds itself."""
    level = [plain]
    for _ in range(most):
        inside: dict[int, object] = {}
        for item in level:
            if isinstance(item, Mapping):
                inside.update((id(each), each) for each in item.values())
            elif isinstance(item, LISTS):
                inside.update((id(each), each) for each in item)
        level = [each for each in inside.values() if isinstance(each, (Mapping, *LISTS))]
        if not level:
            return False
    return True


def id_of(plain: object, field: str) -> str | None:
    """The id under which plain data can be named, if there is a usable one."""
    sent = plain.get(field) if isinstance(plain, Mapping) else None
    return sent if isinstance(sent, str) and sent and is_whole(sent) else None


def id_in_json(raw: bytes, field: str) -> str | None:
    """The same for JSON that is too large or too deep to be taken apart, but is JSON."""
    try:
        named = msgspec.json.decode(raw, type=Named)
    except (ValueError, RecursionError):
        return None
    return id_of(asdict(named), field)


def plain_of(source: Mapping[str, Any] | Struct) -> dict[str, Any]:
    """A dict of fields whose structs, one level down, are dicts of fields too."""
    plain = fields_of(source) if isinstance(source, Struct) else dict(source)
    for name, item in plain.items():
        if isinstance(item, Struct):
            plain[name] = fields_of(item)
        elif isinstance(item, list | tuple):
            plain[name] = [fields_of(each) if isinstance(each, Struct) else each for each in item]
        elif isinstance(item, Mapping) and any(isinstance(it, Struct) for it in item.values()):
            plain[name] = {
                key: fields_of(each) if isinstance(each, Struct) else each
                for key, each in item.items()
            }
    return plain


def fields_of(struct: Struct) -> dict[str, Any]:
    """The fields of a struct that are set."""
    return {name: item for name, item in asdict(struct).items() if item is not UNSET}
