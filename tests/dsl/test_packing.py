"""Tests of packed rule sets: what goes in comes out, and nothing else can come out."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from tallystick.dsl import formula, kinds, ruleset
from tallystick.dsl.packing import CLASSES, ENUMS, SOURCE, pack, unpack
from tallystick.dsl.source import Source, Span

from ..properties.rulesets import rulesets

SOURCES = [Source("a.yaml", "a: b"), Source("b.yaml", "c: d")]


@settings(max_examples=50)
@given(rulesets())
def test_rule_sets_come_out_as_they_went_in(made: ruleset.Ruleset) -> None:
    for field in fields(made):
        value = getattr(made, field.name)
        assert unpack(pack(value, SOURCES), SOURCES) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**63),
        2**126,
        "é\0",
        (),
        [[], ({},)],
        {"a": {"b": [1, (2,)]}},
        frozenset({"b", "a"}),
        kinds.Stage.ORDER,
        kinds.Kind.SET,
        formula.Compare(((1, formula.Term("cart.quantity", kinds.Kind.INTEGER)),), ">=", 2**100),
    ],
)
def test_values_come_out_as_they_went_in(value: object) -> None:
    made = unpack(pack(value, SOURCES), SOURCES)
    assert made == value
    assert type(made) is type(value)


def test_shared_parts_stay_shared() -> None:
    part = formula.Not(formula.ALWAYS)
    first, second = unpack(pack((part, part), SOURCES), SOURCES)
    assert first is second


def test_places_point_into_the_sources_at_hand() -> None:
    span = unpack(pack(Span(SOURCES[1], 1, 2), SOURCES), SOURCES)
    assert (span.source, span.start, span.end) == (SOURCES[1], 1, 2)


def test_every_dataclass_and_enumeration_of_rules_is_known() -> None:
    found: set[type[Any]] = set()
    for module in (formula, ruleset, kinds):
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                found.add(value)
    found.remove(ruleset.Ruleset)
    dataclasses = {kind for kind in found if is_dataclass(kind)}
    assert dataclasses <= set(CLASSES)
    assert {kind for kind in found if issubclass(kind, Enum)} == set(ENUMS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode([[], [99]]),
        msgspec.msgpack.encode([[[999, 1]], None]),
        msgspec.msgpack.encode([[[2]], None]),
        msgspec.msgpack.encode([[], [SOURCE, 7]]),
        msgspec.msgpack.encode([[], []]),
    ],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no packed rule set"):
        unpack(content, SOURCES)
