"""Something that happened with an order in, what it gave taken back out, all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from ...dsl.loyalty import Loyalty
from ...dsl.ruleset import Ruleset
from ...engine.loyalty.moves import ClawBack, Earn, Move, Revoke
from ...engine.loyalty.stamps import card_state
from ..ledger.account import AccountKey
from ..transaction import Found
from ..usage.rewards import used_of
from ..usage.rooms import undo_awards
from .booking import Occasion, book_moves
from .desk import Desk
from .facts import STAMPS
from .referring import gave
from .returning import Return, name_of


def undo_shared(given: Return, event: str) -> None:
    """Take back what members got for codes that the order used; `event` says why."""
    for row in given.happened:
        if row is not given.decided:
            undo(given, row, event)


def undo(given: Return, row: Found, event: str) -> None:
    """Take back what one happening gave, by the rules that gave it.

    It is named by the event beside its own id, as any id may be that of another order: an order
    that was cancelled takes `external.coupon-shared` back as `cancel.external.coupon-shared`.
    """
    desk = given.desk
    ruleset = desk.library.engine(desk.tx, row["ruleset"]).ruleset
    moves = gave(row).moves
    people = {move.member: move.member or "" for move in moves}
    occasion = Occasion(
        event=f"{event}.{row['event']}",
        source=row["source"],
        people=people,
        ruleset=row["ruleset"],
        at_us=desk.tx.at_us,
        order_id=given.id,
    )
    take_back(desk, occasion, ruleset, moves)
    undo_awards(desk.tx, sorted(set(people.values())), name_of(row))


def take_back(desk: Desk, occasion: Occasion, ruleset: Ruleset, moves: Sequence[Move]) -> None:
    """Take back what moves earned."""
    back = [taken_back(move) for move in moves if isinstance(move, Earn)]
    more = revoked(desk, occasion, ruleset.loyalty, back)
    book_moves(desk, occasion, ruleset, [*back, *more])


def taken_back(move: Earn) -> ClawBack:
    """The move that takes back another."""
    return ClawBack(
        member=move.member,
        program=move.program,
        rule=move.rule,
        kind=move.kind,
        card=move.card,
        amount=move.amount,
    )


def revoked(
    desk: Desk, occasion: Occasion, loyalty: Loyalty, back: Sequence[ClawBack]
) -> Iterator[Move]:
    """The unused rewards of cards that are no longer full without these stamps."""
    stamps: Counter[tuple[str | None, str]] = Counter()
    for move in back:
        if move.card is not UNSET:
            stamps[move.member, move.card] += move.amount
    cards = {card.id: card for card in loyalty.stamp_cards}
    for (who, name), count in sorted(stamps.items(), key=str):
        card, member = cards[name], occasion.people[who]
        key = AccountKey(member, card.program, STAMPS, name)
        had = desk.book.open([key])[key].lifetime
        used = used_of(desk.tx, [name], member).get(name, 0)
        was, now = (card_state(left, used, card.size).open for left in (had, had - count))
        if card.reward is not None and was > now:
            yield Revoke(who, card.program, card.reward, name, was - now)
