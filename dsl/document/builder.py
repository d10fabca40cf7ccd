"""The sections of all files in, one checked `Ruleset` out."""

from dataclasses import replace

from ..expression.checker import Checker
from ..fingerprint import fingerprint
from ..problems import Problems
from ..ruleset import Promotion, Ruleset, StackGroup
from ..tree.nodes import Scalar
from .bare import fill_bare_programs
from .cases import CaseBuilder
from .diagnosis import read_shape
from .document import StackGroupShape
from .loyalty import build_loyalty
from .promotions import PromotionBuilder
from .register import Register
from .sections import Sections
from .settings import Settings, read_settings
from .stacking import check_stack_groups, check_stacking

# LIMIT: no author could follow more, and all of them are read before the first can be refused.
DEFINITIONS_MAX = 10_000


def build_ruleset(sections: Sections, problems: Problems) -> Ruleset:
    """The rule set of all sections, whole only if no problem was added.

    Everything is looked at, whatever else is wrong, so that one look shows all there is to mend.
    """
    settings = read_settings(sections.ruleset, problems)
    fill_bare_programs(sections, settings.terms, problems)
    checker = declare(sections, settings, problems)
    groups = build_stack_groups(sections, problems)
    promotions = build_promotions(sections, settings, checker, problems)
    check_stacking(sections, groups, problems)
    register = Register(sections, settings.terms, problems)
    loyalty = build_loyalty(sections, register, checker, problems)
    builder = CaseBuilder(settings, sections, register, problems)
    cases = [builder.build(entry) for entry in sections.tests.values()]
    ruleset = Ruleset(
        currency=settings.terms.currency,
        exponent=settings.terms.exponent,
        timezone=settings.terms.zone.key,
        rounding=settings.rounding,
        line_floor_minor=settings.line_floor_minor,
        max_promotions=settings.max_promotions,
        attributes=settings.attributes,
        stack_groups=groups,
        promotions=tuple(sorted(promotions, key=order_of)),
        loyalty=loyalty,
        cases=tuple(case for case in cases if case is not None),
    )
    return replace(ruleset, hash=fingerprint(ruleset))


def declare(sections: Sections, settings: Settings, problems: Problems) -> Checker:
    """A checker that knows the definitions of the rule set."""
    terms = settings.terms
    if len(sections.definitions) > DEFINITIONS_MAX:
        span = sections.definitions[DEFINITIONS_MAX].key.span
        problems.add("R218", span, most=DEFINITIONS_MAX, help="make several rule sets of it")
        problems.raise_if_any()
    checker = Checker(problems, terms.currency, terms.exponent, terms.zone, settings.attributes)
    for key, node in sections.definitions:
        comment = node.comment_after() if isinstance(node, Scalar) else None
        if comment is not None:
            problems.add("R013", comment, help="quote the expression, or move the comment")
        checker.declare(key, node)
    checker.check_defines()
    return checker


def build_stack_groups(sections: Sections, problems: Problems) -> dict[str, StackGroup]:
    """The stack groups by name."""
    groups: dict[str, StackGroup] = {}
    for name, (key, node) in sections.stack_groups.items():
        if isinstance(node, Scalar) and node.is_empty:
            groups[name] = StackGroup()
            continue
        shape = read_shape(StackGroupShape, key, node, None, problems)
        if shape is not None:
            groups[name] = StackGroup(shape.policy, shape.scope)
    check_stack_groups(groups, sections.stack_groups, problems)
    return groups


def build_promotions(
    sections: Sections, settings: Settings, checker: Checker, problems: Problems
) -> list[Promotion]:
    """The promotions that could be built, in the order of the files."""
    builder = PromotionBuilder(settings, checker, problems)
    built = (builder.build(entry) for entry in sections.promotions.values())
    return [promotion for promotion in built if promotion is not None]


def order_of(promotion: Promotion) -> tuple[int, int, str]:
    """The place of a promotion in the order of evaluation."""
    return promotion.stage, promotion.priority, promotion.id
