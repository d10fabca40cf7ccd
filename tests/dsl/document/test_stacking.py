"""What promotions and stack groups may say about each other."""

import pytest

from tallystick.dsl.kinds import Mode, Scope
from tallystick.dsl.ruleset import Stacking

from ..loading import codes_of, load

THEN = "then: {percent_off: 20%}"


def text_of(stacking: str, stage: str = "cart") -> str:
    return f"""
        stack_groups:
          plain: {{}}
          lines: {{scope: line}}
          broken: {{polcy: best}}
        promotions:
          a: {{stage: {stage}, {THEN}, stacking: {stacking}}}
          b: {{{THEN}}}
          broken: {{thn: {{}}}}
        """


KNOWN_WRONG = ["R203", "R203"]  # the broken group and the broken promotion


@pytest.mark.parametrize(
    ("stacking", "code"),
    [
        ("{}", None),
        ("{group: plain}", None),
        ("{group: lines}", None),
        ("{group: broken}", None),
        ("{group: plane}", "R313"),
        ("{mode: exclusive}", None),
        ("{mode: exclusive, scope: stage}", None),
        ("{mode: exclusive, group: plain}", "R309"),
        ("{mode: always, group: plain}", None),
        ("{mode: last, group: plain}", None),
        ("{scope: cart}", "R310"),
        ("{mode: always, scope: cart}", "R310"),
        ("{excludes: [b]}", None),
        ("{excludes: b}", None),
        ("{excludes: [broken]}", None),
        ("{excludes: []}", None),
        ("{excludes: [a]}", "R311"),
        ("{excludes: [c]}", "R312"),
        ("{excludes: ['*']}", "R312"),
    ],
)
def test_stacking(stacking: str, code: str | None) -> None:
    codes = sorted(codes_of(text_of(stacking)))
    assert codes == sorted([*KNOWN_WRONG, *([code] if code else [])])


@pytest.mark.parametrize(
    ("stage", "is_right"),
    [("cart", True), ("order", True), ("shipping", False), ("payment", False)],
)
def test_a_group_by_line_needs_lines(stage: str, is_right: bool) -> None:
    codes = codes_of(text_of("{group: lines}", stage))
    assert ("R315" in codes) is not is_right


@pytest.mark.parametrize(
    ("policy", "is_right"), [("priority", True), ("best", False), ("all", False)]
)
def test_a_group_by_line_goes_by_priority(policy: str, is_right: bool) -> None:
    codes = codes_of(f"stack_groups: {{a: {{policy: {policy}, scope: line}}}}")
    assert codes == ([] if is_right else ["R314"])


def test_what_comes_out() -> None:
    ruleset = load(
        f"""
        promotions:
          a: {{{THEN}, stacking: {{mode: exclusive, scope: stage, excludes: [c, b, c]}}}}
          b: {{{THEN}, stacking: {{mode: last}}}}
          c: {{{THEN}, stacking: {{max_in_cart: 0}}}}
        """
    )
    assert [promotion.stacking for promotion in ruleset.promotions] == [
        Stacking(Mode.EXCLUSIVE, Scope.STAGE, None, frozenset("bc")),
        Stacking(Mode.LAST),
        Stacking(max_in_cart=0),
    ]
