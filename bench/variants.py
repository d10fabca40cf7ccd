"""A seed in, the workloads that are not the standard one out: long carts and unusual rules.

Each takes the standard shop and bends one thing, so that a number that stands out says which. The
rule sets of the variants have no `then` of their own: it is the conditions that differ.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from tallystick import Ruleset, load, load_text

from .earning import write_loyalty
from .mix import (
    BROAD_MINIMUMS_MINOR,
    MINIMUMS_MINOR,
    STACK_GROUPS,
    Author,
    Promotion,
    money,
    print_promotion,
)
from .shop import Dice, open_shop
from .workload import SEED, make_lines, make_rules

LINE_COUNTS = (5, 100, 500)
CARTS = 200  # of a variant
RULES = 1_000
EARNING = "as many earning rules"  # beside the standard promotions
JOURNEY_RULES = Path(__file__).resolve().parent.parent / "rules" / "completejourney"

Write = Callable[[Author], Promotion]


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule set and carts for it."""

    name: str
    ruleset: Ruleset
    lines: list[bytes]


def nested(author: Author) -> Promotion:
    """`or` over `and` over `not`, three levels deep, with products at the bottom."""
    on = author.on_skus() if author.dice.has_luck(50) else author.on_categories()
    calm = f"not ({author.in_channel()} and ({author.in_country()} or {author.in_tier()}))"
    bought = f"qty({on}) >= 1 and (not {author.in_group()} or {author.minimum()})"
    when = [f"({author.in_group()} and {calm}) or ({bought})"]
    if author.dice.has_luck(50):
        when.append(f"not ({author.in_channel()} or {author.in_tier()})")
    return author.narrow(Promotion("cart", author.percent_off(on), when), first=0)


def by_net(author: Author) -> Promotion:
    """What is left after earlier promotions decides, of the whole cart or of some goods."""
    floor = money(author.dice.pick(MINIMUMS_MINOR))
    stage, then = author.dice.pick(
        (
            ("cart", author.percent_off(author.on_categories())),
            ("order", author.order_off()),
            ("shipping", author.shipping_off()),
        )
    )
    left = "cart.net_subtotal" if author.dice.has_luck(50) else f"net({author.on_categories()})"
    return author.narrow(Promotion(stage, then, [f"{left} >= {floor}"]), first=20)


def gated(author: Author) -> Promotion:
    """Nine in ten need a code."""
    if author.dice.has_luck(90):
        write: Write = author.dice.pick(
            (Author.coupon_category, Author.coupon_order, Author.coupon_shipping)
        )
        return write(author)
    return author.sku_percent()


def broad(author: Author) -> Promotion:
    """Half of all carts could have it: a low minimum, or any of many categories."""
    if author.dice.has_luck(50):
        minimum = author.minimum((100, *BROAD_MINIMUMS_MINOR[:1]))
        return author.narrow(Promotion("order", author.order_off(), [minimum]), dates=20, first=20)
    on = author.on_categories(most=20)
    when = [f"qty({on}) >= 1"]
    return author.narrow(Promotion("cart", author.percent_off(on), when), dates=20, first=20)


WRITERS: Mapping[str, Write] = {
    "or, not, nesting": nested,
    "net-dependent": by_net,
    "90 % behind coupons": gated,
    "many broad rules": broad,
}


def write_rules(name: str, count: int, seed: int = SEED) -> str:
    """A rule set of one variant, as the text of one rule file."""
    dice = Dice(f"{seed} {name} {count}")
    author = Author(open_shop(seed), dice, is_small_shop=False)
    head = "".join(
        f"  {group}: {{policy: priority}}\n" for names in STACK_GROUPS.values() for group in names
    )
    written = []
    for number in range(count):
        promotion = WRITERS[name](author)
        group = dice.pick(STACK_GROUPS[promotion.stage]) if dice.has_luck(95) else None
        written.append(print_promotion(f"R{number:05d}", promotion, 1 + dice.below(1_000), group))
    return f"ruleset:\n  currency: USD\n\nstack_groups:\n{head}\npromotions:\n" + "\n".join(written)


def make_variants(rules: int = RULES, carts: int = CARTS) -> Iterator[Variant]:
    """The variants that need no data from outside, the standard rules with long carts first."""
    standard = load_text(make_rules(rules))
    for line_count in LINE_COUNTS:
        size = max(2, carts * 5 // line_count)
        lines = make_lines(size, line_count=line_count)
        yield Variant(f"{line_count} lines a cart", standard, lines)
    lines = make_lines(carts)
    for name in WRITERS:
        yield Variant(name, load_text(write_rules(name, rules)), lines)
    yield Variant(EARNING, load_text(f"{make_rules(rules)}\n{write_loyalty(rules)}"), lines)


def real_baskets(carts: int = CARTS) -> Variant | None:
    """Real baskets under the rules of the demo; None without the extra `demo`."""
    try:
        from .baskets import Report, make_carts, read_tables

        tables = read_tables()
    except ImportError:
        return None
    drawn = islice(make_carts(tables, None, Report()), carts)
    lines = [msgspec.json.encode(cart) for cart in drawn]
    return Variant("real baskets", load(JOURNEY_RULES), lines)
