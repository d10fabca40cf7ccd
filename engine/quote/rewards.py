"""An outcome in, its records of loyalty out: what was redeemed, and what was earned."""

from fractions import Fraction

from msgspec import UNSET

from ...dsl.kinds import AwardKind, RewardKind
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart, Request
from ..outcome import Earned, Outcome, Redeemed
from .result import EarnedResult, GiftResult, LineAmount, LineShare, RedemptionResult

HONOURED, CLIPPED, REFUSED = "honoured", "clipped", "refused"


def redemptions_of(ruleset: Ruleset, cart: CheckedCart, outcome: Outcome) -> list[RedemptionResult]:
    """What became of each request, in their order."""
    pairs = zip(cart.redeem, outcome.redemptions, strict=True) if outcome.redemptions else ()
    return [redemption_of(ruleset, cart, request, redeemed) for request, redeemed in pairs]


def redemption_of(
    ruleset: Ruleset, cart: CheckedCart, request: Request, redeemed: Redeemed
) -> RedemptionResult:
    """One request; what it names and nobody knows is repeated."""
    loyalty, reason = ruleset.loyalty, redeemed.reason
    program = request.program
    if redeemed.program is not None:
        program = loyalty.programs[redeemed.program].id
    rule = request.rule
    if redeemed.rule is not None:
        rule = loyalty.burning_rules[redeemed.rule].id
    return RedemptionResult(
        program=program,
        rule=rule,
        issued=request.issued,
        status=status_of(redeemed),
        wanted=redeemed.wanted,
        times=redeemed.times,
        points=redeemed.points,
        amount=redeemed.amount_minor,
        lines=[LineAmount(cart.lines[i].id, amount) for i, amount in redeemed.lines],
        reason=UNSET if reason is None else reason.word,
    )


def status_of(redeemed: Redeemed) -> str:
    """Whether all, some or nothing of a request was done."""
    if not redeemed.times:
        return REFUSED
    return HONOURED if redeemed.reason is None else CLIPPED


def reward_gifts_of(ruleset: Ruleset, outcome: Outcome) -> list[GiftResult]:
    """The products that issued rewards give with this cart."""
    rules = [
        ruleset.loyalty.burning_rules[one.rule]
        for one in outcome.redemptions
        if one.rule is not None and one.times
    ]
    return [
        GiftResult(rule.id, rule.reward.sku or "", rule.reward.quantity)
        for rule in rules
        if rule.reward.kind is RewardKind.PRODUCT
    ]


def earned_of(ruleset: Ruleset, cart: CheckedCart, outcome: Outcome) -> list[EarnedResult]:
    """What is earned, by program, kind, and id of the rule or campaign."""
    return [entry_of(ruleset, cart, earned) for earned in outcome.earned]


def entry_of(ruleset: Ruleset, cart: CheckedCart, earned: Earned) -> EarnedResult:
    """What one rule, or a campaign's bonus, gives."""
    loyalty, reason, multiplier = ruleset.loyalty, earned.reason, earned.multiplier
    return EarnedResult(
        program=loyalty.programs[earned.program].id,
        rule=name_of(ruleset, earned),
        kind=earned.kind.value,
        card=card_of(ruleset, earned) or UNSET,
        amount=earned.amount,
        base=earned.base_minor,
        multiplier=str(Fraction(multiplier.numerator, multiplier.denominator)),
        campaigns=[loyalty.campaigns[number].id for number in earned.campaigns],
        lines=[LineShare(cart.lines[i].id, part) for i, part in earned.lines],
        clipped=earned.is_clipped,
        reason=UNSET if reason is None else reason.word,
    )


def name_of(ruleset: Ruleset, earned: Earned) -> str:
    """The id of the rule, or of the campaign whose bonus this is."""
    if earned.rule is not None:
        return ruleset.loyalty.earning_rules[earned.rule].id
    assert earned.bonus is not None
    return ruleset.loyalty.campaigns[earned.bonus].id


def card_of(ruleset: Ruleset, earned: Earned) -> str | None:
    """The card that stamps are for."""
    if earned.kind is not AwardKind.STAMPS or earned.rule is None:
        return None
    award = ruleset.loyalty.earning_rules[earned.rule].award
    return None if award is None else award.card
