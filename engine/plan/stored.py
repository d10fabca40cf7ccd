"""A rule set and its plan in, the bytes of a cache file out, and back.

The bytes begin with a mark and the sizes of what follows: a digest, a head, the plan's arrays as
they lie in memory, and the packed rule set. The digest covers the head and the arrays; the head
has the digest of the rule set, which is looked at when it is first asked for.

Bytes are refused when they are cut or damaged, when they were made by another version or on a
machine of another byte order, and when the arrays would lead the kernel out of bounds. Refusing is
all that can go wrong: nothing that is read is executed.
"""

import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from hashlib import blake2b, sha256
from typing import Any, get_type_hints

import msgspec
import numpy as np

from ...dsl.packing import CLASSES, pack, unpack
from ...dsl.ruleset import Ruleset
from ...dsl.source import Source
from .compiled import EARLY, LATE, CompiledRuleset, Parts
from .labels import Labels, LoyaltyLabels
from .plan import Layout, Plan, Slot
from .soundness import INDEX, TYPES, find_fault
from .symbols import SymbolTable

FORMAT = 1
MARK = b"tally\r\n\x1a"  # is broken by whatever takes the file for text
OPENING = struct.Struct("<8sQQQ32s")  # mark, sizes of head, arrays and rules, digest
ALIGNMENT_BYTES = 64
SYMBOLS = "symbols"


class StoredError(ValueError):
    """Bytes that are refused, and why."""


class Column(msgspec.Struct, frozen=True, array_like=True):
    """Where an array lies. Its type goes with its name, and is never read from a file."""

    name: str
    start: int
    count: int


class Head(msgspec.Struct, frozen=True):
    """What is not an array: `values` of the plan, and what of the rule set is wanted `early`."""

    key: str
    columns: list[Column]
    symbols: Column
    texts: bytes
    values: dict[str, bytes]
    early: dict[str, bytes]
    rules_digest: bytes


# What reading may raise for bytes that were made to look right.
UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError),
    msgspec.MsgspecError,
)
HEAD = msgspec.msgpack.Decoder(Head)


def digest_of(content: bytes | memoryview) -> bytes:
    """What tells damaged bytes."""
    return blake2b(content, digest_size=32).digest()


def form_of() -> str:
    """What the stored classes look like: bytes of other ones are of another version."""
    shapes = [
        (kind.__name__, [(field.name, str(field.type)) for field in fields(kind)])
        for kind in (*CLASSES, Ruleset, Plan, Layout, Slot, Labels, LoyaltyLabels)
    ]
    types = [(name, dtype.descr) for name, dtype in TYPES.items()]
    return sha256(repr((shapes, types)).encode()).hexdigest()


FORM = form_of()


def key_of(sources: Sequence[Source], version: str) -> str:
    """The name of what some sources compile to, under a version of the package.

    It changes with every text and name, with the version, the stored form and the byte order.
    """
    digest = sha256(f"{FORMAT} {version} {sys.byteorder} {FORM}".encode())
    for source in sources:
        for text in (source.name, source.text):
            content = text.encode("utf-8", "surrogatepass")
            digest.update(len(content).to_bytes(8, "little"))
            digest.update(content)
    return digest.hexdigest()


