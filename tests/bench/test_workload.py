"""The benchmark workload in, its promises out: the same bytes always, rules that can be measured.

The digests are of a small sample. They change when the workload does, and then the numbers of
different versions cannot be compared any more: that is what the tests are there to say.
"""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.mix import MIX, STACK_GROUPS, deal_kinds
from bench.workload import make_carts, make_lines, make_rule_files, make_rules
from tallystick import Engine, Result, load_text
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source

ROOT = Path(__file__).resolve().parents[2]
CARTS_SHA256 = "4be844d9eb45199372df5ea0b2c6a28d18310017a6d166c6748e3437d99b5a08"
RULES_SHA256 = "85cf236bcc34a0996ade41be7cd233d28f3012e8ad4f28dc9ad437a0d72a0355"
SAMPLE = """
import hashlib
from bench.workload import make_lines, make_rules
print(hashlib.sha256(b"\\n".join(make_lines(50))).hexdigest())
print(hashlib.sha256(make_rules(100).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def carts() -> list[dict[str, Any]]:
    return make_carts(1_000)


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_same_bytes_in_every_process(hash_seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    ran = subprocess.run(
        [sys.executable, "-c", SAMPLE], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert ran.stdout.decode().split() == [CARTS_SHA256, RULES_SHA256]


def test_same_bytes_twice() -> None:
    lines = make_lines(50)
    assert hashlib.sha256(b"\n".join(lines)).hexdigest() == CARTS_SHA256
    assert hashlib.sha256(make_rules(100).encode()).hexdigest() == RULES_SHA256
    assert make_lines(20) == lines[:20]


def test_files_hold_the_same_promotions_as_one_text() -> None:
    parts = list(make_rule_files(100, promotions_a_file=30))
    assert len(parts) == 4
    sources = [Source(f"{n}.yaml", text) for n, text in enumerate(parts)]
    assert load_sources(sources).hash == load_text(make_rules(100)).hash


def test_another_seed_gives_other_bytes() -> None:
    assert make_lines(5, seed=8) != make_lines(5)
    assert make_rules(10, seed=8) != make_rules(10)


def test_lines_are_the_carts(carts: list[dict[str, Any]]) -> None:
    assert [msgspec.json.decode(line) for line in make_lines(20)] == carts[:20]


def test_carts_are_of_the_size_they_should_be(carts: list[dict[str, Any]]) -> None:
    counts = [len(cart["lines"]) for cart in carts]
    assert (min(counts), max(counts)) == (1, 20)
    assert 4_800 <= sum(counts) <= 5_400
    assert sorted(counts)[500] == 4
    codes = Counter(len(cart["coupons"]) for cart in carts)
    assert 780 <= codes[0] <= 860
    assert codes[1] > codes[2] > 0


@pytest.mark.parametrize("count", [10, 100, 1_000, 10_000])
def test_a_set_has_the_mix(count: int) -> None:
    dealt = Counter(deal_kinds(count))
    assert sum(dealt.values()) == count
    assert all(most is None or dealt[write] <= most for write, _, most in MIX)
    if count >= 100:
        assert len(dealt) == len(MIX)


def test_a_kind_that_is_full_leaves_its_share_to_the_others() -> None:
    dealt = Counter(deal_kinds(10_000))
    full = sum(most for _, _, most in MIX if most is not None)
    share = {write: share for write, share, most in MIX if most is None}
    for write, part in share.items():
        fair = (10_000 - full) * part / sum(share.values())
        assert abs(dealt[write] - fair) < 2


def test_stack_groups_are_all_used() -> None:
    ruleset = load_text(make_rules(1_000))
    used = {promotion.stacking.group for promotion in ruleset.promotions}
    assert used - {None} == {name for names in STACK_GROUPS.values() for name in names}
    assert len(used - {None}) == 20


@pytest.mark.parametrize("count", [10, 100, 1_000])
def test_kernel_equals_reference(count: int) -> None:
    ruleset = load_text(make_rules(count))
    assert len(ruleset.promotions) == count
    lines = make_lines(200)
    kernel, reference = Engine(ruleset), Engine(ruleset, "reference")
    for line in lines:
        assert kernel.quote(line).to_json() == reference.quote(line).to_json()


def test_carts_reach_every_stage_and_refusal(carts: list[dict[str, Any]]) -> None:
    engine = Engine(load_text(make_rules(1_000)))
    results: list[Result] = [engine.quote(cart).result for cart in carts]
    stages = Counter(one.stage for result in results for one in result.applied_promotions)
    assert set(stages) == {100, 200, 300, 400}
    assert min(stages.values()) > 50
    refused = Counter(one.reason for result in results for one in result.rejected_coupons)
    assert {"unknown", "inactive", "condition", "excluded_by_exclusive"} <= set(refused)
    assert any(result.applied_coupons for result in results)
