"""All checks together: sorted, quiet about what is well, never in the way of loading."""

from pathlib import Path

import pytest

from tallystick.dsl.audit.audit import audit_sources
from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.source import Source
from tallystick.files import find_rulesets

from .looking import POINTS, club, codes_of, look

RULES = Path(__file__).resolve().parents[3] / "rules"


def test_what_is_found_is_sorted_by_place() -> None:
    mug = "{program: club, cost: 5 points, reward: {product: M}, limits: {stock: 0}}"
    found = look(club(earning_rules=POINTS, burning_rules=f"mug: {mug}\ncup: {mug}"))
    assert [one.span.place for one in found] == sorted(one.span.place for one in found)
    assert [one.severity for one in found] == ["warning", "warning"]


def test_rules_with_problems_have_no_warnings() -> None:
    with pytest.raises(RuleTextError):
        audit_sources([Source("a.yaml", "promotions: {p: {}}\n" + club())])


def test_what_is_switched_off_is_left_alone() -> None:
    off = club(
        earning_rules=POINTS,
        campaigns="x: {program: club, enabled: false, multiply: 1000}",
        burning_rules="y: {program: club, enabled: false, cost: 1, reward: {discount: 9 USD}}",
    )
    assert codes_of(off) == []
    assert codes_of(off.replace("enabled: false, ", "")) != []
    assert codes_of("programs: {club: {enabled: false}}\n") == []


def test_a_rule_set_without_loyalty_has_nothing_to_say() -> None:
    assert codes_of("promotions: {p: {then: {percent_off: 10%}}}\n") == []


@pytest.mark.parametrize("folder", sorted(p.name for p in RULES.iterdir() if p.is_dir()))
def test_the_rules_that_come_along_are_quiet(folder: str) -> None:
    for found in find_rulesets([RULES / folder]):
        assert audit_sources(found.sources)[1] == []
