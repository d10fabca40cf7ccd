"""A rule set and a kind of event in, the facts that its answer can need out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ...dsl.loyalty import BurningRule, EarningRule, Loyalty


class EventNeeds(Struct, frozen=True):
    """What to look up for an event, of each member it is about; each list in order."""

    members: list[str]  # programs in which something may be earned or redeemed
    rooms: list[str]  # rules with limits by member
    stock: list[str]  # burning rules with a stock
    pools: list[str]  # coupon pools that a reward is drawn from
    cards: list[str]  # stamp cards that stamps can come on


NOTHING = EventNeeds([], [], [], [], [])


class EventNeedsFinder:
    """Knows what waits for which event. Immutable, and safe to share between threads."""

    def __init__(self, loyalty: Loyalty) -> None:
        waiting: dict[str, list[EarningRule]] = {}
        for rule in loyalty.earning_rules:
            if rule.is_enabled:
                waiting.setdefault(rule.event, []).append(rule)
        self._by_event = {event: needs_of_rules(rules) for event, rules in waiting.items()}
        self._by_rule: Mapping[str, EventNeeds] = {
            rule.id: needs_of_reward(rule) for rule in loyalty.burning_rules
        }

    def find(self, event: str, rule: str | None) -> EventNeeds:
        """What an event can need; a `redeem` names its rule. Of what is unknown nothing is."""
        if rule is not None:
            return self._by_rule.get(rule, NOTHING)
        return self._by_event.get(event, NOTHING)


def needs_of_rules(rules: list[EarningRule]) -> EventNeeds:
    """What some earning rules can need."""
    awards = [award for rule in rules for award in (rule.award, rule.friend_award) if award]
    is_limited = [rule for rule in rules if rule.per_member or rule.points_quota]
    return EventNeeds(
        members=sorted({rule.program for rule in rules}),
        rooms=sorted(rule.id for rule in is_limited),
        stock=[],
        pools=[],
        cards=sorted({award.card for award in awards if award.card is not None}),
    )


def needs_of_reward(rule: BurningRule) -> EventNeeds:
    """What a reward that is had for points can need."""
    return EventNeeds(
        members=[rule.program],
        rooms=[rule.id] if rule.per_member is not None else [],
        stock=[rule.id] if rule.stock is not None else [],
        pools=[rule.reward.pool] if rule.reward.pool is not None else [],
        cards=[],
    )
