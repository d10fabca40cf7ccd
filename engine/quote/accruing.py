"""What a program earned on a cart in, every rule and campaign of it explained out."""

from dataclasses import dataclass
from fractions import Fraction

from ...dsl.kinds import AwardForm, AwardKind, RedeemingOrders
from ...dsl.loyalty import Award, Campaign, EarningRule
from ..outcome import NoAward
from ..reference.accrual import Accrual
from ..reference.candidates import is_active
from ..reference.earning import KINDS, Earning, names
from ..reference.multipliers import combine
from .conditions import ConditionExplanation, explain_false, sentence_of
from .points import PointsWording, format_exact, format_quota
from .reason import Story
from .statement import AwardExplanation, LineAward, LineMultiplier, RoundingExplanation
from .wording import count_of, list_names

EARNED, APPLIED = "earned", "applied"
RULE, BONUS, MULTIPLIER = "rule", "bonus", "multiplier"
NOT_ROUNDED = AwardKind.STAMPS
NOTHING = "0"


@dataclass(frozen=True, slots=True)
class AwardTeller:
    """Tells what one program earned, and why."""

    earning: Earning
    story: Story
    words: PointsWording

    def tell(self) -> list[AwardExplanation]:
        """All rules for what happened, by priority and id, then all campaigns."""
        earning, loyalty = self.earning, self.earning.loyalty
        accruals = {one.rule: one for one in earning.accruals if one.rule is not None}
        bonuses = {one.bonus: one for one in earning.accruals if one.bonus is not None}
        found = []
        for number, rule in enumerate(loyalty.earning_rules):
            if number in accruals and rule.award is not None:
                found.append(self.tell_earned(rule, rule.award, accruals[number]))
            elif number in earning.refused and rule.award is not None:
                found.append(self.tell_refused(rule, rule.award, earning.refused[number]))
        for number, campaign in enumerate(loyalty.campaigns):
            if number in bonuses:
                found.append(self.tell_bonus(campaign, bonuses[number]))
            elif campaign.program == earning.program.id:
                found.append(self.tell_campaign(number, campaign))
        return found

    def roundings(self) -> list[RoundingExplanation]:
        """The one rounding of points, and that of cashback."""
        found = []
        for kind in KINDS:
            alike = [one for one in self.earning.accruals if one.kind is kind]
            exact = sum((one.exact.total for one in alike), Fraction(0))
            if exact and kind is not NOT_ROUNDED:
                rounding = self.earning.program.points.rounding.value
                amount = sum(one.amount for one in alike)
                found.append(RoundingExplanation(kind.value, str(exact), rounding, amount))
        return found

    # Rules.

    def tell_earned(self, rule: EarningRule, award: Award, accrual: Accrual) -> AwardExplanation:
        """A rule that nothing refused before it was counted."""
        reason = accrual.reason
        given = f"gives {self.words.amount(award.kind, accrual.amount)}"
        if accrual.is_clipped:
            given += f", clipped from {self.words.exact(award.kind, accrual.multiplied.total)}"
        return AwardExplanation(
            id=rule.id,
            name=rule.name,
            form=RULE,
            kind=award.kind.value,
            terms=self.words.award(award),
            way=award.form.value,
            counted=self.counted(award, accrual),
            outcome=EARNED if reason is None else reason.word,
            detail=given if reason is None else self.tell_accrual(rule, award, accrual, reason),
            conditions=self.false(rule),
            amount=accrual.amount,
            base=sum(accrual.bases.values()),
            before=str(accrual.plain.total),
            multiplied=str(accrual.multiplied.total),
            own=str(accrual.own.total),
            exact=str(accrual.exact.total),
            lines=self.lines(accrual),
        )

    def lines(self, accrual: Accrual) -> list[LineAward]:
        """What an award came to, line by line."""
        lines, program = self.earning.order.cart.lines, self.earning.program
        return [
            LineAward(
                id=lines[i].id,
                base=accrual.bases[i],
                before=str(before),
                multipliers=self.multipliers(accrual, i),
                multiplier=str(combine(accrual.factors.get(i, ()), program.multipliers)),
                multiplied=str(accrual.multiplied.lines[i]),
                exact=str(accrual.exact.lines.get(i, 0)),
                share=accrual.shares.get(i, 0),
            )
            for i, before in sorted(accrual.plain.lines.items())
        ]

    def counted(self, award: Award, accrual: Accrual) -> str:
        """How an award was counted that is not counted line by line."""
        money, base_minor = self.words.wording.money, sum(accrual.bases.values())
        if award.form is AwardForm.STEPS:
            steps = count_of(base_minor // award.per_minor, "whole step")
            return f"{steps} of {money(award.per_minor)} in {money(base_minor)}"
        if award.form not in (AwardForm.FIXED, AwardForm.EVENT) or len(accrual.bases) < 2:
            return ""
        return f"once, split {'by the bases of its lines' if base_minor else 'in equal parts'}"

    def multipliers(self, accrual: Accrual, place: int) -> list[LineMultiplier]:
        """What multiplied on a line: the tier, unless it changes nothing, and campaigns."""
        campaigns, tier = self.earning.loyalty.campaigns, self.earning.level
        return [
            LineMultiplier(tier.id if tier is not None else "", str(factor.multiplier))
            if factor.campaign is None
            else LineMultiplier(campaigns[factor.campaign].id, str(factor.multiplier))
            for factor in accrual.factors.get(place, ())
            if factor.campaign is not None or factor.multiplier != 1
        ]

    def tell_accrual(
        self, rule: EarningRule, award: Award, accrual: Accrual, reason: NoAward
    ) -> str:
        """Why a rule that was counted gives nothing."""
        if reason is NoAward.EXCLUDED_BY_EXCLUSIVE:
            return f"`{self.winner(award.kind)}` is exclusive and earns alone"
        if reason is NoAward.OVER_CAP:
            amount = self.words.count(accrual.multiplied.total)
            left = self.words.points(self.earning.points_left(rule, award) or 0)
            return f"{amount} are more than the {left} that are left, so nothing is given"
        if not accrual.bases:
            return "no line of the cart is one it is for"
        match award.form:
            case AwardForm.STEPS:
                whole = self.words.wording.money(award.per_minor)
                base = self.words.wording.money(sum(accrual.bases.values()))
                return f"its lines are worth {base}, less than one step of {whole}"
            case AwardForm.TIER if (
                self.earning.level is None or not self.earning.level.cashback_ppm
            ):
                tier = "no tier" if self.earning.level is None else f"tier {self.earning.level.id}"
                return f"{tier} brings no cashback"
            case AwardForm.EVENT:
                return f"the event brings no {self.words.program.points.name}"
            case AwardForm.PER_UNIT:
                return "no unit of its lines costs anything"
        if accrual.plain.total:
            return "what multiplies it comes to 0"
        return "nothing is left to pay of its lines"

    def winner(self, kind: AwardKind) -> str:
        """The exclusive rule that shut out the others of its kind."""
        rules = self.earning.loyalty.earning_rules
        return next(
            one.id
            for one in self.earning.accruals
            if one.kind is kind
            and one.rule is not None
            and rules[one.rule].is_exclusive
            and one.own.total > 0
        )

    def tell_refused(self, rule: EarningRule, award: Award, reason: NoAward) -> AwardExplanation:
        """A rule that was not counted."""
        conditions = self.false(rule)
        detail = self.tell_reason(rule, reason, conditions)
        if reason is NoAward.LIMIT_REACHED and rule.per_member is not None:
            detail = f"used up: {format_quota(rule.per_member)} for a member"
        return self.nothing(rule, RULE, award.kind, self.words.award(award), reason, detail)

    # Campaigns.

    def tell_bonus(self, campaign: Campaign, accrual: Accrual) -> AwardExplanation:
        """A bonus that was given."""
        amount = self.words.points(accrual.amount)
        clipped = f", clipped from {self.words.points(campaign.bonus or 0)}"
        return AwardExplanation(
            id=campaign.id,
            name=campaign.name,
            form=BONUS,
            kind=AwardKind.POINTS.value,
            terms=self.terms_of(campaign),
            way=None,
            counted="",
            outcome=EARNED,
            detail=f"gives {amount}{clipped if accrual.is_clipped else ''}",
            conditions=self.false(campaign),
            amount=accrual.amount,
            base=0,
            before=str(accrual.plain.total),
            multiplied=str(accrual.multiplied.total),
            own=str(accrual.own.total),
            exact=str(accrual.exact.total),
            lines=[],
        )

    def tell_campaign(self, number: int, campaign: Campaign) -> AwardExplanation:
        """A campaign that multiplied something, or a campaign that gave nothing."""
        form = MULTIPLIER if campaign.bonus is None else BONUS
        kind = None if campaign.bonus is None else AwardKind.POINTS
        terms = self.terms_of(campaign)
        reason = self.earning.refused_campaigns.get(number)
        if reason is not None:
            detail = self.tell_reason(campaign, reason, self.false(campaign))
            return self.nothing(campaign, form, kind, terms, reason, detail)
        touched = [one.id for one in self.earning.accruals if number in one.campaigns]
        if touched:
            detail = f"multiplies {list_names(touched, 'and')}"
            return self.nothing(campaign, form, kind, terms, None, detail)
        detail = "no rule it is about gives anything that it multiplies"
        return self.nothing(campaign, form, kind, terms, NoAward.NO_EFFECT, detail)

    def terms_of(self, campaign: Campaign) -> str:
        """What a campaign does: `x 2`, `500 Stars once`."""
        if campaign.multiply is None:
            return f"{self.words.points(campaign.bonus or 0)} once"
        ratio = Fraction(campaign.multiply.numerator, campaign.multiply.denominator)
        return f"x {format_exact(ratio)}"

    # Both.

    def false(self, one: EarningRule | Campaign) -> list[ConditionExplanation]:
        """The false conditions of a rule or a campaign; nobody but a member has any."""
        if self.earning.membership.member is None:
            return []
        return explain_false(self.earning.order.ruleset, one.conditions, self.earning.scene)

    def tell_reason(
        self,
        one: EarningRule | Campaign,
        reason: NoAward,
        conditions: list[ConditionExplanation],
    ) -> str:
        """Why a rule or a campaign was refused."""
        program = self.earning.program
        match reason:
            case NoAward.PAUSED:
                return f"program `{program.id}` is paused"
            case NoAward.INACTIVE:
                is_on = is_active(program, self.earning.order.cart.placed_at_us)
                told = self.story.tell_inactive(one if is_on else program)
                return told if is_on else f"program `{program.id}`: {told}"
            case NoAward.NOT_MEMBER:
                return f"the customer is no member of `{program.id}`"
            case NoAward.REDEEMED:
                assert program.redeeming_orders is RedeemingOrders.NONE
                return "an order that redeems earns nothing in this program"
            case NoAward.CONDITION:
                return sentence_of(conditions)
        return f"gives only with {self.named_rules(one)}, which gave nothing"

    def named_rules(self, one: EarningRule | Campaign) -> str:
        """The rules that a campaign is about."""
        rules = self.earning.loyalty.earning_rules
        own = [rule for rule in rules if rule.program == self.earning.program.id]
        about = [rule.id for rule in own if isinstance(one, Campaign) and names(one, rule)]
        return list_names((f"`{name}`" for name in about), "or") or "no rule"

    def nothing(
        self,
        one: EarningRule | Campaign,
        form: str,
        kind: AwardKind | None,
        terms: str,
        reason: NoAward | None,
        detail: str,
    ) -> AwardExplanation:
        """A rule or a campaign that gives nothing itself."""
        return AwardExplanation(
            id=one.id,
            name=one.name,
            form=form,
            kind=None if kind is None else kind.value,
            terms=terms,
            way=None
            if not isinstance(one, EarningRule) or one.award is None
            else one.award.form.value,
            counted="",
            outcome=APPLIED if reason is None else reason.word,
            detail=detail,
            conditions=self.false(one),
            amount=0,
            base=0,
            before=NOTHING,
            multiplied=NOTHING,
            own=NOTHING,
            exact=NOTHING,
            lines=[],
        )
