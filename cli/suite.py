"""A rule set in, the verdict of each of its tests out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, cast

from ..dsl.ruleset import Case, Ruleset
from ..engine.cart.errors import CartError
from ..engine.cart.facts import read_facts
from ..engine.engine import Engine
from ..engine.quote.wording import Wording
from .comparison import Comparison
from .coverage import Coverage
from .difference import Difference
from .earnings import EarningsComparison
from .gap import Gap
from .happening import earned_in, redeemed_in, refused_in
from .loyalty_coverage import LoyaltyCoverage


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one test went. `error` is why its cart, event or facts are refused, or empty."""

    case: Case
    differences: tuple[Difference, ...] = ()
    error: str = ""
    seconds: float = field(default=0, compare=False)

    @property
    def status(self) -> str:
        """`passed`, `failed` or `error`."""
        if self.error:
            return "error"
        return "failed" if self.differences else "passed"

    @property
    def place(self) -> tuple[str, int]:
        """The file and line of the test."""
        file, line, _ = self.case.place.place
        return file, line

    @property
    def sentences(self) -> list[str]:
        """What is wrong, a sentence each; what is indented explains the one above."""
        if self.error:
            noun = "cart" if self.case.event is None else "event"
            return [f"the {noun} is refused: {self.error}"]
        return [
            sentence
            for difference in self.differences
            for sentence in (difference.text, *(f"  {reason}" for reason in difference.reasons))
        ]


class Suite:
    """The tests of one rule set, and what they have seen."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.coverage = Coverage(engine.ruleset)
        self.loyalty_coverage = LoyaltyCoverage(engine.ruleset.loyalty)
        self.verdicts: list[Verdict] = []

    @property
    def ruleset(self) -> Ruleset:
        """The rule set under test."""
        return self.engine.ruleset

    def run(self) -> None:
        """Run every test, in the order of the files."""
        for case in self.ruleset.cases:
            began = perf_counter()
            differences, error = self.judge(case)
            seconds = perf_counter() - began
            self.verdicts.append(Verdict(case, tuple(differences), error, seconds))

    def judge(self, case: Case) -> tuple[list[Difference], str]:
        """What differs in one test, and why its cart, event or facts are refused, if they are."""
        facts = cast(dict[str, Any] | None, case.facts)
        try:
            if case.event is not None:
                return self.judge_event(case.event, facts, case.expect), ""
            quote = self.engine.quote(cast(dict[str, Any], case.cart), facts, explain=True)
            self.coverage.see(quote.cart, read_facts(facts))
            self.loyalty_coverage.see_quote(quote)
        except CartError as error:
            return [], str(error)
        loyalty = self.ruleset.loyalty
        return Comparison(Wording(self.ruleset), loyalty, quote).compare(case.expect), ""

    def judge_event(
        self, event: Mapping[str, Any], facts: dict[str, Any] | None, expect: Mapping[str, Any]
    ) -> list[Difference]:
        """What differs in a test of an event. Raises `CartError`."""
        answer = self.engine.award(event, facts)
        self.loyalty_coverage.see_answer(answer)
        wording = Wording(self.ruleset)
        earned, redeemed = earned_in(answer, event), redeemed_in(answer)
        fates = {rule: (reason, "") for rule, reason in refused_in(answer).items()}
        loyalty = self.ruleset.loyalty
        comparison = EarningsComparison(loyalty, wording, redeemed, earned, fates)
        found = list(comparison.compare(expect))
        if "state" in expect and expect["state"] != answer.state:
            found.append(Difference("state", expect["state"], str(answer.state)))
        return found

    def gaps(self) -> Iterator[Gap]:
        """What no test has seen: of promotions, then of loyalty rules."""
        yield from self.coverage.gaps()
        yield from self.loyalty_coverage.gaps()

    def by_file(self) -> Iterator[tuple[str, list[Verdict]]]:
        """The verdicts of each file, files in the order of their first test."""
        files: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            files.setdefault(verdict.place[0], []).append(verdict)
        yield from files.items()
