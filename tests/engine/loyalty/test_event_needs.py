"""What an event needs to be known, so that a store reads no more than that."""

import tallystick
from tallystick.engine.loyalty.event_needs import EventNeeds

from .shop import RULESET

ENGINE = tallystick.Engine(RULESET)


def test_needs_are_those_of_the_rules_that_wait_for_the_event() -> None:
    assert ENGINE.event_needs("check-in") == EventNeeds(["club"], ["visit"], [], [], [])
    assert ENGINE.event_needs("birthday") == EventNeeds(["club", "stars"], [], [], [], [])
    assert ENGINE.event_needs("referral") == EventNeeds(["club"], ["friend"], [], [], [])
    assert ENGINE.event_needs("external.never") == EventNeeds([], [], [], [], [])


def test_needs_of_a_reward_are_its_own() -> None:
    shirt = EventNeeds(["club"], ["shirt"], ["shirt"], [], [])
    assert ENGINE.event_needs("redeem", "shirt") == shirt
    assert ENGINE.event_needs("redeem", "nothing") == EventNeeds([], [], [], [], [])


def test_cards_and_pools_are_needed_where_something_comes_of_them() -> None:
    rules = """
    programs: {club: {}}
    stamp_cards: {cups: {program: club, size: 3}, mates: {program: club, size: 3}}
    earning_rules:
      cup: {program: club, event: check-in, award: {stamps: 1, card: cups}}
      mate:
        program: club
        event: referral
        award: {referrer: {points: 1}, friend: {stamps: 1, card: mates}}
    promotions: {tenth: {coupon_pool: tens, then: {percent_off: 10%}}}
    burning_rules: {ten: {program: club, cost: 5 points, reward: {coupon_pool: tens}}}
    """
    engine = tallystick.Engine(tallystick.load_text(rules))
    assert engine.event_needs("check-in").cards == ["cups"]
    assert engine.event_needs("referral").cards == ["mates"]
    assert engine.event_needs("redeem", "ten") == EventNeeds(["club"], [], [], ["tens"], [])
