"""Sizes in, rule sets of the standard workload and their engines out, each made once."""

from typing import Literal

from bench.workload import make_rules
from tallystick import Engine, Ruleset, load_text

Evaluator = Literal["kernel", "reference"]


class Stock:
    """What has been made so far."""

    def __init__(self) -> None:
        self._rulesets: dict[int, Ruleset] = {}
        self._engines: dict[tuple[int, Evaluator], Engine] = {}

    def ruleset(self, rules: int) -> Ruleset:
        """The rule set of so many promotions."""
        if rules not in self._rulesets:
            self._rulesets[rules] = load_text(make_rules(rules))
        return self._rulesets[rules]

    def engine(self, rules: int, evaluator: Evaluator) -> Engine:
        """An engine for it."""
        key = rules, evaluator
        if key not in self._engines:
            self._engines[key] = Engine(self.ruleset(rules), evaluator)
        return self._engines[key]
