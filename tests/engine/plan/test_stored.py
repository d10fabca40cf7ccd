"""Tests of stored plans: they come back whole, or are refused."""

import random
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings

from tallystick.dsl.loader import load_sources
from tallystick.dsl.ruleset import Ruleset
from tallystick.dsl.source import Source
from tallystick.engine.plan import stored
from tallystick.engine.plan.lowering import lower
from tallystick.engine.plan.plan import Plan
from tallystick.engine.plan.stored import OPENING, StoredError, digest_of, key_of, restore, store

from ...properties.loyalty import loyal_rulesets
from ...properties.rulesets import rulesets

SOURCES = [
    Source(
        "a.yaml",
        """
ruleset: {attributes: {cart.attributes.tags: {type: set, default: [a, b]}}}
promotions:
  tenth: {when: ['cart.attributes.tags has "a"', 'qty(sku == "A") >= 2'], then: {percent_off: 10%}}
  mug: {then: {gift: {sku: MUG, quantity: 1}}, limits: {total: 5}, coupon: MUGS}
""",
    )
]
KEY = key_of(SOURCES, "1")


def refuse_compiling() -> Ruleset:
    raise AssertionError("compiled anew")


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_sources(SOURCES)


@pytest.fixture(scope="module")
def content(ruleset: Ruleset) -> bytes:
    return store(ruleset, lower(ruleset), SOURCES, KEY)


def assert_same(first: Plan, second: Plan) -> None:
    """Both plans are equal, array by array."""
    for field in fields(Plan):
        before, after = getattr(first, field.name), getattr(second, field.name)
        if isinstance(before, np.ndarray):
            assert before.dtype == after.dtype
            assert before.tobytes() == after.tobytes(), field.name
        elif field.name == "symbols":
            assert dict(before) == dict(after)
        else:
            assert before == after, field.name


def test_a_rule_set_comes_back_with_its_plan(ruleset: Ruleset, content: bytes) -> None:
    made = restore(content, KEY, SOURCES, refuse_compiling)
    assert made == ruleset
    assert_same(made.plan, lower(ruleset))


@settings(max_examples=50)
@given(rulesets() | loyal_rulesets())
def test_any_rule_set_comes_back(ruleset: Ruleset) -> None:
    plan = lower(ruleset)
    made = restore(store(ruleset, plan, [], "k"), "k", [], refuse_compiling)
    assert_same(made.plan, plan)
    assert made == ruleset
    assert store(made, made.plan, [], "k") == store(ruleset, plan, [], "k")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: b"", "cut"),
        (lambda content: content[: OPENING.size - 1], "cut"),
        (lambda content: content[:-1], "cut"),
        (lambda content: content + b"\0", "cut"),
        (lambda content: b"x" + content[1:], "no compiled rule set"),
        (lambda content: content.replace(b"cart.attributes", b"cart.attributed", 1), "damaged"),
        (lambda content: content.replace(b"\r\n", b"\n", 1), "no compiled rule set|cut"),
    ],
)
def test_changed_bytes_are_refused(
    content: bytes, change: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(StoredError, match=reason):
        restore(change(content), KEY, SOURCES, refuse_compiling)


def test_no_flipped_bit_goes_unseen(ruleset: Ruleset, content: bytes) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(300):
        at = dice.randrange(len(content))
        changed = bytearray(content)
        changed[at] ^= 1 << dice.randrange(8)
        try:
            made = restore(bytes(changed), KEY, SOURCES, lambda: ruleset)
        except StoredError:
            continue
        assert made == ruleset  # the promotions alone were hit, and were compiled anew


def test_another_key_is_refused(content: bytes) -> None:
    with pytest.raises(StoredError, match="other rules"):
        restore(content, key_of(SOURCES, "2"), SOURCES, refuse_compiling)


def test_an_unsound_plan_is_refused_whatever_its_digest_says(content: bytes) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    mark, head, arrays, rules, _ = OPENING.unpack_from(content)
    refused = 0
    for _ in range(300):
        changed = bytearray(content)
        at = OPENING.size + dice.randrange(head + arrays)
        changed[at] ^= 1 << dice.randrange(8)
        digest = digest_of(bytes(changed[OPENING.size : len(changed) - rules]))
        OPENING.pack_into(changed, 0, mark, head, arrays, rules, digest)
        try:
            restore(bytes(changed), KEY, SOURCES, refuse_compiling)
        except StoredError:
            refused += 1
    assert refused > 50, "hardly anything was refused"


def test_keys_tell_sources_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("a", "b"), ("a", "b\udc80"), ("", "abc")]
    keys = {key_of([Source(*pair)], version) for pair in pairs for version in ("1", "2")}
    keys |= {key_of([Source("a", "b"), Source("c", "d")], "1"), key_of([], "1")}
    assert len(keys) == 2 * len(pairs) + 2
    monkeypatch.setattr(stored, "FORMAT", 99)
    assert key_of([], "1") not in keys
