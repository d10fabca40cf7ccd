"""Every type of event that is told, and what it tells."""

# As `Transaction.tell` has them. Outside they are called `tallystick.<type>.v1`.
EVENT_TYPES = {
    "loyalty.earned": "points, cashback or stamps were given",
    "loyalty.redeemed": "points were taken for a value",
    "loyalty.adjusted": "staff changed a balance, with a reason",
    "loyalty.expired": "a lot lapsed",
    "loyalty.reversed": "what was earned was taken back, or what was redeemed given back",
    "loyalty.transferred": "points went from one member to another",
    "tier.changed": "a member rose or fell",
    "order.placed": "an order was placed",
    "order.changed": "an order came into another state",
    "order.refunded": "a part of an order, or all of it, was refunded",
    "promotion.applied": "a promotion gave something to an order",
    "coupon.redeemed": "a coupon code was used by an order",
    "payout.requested": "a gift card, cashback, a donation or credit is to be paid out",
    "payout.approved": "staff let a member be paid",
    "payout.sent": "it is handed to its provider",
    "payout.confirmed": "it arrived",
    "payout.failed": "it will not arrive, and what was held for it is free again",
    "payout.unknown": "nobody knows: what pays for it stays set aside, and it is asked about again",
    "payout.cancelled": "it was never sent, and what was held for it is free again",
}
PING = "ping"  # sent by hand to see whether anybody listens; not to be asked for
