"""A rule set and a cart in, the facts it can need out: so that a store reads no more than that."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..dsl.formula import Formula, Term, all_terms, reads_nets
from ..dsl.kinds import Policy
from ..dsl.loyalty import Loyalty
from ..dsl.ruleset import Condition, Promotion, Ruleset
from .cart.checked import CheckedCart, Request
from .plan._keys import KeyFinder, best_key
from .plan.slots import is_line_field
from .reference.candidates import is_within
from .reference.meaning import PURCHASE, Scene


class Needs(Struct, frozen=True):
    """What to look up for one cart before it is priced."""

    cart: str
    uses: list[str]  # ids of promotions whose usage counters can matter, in order
    codes: list[str]  # codes of the cart, when the rule set has pools they may belong to
    members: list[str]  # programs in which something may be earned or redeemed
    rooms: list[str]  # earning and burning rules with limits by member that can matter
    stock: list[str]  # burning rules with a stock that are asked for
    cards: list[str]  # stamp cards that stamps can come on
    issued: list[str]  # issued rewards that are asked for


class NeedsFinder:
    """Knows which promotions of a rule set depend on facts, and finds those a cart can meet.

    Limited promotions are filed as `plan.index` files all: under texts of which a cart must have
    one for their conditions to hold. Only those found so, and those without such texts, are asked.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._loyalty = LoyaltyNeedsFinder(ruleset.loyalty)
        self._has_pools = any(p.coupon_pool is not None for p in ruleset.promotions)
        self._limited = [
            (promotion, static_conditions(ruleset, promotion))
            for promotion in ruleset.promotions
            if promotion.is_enabled and promotion.limits.counted
        ]
        self._open: list[int] = []  # places in `_limited`
        self._filed: dict[tuple[str, str], dict[str, list[int]]] = {}  # by field, then text
        keys = KeyFinder()
        for place, (_, conditions) in enumerate(self._limited):
            key = best_key(map(keys.find, conditions))
            if key is None:
                self._open.append(place)
            for kind, name, texts in key.places if key is not None else ():
                filed = self._filed.setdefault((kind, name), {})
                for text in texts:
                    filed.setdefault(text, []).append(place)

    def find(self, cart: CheckedCart) -> Needs:
        """Name the usage counters and codes that the result for a cart can depend on."""
        scene = Scene(cart, [line.gross_minor for line in cart.lines])
        uses = []
        for place in sorted({*self._open, *self._places_on(cart)}):
            promotion, conditions = self._limited[place]
            if (
                is_within(promotion.window, cart.placed_at_us)
                and may_have_code(promotion, cart)
                and all(scene.holds(formula) for formula in conditions)
            ):
                uses.append(promotion.id)
        loyal = self._loyalty.find(cart, scene)
        return Needs(cart.id, uses, list(cart.codes) if self._has_pools else [], **loyal)

    def _places_on(self, cart: CheckedCart) -> Iterator[int]:
        """The filed promotions of which a cart has one of their texts."""
        scenes = [Scene(cart, (), line) for line in cart.lines]
        for (kind, name), filed in self._filed.items():
            for scene in scenes if is_line_field(name) else [Scene(cart, ())]:
                for text in scene.texts_of(kind, name):
                    yield from filed.get(text, ())


class LoyaltyNeedsFinder:
    """Knows what can be earned by a purchase, and finds what a cart can earn and asks for."""

    def __init__(self, loyalty: Loyalty) -> None:
        self._loyalty = loyalty
        self._programs = {
            program.id: program
            for program in loyalty.programs
            if program.is_enabled and not program.is_paused
        }
        self._rules = [
            (rule, rule.award, static_parts(rule.conditions))
            for rule in loyalty.earning_rules
            if rule.is_enabled
            and rule.event == PURCHASE.type
            and rule.award is not None
            and rule.program in self._programs
        ]

    def find(self, cart: CheckedCart, scene: Scene) -> dict[str, list[str]]:
        """The names of all that the loyalty of a cart can depend on, each list in order."""
        names: dict[str, set[str]] = {
            kind: set() for kind in ("members", "rooms", "stock", "cards", "issued")
        }
        for rule, award, conditions in self._rules:
            windows = (rule.window, self._programs[rule.program].window)
            is_open = all(is_within(window, cart.placed_at_us) for window in windows)
            if is_open and all(scene.holds(formula) for formula in conditions):
                names["members"].add(rule.program)
                if rule.per_member is not None or rule.points_quota is not None:
                    names["rooms"].add(rule.id)
                if award.card is not None:
                    names["cards"].add(award.card)
        for request in cart.redeem:
            self._add_request(request, names)
        return {kind: sorted(found) for kind, found in names.items()}

    def _add_request(self, request: Request, names: dict[str, set[str]]) -> None:
        """Add what a request to redeem can depend on. Whose an issued reward is, facts must say."""
        rules = self._loyalty.burning_rules
        if request.issued is not None:
            names["issued"].add(request.issued)
            names["members"].update(rule.program for rule in rules)
        elif any(program.id == request.program for program in self._loyalty.programs):
            names["members"].add(request.program or "")
        for rule in rules:
            if rule.id == request.rule:
                names["members"].add(rule.program)
                if rule.per_member is not None:
                    names["rooms"].add(rule.id)
                if rule.stock is not None:
                    names["stock"].add(rule.id)


def static_parts(conditions: Sequence[Condition]) -> list[Formula]:
    """The conditions that neither promotions nor facts about the member can make true."""
    hard = [condition.formula for condition in conditions if not condition.is_soft]
    return [one for one in hard if not reads_nets(one) and not reads_member(one)]


def reads_member(formula: Formula) -> bool:
    """Whether a formula depends on what facts say about the member."""
    terms = all_terms(formula)
    return any(isinstance(term, Term) and term.name.startswith("member.") for term in terms)


def static_conditions(ruleset: Ruleset, promotion: Promotion) -> list[Formula]:
    """The conditions without which a promotion's counters cannot change any result.

    Soft ones stop nothing, and those over nets depend on other promotions. A promotion with codes
    tells why its code was refused, and the first candidate of a `best` group decides when the
    group has its turn: there the counters matter even if a condition is false.
    """
    group = promotion.stacking.group
    is_best = group is not None and ruleset.stack_groups[group].policy is Policy.BEST
    if promotion.needs_code or is_best:
        return []
    return static_parts(promotion.conditions)


def may_have_code(promotion: Promotion, cart: CheckedCart) -> bool:
    """Whether the cart carries a code that opens a promotion, or may, if a pool holds it."""
    if not promotion.needs_code:
        return True
    is_pooled = promotion.coupon_pool is not None and bool(cart.codes)
    return is_pooled or not set(cart.codes).isdisjoint(promotion.coupons)
