"""Moves of the engine in, what they change in the store out: all of them, or none.

    earn, earn_again     credit points, cashback or stamps
    redeem, give_back    debit points, and undo that
    claw_back            takes back what was earned
    use, issue, revoke   rewards
    disburse             money out; what is redeemed for it is held until it has arrived

Moves of one rule on one account are one entry: what a cart asks for twice is taken once, and what
an order and its referral gave by one campaign is taken back together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET

from ...dsl.ruleset import Ruleset
from ...engine.loyalty.moves import (
    ClawBack,
    Disburse,
    Earn,
    EarnAgain,
    GiveBack,
    Issue,
    Move,
    Redeem,
    Revoke,
    Use,
)
from ..ledger.account import POINTS, Account, AccountKey
from ..ledger.cause import Cause
from ..payout.requesting import request
from ..usage.rewards import issue, revoke, use
from ..usage.rooms import record_awards
from ..usage.stock import give_back_stock, rewards_in, take_stock
from .desk import Desk
from .holding import Holds

Spend = Mapping[AccountKey, int]  # minor units that count for tiers; negative: no more
NO_SPEND: Spend = {}
NO_HOLDS: Holds = {}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What moves are booked for, and whom they mean."""

    event: str  # purchase, refund, signup, ...
    source: str  # its id
    people: Mapping[str | None, str]  # `members.id` by what moves call a member
    ruleset: str
    at_us: int  # when it happened
    order_id: str = ""
    earned_at_us: int | None = None  # what is earned is earned then; None: as it happened
    tiers: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by member and program

    @property
    def name(self) -> str:
        """The event and its id, as usage knows it."""
        return f"{self.event}/{self.source}"

    def cause(self, member: str, program: str, rule: str, campaigns: Sequence[str] = ()) -> Cause:
        """Why an entry is written."""
        return Cause(
            event=self.event,
            source=self.source,
            rule=rule,
            order_id=self.order_id,
            ruleset=self.ruleset,
            tier=self.tiers.get((member, program), ""),
            campaigns=tuple(campaigns),
            effective_at_us=self.at_us,
        )


def book_moves(
    desk: Desk,
    occasion: Occasion,
    ruleset: Ruleset,
    moves: Sequence[Move],
    *,
    spend: Spend = NO_SPEND,
    holds: Holds = NO_HOLDS,
) -> None:
    """Book all moves of an answer. Raises `Decline`, which undoes everything.

    `spend` counts for tiers that measure it; `holds` are what the cart had reserved.
    """
    merged = merge(moves)
    named = [(move, occasion.people[move.member]) for move in merged]
    take_stock(desk.tx, rewards_in(merged), ruleset.loyalty, occasion.name)
    paid_out = {move.rule: 0 for move in merged if isinstance(move, Disburse)}
    paid_out |= {m.rule: m.points for m in merged if isinstance(m, Redeem) and m.rule in paid_out}
    now = [(m, who) for m, who in named if not isinstance(m, Redeem) or m.rule not in paid_out]
    Bookkeeper(desk, occasion, now).book(spend, holds)
    issue(desk.tx, [(m, who) for m, who in named if isinstance(m, Issue)], occasion.name)
    for member in sorted({who for move, who in named if isinstance(move, Use)}):
        ids = [m.issued for m, who in named if isinstance(m, Use) and who == member]
        use(desk.tx, ids, member, occasion.order_id)
    gone: Counter[str] = Counter()
    for move, member in named:
        if isinstance(move, Revoke):
            gone[move.rule] += revoke(desk.tx, member, move.rule, move.card, move.times)
        elif isinstance(move, Disburse):
            request(
                desk.book,
                move,
                member,
                paid_out.pop(move.rule, 0),
                source=occasion.name,
                currency=ruleset.currency,
                at_us=occasion.at_us,
            )
    give_back_stock(desk.tx, gone, occasion.name)
    record_awards(desk.tx, named, ruleset.loyalty, occasion.name, occasion.at_us)


def merge(moves: Iterable[Move]) -> list[Move]:
    """The moves, those that take or return the same by one rule made one; in their order."""
    found: dict[object, Move] = {}
    for place, move in enumerate(moves):
        if not isinstance(move, Redeem | GiveBack | ClawBack):
            found[place] = move
            continue
        of = (move.kind, move.card) if isinstance(move, ClawBack) else ()
        key = type(move), move.member, move.program, move.rule, of
        before = found.get(key)
        found[key] = move if before is None else added(before, move)
    return list(found.values())


def added(before: Move, move: Redeem | GiveBack | ClawBack) -> Move:
    """Two moves of one rule as one."""
    changes: dict[str, int] = {}
    for name in ("points", "times", "amount"):
        if hasattr(move, name):
            changes[name] = getattr(before, name) + getattr(move, name)
    made: Move = msgspec.structs.replace(before, **changes)
    return made


