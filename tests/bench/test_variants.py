"""The unusual workloads in, the same results from kernel and reference out."""

import hashlib
from collections.abc import Mapping

import msgspec
import pytest

from bench.variants import (
    EARNING,
    LINE_COUNTS,
    WRITERS,
    Variant,
    make_variants,
    real_baskets,
    write_rules,
)
from tallystick import Engine
from tallystick.dsl.formula import And, Not, Or, children, reads_nets

RULES, CARTS = 150, 20


@pytest.fixture(scope="module")
def variants() -> Mapping[str, Variant]:
    return {variant.name: variant for variant in make_variants(RULES, CARTS)}


@pytest.mark.parametrize(
    "name", [*(f"{count} lines a cart" for count in LINE_COUNTS), *WRITERS, EARNING]
)
def test_kernel_equals_reference(variants: Mapping[str, Variant], name: str) -> None:
    variant = variants[name]
    kernel, reference = Engine(variant.ruleset), Engine(variant.ruleset, "reference")
    for line in variant.lines[:CARTS]:
        assert kernel.quote(line).to_json() == reference.quote(line).to_json()


def test_real_baskets() -> None:
    variant = real_baskets(20)
    if variant is None:
        pytest.skip("the extra `demo` is not installed")
    kernel, reference = Engine(variant.ruleset), Engine(variant.ruleset, "reference")
    assert len(variant.lines) == 20
    for line in variant.lines:
        assert kernel.quote(line).to_json() == reference.quote(line).to_json()


@pytest.mark.parametrize("count", LINE_COUNTS)
def test_long_carts_are_as_long_as_they_say(variants: Mapping[str, Variant], count: int) -> None:
    for line in variants[f"{count} lines a cart"].lines:
        ids = [one["id"] for one in msgspec.json.decode(line)["lines"]]
        assert len(ids) == count
        assert ids == sorted(ids)


@pytest.mark.parametrize("name", WRITERS)
def test_same_text_every_time(name: str) -> None:
    digests = {hashlib.sha256(write_rules(name, 30).encode()).digest() for _ in range(2)}
    assert len(digests) == 1
    assert write_rules(name, 30, seed=8) != write_rules(name, 30)


def test_each_is_what_it_is_called(variants: Mapping[str, Variant]) -> None:
    def formulas(name: str) -> list[object]:
        promotions = variants[name].ruleset.promotions
        return [one.formula for promotion in promotions for one in promotion.conditions]

    kinds: set[type] = set()
    waiting = [
        one.formula
        for promotion in variants["or, not, nesting"].ruleset.promotions
        for one in promotion.conditions
    ]
    while waiting:
        formula = waiting.pop()
        kinds.add(type(formula))
        waiting += children(formula)
    assert {And, Or, Not} <= kinds
    nets = variants["net-dependent"].ruleset.promotions
    assert all(any(reads_nets(one.formula) for one in found.conditions) for found in nets)
    coded = variants["90 % behind coupons"].ruleset.promotions
    assert 0.8 < sum(promotion.needs_code for promotion in coded) / RULES < 0.98
    assert formulas("many broad rules")


def test_broad_rules_apply_often(variants: Mapping[str, Variant]) -> None:
    variant = variants["many broad rules"]
    engine = Engine(variant.ruleset)
    applied = [len(engine.quote(line).result.applied_promotions) for line in variant.lines]
    assert sum(applied) / len(applied) > 5


def test_carts_earn_by_several_rules(variants: Mapping[str, Variant]) -> None:
    variant = variants[EARNING]
    assert len(variant.ruleset.loyalty.earning_rules) == RULES
    engine = Engine(variant.ruleset)
    earned = [engine.quote(line).result.earned for line in variant.lines]
    assert sum(len(entries) for entries in earned) / len(earned) > 1
