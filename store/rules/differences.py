"""Two sets of rule files in, what came, went and changed from one to the other out.

Files are compared in the canonical layout, key by key, so spelling, order, comments and the file a
rule stands in make no difference. Terms that the language fills in are compared as if written.

    promotions  tenth  changed   then.percent_off: 10% -> 20%
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from ...dsl.document.sections import Entry, Sections
from ...dsl.layout.layout import lay_out
from ...dsl.loader import look_into
from ...dsl.source import Source
from ...dsl.tree.nodes import Mapping as MappingNode
from ...dsl.tree.nodes import Node, Scalar

# Everything that prices or books; tests of authors do neither.
NAMED = (
    *("stack_groups", "promotions", "programs", "earning_rules"),
    *("campaigns", "burning_rules", "stamp_cards"),
)
Change = Literal["new", "gone", "changed"]
Values = Mapping[str, str]  # by the path of keys, such as `limits.total`


class KeyChange(Struct, frozen=True):
    """A key and what it said; None where it was not, or is no more."""

    key: str
    was: str | None
    becomes: str | None


class Difference(Struct, frozen=True):
    """One thing that came, went, or changed; `keys` are those that did, all of what came or went.

    `name` is empty in section `ruleset`, which is there once; `key` is empty for definitions.
    """

    section: str
    name: str
    change: Change
    keys: list[KeyChange]


def compare_sources(old: Sequence[Source], new: Sequence[Source]) -> list[Difference]:
    """What changes from some files to others. Raises `RuleTextError` for files with mistakes."""
    before, after = read_values(old), read_values(new)
    names = sorted(before.keys() | after.keys(), key=place_of)
    found = (compare(name, before.get(name), after.get(name)) for name in names)
    return [one for one in found if one is not None]


def place_of(name: tuple[str, str]) -> tuple[int, str]:
    """Where a thing stands among the others: by section as files have them, then by name."""
    return ("ruleset", "define", *NAMED).index(name[0]), name[1]


def compare(
    name: tuple[str, str], before: Values | None, after: Values | None
) -> Difference | None:
    """What became of one thing, if anything did."""
    if before == after:
        return None
    change: Change = "new" if before is None else "gone" if after is None else "changed"
    old, new = before or {}, after or {}
    keys = [
        KeyChange(key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
    return Difference(*name, change, keys)


def read_values(sources: Sequence[Source]) -> dict[tuple[str, str], Values]:
    """What files say of each thing, by section and name."""
    look_into(sources, lambda ruleset, sections: None)  # mistakes in words of the files themselves
    plain = [Source(source.name, lay_out(source.text, source.name)) for source in sources]
    return look_into(plain, lambda ruleset, sections: dict(list_values(sections)))


def list_values(sections: Sections) -> Iterator[tuple[tuple[str, str], Values]]:
    """Each thing of a rule set, and what is said of it."""
    if sections.ruleset is not None:
        yield ("ruleset", ""), dict(flatten("", sections.ruleset.node))
    for definition in sections.definitions:
        yield ("define", definition.key.text), dict(flatten("", definition.node))
    for section in NAMED:
        entries: Mapping[str, Entry] = getattr(sections, section)
        for name, entry in entries.items():
            yield (section, name), dict(flatten("", entry.node))


def flatten(path: str, node: Node) -> Iterator[tuple[str, str]]:
    """The values below a key, each with the path to it."""
    if isinstance(node, MappingNode) and node.values:
        for name, value in node.values.items():
            yield from flatten(f"{path}.{name}" if path else name, value)
    else:
        yield path, spell(node)


def spell(node: Node) -> str:
    """A value on one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, MappingNode):
        inside = ", ".join(f"{name}: {spell(value)}" for name, value in node.values.items())
        return f"{{{inside}}}"
    return f"[{', '.join(map(spell, node.items))}]"
