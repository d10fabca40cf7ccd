"""Tests of makers: what they make is what the class makes, and they refuse what it refuses."""

import gc
from dataclasses import FrozenInstanceError, dataclass, field, fields

import pytest

from tallystick.dsl._maker import maker_of
from tallystick.dsl.formula import Aggregate, Compare, Has, Member, Term
from tallystick.dsl.kinds import Kind, Stage
from tallystick.dsl.ruleset import Condition, Gift, PercentOff, Promotion

TERM = Term("line.sku", Kind.STRING)
MEMBER = Member(TERM, ("A",))


@pytest.mark.parametrize(
    ("kind", "positional", "named"),
    [
        (Member, (TERM, ("A", "B")), {}),
        (Has, (TERM, ("A",)), {"every": True}),
        (Aggregate, ("qty", MEMBER, Kind.INTEGER), {}),
        (Compare, (((1, TERM),),), {"op": ">=", "bound": 2}),
        (Condition, ("t",), {"is_soft": True, "formula": MEMBER}),
        (PercentOff, (1000,), {"max_units": 3}),
        (Promotion, (), {"action": Gift("A", 1), "stage": Stage.ORDER, "id": "p", "priority": 7}),
    ],
)
def test_what_is_made_is_what_the_class_makes(
    kind: type, positional: tuple[object, ...], named: dict[str, object]
) -> None:
    made, expected = maker_of(kind)(*positional, **named), kind(*positional, **named)
    assert type(made) is kind
    assert made == expected and hash(made) == hash(expected) and repr(made) == repr(expected)
    assert not gc.is_tracked(made)
    name = fields(kind)[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(made, name, None)


@pytest.mark.parametrize(
    ("positional", "named"),
    [
        ((), {}),
        ((TERM,), {}),
        ((TERM, (), 1), {}),
        ((TERM, ()), {"values": ()}),
        ((TERM, ()), {"other": 1}),
        ((TERM,), {"valuez": ()}),
    ],
)
def test_what_the_class_refuses_is_refused(
    positional: tuple[object, ...], named: dict[str, object]
) -> None:
    make: type = maker_of(Member)  # type: ignore[assignment]
    with pytest.raises(TypeError, match="__init__"):
        make(*positional, **named)


@dataclass(frozen=True)
class Roomy:
    """No slots."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """Something to do when one is made."""

    name: str = ""

    def __post_init__(self) -> None:
        assert self.name is not None


@dataclass(frozen=True, slots=True)
class Shared:
    """A default that every instance has for itself."""

    names: list[str] = field(default_factory=list)


@pytest.mark.parametrize("kind", [Roomy, Busy, Shared])
def test_other_classes_have_no_maker(kind: type) -> None:
    with pytest.raises((AssertionError, AttributeError)):
        maker_of(kind)
