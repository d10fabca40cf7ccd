"""The loyalty sections of a rule set in, the checked loyalty rules out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from ..expression.checker import Checker
from ..loyalty import BurningRule, Campaign, EarningRule, Loyalty, Program, StampCard
from ..problems import Problems
from .burning import BurningBuilder
from .campaign import CampaignBuilder
from .card import build_card
from .conditions import ConditionBuilder
from .earning import EarningBuilder
from .program import ProgramBuilder
from .register import Register
from .sections import Entry, Sections, report_twice

# Sections whose names can stand on a receipt: a name in two of them would mean two things there.
RECEIPT_SECTIONS = ("promotions", "programs", "earning_rules", "burning_rules", "campaigns")

T = TypeVar("T", Program, BurningRule, Campaign, StampCard)
Built = TypeVar("Built")


def build_loyalty(
    sections: Sections, register: Register, checker: Checker, problems: Problems
) -> Loyalty:
    """The loyalty rules that could be built."""
    check_names(sections, problems)
    conditions = ConditionBuilder(checker, problems, is_loyalty=True)
    programs = ProgramBuilder(problems)
    earning = EarningBuilder(register, conditions, problems)
    burning = BurningBuilder(register, conditions, problems)
    campaigns = CampaignBuilder(register, conditions, problems)
    return Loyalty(
        programs=by_id(
            build_each(
                sections.programs,
                lambda entry: programs.build(entry, register.homes[entry.key.text].terms),
            )
        ),
        earning_rules=tuple(
            sorted(build_each(sections.earning_rules, earning.build), key=order_of)
        ),
        burning_rules=by_id(build_each(sections.burning_rules, burning.build)),
        campaigns=by_id(build_each(sections.campaigns, campaigns.build)),
        stamp_cards=by_id(
            build_each(sections.stamp_cards, lambda entry: build_card(entry, register, problems))
        ),
    )


def build_each(
    entries: Mapping[str, Entry], build: Callable[[Entry], Built | None]
) -> Iterator[Built]:
    """What could be built of the entries of a section."""
    return (built for built in map(build, entries.values()) if built is not None)


def by_id(built: Iterable[T]) -> tuple[T, ...]:
    """Things in the order of their names."""
    return tuple(sorted(built, key=lambda one: one.id))


def order_of(rule: EarningRule) -> tuple[int, str]:
    """The place of an earning rule among the others."""
    return rule.priority, rule.id


def check_names(sections: Sections, problems: Problems) -> None:
    """Report a name that two sections give to things that can stand on one receipt."""
    first_in: dict[str, tuple[str, Entry]] = {}
    for section in RECEIPT_SECTIONS:
        entries: Mapping[str, Entry] = getattr(sections, section)
        for name, entry in entries.items():
            home, first = first_in.setdefault(name, (section, entry))
            if first is not entry:
                words = {"name": name, "home": home, "section": section}
                report_twice("R219", first.key, entry.key, problems, **words)
