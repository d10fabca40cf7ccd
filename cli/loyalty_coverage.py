"""Loyalty rules and what tests earned and redeemed in, the rules that no test has seen work out.

Of each it is asked whether it was seen to do what it is for: an earning rule to give something, a
burning rule to be redeemed (also in part), a campaign to multiply or to give its bonus. A reward
without a cost is redeemed by nobody: it is issued for a full card, or used where it was issued, and
the stamps of its card stand for it too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..dsl.kinds import AwardKind
from ..dsl.loyalty import BurningRule, Campaign, EarningRule, Loyalty
from ..engine.loyalty.answers import EventAnswer
from ..engine.loyalty.moves import Disburse, Earn, Issue, Redeem, Use
from ..engine.quote.quote import Quote
from ..engine.quote.result import EarnedResult
from ..engine.quote.rewards import REFUSED
from .gap import Gap

Rule = EarningRule | BurningRule | Campaign


@dataclass(slots=True)
class LoyaltyCoverage:
    """What the tests of one rule set have seen of its loyalty rules so far, by id."""

    loyalty: Loyalty
    earned: set[str] = field(default_factory=set)  # earning rules and campaigns
    redeemed: set[str] = field(default_factory=set)  # burning rules

    def see_quote(self, quote: Quote) -> None:
        """Look at what a cart earned and redeemed."""
        self.see_earned(quote.result.earned)
        for one in quote.result.redemptions:
            if one.rule is not None and one.status != REFUSED:
                self.redeemed.add(one.rule)

    def see_answer(self, answer: EventAnswer) -> None:
        """Look at what an event gave and took."""
        self.see_earned(move for move in answer.moves if isinstance(move, Earn))
        for move in answer.moves:
            if isinstance(move, Redeem | Issue | Disburse | Use) and move.rule is not None:
                self.redeemed.add(move.rule)

    def see_earned(self, entries: Iterable[Earn | EarnedResult]) -> None:
        """Look at what was earned, and what multiplied it."""
        for one in entries:
            self.earned.update(one.campaigns)
            if one.amount:
                self.earned.add(one.rule)
                if one.kind == AwardKind.STAMPS:
                    self.redeemed.update(self.rewards_of(str(one.card)))

    def rewards_of(self, card: str) -> Iterator[str]:
        """What a card is full for, where nothing else can bring it."""
        uncosted = {rule.id for rule in self.loyalty.burning_rules if rule.cost is None}
        for one in self.loyalty.stamp_cards:
            if one.id == card and one.reward in uncosted:
                yield one.reward

    def gaps(self) -> Iterator[Gap]:
        """What is missing: of what earns, then of what is redeemed, then of campaigns."""
        for rule in self.rules():
            seen = self.redeemed if isinstance(rule, BurningRule) else self.earned
            if rule.id not in seen:
                yield Gap(rule.id, None, word_of(rule), is_loyalty=True)

    def rules(self) -> Iterator[Rule]:
        """The rules that count. What is switched off or paused cannot be missing."""
        open_programs = {
            one.id for one in self.loyalty.programs if one.is_enabled and not one.is_paused
        }
        sections: tuple[Iterable[Rule], ...] = (
            self.loyalty.earning_rules,
            self.loyalty.burning_rules,
            self.loyalty.campaigns,
        )
        for section in sections:
            for rule in section:
                if rule.is_enabled and rule.program in open_programs:
                    yield rule

    @property
    def rule_count(self) -> int:
        """How many rules count."""
        return sum(1 for _ in self.rules())

    @property
    def covered_count(self) -> int:
        """How many of them have no gap: a rule has one at most."""
        return self.rule_count - sum(1 for _ in self.gaps())


def word_of(rule: Rule) -> str:
    """What a rule is to be seen."""
    if isinstance(rule, EarningRule):
        return "earned"
    if isinstance(rule, Campaign):
        return "applied"
    return "redeemed" if rule.cost is not None else "issued or used"
