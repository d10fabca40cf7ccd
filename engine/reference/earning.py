"""A cart, its nets and facts in, what is earned on it out: every program, rule and campaign.

An event is earned on in the same way: it comes as a cart with one line of its amount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...dsl.kinds import AwardKind, RedeemingOrders, TierMeasure, Upgrade
from ...dsl.loyalty import Award, Campaign, EarningRule, Level, Program
from ...dsl.ruleset import Condition, Ruleset
from ..cart.checked import CheckedCart, CheckedLine
from ..cart.facts import Facts, Room
from ..money import divide
from ..outcome import Earned, NoAward
from .accrual import (
    BASE_FORMS,
    NOTHING,
    Accrual,
    Exact,
    Factor,
    count_award,
    fraction_of,
    is_multiplied,
)
from .bases import Bases
from .candidates import is_active
from .meaning import PURCHASE, Scene
from .members import higher, membership_of, rank_reached
from .multipliers import multiply
from .settling import cap_rule, settle, shut_out

NO_ROOM = Room()
KINDS = tuple(AwardKind)  # in the order of entries


@dataclass(frozen=True, slots=True)
class Pins:
    """What is taken as it was, not looked up, when earning runs anew on what a refund left.

    `ranks` are the tiers at which the order earned, by number of the program; `rules` and
    `campaigns` the numbers of those whose conditions count as true, while those of all others count
    as false. None asks the conditions.
    """

    ranks: Mapping[int, int | None] = field(default_factory=dict)
    rules: frozenset[int] | None = None
    campaigns: frozenset[int] | None = None


NO_PINS = Pins()


@dataclass(frozen=True, slots=True)
class Order:
    """All that earning looks at. Conditions read `nets`, the final ones of the lines."""

    ruleset: Ruleset
    cart: CheckedCart
    facts: Facts
    nets: Sequence[int]
    bases: Bases
    has_redeemed: bool = False
    pins: Pins = NO_PINS

    @property
    def event_type(self) -> str:
        """What happened: of a cart, a purchase."""
        return (self.cart.event or PURCHASE).type


def earn(order: Order) -> list[Earned]:
    """Everything that an order or an event earns, by program, kind, and id of rule or campaign."""
    numbers = range(len(order.ruleset.loyalty.programs))
    return [entry for number in numbers for entry in Earning(order, number).entries()]


class Earning:
    """What one program gives for one order, and why its rules and campaigns gave what they did."""

    def __init__(self, order: Order, number: int) -> None:
        """Work everything out; `number` is that of the program."""
        self.order = order
        self.number = number
        self.loyalty = order.ruleset.loyalty
        self.program: Program = self.loyalty.programs[number]
        self.membership = membership_of(self.program, order.facts)
        self.scene = Scene(order.cart, order.nets, None, self.membership)
        self.bases = order.bases.of(self.program)
        self.refused: dict[int, NoAward] = {}  # earning rules, by number
        self.refused_campaigns: dict[int, NoAward] = {}
        self.awards = self.find_awards()
        self.rank = self.find_rank()
        self.layers = self.find_campaigns()
        self.accruals = [self.accrue(number, award) for number, award in self.awards.items()]
        self.settle()

    # Which rules and campaigns count.

    def find_awards(self) -> dict[int, Award]:
        """The awards of all rules for this event that nothing refuses, by number of the rule."""
        found = {}
        for number, rule in enumerate(self.loyalty.earning_rules):
            is_ours = rule.program == self.program.id and rule.event == self.order.event_type
            if not is_ours or rule.award is None:
                continue
            reason = self.refuse(number, rule)
            if reason is None:
                found[number] = rule.award
            else:
                self.refused[number] = reason
        return found

    def find_campaigns(self) -> dict[int, Campaign]:
        """The campaigns of the program that nothing refuses, by number."""
        found = {}
        for number, campaign in enumerate(self.loyalty.campaigns):
            if campaign.program != self.program.id:
                continue
            pinned = self.order.pins.campaigns
            reason = self.refuse_all(campaign) or self.refuse_conditions(
                campaign.conditions, None if pinned is None else number in pinned
            )
            if reason is None:
                found[number] = campaign
            else:
                self.refused_campaigns[number] = reason
        return found

    def refuse(self, number: int, rule: EarningRule) -> NoAward | None:
        """The first reason that stops a rule, if any."""
        reason = self.refuse_all(rule)
        if reason is not None:
            return reason
        if rule.per_member is not None:
            left = self.room_of(rule).times
            if (rule.per_member.count if left is None else left) == 0:
                return NoAward.LIMIT_REACHED
        pinned = self.order.pins.rules
        return self.refuse_conditions(rule.conditions, None if pinned is None else number in pinned)

    def refuse_all(self, one: EarningRule | Campaign) -> NoAward | None:
        """What stops all of a program, or a rule or campaign that is not active."""
        program, placed_at_us = self.program, self.order.cart.placed_at_us
        if program.is_paused:
            return NoAward.PAUSED
        if not (is_active(program, placed_at_us) and is_active(one, placed_at_us)):
            return NoAward.INACTIVE
        if self.membership.member is None:
            return NoAward.NOT_MEMBER
        if self.order.has_redeemed and program.redeeming_orders is RedeemingOrders.NONE:
            return NoAward.REDEEMED
        return None

    def refuse_conditions(
        self, conditions: Sequence[Condition], pinned: bool | None
    ) -> NoAward | None:
        """Whether a condition is false that is not soft; pinned ones are as they were."""
        if pinned is None:
            pinned = all(each.is_soft or self.scene.holds(each.formula) for each in conditions)
        return None if pinned else NoAward.CONDITION

    def room_of(self, rule: EarningRule) -> Room:
        """What is left of a rule's limits."""
        return self.order.facts.rooms.get(rule.id, NO_ROOM)

    def lines_of(self, rule: EarningRule, award: Award) -> list[CheckedLine]:
        """The lines that a rule sees."""
        lines = self.scene.lines(award.on)
        return [line for line in lines if line.is_stored_value == rule.is_stored_value]

    # The tier.

    def find_rank(self) -> int | None:
        """The tier at which the order earns: the one held, or one that this order itself reaches.

        An order never lowers the tier that is held. Conditions read the one held.
        """
        held, tiers = self.membership.rank, self.program.tiers
        if self.number in self.order.pins.ranks:
            return self.order.pins.ranks[self.number]
        member = self.membership.member
        if tiers is None or member is None or tiers.upgrade is not Upgrade.THIS_ORDER:
            return held
        own = self.spend() if tiers.measure is TierMeasure.SPEND else self.base_points()
        return higher(held, rank_reached(tiers.levels, member.qualifying + own))

    def spend(self) -> int:
        """The base of the lines that some rule for points counts, each once, in minor units."""
        places: set[int] = set()
        for number, award in self.awards.items():
            if award.kind is AwardKind.POINTS:
                rule = self.loyalty.earning_rules[number]
                places.update(line.index for line in self.lines_of(rule, award))
        return sum(self.bases[place] for place in places)

    def base_points(self) -> int:
        """The base phase of the order's points, rounded: before multipliers and fixed points."""
        exact = Fraction(0)
        for number, award in self.awards.items():
            if award.kind is AwardKind.POINTS and award.form in BASE_FORMS:
                exact += self.count(self.loyalty.earning_rules[number], award).total
        return divide(exact.numerator, exact.denominator, self.program.points.rounding)

    @property
    def level(self) -> Level | None:
        """The tier at which the order earns, with its terms."""
        return None if self.rank is None else self.membership.levels[self.rank]

    # Phase by phase.

    def count(self, rule: EarningRule, award: Award, level: Level | None = None) -> Exact:
        """What a rule gives before multipliers."""
        lines = self.lines_of(rule, award)
        if rule.is_stored_value and not lines:
            return NOTHING  # also of what is given once
        return count_award(award, lines, self.bases, self.order.cart, level)

    def accrue(self, number: int, award: Award) -> Accrual:
        """What a rule comes to, within its own cap."""
        rule = self.loyalty.earning_rules[number]
        accrual = Accrual(rule.id, award.kind, rule=number, card=award.card)
        accrual.bases = {i.index: self.bases[i.index] for i in self.lines_of(rule, award)}
        accrual.plain = self.count(rule, award, self.level)
        if is_multiplied(rule, award):
            accrual.factors = {i: self.factors_of(rule, award, i) for i in accrual.plain.lines}
        accrual.multiplied = multiply(accrual.plain, accrual.factors, self.program.multipliers)
        if accrual.multiplied.total == 0:
            accrual.reason = NoAward.NO_EFFECT
        cap_rule(accrual, self.points_left(rule, award), rule.on_cap)
        return accrual

    def points_left(self, rule: EarningRule, award: Award) -> int | None:
        """The points that a rule may still give to this member."""
        if rule.points_quota is None or award.kind is not AwardKind.POINTS:
            return None
        left = self.room_of(rule).points
        return rule.points_quota.count if left is None else left

    def factors_of(self, rule: EarningRule, award: Award, place: int) -> list[Factor]:
        """What multiplies a rule on a line: the tier first, which is only about points."""
        tier = Fraction(1)
        if award.kind is AwardKind.POINTS and self.level is not None:
            tier = fraction_of(self.level.multiplier)
        line = self.order.cart.lines[place]
        return [Factor(tier)] + [
            Factor(fraction_of(campaign.multiply), number)
            for number, campaign in self.layers.items()
            if campaign.multiply is not None
            and names(campaign, rule)
            and self.scene.at(line).holds(campaign.on)
        ]

    def settle(self) -> None:
        """Let exclusive rules shut out others, add what campaigns give, and round it all once."""
        rules = self.loyalty.earning_rules
        exclusive = frozenset(number for number in self.awards if rules[number].is_exclusive)
        for kind in KINDS:
            shut_out([one for one in self.accruals if one.kind is kind], exclusive)
        self.accruals += self.bonuses()
        rounding = self.program.points.rounding
        for kind in KINDS:
            alike = [one for one in self.accruals if one.kind is kind]
            settle(kind, alike, self.program.max_per_order, rounding, self.order.cart)

    def bonuses(self) -> list[Accrual]:
        """The bonus of each campaign of which a rule gave something."""
        given = [
            self.loyalty.earning_rules[one.rule]
            for one in self.accruals
            if one.rule is not None and one.own.total > 0
        ]
        found = []
        for number, campaign in self.layers.items():
            if campaign.bonus is None:
                continue
            if not campaign.bonus or not any(names(campaign, rule) for rule in given):
                self.refused_campaigns[number] = NoAward.NO_EFFECT
                continue
            exact = Exact(loose=Fraction(campaign.bonus))
            found.append(
                Accrual(
                    campaign.id,
                    AwardKind.POINTS,
                    bonus=number,
                    plain=exact,
                    multiplied=exact,
                    own=exact,
                )
            )
        return found

    # The entries.

    def entries(self) -> list[Earned]:
        """What the program gives: all that came to something and was not shut out."""
        unlisted = (NoAward.NO_EFFECT, NoAward.EXCLUDED_BY_EXCLUSIVE)
        listed = [one for one in self.accruals if one.reason not in unlisted]
        listed.sort(key=lambda one: (KINDS.index(one.kind), one.id))
        return [self.entry(one) for one in listed]

    def entry(self, accrual: Accrual) -> Earned:
        """An accrual as results have it."""
        return Earned(
            program=self.number,
            kind=accrual.kind,
            rule=accrual.rule,
            bonus=accrual.bonus,
            amount=accrual.amount,
            base_minor=sum(accrual.bases.values()),
            multiplier=accrual.multiplier,
            campaigns=accrual.campaigns,
            lines=tuple((i, part) for i, part in sorted(accrual.shares.items()) if part),
            is_clipped=accrual.is_clipped,
            reason=accrual.reason,
        )


def names(campaign: Campaign, rule: EarningRule) -> bool:
    """Whether a campaign is about a rule of its program."""
    return campaign.rules is None or rule.id in campaign.rules
