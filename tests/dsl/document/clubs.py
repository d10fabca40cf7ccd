"""A small loyalty rule set for tests: a club of whole points, and a wallet of hundredths."""

import textwrap

from tallystick.dsl.ruleset import Case

from ..loading import codes_of, load

CLUBS = """
ruleset:
  timezone: Europe/Madrid
  attributes: {event.attributes.mood: {type: string}}
promotions:
  summer: {then: {percent_off: 20%}}
programs:
  club:
    redemption: {points: 100, value: 1 USD}
    tiers: {levels: {silver: {from: 1000, cashback: 2%}, gold: {from: 5000}}}
  wallet:
    points: {scale: 2}
    tiers: {measure: spend, levels: {big: {from: 500 USD}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  load: {program: wallet, event: purchase, stored_value: true, award: {points: 1 per 1 USD}}
  back: {program: club, event: purchase, award: {cashback: tier}}
  cup: {program: club, event: purchase, award: {stamps: 1 per unit, card: card}}
  visit: {program: wallet, event: check-in, award: {points: event.points}}
  friend: {program: club, event: referral, award: {friend: {cashback: 5 USD}}}
burning_rules:
  off: {program: club, cost: 200, reward: {discount: 2 USD}}
  coffee: {program: club, reward: {product: COFFEE}}
  pay: {program: wallet, cost: 5.25, reward: {discount: 5 USD}}
campaigns:
  july: {program: wallet, bonus: 0.50}
stamp_cards:
  card: {program: club, size: 10, reward: coffee}
tests:
"""
CART = "cart: {placed_at: 2026-07-10T12:00, lines: []}\n"
NOTHING = "expect: {applied: []}\n"


def text_of(body: str) -> str:
    """The rules of the clubs with one test."""
    return CLUBS + "  first:\n" + textwrap.indent(textwrap.dedent(body), "    ")


def case(body: str) -> Case:
    """The one test of the clubs."""
    (only,) = load(text_of(body)).cases
    return only


def codes(body: str) -> list[str]:
    """The codes of what is wrong with one test."""
    return codes_of(text_of(body))
