"""The accruals of one program in an order in, whole entries out: caps, exclusives, one rounding.

Caps are held against exact amounts and scale them in proportion. Then all points of the order are
rounded together, once, and made whole entry by entry and line by line, so that nothing is lost:
1.5 and 2.5 points are 4 together, of which the entries get 2 and 2, the smaller id first.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from ...dsl.kinds import AwardKind, OnCap, Rounding
from ..cart.checked import CheckedCart
from ..money import apportion, divide
from ..outcome import NoAward
from .accrual import NOTHING, Accrual


def cap_rule(accrual: Accrual, most: int | None, on_cap: OnCap) -> None:
    """Hold an accrual within the points that its rule has left."""
    accrual.own = accrual.multiplied
    total = accrual.multiplied.total
    if most is None or total <= most:
        return
    accrual.is_clipped = True
    if on_cap is OnCap.REJECT:
        accrual.own = NOTHING
        accrual.reason = NoAward.OVER_CAP
    else:
        accrual.own = accrual.multiplied.scaled(most / total)


def shut_out(accruals: Iterable[Accrual], exclusive: frozenset[int]) -> None:
    """Let the first exclusive rule of a kind that gives something shut out the others.

    `accruals` are all of one kind, by priority and id; `exclusive` the numbers of such rules.
    """
    counting = [one for one in accruals if one.reason is not NoAward.NO_EFFECT]
    winner = next((one for one in counting if one.rule in exclusive and one.own.total > 0), None)
    for one in counting:
        if winner is not None and one is not winner:
            one.reason = NoAward.EXCLUDED_BY_EXCLUSIVE
            one.own = NOTHING


def cap_order(accruals: Sequence[Accrual], most: int | None) -> None:
    """Hold all points of an order within `max_per_order`."""
    total = sum((one.own.total for one in accruals), Fraction(0))
    is_over = most is not None and total > most
    for one in accruals:
        one.exact = one.own
        if most is not None and is_over and one.own.total > 0:
            one.exact = one.own.scaled(most / total)
            one.is_clipped = True


def make_whole(accruals: Sequence[Accrual], rounding: Rounding, cart: CheckedCart) -> None:
    """Round what some accruals are together, once, and give each entry and line its whole part."""
    totals = [one.exact.total for one in accruals]
    exact = sum(totals, Fraction(0))
    total = divide(exact.numerator, exact.denominator, rounding)
    amounts = apportion(total, totals, [one.id for one in accruals])
    for one, amount in zip(accruals, amounts, strict=True):
        one.amount = amount
        one.shares = share_out(amount, one.exact.lines, cart)


def share_out(amount: int, lines: Mapping[int, Fraction], cart: CheckedCart) -> dict[int, int]:
    """The whole part of each line; nothing for amounts that are on no line."""
    if not lines:
        return {}
    parts = apportion(amount, list(lines.values()), [cart.lines[i].id for i in lines])
    return dict(zip(lines, parts, strict=True))


def settle_stamps(accruals: Sequence[Accrual], rounding: Rounding, cart: CheckedCart) -> None:
    """Stamps are whole from the beginning, so each entry is rounded by itself."""
    for one in accruals:
        one.exact = one.own
        make_whole([one], rounding, cart)


def settle(
    kind: AwardKind,
    accruals: Sequence[Accrual],
    most: int | None,
    rounding: Rounding,
    cart: CheckedCart,
) -> None:
    """Bring accruals of one kind to whole amounts; `most` caps the points of an order."""
    if kind is AwardKind.STAMPS:
        settle_stamps(accruals, rounding, cart)
        return
    cap_order(accruals, most if kind is AwardKind.POINTS else None)
    make_whole(accruals, rounding, cart)