def key_of(move: Move, member: str) -> AccountKey | None:
    """The account that a move is about, if it is about one."""
    match move:
        case Redeem() | GiveBack():
            return AccountKey(member, move.program, POINTS)
        case Earn() | EarnAgain() | ClawBack():
            return AccountKey(
                member, move.program, move.kind, "" if move.card is UNSET else move.card
            )
    return None


def rule_of(move: Redeem | GiveBack) -> str:
    """Who took points: a rule, or a program at its own rate. No rule has the name of a program."""
    return move.program if move.rule is None else move.rule


class Bookkeeper:
    """Books the moves that are about accounts."""

    def __init__(self, desk: Desk, occasion: Occasion, moves: Sequence[tuple[Move, str]]) -> None:
        self._book = desk.book
        self._occasion = occasion
        keyed = [(move, key_of(move, member)) for move, member in moves]
        self._moves = [(move, key) for move, key in keyed if key is not None]
        self._accounts = self._book.open([key for _, key in self._moves])
        self._book.recall((one, self._cause(one, "")) for one in self._accounts.values())

    def book(self, spend: Spend, holds: Holds) -> None:
        """Book them in their order; what is reserved and not needed is let go before."""
        left = {key: minor for key, minor in spend.items() if minor}
        taken = self._capture(holds)
        for move, key in self._moves:
            account = self._accounts[key]
            match move:
                case Earn() | EarnAgain():
                    base_minor = left.pop(key) if left.get(key, 0) > 0 else 0
                    self._earn(account, move, base_minor)
                case Redeem():
                    self._redeem(account, move, taken)
                case GiveBack():
                    self._give_back(account, move)
                case ClawBack():
                    base_minor = -left.pop(key) if left.get(key, 0) < 0 else 0
                    self._claw_back(account, move, base_minor)
        self._count(left)

    def _cause(self, account: Account, rule: str, campaigns: Sequence[str] = ()) -> Cause:
        """Why an entry of an account is written."""
        return self._occasion.cause(account.member, account.program, rule, campaigns)

    def _earn(self, account: Account, move: Earn | EarnAgain, base_minor: int) -> None:
        """Credit what was earned."""
        campaigns = move.campaigns if isinstance(move, Earn) else ()
        cause = self._cause(account, move.rule, campaigns)
        earned_at_us = self._occasion.earned_at_us
        self._book.earn(
            account, move.amount, cause, base_minor=base_minor, earned_at_us=earned_at_us
        )

    def _claw_back(self, account: Account, move: ClawBack, base_minor: int) -> None:
        """Take back what was earned."""
        cause = self._cause(account, move.rule)
        self._book.claw_back(
            account,
            move.amount,
            cause,
            order_id=cause.order_id,
            rule=move.rule,
            base_minor=base_minor,
        )

    def _give_back(self, account: Account, move: GiveBack) -> None:
        """Undo what was redeemed."""
        rule = rule_of(move)
        cause = self._cause(account, rule)
        self._book.give_back(account, move.points, cause, order_id=cause.order_id, rule=rule)

    def _capture(self, holds: Holds) -> dict[tuple[str, str], int]:
        """Take what is redeemed out of what was held for it, and let the rest of that go."""
        redeemed = {
            (move.program, rule_of(move)): (move, key)
            for move, key in self._moves
            if isinstance(move, Redeem)
        }
        taken: dict[tuple[str, str], int] = {}
        for name, held in sorted(holds.items()):
            if name not in redeemed:
                self._book.release(held.id)
                continue
            move, key = redeemed[name]
            taken[name] = min(held.points, move.points)
            self._book.capture(held.id, taken[name], self._cause(self._accounts[key], name[1]))
        return taken

    def _redeem(self, account: Account, move: Redeem, taken: Mapping[tuple[str, str], int]) -> None:
        """Debit what was redeemed, but for what was held: that has an entry of its own.

        They are told apart by the event, as any source may be the id of another order.
        """
        rule = rule_of(move)
        before = taken.get((move.program, rule), 0)
        cause = self._cause(account, rule)
        if before:
            cause = msgspec.structs.replace(cause, event=f"{cause.event}.more")
        if move.points > before:
            self._book.redeem(account, move.points - before, cause)

    def _count(self, spend: Spend) -> None:
        """Count what was spent where no points were given for it."""
        occasion = self._occasion
        at_us = occasion.at_us if occasion.earned_at_us is None else occasion.earned_at_us
        for key, account in self._book.open(sorted(spend)).items():
            self._book.qualify(
                account, spend_minor=spend[key], earned_at_us=at_us, order_id=occasion.order_id
            )
