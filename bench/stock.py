"""Sizes in, rule sets of the standard workload and their engines out, each made once."""

from typing import Literal

from bench.workload import make_rule_files
from tallystick import Engine, Ruleset
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source

Evaluator = Literal["kernel", "reference"]


class Stock:
    """What has been made so far."""

    def __init__(self) -> None:
        self._rulesets: dict[int, Ruleset] = {}
        self._engines: dict[tuple[int, Evaluator], Engine] = {}

    def ruleset(self, rules: int) -> Ruleset:
        """The rule set of so many promotions."""
        if rules not in self._rulesets:
            texts = enumerate(make_rule_files(rules))
            self._rulesets[rules] = load_sources([Source(f"{n}.yaml", text) for n, text in texts])
        return self._rulesets[rules]

    def engine(self, rules: int, evaluator: Evaluator) -> Engine:
        """An engine for it."""
        key = rules, evaluator
        if key not in self._engines:
            self._engines[key] = Engine(self.ruleset(rules), evaluator)
        return self._engines[key]
