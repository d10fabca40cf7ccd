"""The sections of a rule set in, what loyalty rules can name out: programs, rules, cards, tiers.

It reads the nodes, not what was built from them: a name whose entry has another mistake in it is no
unknown name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..problems import Problems, did_you_mean
from ..tree.nodes import Mapping as MappingNode
from ..tree.nodes import Node, Scalar, text_at
from .program import terms_of_program
from .quantities import LoyaltyTerms
from .sections import Entry, Sections
from .shape import SHOWN_MAX, Terms, quote_all

# By the noun of what is named: the code of a name that nothing has.
UNKNOWN = {
    "program": "R316",
    "earning rule": "R317",
    "burning rule": "R318",
    "stamp card": "R319",
    "tier": "R320",
    "earning or burning rule": "R407",
    "earning rule or campaign": "R407",
    "burning rule, program or issued reward": "R407",
    "side": "R407",
}

NO_TIER = "none"  # in the facts of tests; JSON says null


@dataclass(frozen=True, slots=True)
class Home:
    """A program as others see it: how its values are read, and which tiers it has."""

    terms: LoyaltyTerms
    tiers: MappingNode | None


class Register:
    """Looks names up, and reports those that are not there."""

    def __init__(self, sections: Sections, terms: Terms, problems: Problems) -> None:
        self.problems = problems
        self.unknown = LoyaltyTerms(terms.currency, terms.exponent, terms.zone, None)
        self.homes = {name: home_of(entry.node, terms) for name, entry in sections.programs.items()}
        self.entries: Mapping[str, Mapping[str, Entry]] = {
            "program": sections.programs,
            "earning rule": sections.earning_rules,
            "burning rule": sections.burning_rules,
            "stamp card": sections.stamp_cards,
            "earning or burning rule": {**sections.earning_rules, **sections.burning_rules},
            "earning rule or campaign": {**sections.earning_rules, **sections.campaigns},
        }

    def terms_of(self, node: Node) -> LoyaltyTerms:
        """What the values of a rule are read by: the terms of its program."""
        home = self.homes.get(text_at(node, "program"))
        return self.unknown if home is None else home.terms

    def terms_at(self, noun: str, name: Scalar) -> LoyaltyTerms | None:
        """What the values of a named thing are read by; None without it, which is reported."""
        if not self.is_known(noun, name):
            return None
        if noun == "program":
            return self.homes[name.text].terms
        return self.terms_of(self.entries[noun][name.text].node)

    def is_known(self, noun: str, name: Scalar) -> bool:
        """Whether there is a thing of that name, which is reported if not."""
        return self.is_among(noun, name, self.entries[noun])

    def is_among(self, noun: str, name: Scalar, known: Mapping[str, object]) -> bool:
        """Whether a name is one of some, which is reported if not."""
        if name.text in known:
            return True
        self.report_unknown(noun, name, known)
        return False

    def report_unknown(self, noun: str, name: Scalar, known: Iterable[str]) -> None:
        """Add the problem of a name that nothing has; a few names are told, of many the nearest."""
        names = [*known]
        help = did_you_mean(name.text, names)
        if not help and 0 < len(names) <= SHOWN_MAX:
            help = f"there {'are' if names[1:] else 'is'} {quote_all(names)}"
        self.problems.add(UNKNOWN[noun], name.span, noun=noun, name=name.text, help=help)

    def is_in_program(self, noun: str, name: Scalar, program: str) -> bool:
        """Whether there is a thing of that name in a program, which is reported if not."""
        if not self.is_known(noun, name):
            return False
        other = text_at(self.entries[noun][name.text].node, "program")
        if other == program or not other:  # without one, its own entry is reported
            return True
        help = "points do not go from one program to another"
        words = {"noun": noun, "name": name.text, "other": other, "program": program}
        self.problems.add("R321", name.span, help=help, **words)
        return False

    def is_no_tier(self, name: Scalar, program: str) -> bool:
        """Whether `none` says that no tier is held: where no level has that name."""
        home = self.homes.get(program)
        if name.text != NO_TIER or home is None or home.tiers is None:
            return False
        return NO_TIER not in home.tiers.values

    def is_tier(self, name: Scalar, program: str) -> bool:
        """Whether a program has a tier of that name, which is reported if not."""
        home = self.homes.get(program)
        if home is None:  # then that is reported
            return True
        if home.tiers is None:
            self.problems.add("R322", name.span, name=program, help="give it `tiers`")
            return False
        return self.is_among("tier", name, home.tiers.values)


def tiers_of(program: Node) -> MappingNode | None:
    """The levels that a program is written with."""
    tiers = program.get("tiers") if isinstance(program, MappingNode) else None
    levels = tiers.get("levels") if isinstance(tiers, MappingNode) else None
    return levels if isinstance(levels, MappingNode) else None


def home_of(program: Node, terms: Terms) -> Home:
    """What others see of a program."""
    return Home(terms_of_program(program, terms), tiers_of(program))
