"""A seed in, carts and rule sets to measure with out.

    .venv/bin/python -m bench.workload --seed 7 --carts 1000 --rules 1000 --out build/workload

A cart has 1 to 20 lines (5 on average) of 50,000 products; a rule set has any number of promotions,
mostly targeted, in 20 stack groups (`mix.py`). The carts depend on the seed alone, and fewer of
them are a prefix of more, so one file of carts serves rule sets of every size.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from .mix import STACK_GROUPS, write_promotions
from .shop import (
    CHANNELS,
    COUNTRIES,
    COUPONS,
    GROUPS,
    METHODS,
    TIERS,
    Dice,
    Shop,
    long_tail,
    open_shop,
    skew_of,
)

Json = dict[str, Any]

SEED = 7
SIZES = (10, 100, 1_000, 10_000)  # promotions of the standard rule sets
FIRST_SECOND = datetime(2026, 11, 1, tzinfo=UTC)
PROMOTIONS_A_FILE = 20_000  # a rule file has at most 10 MB
SECONDS = 30 * 24 * 60 * 60  # the span in which carts are placed
SHIPPING_MINOR = (0, 399, 499, 599, 799, 999, 1_499)

# Lines of a cart, 1 to 20: median 4, mean 5.1.
LINE_COUNTS = skew_of(
    *(1_280, 1_460, 1_370, 1_190, 990, 800, 640, 505, 395, 305),
    *(235, 182, 140, 107, 82, 62, 47, 36, 27, 21),
)
QUANTITIES = skew_of(50, 22, 12, 8, 5, 3)
GROUP_COUNTS = skew_of(25, 35, 20, 12, 8)
GROUP_SIZES = long_tail(len(GROUPS), 10)
COUPON_COUNTS = skew_of(82, 15, 3)
COUPON_USES = long_tail(len(COUPONS), 10)
TIER_SIZES = skew_of(60, 22, 13, 5)  # first the customers without one
CHANNEL_USES = skew_of(50, 35, 10, 5)
COUNTRY_SIZES = long_tail(len(COUNTRIES), 1)
METHOD_USES = skew_of(55, 20, 10, 6, 4, 3, 2)
SHIPPING_USES = skew_of(10, 10, 25, 25, 15, 10, 5)


def draw_lines(shop: Shop, dice: Dice, line_count: int | None = None) -> list[Json]:
    """The lines of one cart, as many as is usual; their ids sort as they stand."""
    lines: list[Json] = []
    if line_count is None:
        line_count = dice.place(LINE_COUNTS) + 1
    digits = max(2, len(str(line_count)))
    for place in range(1, line_count + 1):
        product = shop.draw_product(dice)
        lines.append(
            {
                "id": f"{place:0{digits}d}",
                "sku": product.sku,
                "quantity": dice.place(QUANTITIES) + 1,
                "unit_price": product.price_minor,
                "categories": [product.category],
                "brand": product.brand,
            }
        )
    return lines


def draw_coupons(dice: Dice) -> list[str]:
    """The codes on one cart: mostly none; one in seven is unknown to every rule."""
    codes: list[str] = []
    for _ in range(dice.place(COUPON_COUNTS)):
        is_known = not dice.has_luck(15)
        code = COUPONS[dice.place(COUPON_USES)] if is_known else f"WRONG{dice.below(100_000):05d}"
        if code not in codes:
            codes.append(code)
    return codes


def draw_customer(dice: Dice) -> Json:
    """A customer: a tier for two in five, and the groups."""
    tier = dice.place(TIER_SIZES)
    groups = {GROUPS[dice.place(GROUP_SIZES)] for _ in range(dice.place(GROUP_COUNTS))}
    customer: Json = {"tier": TIERS[tier - 1]} if tier else {}
    customer["groups"] = sorted(groups)
    return customer


def draw_carts(shop: Shop, seed: int, line_count: int | None = None) -> Iterator[Json]:
    """Carts without end, with so many lines each, or with as many as is usual."""
    dice = Dice(f"{seed} carts")
    number = 0
    while True:
        placed_at = FIRST_SECOND + timedelta(seconds=dice.below(SECONDS))
        yield {
            "id": f"cart-{number:07d}",
            "currency": "USD",
            "placed_at": f"{placed_at:%Y-%m-%dT%H:%M:%SZ}",
            "channel": CHANNELS[dice.place(CHANNEL_USES)],
            "lines": draw_lines(shop, dice, line_count),
            "shipments": [{"amount": SHIPPING_MINOR[dice.place(SHIPPING_USES)]}],
            "shipping_address": {"country": COUNTRIES[dice.place(COUNTRY_SIZES)]},
            "payment": {"method": METHODS[dice.place(METHOD_USES)]},
            "coupons": draw_coupons(dice),
            "customer": draw_customer(dice),
        }
        number += 1


def make_carts(count: int, seed: int = SEED, line_count: int | None = None) -> list[Json]:
    """The first carts of a seed."""
    return list(islice(draw_carts(open_shop(seed), seed, line_count), count))


def make_lines(count: int, seed: int = SEED, line_count: int | None = None) -> list[bytes]:
    """The same carts as lines of JSON, without the line ends."""
    return [msgspec.json.encode(cart) for cart in make_carts(count, seed, line_count)]


def make_rule_files(
    count: int, seed: int = SEED, promotions_a_file: int = PROMOTIONS_A_FILE
) -> Iterator[str]:
    """A rule set with so many promotions, as the texts of rule files of a size that is read."""
    groups = "".join(
        f"  {name}: {{policy: priority}}\n" for names in STACK_GROUPS.values() for name in names
    )
    head = f"ruleset:\n  currency: USD\n\nstack_groups:\n{groups}\n"
    promotions = write_promotions(open_shop(seed), seed, count)
    while part := list(islice(promotions, promotions_a_file)):
        yield f"{head}promotions:\n" + "\n".join(part)
        head = ""


def make_rules(count: int, seed: int = SEED) -> str:
    """The same rule set as the text of one rule file."""
    return next(make_rule_files(count, seed, count))


def main() -> int:
    parser = argparse.ArgumentParser(description="Write carts and a rule set to measure with.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--carts", type=int, default=1_000, help="how many carts")
    parser.add_argument("--rules", type=int, default=1_000, help="how many promotions")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lines = make_lines(options.carts, options.seed)
    (options.out / "carts.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (options.out / "rules.yaml").write_text(make_rules(options.rules, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
