"""What promotions and stack groups say about each other in, contradictions reported."""

from collections.abc import Iterable, Mapping

from .kinds import Mode, Policy, Stage
from .nodes import Mapping as MappingNode
from .nodes import Node, Scalar, Sequence
from .problems import Problems, did_you_mean
from .ruleset import Promotion, StackGroup
from .sections import Entry

LINE_STAGES = (Stage.CART, Stage.ORDER)


def check_stack_groups(
    groups: Mapping[str, StackGroup], entries: Mapping[str, Entry], problems: Problems
) -> None:
    """Report groups by line whose policy could not work by line."""
    for name, group in groups.items():
        if group.is_line_scoped and group.policy is not Policy.PRIORITY:
            node = entries[name].node
            assert isinstance(node, MappingNode)
            span = node.keys["policy"].span
            help = "delete `scope: line`, or write `policy: priority`"
            problems.add("R314", span, policy=group.policy.value, help=help)


def check_stacking(
    promotions: Iterable[Promotion],
    entries: Mapping[str, Entry],
    groups: Mapping[str, StackGroup],
    known_groups: Mapping[str, Entry],
    problems: Problems,
) -> None:
    """Report what `stacking` of a promotion cannot mean.

    `entries` and `known_groups` have also those that could not be built: a name that is there is
    not unknown.
    """
    for promotion in promotions:
        node = entries[promotion.id].node
        assert isinstance(node, MappingNode)
        stacking = node.get("stacking")
        if isinstance(stacking, MappingNode):
            check_exclusive(promotion, stacking, problems)
            check_excludes(promotion, stacking, entries, problems)
            check_group(promotion, stacking, groups, known_groups, problems)


def check_exclusive(promotion: Promotion, node: MappingNode, problems: Problems) -> None:
    """An exclusive promotion has no group, and only it has a scope."""
    mode = promotion.stacking.mode
    if mode is Mode.EXCLUSIVE and "group" in node.keys:
        help = "delete `group`, or the mode"
        problems.add("R309", node.keys["group"].span, help=help)
    if mode is not Mode.EXCLUSIVE and "scope" in node.keys:
        help = "write `mode: exclusive`, or delete `scope`"
        problems.add("R310", node.keys["scope"].span, mode=mode.value, help=help)


def check_excludes(
    promotion: Promotion, node: MappingNode, entries: Mapping[str, Entry], problems: Problems
) -> None:
    """A promotion excludes others, which must exist."""
    for item in texts_of(node.get("excludes")):
        if item.text == promotion.id:
            problems.add("R311", item.span, name=item.text, help="it applies once in any case")
        elif item.text not in entries:
            report_unknown_promotion("R312", item, entries, problems)


def report_unknown_promotion(
    code: str, name: Scalar, entries: Mapping[str, Entry], problems: Problems
) -> None:
    """Add the problem of a name that no promotion has."""
    problems.add(code, name.span, name=name.text, help=did_you_mean(name.text, entries))


def check_group(
    promotion: Promotion,
    node: MappingNode,
    groups: Mapping[str, StackGroup],
    known_groups: Mapping[str, Entry],
    problems: Problems,
) -> None:
    """The group of a promotion exists, and can work in its stage."""
    written = node.get("group")
    if not isinstance(written, Scalar):
        return
    name = written.text
    if name not in known_groups:
        help = did_you_mean(name, known_groups) or "declare it under `stack_groups`"
        problems.add("R313", written.span, name=name, help=help)
    elif name in groups and groups[name].is_line_scoped and promotion.stage not in LINE_STAGES:
        stage = promotion.stage.name.lower()
        help = "put it into another group, or none"
        problems.add("R315", written.span, group=name, stage=stage, help=help)


def texts_of(node: Node | None) -> list[Scalar]:
    """The texts of a list, or of one text alone."""
    items = node.items if isinstance(node, Sequence) else [node]
    return [item for item in items if isinstance(item, Scalar)]
