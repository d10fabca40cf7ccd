"""A checked rule set in, bytes out, and the same rule set from them.

A part that stands in many places is packed once. Bytes can only name the dataclasses and
enumerations listed here, which are made from the values beside them: nothing is ever executed.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, Final

import msgspec

from . import formula, kinds, loyalty, rule, ruleset
from .source import Source, Span

CLASSES: Final[tuple[type, ...]] = (
    formula.Term,
    formula.Aggregate,
    formula.Truth,
    formula.Not,
    formula.And,
    formula.Or,
    formula.Compare,
    formula.Member,
    formula.Same,
    formula.Has,
    formula.StartsWith,
    formula.Flag,
    formula.AnyLine,
    rule.Condition,
    rule.Window,
    ruleset.Limits,
    ruleset.Stacking,
    ruleset.PercentOff,
    ruleset.AmountOff,
    ruleset.FixedPrice,
    ruleset.Tier,
    ruleset.Volume,
    ruleset.BuyGet,
    ruleset.Component,
    ruleset.Bundle,
    ruleset.Gift,
    ruleset.OrderPercent,
    ruleset.OrderAmount,
    ruleset.OrderVolume,
    ruleset.ShippingPercent,
    ruleset.ShippingAmount,
    ruleset.PaymentPercent,
    ruleset.PaymentAmount,
    ruleset.StackGroup,
    ruleset.Promotion,
    ruleset.Attribute,
    ruleset.Case,
    loyalty.Ratio,
    loyalty.Duration,
    loyalty.Quota,
    loyalty.PointsCurrency,
    loyalty.RedemptionTerms,
    loyalty.Level,
    loyalty.Tiers,
    loyalty.Program,
    loyalty.Award,
    loyalty.EarningRule,
    loyalty.Reward,
    loyalty.BurningRule,
    loyalty.Campaign,
    loyalty.StampCard,
    loyalty.Loyalty,
    Span,
)
ENUMS: Final[tuple[type[Enum], ...]] = (
    kinds.Kind,
    kinds.Rounding,
    kinds.Stage,
    kinds.Basis,
    kinds.Mode,
    kinds.Scope,
    kinds.Policy,
    kinds.Pick,
    kinds.Per,
    kinds.Measure,
    kinds.Threshold,
    kinds.AwardKind,
    kinds.AwardForm,
    kinds.RewardKind,
    kinds.EarnOn,
    kinds.RedeemingOrders,
    kinds.Multipliers,
    kinds.OnCap,
    kinds.CalendarPeriod,
    kinds.ExpireRound,
    kinds.ExpireFrom,
    kinds.TierMeasure,
    kinds.QualifyAt,
    kinds.Upgrade,
    kinds.Keep,
    kinds.Deficit,
    kinds.RefundConditions,
)
# What the first item of a packed list says about the others.
PART, SOURCE, TUPLE, LIST, SET, MAPPING, ENUM, LARGE = range(8)
INTEGER_MAX = 2**63  # a larger integer is packed as digits

# What reading may raise for bytes that were made to look right.
UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, RecursionError),
    msgspec.MsgspecError,
)

Packed = Any  # None, a truth value, an integer, a text, or a list that begins as above


def pack(value: object, sources: Sequence[Source]) -> bytes:
    """The bytes of some checked data; the sources that it points into are told by their place."""
    packer = Packer(sources)
    root = packer.pack(value)
    return msgspec.msgpack.encode([packer.parts, root])


def unpack(content: bytes | memoryview, sources: Sequence[Source]) -> Any:
    """The data that was packed; raises ValueError for bytes that are none."""
    try:
        parts, root = msgspec.msgpack.decode(content, type=tuple[list[Any], Any])
        return Unpacker(parts, sources).unpack(root)
    except UNREADABLE as error:
        raise ValueError(f"this is no packed rule set: {error}") from None


class Packer:
    """Packs values; `parts` are the dataclasses met so far, each after those inside it."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.parts: list[list[Packed]] = []
        self.known: dict[int, Packed] = {}  # by identity: whoever packs keeps all of it alive
        self.sources = {id(source): place for place, source in enumerate(sources)}
        self.numbers = {kind: number for number, kind in enumerate(CLASSES)}
        self.names = {kind: [field.name for field in fields(kind)] for kind in CLASSES}

    def pack(self, value: object) -> Packed:
        """One value."""
        kind = type(value)
        if value is None or kind is str or kind is bool:
            return value
        if isinstance(value, int) and kind is int:
            return value if -INTEGER_MAX <= value < INTEGER_MAX else [LARGE, str(value)]
        known = self.known.get(id(value))
        if known is None:
            known = self.known[id(value)] = self.pack_part(value, kind)
        return known

    def pack_part(self, value: Any, kind: type) -> Packed:
        """A value that others may be inside of."""
        number = self.numbers.get(kind)
        if number is not None:
            self.parts.append([number, *(self.pack(getattr(value, x)) for x in self.names[kind])])
            return [PART, len(self.parts) - 1]
        if kind is tuple:
            return [TUPLE, *map(self.pack, value)]
        if kind is list:
            return [LIST, *map(self.pack, value)]
        if kind is frozenset:
            return [SET, *sorted(value)]
        if kind is dict:
            return [MAPPING, *(self.pack(part) for pair in value.items() for part in pair)]
        if kind is Source:
            return [SOURCE, self.sources[id(value)]]
        return [ENUM, ENUMS.index(kind), value.value]


class Unpacker:
    """Makes values again, each part once."""

    def __init__(self, parts: list[Any], sources: Sequence[Source]) -> None:
        self.sources = sources
        self.made: list[object] = []
        self.makers: dict[int, Callable[[list[Packed]], object]] = {
            PART: lambda packed: self.made[packed[1]],
            SOURCE: lambda packed: self.sources[packed[1]],
            TUPLE: lambda packed: tuple(map(self.unpack, packed[1:])),
            LIST: lambda packed: list(map(self.unpack, packed[1:])),
            SET: lambda packed: frozenset(packed[1:]),
            MAPPING: self.unpack_mapping,
            ENUM: lambda packed: ENUMS[packed[1]](packed[2]),
            LARGE: lambda packed: int(packed[1]),
        }
        for number, *values in parts:
            self.made.append(CLASSES[number](*map(self.unpack, values)))

    def unpack(self, packed: Packed) -> Any:
        """One value."""
        return self.makers[packed[0]](packed) if type(packed) is list else packed

    def unpack_mapping(self, packed: list[Packed]) -> object:
        """Keys and values in turn, as a dictionary."""
        values = list(map(self.unpack, packed[1:]))
        return dict(zip(values[::2], values[1::2], strict=True))
