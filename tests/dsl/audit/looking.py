"""Rule text for tests: one file in, what may not be meant in it out."""

import textwrap

from tallystick.dsl.audit.audit import audit_sources
from tallystick.dsl.problems import Problem
from tallystick.dsl.source import Source


def look(text: str) -> list[Problem]:
    """The warnings and notes about one file."""
    _, found = audit_sources([Source("rules.yaml", textwrap.dedent(text))])
    return found


def codes_of(text: str) -> list[str]:
    """Their codes, in the order of the file."""
    return [one.code for one in look(text)]


def club(terms: str = "", **sections: str) -> str:
    """A file with a program `club` whose points buy something, and the entries of other sections.

    100 points are 1 USD.
    """
    program = f"{{redemption: {{points: 100, value: 1 USD}}, {terms}}}"
    parts = [f"programs: {{club: {program}}}"]
    for section, entries in sections.items():
        lines = [line.strip() for line in entries.strip().splitlines()]
        parts.append("\n".join([f"{section}:", *(f"  {line}" for line in lines)]))
    return "\n".join(parts) + "\n"


POINTS = "purchase: {program: club, event: purchase, award: {points: 1 per 1 USD}}"
