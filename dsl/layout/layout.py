"""The text of a rule file in, the same rules in the canonical layout out.

Sections, and the keys of a promotion, stand in one order; two blanks indent; expressions, amounts
and percentages have one spelling; a list or mapping in brackets stays so while it fits on its
line and holds no comment. Names, texts and the order of promotions are the author's.

The text must be a rule file without problems. Laying out what came out changes nothing.
"""

from ..problems import Problems
from ..source import Source
from ..tree.nodes import Mapping, Scalar, Sequence
from ..tree.reader import read_document
from .orders import Path, rank
from .outline import Comment, Entry, Group, outline_of
from .scalars import (
    WIDTH_MAX,
    block_lines,
    fold,
    quote_double,
    write_expression,
    write_key,
    write_text,
)
from .spelling import Role, role_at, spell

INDENT = 2


def lay_out(text: str, name: str = "<text>") -> str:
    """The canonical layout of a rule file; raises `RuleTextError` when it cannot be read."""
    problems = Problems()
    root = read_document(Source(name, text), problems)
    problems.raise_if_any()
    if not isinstance(root, Mapping | Sequence):
        return text
    group = outline_of(root)
    heading = take_heading(group)
    sort_keys(group, ())
    lines = comment_lines(heading, 0)
    if heading:
        lines.append("")
    lines += group_lines(group, 0, ())
    return "".join(f"{line}\n" for line in lines)


def take_heading(root: Group) -> list[Comment]:
    """The comments that open a file and speak of all of it: those above an empty line.

    They stay at the top, whatever section comes first.
    """
    if not root.entries:
        return []
    first = root.entries[0]
    gaps = [i for i, comment in enumerate(first.before) if i and comment.has_gap]
    count = len(first.before) if first.has_gap else gaps[-1] if gaps else 0
    heading, first.before = first.before[:count], first.before[count:]
    return heading


def sort_keys(group: Group, path: Path) -> None:
    """Put the keys of every mapping into their order."""
    for entry in group.entries:
        if isinstance(entry.value, Group):
            sort_keys(entry.value, place_of(entry, path))
    group.entries.sort(key=lambda entry: rank(path, entry.key.text) if entry.key else 0)


def place_of(entry: Entry, path: Path) -> Path:
    """The place of an entry's value, in a group at `path`."""
    return (*path, entry.key.text if entry.key is not None else "*")


def group_lines(group: Group, indent: int, path: Path) -> list[str]:
    """A mapping or list, one entry below the other."""
    lines: list[str] = []
    for number, entry in enumerate(group.entries):
        if number and needs_gap(entry, path):
            lines.append("")
        lines += entry_lines(entry, indent, place_of(entry, path))
    if not group.entries and group.node.is_flow:
        lines.append(" " * indent + flow_text(group, path))
    if lines and group.after and group.after[0].has_gap and keeps_gaps(path):
        lines.append("")
    return lines + comment_lines(group.after, indent)


def needs_gap(entry: Entry, path: Path) -> bool:
    """Whether an empty line stands above an entry of a group at `path`.

    Always between sections, promotions and tests; inside a promotion never; elsewhere where the
    author left one.
    """
    if path in ((), ("promotions",), ("tests",)):
        return True
    has_gap = entry.before[0].has_gap if entry.before else entry.has_gap
    return has_gap and keeps_gaps(path)


def keeps_gaps(path: Path) -> bool:
    """Whether an author's empty lines are kept in the group at a place."""
    return len(path) < 2 or path[0] != "promotions"


def comment_lines(comments: list[Comment], indent: int) -> list[str]:
    """Comments on lines of their own, with the empty lines between them."""
    lines: list[str] = []
    for number, comment in enumerate(comments):
        if number and comment.has_gap:
            lines.append("")
        lines.append(" " * indent + comment.text)
    return lines


