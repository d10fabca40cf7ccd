"""What a cart redeemed in, every request and all that could be redeemed now explained out."""

from dataclasses import dataclass

from ...dsl.kinds import RewardKind
from ...dsl.loyalty import BurningRule, Program
from ..cart.checked import Request
from ..outcome import Shortfall
from ..reference.meaning import Scene
from ..reference.offers import OFF_CARTS, Offer
from ..reference.redemption import Attempt, Redeemer, Terms, most_of, reason_of
from .conditions import ConditionExplanation, explain_false
from .points import PointsWording
from .reason import Story
from .rewards import status_of
from .shortage import ShortageTeller
from .statement import LimitExplanation, NextReward, OfferExplanation, RequestExplanation
from .wording import count_of

POSSIBLE = "possible"
BY_CART, BY_EVENT = "cart", "event"


@dataclass(frozen=True, slots=True)
class OfferTeller:
    """Tells what was redeemed, and what could be, once a cart is priced."""

    redeemer: Redeemer
    story: Story

    def words(self, program: Program) -> PointsWording:
        """How points of a program read."""
        return PointsWording(self.story.wording, program)

    def shortage(self, offer: Offer, terms: Terms | None) -> ShortageTeller:
        """What tells why something cannot be redeemed."""
        program, rule = self.redeemer.program(offer), self.redeemer.rule(offer)
        membership = self.redeemer.finder.membership(offer.program)
        return ShortageTeller(self.story, self.words(program), program, rule, membership, terms)

    # Requests.

    def tell_request(self, attempt: Attempt) -> RequestExplanation:
        """What became of a request."""
        redeemed, terms = attempt.redeemed, attempt.terms
        conditions: list[ConditionExplanation] = []
        detail = tell_unknown(attempt.request)
        if redeemed.program is not None:
            is_issued = attempt.request.issued is not None
            offer = Offer(redeemed.program, redeemed.rule, is_issued)
            conditions = self.false(offer, terms)
            detail = self.detail_of(attempt, offer, conditions)
        return RequestExplanation(
            request=self.name_request(attempt.request),
            status=status_of(redeemed),
            reason=None if redeemed.reason is None else redeemed.reason.word,
            detail=detail,
            conditions=conditions,
            wanted=redeemed.wanted,
            times=redeemed.times,
            points=redeemed.points,
            amount=redeemed.amount_minor,
            limits=[]
            if terms is None
            else [LimitExplanation(limit.reason.word, limit.most) for limit in terms.limits],
        )

    def name_request(self, request: Request) -> str:
        """What was asked for, in short: `3 x two-off`, `club, 500 Stars`."""
        if request.issued is not None:
            return f"issued reward {request.issued}"
        if request.rule is not None:
            return request.rule if request.times == 1 else f"{request.times} x {request.rule}"
        if request.points is None:
            return f"{request.program}, as much as can be"
        known = {program.id: program for program in self.redeemer.ruleset.loyalty.programs}
        program = known.get(request.program or "", Program(""))
        return f"{request.program}, {self.words(program).points(request.points)}"

    def detail_of(
        self, attempt: Attempt, offer: Offer, conditions: list[ConditionExplanation]
    ) -> str:
        """What was done, and why it was less than was wanted."""
        redeemed, words = attempt.redeemed, self.words(self.redeemer.program(offer))
        rule = self.redeemer.rule(offer)
        given = f"{words.wording.money(redeemed.amount_minor)} off"
        if rule is not None and rule.reward.kind is RewardKind.PRODUCT:
            given = words.reward(rule.reward)
        if not offer.is_issued:
            given += f" for {words.points(redeemed.points)}"
        if redeemed.reason is None:
            return given
        shortage = self.shortage(offer, attempt.terms)
        why = shortage.tell(redeemed.reason, redeemed.wanted, conditions)
        return f"{given}: {why}" if redeemed.times else why

    def false(self, offer: Offer, terms: Terms | None) -> list[ConditionExplanation]:
        """The conditions of a burning rule that were false when it was looked at."""
        rule = self.redeemer.rule(offer)
        if rule is None or terms is None or offer.is_issued:
            return []
        membership = self.redeemer.finder.membership(offer.program)
        scene = Scene(self.redeemer.cart, terms.nets, None, membership)
        return explain_false(self.redeemer.ruleset, rule.conditions, scene)

    # What could be redeemed.

    def tell_offers(self, number: int) -> list[OfferExplanation]:
        """All that a program's points can buy: at its own rate, then by its burning rules."""
        loyalty = self.redeemer.ruleset.loyalty
        program = loyalty.programs[number]
        offers = [] if program.redemption is None else [Offer(number)]
        offers += [
            Offer(number, place)
            for place, rule in enumerate(loyalty.burning_rules)
            if rule.program == program.id and rule.cost is not None
        ]
        return [self.tell_offer(offer) for offer in offers]

    def tell_offer(self, offer: Offer) -> OfferExplanation:
        """Whether, how often and for how much something can be redeemed now."""
        redeemer, rule = self.redeemer, self.redeemer.rule(offer)
        program, terms = redeemer.program(offer), redeemer.terms_of(offer)
        words, shortage = self.words(program), self.shortage(offer, terms)
        conditions = self.false(offer, terms)
        is_off = is_off_cart(rule)
        times, reason = self.possible(offer, terms, shortage.least)
        takes = words.points(times * terms.points)
        worth_minor = times * terms.step_minor if is_off else 0
        gives = words.wording.money(worth_minor) + " off" if is_off else count_of(times, "time")
        if reason is None:
            detail = f"up to {gives} for {takes}"
        else:
            detail = shortage.tell(reason, 1, conditions)
        return OfferExplanation(
            program=program.id,
            rule=None if rule is None else rule.id,
            name=program.name if rule is None else rule.name,
            terms=shortage.terms_text,
            way=BY_CART if is_off else BY_EVENT,
            outcome=POSSIBLE if reason is None else reason.word,
            detail=detail,
            conditions=conditions,
            points=terms.points,
            times=times,
            amount=worth_minor,
            missing=max(0, shortage.least - terms.left),
        )

    def possible(self, offer: Offer, terms: Terms, least: int) -> tuple[int, Shortfall | None]:
        """How many steps can be had now, and why none can."""
        if self.redeemer.finder.membership(offer.program).member is None:
            return 0, Shortfall.NOT_MEMBER
        times, reason = most_of(terms.limits, 1), reason_of(terms.limits, 1)
        if reason is None and times * terms.points < least:
            return 0, Shortfall.BELOW_MINIMUM
        return (times, None) if reason is None else (0, reason)


def tell_unknown(request: Request) -> str:
    """What a request names that nobody knows."""
    if request.issued is not None:
        return f"no reward `{request.issued}` was issued"
    if request.rule is not None:
        return f"there is no burning rule `{request.rule}`"
    return f"there is no program `{request.program}`"


def is_off_cart(rule: BurningRule | None) -> bool:
    """Whether something is taken off a cart: points at their rate, or a discount."""
    return rule is None or rule.reward.kind in OFF_CARTS


def next_reward_of(offers: list[OfferExplanation]) -> NextReward | None:
    """The cheapest of what nothing but points is missing for."""
    short = (Shortfall.INSUFFICIENT_POINTS.word, Shortfall.BELOW_MINIMUM.word)
    missing = [one for one in offers if one.missing and one.outcome in short]
    if not missing:
        return None
    first = min(missing, key=lambda one: (one.missing, one.rule or ""))
    return NextReward(first.rule, first.points, first.missing)
