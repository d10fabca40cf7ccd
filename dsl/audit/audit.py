"""Sources in, their checked rule set with warnings and notes out.

Warnings are about programs and rules that say what nobody can have meant, or give away more than
they take; the table of them is in `concerns`. They are looked for only in a rule set that has no
problems, and never when it is loaded to be used.
"""

from collections.abc import Iterable

from ..document.sections import Sections
from ..loader import look_into
from ..problems import Problem
from ..ruleset import Ruleset
from ..source import Source
from .campaigns import check_campaigns
from .concerns import Concerns
from .gifts import check_gifts
from .idle import check_idle
from .multipliers import check_multipliers
from .places import Places
from .rewards import check_rewards
from .scene import Effort, Scene
from .stored_value import check_stored_value
from .tiers import check_tiers
from .times import check_times
from .worth import check_worth

CHECKS = (
    check_worth,
    check_gifts,
    check_stored_value,
    check_multipliers,
    check_campaigns,
    check_tiers,
    check_rewards,
    check_times,
    check_idle,
)


def audit_sources(sources: Iterable[Source]) -> tuple[Ruleset, list[Problem]]:
    """The rule set that some files say together, and what may not be meant in it.

    Raises `RuleTextError` for files that cannot be used, as loading does.
    """
    return look_into(sources, lambda ruleset, sections: (ruleset, audit(ruleset, sections)))


def audit(ruleset: Ruleset, sections: Sections) -> list[Problem]:
    """What the author of a rule set without problems may not have meant, sorted by place."""
    scene = Scene(ruleset, Concerns(Places(sections)))
    for check in CHECKS:
        scene.effort = Effort()
        check(scene)
    return sorted(scene.concerns.found, key=lambda one: (one.span.place, one.code, one.message))
