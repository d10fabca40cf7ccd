"""What promotions and stack groups say about each other in, contradictions reported.

It reads the nodes, not what was built from them, so that a promotion with another mistake in it is
looked at too.
"""

from collections.abc import Mapping

from ..kinds import Mode, Policy, Stage
from ..problems import Problems, did_you_mean
from ..ruleset import StackGroup
from ..tree.nodes import Mapping as MappingNode
from ..tree.nodes import Node, Scalar, Sequence
from .document import STAGES
from .sections import Entry, Sections

LINE_STAGES = (Stage.CART, Stage.ORDER)
SHARING_MODES = frozenset(mode.value for mode in Mode if mode is not Mode.EXCLUSIVE)


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
    sections: Sections, groups: Mapping[str, StackGroup], problems: Problems
) -> None:
    """Report what `stacking` of a promotion cannot mean. `groups` are those that could be built."""
    for name, entry in sections.promotions.items():
        node = entry.node
        if not isinstance(node, MappingNode):
            continue
        stacking = node.values.get("stacking")
        if isinstance(stacking, MappingNode):
            check_exclusive(stacking, problems)
            if "excludes" in stacking.keys:
                check_excludes(name, stacking, sections.promotions, problems)
            if "group" in stacking.keys:
                check_group(node, stacking, groups, sections.stack_groups, problems)


def check_exclusive(node: MappingNode, problems: Problems) -> None:
    """An exclusive promotion has no group, and only it has a scope."""
    mode = text_of(node.get("mode"), Mode.STACKABLE)
    if "group" in node.keys and mode == Mode.EXCLUSIVE:
        help = "delete `group`, or the mode"
        problems.add("R309", node.keys["group"].span, help=help)
    if "scope" in node.keys and mode in SHARING_MODES:
        help = "write `mode: exclusive`, or delete `scope`"
        problems.add("R310", node.keys["scope"].span, mode=mode, help=help)


def check_excludes(
    name: str, node: MappingNode, entries: Mapping[str, Entry], problems: Problems
) -> None:
    """A promotion excludes others, which must exist."""
    for item in texts_of(node.get("excludes")):
        if item.text == name:
            problems.add("R311", item.span, name=name, help="it applies once in any case")
        elif item.text not in entries and not item.is_empty:
            report_unknown_promotion("R312", item, entries, problems)


def report_unknown_promotion(
    code: str, name: Scalar, entries: Mapping[str, Entry], problems: Problems
) -> None:
    """Add the problem of a name that no promotion has."""
    problems.add(code, name.span, name=name.text, help=did_you_mean(name.text, entries))


def check_group(
    promotion: MappingNode,
    node: MappingNode,
    groups: Mapping[str, StackGroup],
    known_groups: Mapping[str, Entry],
    problems: Problems,
) -> None:
    """The group of a promotion exists, and can work in its stage."""
    written = node.get("group")
    if not isinstance(written, Scalar) or not written.text.strip():
        return
    name = written.text
    stage = STAGES.get(text_of(promotion.get("stage"), "cart"), Stage.CART)
    if name not in known_groups:
        help = did_you_mean(name, known_groups) or "declare it under `stack_groups`"
        problems.add("R313", written.span, name=name, help=help)
    elif name in groups and groups[name].is_line_scoped and stage not in LINE_STAGES:
        help = "put it into another group, or none"
        shown = stage.name.lower()
        problems.add("R315", written.span, group=name, stage=shown, help=help)


def text_of(node: Node | None, default: str) -> str:
    """The text of a node, a default for one that is absent or of another shape."""
    return node.text if isinstance(node, Scalar) else default


def texts_of(node: Node | None) -> list[Scalar]:
    """The texts of a list, or of one text alone."""
    items = node.items if isinstance(node, Sequence) else [node]
    return [item for item in items if isinstance(item, Scalar)]
