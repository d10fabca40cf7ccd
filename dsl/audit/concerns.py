"""What a rule set may not mean although it says it: one table of codes, and a collector.

A warning (`W`) is about rules that cannot do what they say, or that give away more than they take.
A note (`N`) is about something that may well be meant, and is worth a second look. Both have the
shape of problems, and are found only in rule sets that have none. Codes are never reused or
renumbered, and no warning has the number of a note.
"""

from dataclasses import dataclass, field

from ..problems import Problem, show_word
from ..source import Span
from .places import Places

# Message templates by code. Lower case, no full stop, user text in backticks.
MESSAGES: dict[str, str] = {
    "W501": "{spent} spent can bring {back} back, more than was spent",
    "N502": "{spent} spent can bring {back} back, more than half of it",
    "N503": "an order of {least} gives {given}, worth {value}",
    "N504": "a friend's first order of {least} gives {given}, worth {value}",
    "W511": "money put into stored value earns twice in `{program}`: when bought and when spent",
    "N512": "money put into stored value may earn twice in `{program}`: when bought and when spent",
    "W521": "what `{rule}` gives can be multiplied by {factor}",
    "W531": "`{campaign}` has no rule to change",
    "W532": "`{campaign}` never meets a rule that it changes",
    "W533": "no multiplier changes what `{rule}` gives",
    "N534": "to multiply by {factor} changes nothing",
    "W541": "nothing that leads to the tier `{tier}` can be earned in `{program}`",
    "W542": "the tier `{tier}` needs {needed}, and at most {most} can be earned in its time",
    "W543": "what is earned in `{program}` becomes active too late for any tier",
    "W544": "`{tier}` is no tier of `{program}`",
    "N545": "the tier `{tier}` gives nothing that the one below it does not give",
    "N546": "no rule gives the cashback of the tiers of `{program}`",
    "W551": "no number of steps of {step} is at least {least} and at most {most}",
    "W552": "`{rule}` needs the tier `{tier}`, which nobody reaches",
    "W553": "the limit `{key}` of `{name}` is 0 and lets nothing through",
    "W554": "`{name}` asks for {cost}, and a member can have earned at most {most}",
    "N555": "no rule earns the points that can be spent in `{program}`",
    "W556": "no rule gives stamps for `{card}`",
    "N557": "nobody gets anything for a full `{card}`",
    "N558": "`{name}` has no cost, and no stamp card gives it",
    "W561": "no clock in {zone} shows `{time}`: it is read as `{shown}`",
    "N562": "clocks in {zone} show `{time}` twice: the first time is meant",
    "W563": "`{rule}` is never active while its program `{program}` is",
    "W571": "`{rule}` never holds: its conditions exclude each other",
    "W572": "`{rule}` never counts: the exclusive `{other}` always gives something",
    "N573": "nothing earns or redeems in `{program}`",
    "N574": "the points of `{program}` buy nothing and lead to no tier",
    "W575": "`{rule}` gives {given}, and its limit is {most}",
    "W576": "the points of `{program}` expire before they become active",
}


@dataclass(slots=True)
class Concerns:
    """A collector of warnings and notes. `places` knows where the rules stand."""

    places: Places
    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, *place: str, help: str = "", **words: object) -> None:
        """Record one. `place` is a section, a name in it and a path of keys below that."""
        self.add_at(code, self.places.span_of(*place), help=help, **words)

    def add_at(self, code: str, span: Span, *, help: str = "", **words: object) -> None:
        """Record one at an exact place; `words` fill the code's message."""
        shown = {name: show_word(word) for name, word in words.items()}
        self.found.append(Problem(code, span, MESSAGES[code].format(**shown), help))
