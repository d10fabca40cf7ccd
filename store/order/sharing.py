"""An order that used codes of others in, what their owners get for it out, by rule.

A code may belong to a member who shares it. Each such code of an order is an event for its owner,
`external.coupon-shared`: its amount is what the lines came to, its kind the promotion, and
`promotion`, `code` and `discount` are attributes. What an earning rule gives for it goes with the
order: back if that is cancelled, or refunded whole.
"""

from __future__ import annotations

from ...dsl.kinds import AMOUNT_MAX
from ...engine.loyalty.days import spell_instant
from ..member.people import meet_ids
from .desk import Desk
from .hearing import Case, hear
from .papers import encoder, part_of, read_notice
from .pricing import Sale

COUPON_SHARED = "external.coupon-shared"


def reward_owners(desk: Desk, sale: Sale) -> None:
    """Tell the owners of codes that an order used."""
    result, owners = sale.quote.result, sale.codes.owners
    shared = [
        coupon
        for coupon in result.applied_coupons
        if owners.get(coupon.code, sale.person.id) != sale.person.id
    ]
    if not shared:
        return
    people = meet_ids(desk.tx, [owners[coupon.code] for coupon in shared])
    cases = []
    for coupon in shared:
        owner = owners[coupon.code]
        if owner not in people:
            continue
        event = {
            "id": part_of(result.cart, coupon.code),
            "event": COUPON_SHARED,
            "at": spell_instant(sale.at_us),
            "member": owner,
            "amount": min(sum(line.net for line in result.lines), AMOUNT_MAX),
            "kind": coupon.promotions[0],
            "attributes": {
                "promotion": coupon.promotions[0],
                "code": coupon.code,
                "discount": coupon.discount_amount,
            },
        }
        notice = read_notice(encoder.encode(event))
        cases.append(Case(notice, {owner: people[owner]}, result.cart))
    hear(desk, cases)
