"""Programs that say nothing in, the same with plain terms out: 1 point per 1.00, worth 0.01.

    programs:                     programs:
      club: {}              ->      club: {redemption: {points: 1, value: 0.01 EUR}}
                                  earning_rules:
                                    club:purchase:
                                      {program: club, event: purchase, award: {points: 1 per 1 EUR}}

A program says nothing as long as no rule names it and it has no terms: only texts, a status, times.
Whatever it does say, it says alone; nothing is filled in then. The terms are written as rules and
read like any, so that nobody after this knows the difference.
"""

from ..problems import Problems
from ..source import Source
from ..tree.nodes import Mapping, text_at
from ..tree.reader import read_document
from .sections import NAME, Entry, Sections, add_section
from .shape import Terms

FILE = "<programs that say nothing>"  # that nobody wrote
QUIET = frozenset(("name", "description", "enabled", "active", "status", "timezone"))
SPEAKING = ("earning_rules", "burning_rules", "campaigns", "stamp_cards")


def fill_bare_programs(sections: Sections, terms: Terms, problems: Problems) -> None:
    """Give programs that say nothing plain terms, and rules by which points are earned."""
    # A name that is none is a problem of its own, and is never written into a text.
    known = {name: entry for name, entry in sections.programs.items() if NAME.fullmatch(name)}
    bare = [name for name, entry in known.items() if is_quiet(entry)]
    if bare:
        named = {text_at(one.node, "program") for one in rules_of(sections)}
        bare = [name for name in bare if name not in named]
    if not bare or not terms.currency:
        return
    # Of a currency without decimals 0.01 is nothing: 100 points are worth 1.
    points, value = (1, "0.01") if terms.exponent else (100, "1")
    lines = ["earning_rules:"]
    for name in bare:
        rate = f"1 per 1 {terms.currency}"
        lines.append(
            f'  "{name}:purchase": {{program: "{name}", event: purchase, '
            f"name: {rate}, award: {{points: {rate}}}}}"
        )
    lines.append(f"redemption: {{points: {points}, value: {value} {terms.currency}}}")
    root = read_document(Source(FILE, "\n".join(lines)), problems)
    assert isinstance(root, Mapping)
    add_section(sections, root.keys["earning_rules"], root.values["earning_rules"], problems)
    for name in bare:
        key, written = sections.programs[name]
        assert isinstance(written, Mapping)
        filled = Mapping(written.source, written.start, written.end, written.is_flow)
        filled.keys.update(written.keys, redemption=root.keys["redemption"])
        filled.values.update(written.values, redemption=root.values["redemption"])
        sections.programs[name] = Entry(key, filled)


def is_quiet(entry: Entry) -> bool:
    """Whether a program has no terms."""
    node = entry.node
    return isinstance(node, Mapping) and not node.lost and QUIET.issuperset(node.keys)


def rules_of(sections: Sections) -> list[Entry]:
    """All rules that name a program."""
    return [entry for name in SPEAKING for entry in getattr(sections, name).values()]