class ArrayWriter:
    """Lays arrays one behind the other."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size_bytes = 0

    def write(self, name: str, array: "np.ndarray[Any, Any]") -> Column:
        """Append an array; where it lies."""
        start = self.size_bytes
        content = np.ascontiguousarray(array).tobytes()
        content += b"\0" * (-len(content) % ALIGNMENT_BYTES)
        self.pieces.append(content)
        self.size_bytes += len(content)
        return Column(name, start, len(array))


def store(ruleset: Ruleset, plan: Plan, sources: Sequence[Source], key: str) -> bytes:
    """The bytes of a rule set, made from some sources, and of its plan."""
    writer = ArrayWriter()
    columns: list[Column] = []
    values: dict[str, bytes] = {}
    symbols, texts = Column(SYMBOLS, 0, 0), b""
    for field in fields(Plan):
        value = getattr(plan, field.name)
        if isinstance(value, np.ndarray):
            columns.append(writer.write(field.name, value))
        elif isinstance(value, SymbolTable):
            symbols, texts = writer.write(SYMBOLS, value.starts), value.texts
        else:
            values[field.name] = msgspec.msgpack.encode(value)
    rules = pack([getattr(ruleset, name) for name in LATE], sources)
    early = {name: pack(getattr(ruleset, name), sources) for name in EARLY}
    head = Head(key, columns, symbols, texts, values, early, digest_of(rules))
    head_bytes = msgspec.msgpack.encode(head)
    body = head_bytes + b"\0" * gap_after(len(head_bytes)) + b"".join(writer.pieces)
    opening = OPENING.pack(MARK, len(head_bytes), writer.size_bytes, len(rules), digest_of(body))
    return b"".join((opening, body, rules))


def gap_after(head_bytes: int) -> int:
    """How many bytes stand between a head and the arrays, so that those are aligned."""
    return -(OPENING.size + head_bytes) % ALIGNMENT_BYTES


def restore(
    content: bytes, key: str, sources: Sequence[Source], compile_anew: Callable[[], Ruleset]
) -> CompiledRuleset:
    """The rule set that was stored under a key; raises `StoredError`.

    The packed promotions are looked at when they are first asked for; should they turn out damaged
    then, they come from `compile_anew`.
    """
    head, starts_at, rules = open_content(content)
    if head.key != key:
        raise StoredError("it was made from other rules, or by another version")
    try:
        plan = read_plan(head, content, starts_at)
        early = {name: unpack(head.early[name], sources) for name in EARLY}
        fault = find_fault(plan)
    except UNREADABLE as error:
        raise StoredError(f"it cannot be read: {error}") from None
    if fault is not None:
        raise StoredError(f"its plan is not sound: {fault}")

    def make_parts() -> Parts:
        if digest_of(rules) == head.rules_digest:
            try:
                promotions, cases = unpack(rules, sources)
            except UNREADABLE:
                pass
            else:
                return promotions, cases
        anew = compile_anew()
        return anew.promotions, anew.cases

    return CompiledRuleset(early, plan, make_parts)


def open_content(content: bytes) -> tuple[Head, int, memoryview]:
    """The head, where the arrays begin, and the packed rule set."""
    if len(content) < OPENING.size:
        raise StoredError("it is cut")
    mark, head_bytes, arrays_bytes, rules_bytes, digest = OPENING.unpack_from(content)
    if mark != MARK:
        raise StoredError("it is no compiled rule set")
    starts_at = OPENING.size + head_bytes + gap_after(head_bytes)
    ends_at = starts_at + arrays_bytes
    if len(content) != ends_at + rules_bytes:
        raise StoredError("it is cut, or something follows it")
    view = memoryview(content)
    if digest_of(view[OPENING.size : ends_at]) != digest:
        raise StoredError("it is damaged")
    try:
        head = HEAD.decode(view[OPENING.size : OPENING.size + head_bytes])
    except UNREADABLE as error:
        raise StoredError(f"it is of another version: {error}") from None
    return head, starts_at, view[ends_at:]


def read_plan(head: Head, content: bytes, starts_at: int) -> Plan:
    """The plan, its arrays where they lie in the content."""
    made: dict[str, Any] = {
        name: msgspec.msgpack.decode(value, type=HINTS[name]) for name, value in head.values.items()
    }
    for column in head.columns:
        made[column.name] = read_column(column, content, starts_at)
    starts = read_column(head.symbols, content, starts_at)
    made[SYMBOLS] = SymbolTable(head.texts, starts)
    made["layout"] = with_sets(made["layout"])
    return Plan(**made)


def read_column(column: Column, content: bytes, starts_at: int) -> "np.ndarray[Any, Any]":
    """An array as it lies in the content."""
    if column.start < 0 or column.count < 0:
        raise ValueError(f"array `{column.name}` lies nowhere")
    dtype = INDEX if column.name == SYMBOLS else TYPES[column.name]
    return np.frombuffer(content, dtype, column.count, starts_at + column.start)


def with_sets(layout: Layout) -> Layout:
    """A layout in which the lists that stand in for missing sets are sets again."""

    def mend(slot: Slot) -> Slot:
        is_list = isinstance(slot.fallback, list)
        return replace(slot, fallback=frozenset(slot.fallback)) if is_list else slot  # type: ignore

    changed: dict[str, Any] = {kind: tuple(map(mend, getattr(layout, kind))) for kind in SLOTS}
    return replace(layout, **changed)


SLOTS = [field.name for field in fields(Layout) if field.name != "has_distinct_skus"]
HINTS = get_type_hints(Plan)
