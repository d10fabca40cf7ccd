"""A run that is over in, the loyalty statement of its cart out: program by program."""

from ...dsl.kinds import AwardKind
from ..loyalty.answers import NextTier
from ..reference.earning import Earning
from ..reference.evaluate import Run
from ..reference.members import Membership
from .accruing import AwardTeller
from .offering import OfferTeller, next_reward_of
from .points import PointsWording
from .reason import Story
from .statement import ProgramExplanation, Statement


def statement_of(run: Run) -> Statement | None:
    """All that loyalty rules did with a cart; None where the rule set has no program."""
    if run.redeemer is None:
        return None
    story = Story(run.ruleset, run.cart, run.facts)
    teller = OfferTeller(run.redeemer, story)
    return Statement(
        programs=[tell_program(run, earning, teller) for earning in run.earnings],
        redemptions=[teller.tell_request(attempt) for attempt in run.redeemer.attempts],
    )


def tell_program(run: Run, earning: Earning, teller: OfferTeller) -> ProgramExplanation:
    """The customer in one program, and what the cart means there."""
    assert run.redeemer is not None
    program, membership = earning.program, earning.membership
    awards = AwardTeller(earning, teller.story, PointsWording(teller.story.wording, program))
    offers = teller.tell_offers(earning.number)
    points = (one for one in earning.accruals if one.kind is AwardKind.POINTS)
    return ProgramExplanation(
        id=program.id,
        name=program.name,
        points_name=program.points.name,
        scale=program.points.scale,
        multipliers=program.multipliers.value,
        is_member=membership.member is not None,
        tier=membership.tier,
        earns_at=membership.tier_of(earning.rank),
        balance=membership.balance,
        redeemed=run.redeemer.spent[earning.number].points,
        earned=sum(one.amount for one in points),
        next_tier=next_tier_of(membership),
        next_reward=next_reward_of(offers),
        awards=awards.tell(),
        roundings=awards.roundings(),
        offers=offers,
    )


def next_tier_of(membership: Membership) -> NextTier | None:
    """The tier above the one held, and what is missing until there."""
    above = 0 if membership.rank is None else membership.rank + 1
    if membership.member is None or above >= len(membership.levels):
        return None
    level = membership.levels[above]
    missing = max(0, level.threshold - membership.member.qualifying)
    return NextTier(level.id, level.threshold, missing)
