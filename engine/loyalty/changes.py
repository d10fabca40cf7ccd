"""What was earned before a refund and is earned after it in, the moves between the two out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from ...dsl.kinds import AwardKind
from ...dsl.loyalty import Loyalty, StampCard
from ..outcome import Earned
from .answers import CardAnswer
from .moves import ClawBack, EarnAgain, Move, Revoke
from .stamps import CardState, card_state
from .writer import MoveWriter

KINDS = tuple(AwardKind)


class Source(NamedTuple):
    """Where something was earned; sorts as entries do."""

    program: str
    kind: int  # place in `KINDS`
    rule: str  # or the campaign
    card: str  # empty for what is no stamp


def totals(writer: MoveWriter, loyalty: Loyalty, earned: Sequence[Earned]) -> Counter[Source]:
    """How much each rule and campaign gave."""
    found: Counter[Source] = Counter()
    for one in earned:
        program = loyalty.programs[one.program].id
        card = writer.card_of(one) or ""
        found[Source(program, KINDS.index(one.kind), writer.source_of(one), card)] += one.amount
    return found


def changes(
    writer: MoveWriter, member: str | None, before: Counter[Source], after: Counter[Source]
) -> tuple[list[Move], list[Move]]:
    """What is earned again and what is clawed back, rule by rule, never set off."""
    again: list[Move] = []
    back: list[Move] = []
    for source in sorted(before.keys() | after.keys()):
        amount = after[source] - before[source]
        words: dict[str, Any] = {
            "member": member,
            "program": source.program,
            "rule": source.rule,
            "kind": KINDS[source.kind].value,
            "card": source.card or UNSET,
        }
        if amount > 0:
            life = writer.life_of(source.program, KINDS[source.kind])
            again.append(EarnAgain(**words, amount=amount, **life._asdict()))
        elif amount < 0:
            back.append(ClawBack(**words, amount=-amount))
    return again, back


class Cards:
    """The stamp cards of one member, as they were and as they are after a refund."""

    def __init__(self, writer: MoveWriter, loyalty: Loyalty, member: str | None) -> None:
        self._writer = writer
        self._cards = {card.id: card for card in loyalty.stamp_cards}
        self._rewards = {rule.id: rule for rule in loyalty.burning_rules}
        self._member = member
        self.moves: list[Move] = []
        self.answers: list[CardAnswer] = []

    def change(self, name: str, stamps: int, used: int, change: int) -> None:
        """Take stamps off a card that has so many, with so many rewards used; or add some."""
        card = self._cards[name]
        stamps_after = max(0, stamps + change)
        before = card_state(stamps, used, card.size)
        after = card_state(stamps_after, used, card.size)
        self.moves += self._rewards_of(card, before, after)
        self.answers.append(
            CardAnswer(name, stamps_after, after.open, after.shown, after.unrecoverable)
        )

    def _rewards_of(self, card: StampCard, before: CardState, after: CardState) -> Iterator[Move]:
        """Rewards that go with the stamps, or come with them."""
        if card.reward is None:
            return
        rule = self._rewards[card.reward]
        times = after.open - before.open
        if times < 0:
            yield Revoke(self._member, rule.program, rule.id, card.id, -times)
        elif times > 0:
            yield self._writer.issue(rule, times, card.id)


def stamps_of(found: Counter[Source]) -> Counter[str]:
    """The stamps by card."""
    stamps: Counter[str] = Counter()
    for source, amount in found.items():
        if source.card:
            stamps[source.card] += amount
    return stamps
