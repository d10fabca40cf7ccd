"""A seed in, the loyalty rules of a made-up large shop out, as text behind its promotions.

One program with tiers. Most of its earning rules are about products, some about brands or
categories; every fourth asks for a group, a channel or a minimum as well. A tenth as many campaigns
layer over a few rules each.
"""

from .mix import Author
from .shop import Dice, open_shop
from .workload import SEED

PROGRAM = """
programs:
  club:
    max_per_order: 100000 points
    tiers:
      window: 12 months
      levels:
        bronze: {from: 0}
        silver: {from: 1000, multiplier: 1.25}
        gold: {from: 5000, multiplier: 1.5}
"""


def write_award(author: Author) -> str:
    """What one rule gives, and to which lines."""
    dice = author.dice
    on = dice.pick((*[author.on_skus] * 16, *[author.on_brands] * 3, author.on_categories))()
    given = dice.pick(("1 per 1 USD", "5 per 2 USD, step: whole", "10 per unit", "50"))
    return f"{{points: {given}, on: '{on}'}}"


def write_rule(author: Author, number: int) -> str:
    """One earning rule; every fourth has a condition."""
    rule = f"  E{number:05d}:\n    program: club\n    event: purchase\n"
    if author.dice.has_luck(25):
        ask = author.dice.pick((author.in_group, author.in_channel, author.minimum))
        rule += f"    when: '{ask()}'\n"
    return f"{rule}    award: {write_award(author)}\n"


def write_campaign(author: Author, number: int, rules: int) -> str:
    """One campaign over a few rules, some of its lines or a bonus."""
    dice = author.dice
    named = sorted({f"E{dice.below(rules):05d}" for _ in range(5)})
    head = f"  M{number:05d}:\n    program: club\n    rules: [{', '.join(named)}]\n"
    if dice.has_luck(30):
        return f"{head}    bonus: {10 * (1 + dice.below(50))}\n"
    return f"{head}    multiply: {1 + dice.below(3)}.5\n    on: '{author.on_categories()}'\n"


def write_loyalty(count: int, seed: int = SEED) -> str:
    """So many earning rules, and a tenth of that of campaigns."""
    author = Author(open_shop(seed), Dice(f"{seed} loyalty {count}"), is_small_shop=False)
    rules = "\n".join(write_rule(author, number) for number in range(count))
    campaigns = "\n".join(write_campaign(author, number, count) for number in range(count // 10))
    return f"{PROGRAM}\nearning_rules:\n{rules}\ncampaigns:\n{campaigns}"
