"""What was earned and redeemed in, the moves that somebody is to book out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ...dsl.kinds import AwardKind, RewardKind
from ...dsl.loyalty import BurningRule, Loyalty, Program, Ratio, Reward
from ..cart.checked import CheckedCart
from ..cart.facts import Card, Facts
from ..outcome import Earned, Outcome, Redeemed
from .days import NO_LIFE, Life, add, day_of, end_of, life_of, spell_instant
from .moves import Disburse, Earn, Issue, Move, Redeem, Share, Use
from .stamps import card_state

NEW_CARD = Card()
PAID_OUT = (RewardKind.GIFT_CARD, RewardKind.CASHBACK, RewardKind.DONATION)


class MoveWriter:
    """Writes the moves of one cart or event, for one member."""

    def __init__(self, loyalty: Loyalty, cart: CheckedCart, facts: Facts) -> None:
        self._loyalty = loyalty
        self._cart = cart
        self._facts = facts
        self._programs = {program.id: program for program in loyalty.programs}
        self._rewards = {rule.id: rule for rule in loyalty.burning_rules}

    def of_redemptions(self, redemptions: Sequence[Redeemed]) -> Iterator[Move]:
        """What the requests of the cart took: points, or a reward that was issued."""
        for request, one in zip(self._cart.redeem, redemptions, strict=True):
            if not one.times or one.program is None:
                continue
            program = self._loyalty.programs[one.program].id
            rule = None if one.rule is None else self._loyalty.burning_rules[one.rule].id
            if request.issued is not None and rule is not None:
                yield Use(self._cart.customer_id, program, rule, request.issued)
            else:
                yield Redeem(
                    self._cart.customer_id, program, rule, one.times, one.points, one.amount_minor
                )

    def of_earned(self, earned: Sequence[Earned]) -> Iterator[Move]:
        """What was earned, and the rewards of cards that became full by it."""
        stamps: Counter[str] = Counter()
        for one in earned:
            card = self.card_of(one)
            if one.amount:
                yield self.earn(one, card)
            if card is not None:
                stamps[card] += one.amount
        for card, count in sorted(stamps.items()):
            yield from self.of_card(card, count)

    def earn(self, one: Earned, card: str | None) -> Earn:
        """One entry that gave something."""
        return Earn(
            member=self._cart.customer_id,
            program=self._loyalty.programs[one.program].id,
            rule=self.source_of(one),
            kind=one.kind.value,
            card=UNSET if card is None else card,
            amount=one.amount,
            base=one.base_minor,
            multiplier=spell_ratio(one.multiplier),
            campaigns=[self._loyalty.campaigns[number].id for number in one.campaigns],
            lines=[] if self._cart.event is not None else self.shares_of(one),
            clipped=one.is_clipped,
            **self.life_of(self._loyalty.programs[one.program].id, one.kind)._asdict(),
        )

    def life_of(self, program: str, kind: AwardKind) -> Life:
        """How long what a program gives for this cart or event lives, if that is points."""
        if kind is not AwardKind.POINTS:
            return NO_LIFE
        terms = self._programs[program]
        return life_of(terms.points, self._cart.placed_at_us, ZoneInfo(terms.timezone))

    def shares_of(self, one: Earned) -> list[Share]:
        """What each line of a cart has of an entry."""
        return [Share(self._cart.lines[index].id, share) for index, share in one.lines]

    def source_of(self, one: Earned) -> str:
        """The id of the rule, or of the campaign, that gave something."""
        if one.rule is not None:
            return self._loyalty.earning_rules[one.rule].id
        assert one.bonus is not None
        return self._loyalty.campaigns[one.bonus].id

    def card_of(self, one: Earned) -> str | None:
        """The card that an entry stamps."""
        if one.kind is not AwardKind.STAMPS or one.rule is None:
            return None
        award = self._loyalty.earning_rules[one.rule].award
        return None if award is None else award.card

    def of_card(self, name: str, stamps: int) -> Iterator[Move]:
        """The rewards of a card that so many stamps more make full."""
        card = next(one for one in self._loyalty.stamp_cards if one.id == name)
        if card.reward is None:
            return
        before = self._facts.cards.get(name, NEW_CARD)
        is_open = card_state(before.stamps, before.used, card.size).open
        times = card_state(before.stamps + stamps, before.used, card.size).open - is_open
        if times > 0:
            yield self.issue(self._rewards[card.reward], times, name)

    def of_reward(self, rule: BurningRule, times: int) -> Move:
        """A reward that was redeemed so many times: to be used later, or paid out."""
        if rule.reward.kind not in PAID_OUT:
            return self.issue(rule, times)
        reward = rule.reward
        return Disburse(
            member=self._cart.customer_id,
            program=rule.program,
            rule=rule.id,
            kind=reward.kind.value,
            times=times,
            amount=times * reward.amount_minor,
            provider=reward.provider,
            to=reward.to,
            expires_at=self.expiry_of(rule),
        )

    def issue(self, rule: BurningRule, times: int, card: str | None = None) -> Issue:
        """A reward to be used later."""
        return Issue(
            member=self._cart.customer_id,
            program=rule.program,
            rule=rule.id,
            card=UNSET if card is None else card,
            times=times,
            reward=reward_record(rule.reward),
            expires_at=self.expiry_of(rule),
        )

    def expiry_of(self, rule: BurningRule) -> str | None:
        """The instant from which a reward given now is expired."""
        length = rule.reward.expires_after
        if length is None:
            return None
        program: Program = self._programs[rule.program]
        zone = ZoneInfo(program.timezone)
        day = day_of(self._cart.placed_at_us, zone)
        return spell_instant(end_of(add(day, length), zone))


def moves_of(loyalty: Loyalty, cart: CheckedCart, facts: Facts, outcome: Outcome) -> list[Move]:
    """All moves of a cart: what it redeems, then what it earns."""
    writer = MoveWriter(loyalty, cart, facts)
    return [*writer.of_redemptions(outcome.redemptions), *writer.of_earned(outcome.earned)]


def spell_ratio(ratio: Ratio) -> str:
    """A multiplier as JSON has it: `2`, or `3/2`."""
    whole = f"{ratio.numerator}"
    return whole if ratio.denominator == 1 else f"{whole}/{ratio.denominator}"


def reward_record(reward: Reward) -> dict[str, object]:
    """A reward as JSON has it: its kind, and what goes with that."""
    record: dict[str, object] = {"kind": reward.kind.value}
    match reward.kind:
        case RewardKind.PRODUCT:
            record |= {"sku": reward.sku, "quantity": reward.quantity}
        case RewardKind.COUPON:
            record["pool"] = reward.pool
        case RewardKind.PERCENT:
            record["percent"] = spell_percent(reward.percent_ppm)
            if reward.max_discount_minor is not None:
                record["max_discount"] = reward.max_discount_minor
        case _:
            record["amount"] = reward.amount_minor
    return record


def spell_percent(percent_ppm: int) -> str:
    """A percentage as rules and carts spell it: `20%`, `12.5%`."""
    whole, rest = divmod(percent_ppm, 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") + "%"
