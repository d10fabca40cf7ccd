"""Checked carts and their facts in, what a plan with programs reads of them out, as columns.

They stand beside the columns of `columns.py` and are counted by the same offsets; an absent number
is NOTHING. Requests that name nothing known, or what is not had in a cart, are refused here: no
state of a cart can change that.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.formula import Value
from ...dsl.kinds import RewardKind
from ...dsl.loyalty import Loyalty
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart, Request
from ..cart.facts import Facts, Issued
from ..outcome import Shortfall
from ..reference.meaning import Scene
from ..reference.members import Membership, membership_of
from .plan import NOTHING, Plan
from .qualifying import split_name

ON_CARTS = (RewardKind.DISCOUNT, RewardKind.PERCENT)
STATUSES = {"used": Shortfall.USED, "revoked": Shortfall.REVOKED, "expired": Shortfall.EXPIRED}


@dataclass(slots=True)
class LoyaltyColumns:
    """The arrays; c carts, p programs, l lines, m rooms, r requests."""

    are_events: "array[int]"  # c
    store_credit_minor: "array[int]"  # c
    event_points: "array[int]"  # c
    are_stored_value: "array[int]"  # l
    are_members: "array[int]"  # c x p
    balances: "array[int]"  # c x p, and so on
    levels: "array[int]"  # from the first of the program
    qualifying: "array[int]"
    room_starts: "array[int]"  # c + 1
    room_rules: "array[int]"  # m, rows of earning rules, then burning rules
    room_times: "array[int]"
    room_points: "array[int]"
    room_stocks: "array[int]"
    request_starts: "array[int]"  # c + 1
    request_programs: "array[int]"  # r
    request_rules: "array[int]"  # burning rules
    request_times: "array[int]"
    request_points: "array[int]"  # NOTHING: as many as can be
    request_rejects: "array[int]"
    request_issued: "array[int]"  # the first request for the same reward, or NOTHING
    request_reasons: "array[int]"  # a Shortfall, or 0


WIDE = {
    *("store_credit_minor", "event_points", "balances", "qualifying"),
    *("room_times", "room_points", "room_stocks", "request_times", "request_points"),
}
NARROW = {
    *("are_events", "are_stored_value", "are_members"),
    "request_rejects",
}
OFFSETS = {"room_starts", "request_starts"}


def empty_loyalty_columns() -> LoyaltyColumns:
    """Columns of no carts."""
    made = {}
    for name in LoyaltyColumns.__dataclass_fields__:
        code = "q" if name in WIDE else "b" if name in NARROW else "i"
        made[name] = array(code, [0] if name in OFFSETS else [])
    return LoyaltyColumns(**made)


class LoyalScene(Scene):
    """A cart whose fields of members, and points of its event, have qualified names."""

    def __init__(self, cart: CheckedCart, standing: Mapping[str, Membership]) -> None:
        super().__init__(cart, ())
        self._standing = standing

    def field(self, name: str) -> Value | None:
        """The value of a field here, None when missing."""
        field, program = split_name(name)
        if not program:
            return super().field(name)
        return Scene(self.cart, (), None, self._standing[program]).field(field)


class LoyaltyWriter:
    """Fills columns for one plan. Holds no carts."""

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        loyalty = ruleset.loyalty
        self._loyalty = loyalty
        self._programs = {program.id: n for n, program in enumerate(loyalty.programs)}
        self._burning = {rule.id: n for n, rule in enumerate(loyalty.burning_rules)}
        numbers = plan.earning_rules["number"].tolist()
        self._rules = {loyalty.earning_rules[n].id: row for row, n in enumerate(numbers)}
        self._rules |= {name: len(numbers) + n for name, n in self._burning.items()}

    def write(self, columns: LoyaltyColumns, cart: CheckedCart, facts: Facts) -> Scene:
        """One cart more; it comes back with the fields of its event and its members."""
        event = cart.event
        columns.are_events.append(event is not None)
        columns.store_credit_minor.append(cart.store_credit_minor)
        points = None if event is None else event.points
        columns.event_points.append(NOTHING if points is None else points)
        columns.are_stored_value.extend(line.is_stored_value for line in cart.lines)
        standing = {one.id: membership_of(one, facts) for one in self._loyalty.programs}
        for held in standing.values():
            columns.are_members.append(held.member is not None)
            columns.balances.append(held.balance)
            columns.levels.append(or_nothing(held.rank))
            columns.qualifying.append(0 if held.member is None else held.member.qualifying)
        self._write_rooms(columns, facts)
        RequestWriter(self._loyalty, self._programs, self._burning, cart, facts).write(columns)
        return LoyalScene(cart, standing)

    def _write_rooms(self, columns: LoyaltyColumns, facts: Facts) -> None:
        """What facts say of limits and stock, by rule."""
        for name in {**facts.rooms, **facts.stock}:
            rule = self._rules.get(name)
            if rule is None:
                continue
            room = facts.rooms.get(name)
            columns.room_rules.append(rule)
            columns.room_times.append(or_nothing(None if room is None else room.times))
            columns.room_points.append(or_nothing(None if room is None else room.points))
            columns.room_stocks.append(or_nothing(facts.stock.get(name)))
        columns.room_starts.append(len(columns.room_rules))


@dataclass(slots=True)
class RequestWriter:
    """Writes what one cart asks to redeem."""

    loyalty: Loyalty
    programs: Mapping[str, int]
    burning: Mapping[str, int]
    cart: CheckedCart
    facts: Facts

    def write(self, columns: LoyaltyColumns) -> None:
        """All requests, in order."""
        firsts: dict[str, int] = {}
        for place, request in enumerate(self.cart.redeem):
            rule, program = self.named(request)
            name = request.issued
            columns.request_programs.append(or_nothing(program))
            columns.request_rules.append(or_nothing(rule))
            columns.request_times.append(self.wanted(request, program))
            columns.request_points.append(or_nothing(request.points))
            columns.request_rejects.append(request.is_reject)
            columns.request_issued.append(
                NOTHING if name is None else firsts.setdefault(name, place)
            )
            columns.request_reasons.append(self.refuse(request, rule, program) or 0)
        columns.request_starts.append(len(columns.request_rules))

    def named(self, request: Request) -> tuple[int | None, int | None]:
        """The burning rule and the program that a request is about."""
        if request.program is not None:
            return None, self.programs.get(request.program)
        name = request.rule
        if request.issued is not None:
            issued = self.facts.issued.get(request.issued)
            name = None if issued is None else issued.rule
        rule = None if name is None else self.burning.get(name)
        if rule is None:
            return None, None
        return rule, self.programs[self.loyalty.burning_rules[rule].program]

    def wanted(self, request: Request, program: int | None) -> int:
        """Steps that a request wants, before anything is counted."""
        if request.program is None:
            return request.times
        terms = None if program is None else self.loyalty.programs[program].redemption
        return 0 if terms is None or request.points is None else request.points // terms.points

    def refuse(self, request: Request, rule: int | None, program: int | None) -> Shortfall | None:
        """Why a request is refused whatever the cart comes to."""
        if program is None:
            return Shortfall.UNKNOWN
        terms = self.loyalty.programs[program]
        if membership_of(terms, self.facts).member is None:
            return Shortfall.NOT_MEMBER
        if rule is None:
            without = Shortfall.PAUSED if terms.is_paused else Shortfall.INACTIVE
            return without if terms.redemption is None else None
        burning = self.loyalty.burning_rules[rule]
        kind = burning.reward.kind
        if request.issued is not None:
            if kind not in ON_CARTS and kind is not RewardKind.PRODUCT:
                return Shortfall.BY_EVENT
            return self.refuse_issued(self.facts.issued[request.issued])
        if kind not in ON_CARTS:
            return Shortfall.BY_EVENT
        return Shortfall.ONLY_ISSUED if burning.cost is None else None

    def refuse_issued(self, issued: Issued) -> Shortfall | None:
        """Why an issued reward cannot be used."""
        if issued.status != "open":
            return STATUSES[issued.status]
        ends_at = issued.expires_at_us
        is_over = ends_at is not None and ends_at <= self.cart.placed_at_us
        return Shortfall.EXPIRED if is_over else None


def or_nothing(value: int | None) -> int:
    """An optional number as columns have it."""
    return NOTHING if value is None else value
