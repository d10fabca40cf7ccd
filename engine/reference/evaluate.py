"""A rule set, a cart and facts in, an outcome out: stages, stack groups, redemptions, earnings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...dsl.kinds import Basis, Mode, Policy, Scope, Stage
from ...dsl.ruleset import Promotion, Ruleset, StackGroup
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Allocation, Applied, Outcome, Reason, Redeemed, Refusal
from ..takers import Takers
from .bases import bases_of
from .candidates import refuse_candidate
from .earning import Earning, Order
from .effect import Workshop
from .meaning import Scene
from .redemption import Redeemer
from .state import Effect, State


@dataclass(slots=True)
class Run:
    """One evaluation. Promotions are spoken of by number, their place in the rule set."""

    ruleset: Ruleset
    cart: CheckedCart
    facts: Facts
    state: State = field(init=False)
    applied: list[Applied] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)  # beside `applied`
    refusals: dict[int, Refusal] = field(default_factory=dict)
    warnings: list[tuple[int, int]] = field(default_factory=list)
    last: int | None = None  # the applied promotion of mode `last`
    redeemer: Redeemer | None = None  # once stage 200 is over, if there are programs
    earnings: list[Earning] = field(default_factory=list)  # by program

    def __post_init__(self) -> None:
        self.state = State(self.cart, self.ruleset.line_floor_minor)

    def promotion(self, number: int) -> Promotion:
        """The promotion of a number."""
        return self.ruleset.promotions[number]

    def evaluate(self) -> None:
        """Run everything, in order. Promotions have nothing to do with a cart that is an event."""
        is_event = self.cart.event is not None
        for number, promotion in enumerate(self.ruleset.promotions):
            reason: Reason | None = Reason.INACTIVE
            if not is_event:
                reason = refuse_candidate(promotion, self.cart, self.facts)
            if reason is not None:
                self.refusals[number] = Refusal(reason)
        self.try_exclusives(self.open_numbers(), Scope.CART)
        for stage in Stage:
            if stage is Stage.SHIPPING and self.ruleset.loyalty.programs:
                self.redeem()
            self.state.begin_stage()
            self.run_stage(stage)
        if self.redeemer is not None:
            self.earn(self.redeemer)

    # Loyalty.

    def redeem(self) -> None:
        """Take off what the cart redeems for points, between stages order and shipping."""
        self.redeemer = Redeemer(self.ruleset, self.cart, self.facts, self.state)
        self.redeemer.redeem_all()

    def earn(self, redeemer: Redeemer) -> None:
        """Give what is earned on the final nets; no stage after redemptions changes them."""
        nets = self.state.nets
        order = Order(
            self.ruleset,
            self.cart,
            self.facts,
            nets,
            bases_of(self.cart, nets, redeemer.ordered_nets),
            has_redeemed=any(one.redeemed.times for one in redeemer.attempts),
        )
        numbers = range(len(self.ruleset.loyalty.programs))
        self.earnings = [Earning(order, number) for number in numbers]

    # Candidates.

    def open_numbers(self) -> list[int]:
        """Candidates that nothing has refused yet and that have not applied."""
        done = {one.promotion for one in self.applied}
        numbers = range(len(self.ruleset.promotions))
        return [n for n in numbers if n not in self.refusals and n not in done]

    # Exclusive promotions.

    def try_exclusives(self, numbers: Sequence[int], scope: Scope) -> None:
        """Let the first exclusive promotion that would apply shut out the others.

        Those that are tried and fail keep their own reason and stay out. A trial of scope `stage`
        also asks whether the promotion may apply at all.
        """
        tried = [
            n
            for n in numbers
            if self.promotion(n).stacking.mode is Mode.EXCLUSIVE
            and self.promotion(n).stacking.scope is scope
        ]
        for winner in sorted(tried, key=self.rank):
            refusal = self.refuse(winner) if scope is Scope.STAGE else None
            refusal = refusal or self.refuse_effect(winner)
            if refusal is None:
                self.shut_out(numbers, winner)
                return
            self.refusals[winner] = refusal

    def rank(self, number: int) -> tuple[int, str]:
        """Priority, then id: the order of exclusive trials and of a code's promotions."""
        return self.promotion(number).priority, self.promotion(number).id

    def shut_out(self, numbers: Sequence[int], winner: int) -> None:
        """Refuse every candidate but the winner, those already refused and `always` ones."""
        for n in numbers:
            is_always = self.promotion(n).stacking.mode is Mode.ALWAYS
            if n != winner and n not in self.refusals and not is_always:
                self.refusals[n] = Refusal(Reason.EXCLUDED_BY_EXCLUSIVE, winner)

    # Stages.

    def run_stage(self, stage: Stage) -> None:
        """Give each candidate of the stage its turn, by priority, then id."""
        numbers = [n for n in self.open_numbers() if self.promotion(n).stage is stage]
        self.try_exclusives(numbers, Scope.STAGE)
        numbers = [n for n in numbers if n not in self.refusals]
        for number in numbers:
            if number in self.refusals or self.has_applied(number):
                continue  # its group was decided at an earlier member's turn
            name = self.promotion(number).stacking.group
            if name is None:
                self.apply_or_refuse(number)
                continue
            group = self.ruleset.stack_groups[name]
            if group.policy is Policy.BEST:
                self.apply_best([n for n in numbers if self.promotion(n).stacking.group == name])
            elif group.policy is Policy.PRIORITY:
                self.apply_member(number, group)
            else:
                self.apply_or_refuse(number)

    def has_applied(self, number: int) -> bool:
        """Whether a promotion has applied."""
        return any(one.promotion == number for one in self.applied)

    def apply_member(self, number: int, group: StackGroup) -> None:
        """A turn in a group of policy `priority`: the first that applies wins.

        With `scope: line` later members still apply, to lines no earlier one has an allocation on.
        """
        own = self.promotion(number)
        earlier = [
            one.promotion
            for one in self.applied
            if self.promotion(one.promotion).stacking.group == own.stacking.group
            and self.promotion(one.promotion).stage is own.stage
        ]
        if not group.is_line_scoped:
            outranked = Refusal(Reason.OUTRANKED, earlier[0]) if earlier else None
            self.apply_or_refuse(number, outranked)
            return
        taken = frozenset(
            i
            for one, effect in zip(self.applied, self.effects, strict=True)
            if one.promotion in earlier
            for i, amount in effect.lines.items()
            if amount
        )
        self.apply_or_refuse(number, None, taken)

    def apply_or_refuse(
        self, number: int, outranked: Refusal | None = None, taken: frozenset[int] = frozenset()
    ) -> None:
        """The checks in their order; the first that fails is the reason, else it applies."""
        refusal = self.refuse(number, outranked) or self.refuse_effect(number, taken)
        if refusal is not None:
            self.refusals[number] = refusal
        else:
            self.apply(number, self.effect_of(number, taken))

    def apply_best(self, members: Sequence[int]) -> None:
        """The member that would give most applies at once; ties go by priority, then id."""
        passing: dict[int, Effect] = {}
        for number in members:
            refusal = self.refuse(number) or self.refuse_effect(number)
            if refusal is not None:
                self.refusals[number] = refusal
            else:
                passing[number] = self.effect_of(number)
        if passing:
            winner = max(passing, key=lambda n: (passing[n].discount_minor, -n))
            self.apply(winner, passing[winner])
            for number in passing.keys() - {winner}:
                self.refusals[number] = Refusal(Reason.OUTRANKED, winner)

    # Checks.

    def refuse(self, number: int, outranked: Refusal | None = None) -> Refusal | None:
        """The first of last, outranked, sibling and max_promotions that stops a promotion."""
        is_always = self.promotion(number).stacking.mode is Mode.ALWAYS
        if self.last is not None and not is_always:
            return Refusal(Reason.EXCLUDED_BY_LAST, self.last)
        if outranked is not None:
            return outranked
        if is_always:
            return None
        return self.refuse_sibling(number) or self.refuse_count(number)

    def refuse_sibling(self, number: int) -> Refusal | None:
        """Whether an applied promotion excludes this one, or this one excludes it."""
        promotion = self.promotion(number)
        for one in self.applied:
            other = self.promotion(one.promotion)
            binds = other.stacking.mode is not Mode.ALWAYS
            if other.id in promotion.stacking.excludes or (
                binds and promotion.id in other.stacking.excludes
            ):
                return Refusal(Reason.EXCLUDED_BY_SIBLING, one.promotion)
        return None

    def refuse_count(self, number: int) -> Refusal | None:
        """Whether one promotion more would be too many for it, the rule set or an applied one."""
        counted = [
            one.promotion
            for one in self.applied
            if self.promotion(one.promotion).stacking.mode is not Mode.ALWAYS
        ]

        def is_exceeded(most: int | None) -> bool:
            return most is not None and len(counted) + 1 > most

        cause = next(
            (n for n in counted if is_exceeded(self.promotion(n).stacking.max_in_cart)), None
        )
        own = self.promotion(number).stacking.max_in_cart
        if cause is not None or is_exceeded(own) or is_exceeded(self.ruleset.max_promotions):
            return Refusal(Reason.MAX_PROMOTIONS, cause)
        return None

    def refuse_effect(self, number: int, taken: frozenset[int] = frozenset()) -> Refusal | None:
        """Whether a condition is false or nothing would come of it."""
        conditions = self.promotion(number).conditions
        if any(not conditions[i].is_soft for i in self.false_conditions(number)):
            return Refusal(Reason.CONDITION)
        if self.effect_of(number, taken).is_empty:
            return Refusal(Reason.NO_EFFECT)
        return None

    def false_conditions(self, number: int) -> list[int]:
        """Which conditions of a promotion are false on the state it reads."""
        scene = self.scene_of(number)
        conditions = enumerate(self.promotion(number).conditions)
        return [i for i, condition in conditions if not scene.holds(condition.formula)]

    def scene_of(self, number: int) -> Scene:
        """The cart with the nets that a promotion's conditions read: at entry, or now."""
        is_compound = self.promotion(number).basis is Basis.COMPOUND
        return Scene(self.cart, self.state.nets if is_compound else self.state.entry_nets)

    def effect_of(self, number: int, taken: frozenset[int] = frozenset()) -> Effect:
        """What a promotion would do now."""
        return Workshop(self.ruleset, self.promotion(number), self.state, taken).compute()

    def apply(self, number: int, effect: Effect) -> None:
        """Write a promotion's effect down."""
        self.warnings.extend((number, i) for i in self.false_conditions(number))
        self.state.apply(effect)
        self.applied.append(Applied(number, effect.discount_minor, effect.undistributed_minor))
        self.effects.append(effect)
        if self.promotion(number).stacking.mode is Mode.LAST:
            self.last = number

    # The outcome.

    def outcome(self) -> Outcome:
        """Everything that happened, in order of application."""
        done = list(zip(self.applied, self.effects, strict=True))
        redemptions = self.redemptions()
        return Outcome(
            applied=self.applied,
            lines=[
                [
                    *((one.promotion, e.lines[i]) for one, e in done if e.lines.get(i)),
                    *self.redeemed_on(i, redemptions),
                ]
                for i in range(len(self.cart.lines))
            ],
            shipments=[
                [(one.promotion, e.shipments[i]) for one, e in done if e.shipments.get(i)]
                for i in range(len(self.cart.shipments))
            ],
            payment=[(one.promotion, e.payment_minor) for one, e in done if e.payment_minor],
            warnings=self.warnings,
            rejections=list(self.reject_codes()),
            redemptions=redemptions,
            earned=[entry for earning in self.earnings for entry in earning.entries()],
        )

    def redemptions(self) -> list[Redeemed]:
        """What became of each request to redeem."""
        return [] if self.redeemer is None else [one.redeemed for one in self.redeemer.attempts]

    def redeemed_on(self, place: int, redemptions: Sequence[Redeemed]) -> Iterator[Allocation]:
        """What redemptions took off a line, in their order."""
        takers = Takers(self.ruleset)
        for one in redemptions:
            amount = dict(one.lines).get(place)
            if amount is None or one.program is None:
                continue
            if one.rule is None:
                yield takers.number_of_program(one.program), amount
            else:
                yield takers.number_of_rule(one.rule), amount

    def reject_codes(self) -> Iterable[tuple[int, Refusal]]:
        """Codes that no promotion applied for, and why."""
        for index, code in enumerate(self.cart.codes):
            pool = self.facts.codes.get(code)
            numbers = [
                n
                for n, promotion in enumerate(self.ruleset.promotions)
                if code in promotion.coupons or (pool is not None and promotion.coupon_pool == pool)
            ]
            if any(self.has_applied(n) for n in numbers):
                continue
            numbers.sort(key=self.rank)
            not_candidates = (Reason.INACTIVE, Reason.LIMIT_REACHED)
            refusals = [self.refusals[n] for n in numbers]
            first = [r for r in refusals if r.reason not in not_candidates] or refusals
            yield index, first[0] if first else Refusal(Reason.UNKNOWN)


def evaluate(ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> Outcome:
    """Price one cart."""
    run = Run(ruleset, cart, facts)
    run.evaluate()
    return run.outcome()