def entry_lines(entry: Entry, indent: int, path: Path) -> list[str]:
    """An entry whose value is at `path`, with its comments.

    A comment stays beside it when it is the only one and there is a line for it; others go above.
    """
    lines = comment_lines(entry.before, indent)
    if lines and entry.has_gap:
        lines.append("")
    beside = entry.beside[0].text if len(entry.beside) == 1 else ""
    body = value_lines(entry, indent, path, has_comment=bool(beside))
    above = [] if beside and has_room_beside(entry, body) else entry.beside
    if above and beside:
        body = value_lines(entry, indent, path, has_comment=False)
    lines += [" " * indent + comment.text for comment in above]
    if beside and not above:
        body[0] += f"  {beside}"
    return lines + body


def has_room_beside(entry: Entry, body: list[str]) -> bool:
    """Whether a comment can stand behind the first line of an entry."""
    return len(body) == 1 or (entry.key is not None and isinstance(entry.value, Group))


def value_lines(entry: Entry, indent: int, path: Path, *, has_comment: bool) -> list[str]:
    """A key or a dash and the value behind or below it."""
    head = " " * indent + (f"{write_key(entry.key)}:" if entry.key is not None else "-")
    value = entry.value
    if isinstance(value, Scalar):
        return scalar_lines(value, head, indent + INDENT, role_at(path), has_comment=has_comment)
    if value.node.is_flow and not value.has_comments:
        line = f"{head} {flow_text(value, path)}"
        if len(line) <= WIDTH_MAX or not value.entries:
            return [line]
    inner = group_lines(value, indent + INDENT, path)
    if entry.key is not None:
        return [head, *inner]
    # The first line of what is in an item moves up to the dash; comments on it stay above.
    first = next(i for i, line in enumerate(inner) if line and not line.lstrip().startswith("#"))
    above = [line[INDENT:] for line in inner[:first]]
    return [*above, f"{head} {inner[first].lstrip()}", *inner[first + 1 :]]


def scalar_lines(
    scalar: Scalar, head: str, indent: int, role: Role, *, has_comment: bool
) -> list[str]:
    """A key or a dash and a scalar: on its line, or as a block scalar indented by `indent`."""
    if scalar.is_empty:
        return [head]
    spelled = spell(role, scalar.text)
    if spelled is None and scalar.style in ("|", ">"):
        block = block_lines(scalar)
        if block is None:
            return [f"{head} {quote_double(scalar.text)}"]
        header, lines = block
        return [f"{head} {header}", *(" " * indent + line if line else "" for line in lines)]
    line = scalar_text(scalar, spelled, role, has_comment=has_comment)
    if len(head) + 1 + len(line) <= WIDTH_MAX:
        return [f"{head} {line}"]
    folded = fold(scalar.text if spelled is None else spelled, WIDTH_MAX - indent)
    if folded is None:
        return [f"{head} {line}"]
    return [f"{head} >-", *(" " * indent + line for line in folded)]


def scalar_text(
    scalar: Scalar,
    spelled: str | None,
    role: Role,
    *,
    is_flow: bool = False,
    has_comment: bool = False,
) -> str:
    """A scalar on one line, in its one spelling where it has one."""
    if spelled is None:
        return write_text(scalar)
    if role is Role.EXPRESSION:
        return write_expression(spelled, is_flow=is_flow, has_comment=has_comment)
    return spelled


def flow_text(group: Group, path: Path) -> str:
    """A mapping or list in brackets, on one line."""
    parts: list[str] = []
    for entry in group.entries:
        place = place_of(entry, path)
        if isinstance(entry.value, Scalar):
            role = role_at(place)
            part = scalar_text(entry.value, spell(role, entry.value.text), role, is_flow=True)
        else:
            part = flow_text(entry.value, place)
        parts.append(f"{write_key(entry.key)}: {part}" if entry.key is not None else part)
    inside = ", ".join(parts)
    return f"{{{inside}}}" if isinstance(group.node, Mapping) else f"[{inside}]"
