"""The records of loyalty in a result, as JSON has them."""

import json
from typing import Any

from tallystick.dsl.kinds import AwardForm, OnCap
from tallystick.dsl.loyalty import Quota
from tallystick.engine.engine import Engine

from ..reference.shop import (
    award,
    campaign,
    cart,
    line,
    member,
    off,
    price,
    rates,
    rule,
    shop,
    stamps,
)


def parts(ruleset: Any, sent: dict[str, Any], facts: Any = None) -> tuple[str, str]:
    """The redemptions and what is earned, in JSON."""
    result = json.loads(Engine(ruleset).quote(sent, facts).to_json())
    return json.dumps(result["redemptions"]), json.dumps(result["earned"])


def test_redemptions_have_their_keys_in_order() -> None:
    ruleset = shop(rates(), burning=[off("two-off")])
    sent = cart(line("a", 1000), redeem=[{"rule": "two-off", "times": 3}])
    redemptions, _ = parts(ruleset, sent, member(balance=600))
    assert redemptions == (
        '[{"program": "club", "rule": "two-off", "issued": null, "status": "honoured", '
        '"wanted": 3, "times": 3, "points": 600, "amount": 600, '
        '"lines": [{"id": "a", "amount": 600}]}]'
    )
    redemptions, _ = parts(ruleset, sent, member(balance=599))
    assert redemptions == (
        '[{"program": "club", "rule": "two-off", "issued": null, "status": "refused", '
        '"wanted": 3, "times": 0, "points": 0, "amount": 0, "lines": [], '
        '"reason": "insufficient_points"}]'
    )


def test_entries_have_their_keys_in_order() -> None:
    ruleset = shop(rules=[rule()], campaigns=[campaign("more", "1.5")])
    assert parts(ruleset, cart(line("a", 1000)))[1] == (
        '[{"program": "club", "rule": "buy", "kind": "points", "amount": 15, "base": 1000, '
        '"multiplier": "3/2", "campaigns": ["more"], "lines": [{"id": "a", "share": 15}], '
        '"clipped": false}]'
    )


def test_stamps_name_their_card_and_what_was_rejected_its_reason() -> None:
    given = award(AwardForm.FIXED, 9)
    ruleset = shop(
        rules=[
            rule("cup", stamps(AwardForm.FIXED)),
            rule("over", given, points_quota=Quota(5), on_cap=OnCap.REJECT),
        ]
    )
    assert parts(ruleset, cart(line("a", 1000)))[1] == (
        '[{"program": "club", "rule": "over", "kind": "points", "amount": 0, "base": 1000, '
        '"multiplier": "1", "campaigns": [], "lines": [], "clipped": true, "reason": "over_cap"}, '
        '{"program": "club", "rule": "cup", "kind": "stamps", "card": "coffee-card", "amount": 1, '
        '"base": 1000, "multiplier": "1", "campaigns": [], "lines": [{"id": "a", "share": 1}], '
        '"clipped": false}]'
    )


def test_lines_stand_in_the_order_of_the_cart() -> None:
    (entry,) = price(shop(rules=[rule()]), cart(line("b", 1000), line("a", 1000))).earned
    assert [one.id for one in entry.lines] == ["b", "a"]
