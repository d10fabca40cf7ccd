"""Tests of rule sets that carry their plan."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from tallystick import Engine, load_text
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.plan.compiled import EARLY, CompiledRuleset, Parts, compiled_from
from tallystick.engine.plan.lowering import lower

PLAIN = load_text("promotions: {tenth: {then: {percent_off: 10%}}}")


@pytest.fixture
def compiled() -> CompiledRuleset:
    return compiled_from(PLAIN, lower(PLAIN))


def test_it_says_what_the_plain_one_says(compiled: CompiledRuleset) -> None:
    assert compiled == PLAIN
    assert PLAIN.__eq__(compiled) is NotImplemented  # then Python asks the other
    assert compiled != replace(PLAIN, hash="")
    assert isinstance(compiled, Ruleset)


def test_promotions_are_made_when_they_are_asked_for() -> None:
    asked: list[str] = []

    def make_parts() -> Parts:
        asked.append("once")
        return PLAIN.promotions, PLAIN.cases

    early = {name: getattr(PLAIN, name) for name in EARLY}
    compiled = CompiledRuleset(early, lower(PLAIN), make_parts)
    assert compiled.hash == PLAIN.hash
    assert asked == []
    assert compiled.promotions == PLAIN.promotions
    assert compiled.cases == PLAIN.cases
    assert asked == ["once"]


def test_copies_are_plain(compiled: CompiledRuleset) -> None:
    for other in (
        copy.copy(compiled),
        copy.deepcopy(compiled),
        pickle.loads(pickle.dumps(compiled)),
    ):
        assert type(other) is Ruleset
        assert other == PLAIN


def test_it_cannot_be_changed(compiled: CompiledRuleset) -> None:
    with pytest.raises(FrozenInstanceError):
        compiled.hash = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="nothing"):
        _ = compiled.nothing


def test_engines_take_it(compiled: CompiledRuleset) -> None:
    cart = {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 995}],
    }
    assert Engine(compiled).quote(cart).to_json() == Engine(PLAIN).quote(cart).to_json()
