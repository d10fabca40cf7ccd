"""Tests of the quick reading of shapes: what it makes is what pydantic makes, part by part."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from pydantic import Field, ValidationError, field_validator

from tallystick.dsl.document import document
from tallystick.dsl.document._plain import has_recipe, read_plainly
from tallystick.dsl.document.document import PromotionShape, RulesetShape, StackGroupShape
from tallystick.dsl.document.shape import Shape, Terms, Text
from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping, Node, Scalar, Sequence
from tallystick.dsl.tree.reader import read_document

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("rules/**/*.yaml"), *ROOT.glob("tests/problems/*.yaml")])
MUTATIONS = 30  # of each entry
TERMS = [Terms("EUR", 2, ZoneInfo("Europe/Madrid")), Terms("USD", 2, ZoneInfo("UTC"))]
SHAPES: dict[str, type[Shape]] = {"promotions": PromotionShape, "stack_groups": StackGroupShape}
TEXTS = (
    *("", " ", "1", "0", "-1", "10%", "100.0%", "true", "5 EUR", "5.00 USD", "best", "cart", "300"),
    *("2026-06-01..2026-08-31", "..", "exclusive", "x", "a, b", "sku == 'A'", "line", "unit"),
)
KEYS = (
    *("name", "stage", "when", "then", "on", "get", "node", "limits", "stacking", "percent_off"),
    *("volume", "excludes", "coupons", "total", "free_shipping", "__dict__", "x"),
)


def entries_of(path: Path) -> Iterator[tuple[type[Shape], Node]]:
    """The nodes of a file that have a shape."""
    root = read_document(Source(path.name, path.read_text(errors="replace")), Problems())
    if not isinstance(root, Mapping):
        return
    for section, node in root.values.items():
        if section == "ruleset":
            yield RulesetShape, node
        elif section in SHAPES and isinstance(node, Mapping):
            yield from ((SHAPES[section], each) for each in node.values.values())


def changed(node: Node, dice: random.Random) -> Node:
    """A copy of a node with something in it changed, on the way down or at its end."""
    source, start, end = node.source, node.start, node.end
    roll = dice.randrange(8)
    if roll == 0:
        return Sequence(source, start, end, False, [node] * dice.randrange(3))
    if roll == 1:
        return Scalar(dice.choice(TEXTS), source, start, end, dice.choice(["", "'"]))
    if roll == 2:
        return Mapping(source, start, end, False)
    if isinstance(node, Sequence) and node.items:
        items = list(node.items)
        place = dice.randrange(len(items))
        items[place] = changed(items[place], dice)
        return Sequence(source, start, end, node.is_flow, items)
    if isinstance(node, Mapping) and node.values:
        keys, values = dict(node.keys), dict(node.values)
        name = dice.choice(list(values))
        if roll == 3:
            del keys[name], values[name]
        elif roll == 4:
            name = dice.choice(KEYS)
            keys[name], values[name] = (
                Scalar(name, source, start, end),
                dice.choice([node, *values.values()]),
            )
        else:
            values[name] = changed(values[name], dice)
        return Mapping(source, start, end, node.is_flow, keys, values)
    return Scalar(dice.choice(TEXTS), source, start, end)


def parts_of(value: object) -> object:
    """A value as plain data: the classes, fields and orders in it; nodes by identity."""
    if isinstance(value, Shape):
        fields = [(name, parts_of(each)) for name, each in value.__dict__.items()]
        more = value.__pydantic_extra__, value.__pydantic_private__
        return type(value), fields, value.model_fields_set, more
    if isinstance(value, list):
        return [parts_of(each) for each in value]
    return type(value), value


def read_both(shape: type[Shape], node: Node, terms: Terms) -> tuple[object, object]:
    """What both ways make of a node: None for what pydantic refuses or the quick way leaves."""
    plain = read_plainly(shape, node, terms)
    try:
        whole = shape.model_validate(node, context=terms)
    except ValidationError:
        return parts_of(plain), parts_of(None)
    return parts_of(plain), parts_of(whole)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_ways_make_the_same(path: Path) -> None:
    dice = random.Random(path.name)
    for shape, node in entries_of(path):
        for terms in TERMS:
            plain, whole = read_both(shape, node, terms)
            assert plain == whole
        for _ in range(MUTATIONS):
            plain, whole = read_both(shape, changed(node, dice), dice.choice(TERMS))
            assert plain == whole


def test_defaults_are_not_shared() -> None:
    source = Source("a.yaml", "{then: {}, stacking: {}}")
    root = read_document(source, Problems())
    assert root is not None
    first, second = (read_plainly(PromotionShape, root, TERMS[0]) for _ in range(2))
    assert first is not None and first.stacking is not None
    assert second is not None and second.stacking is not None
    assert first.stacking.excludes == [] == second.stacking.excludes
    assert first.stacking.excludes is not second.stacking.excludes


def test_every_shape_of_rules_has_a_recipe() -> None:
    for kind in vars(document).values():
        if isinstance(kind, type) and issubclass(kind, Shape):
            assert has_recipe(kind), kind


class CheckedShape(Shape):
    """A shape with more to it than readers of its keys."""

    sample: ClassVar[str] = "{name: x}"
    name: Text = ""

    @field_validator("name")
    @classmethod
    def check(cls, name: str) -> str:
        """Some check."""
        return name


class RenamedShape(Shape):
    """A shape whose key has another name."""

    name: Text = Field(default="", alias="title")


class OuterShape(Shape):
    """A shape with one of those in it."""

    inner: list[RenamedShape] | None = None


@pytest.mark.parametrize("shape", [CheckedShape, RenamedShape, OuterShape])
def test_other_shapes_are_left_to_pydantic(shape: type[Shape]) -> None:
    root = read_document(Source("a.yaml", "{}"), Problems())
    assert root is not None
    assert not has_recipe(shape)
    assert read_plainly(shape, root, TERMS[0]) is None
