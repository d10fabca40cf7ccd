"""The documents of a rule set in, its sections out: named entries over all files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..problems import Problems, did_you_mean
from ..tree.nodes import Mapping, Node, Scalar
from .document import SECTIONS
from .shape import list_words, noun_of

NAME = re.compile(r"[\w.:-]+")
NAME_HELP = "a name is letters, digits, `-`, `_`, `.` and `:`"


class Entry(NamedTuple):
    """One entry of a section, or the section `ruleset` itself."""

    key: Scalar
    node: Node


@dataclass(slots=True)
class Sections:
    """What all files of a rule set say, section by section.

    Names are distinct but in `definitions`, where the checker looks after them.
    """

    ruleset: Entry | None = None
    definitions: list[Entry] = field(default_factory=list)
    stack_groups: dict[str, Entry] = field(default_factory=dict)
    promotions: dict[str, Entry] = field(default_factory=dict)
    programs: dict[str, Entry] = field(default_factory=dict)
    earning_rules: dict[str, Entry] = field(default_factory=dict)
    burning_rules: dict[str, Entry] = field(default_factory=dict)
    campaigns: dict[str, Entry] = field(default_factory=dict)
    stamp_cards: dict[str, Entry] = field(default_factory=dict)
    tests: dict[str, Entry] = field(default_factory=dict)


def collect_sections(roots: Iterable[Node], problems: Problems) -> Sections:
    """Put the sections of all files together."""
    sections = Sections()
    for root in roots:
        if not isinstance(root, Mapping):
            expected = "a mapping of sections"
            help = "begin with a section, such as `promotions:`"
            problems.add("R205", root.span, expected=expected, found=noun_of(root), help=help)
            continue
        for key, node in root.entries:
            add_section(sections, key, node, problems)
    return sections


def add_section(sections: Sections, key: Scalar, node: Node, problems: Problems) -> None:
    """Add what one file says in one section."""
    name = key.text
    if name not in SECTIONS:
        near = did_you_mean(name, SECTIONS)
        problems.add("R201", key.span, name=name, help=near or list_words(list(SECTIONS)))
    elif name == "ruleset":
        if sections.ruleset is None:
            sections.ruleset = Entry(key, node)
        else:
            report_twice("R210", sections.ruleset.key, key, problems)
    elif isinstance(node, Mapping):
        add_entries(sections, name, node, problems)
    elif not (isinstance(node, Scalar) and node.is_empty):
        expected = "a mapping of names"
        problems.add("R205", key.span, expected=expected, found=noun_of(node))


def add_entries(sections: Sections, section: str, node: Mapping, problems: Problems) -> None:
    """Add the entries of a section with names."""
    if section == "define":
        sections.definitions.extend(Entry(key, value) for key, value in node.entries)
        return
    entries: dict[str, Entry] = getattr(sections, section)
    for name, key in node.keys.items():
        if not NAME.fullmatch(name):
            problems.add("R208", key.span, name=name, help=NAME_HELP)
        if name in entries:
            report_twice("R209", entries[name].key, key, problems, name=name, section=section)
        else:
            entries[name] = Entry(key, node.values[name])


def report_twice(
    code: str, first: Scalar, second: Scalar, problems: Problems, **words: object
) -> None:
    """Add a problem at both places of a thing that may be there once."""
    for here, there in ((first, second), (second, first)):
        file, row, _ = there.span.place
        problems.add(code, here.span, help=f"the other is at {file}:{row}", fix=None, **words)
