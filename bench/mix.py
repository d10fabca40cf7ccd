"""A made-up shop in, its promotions out as a rule author would write them.

`MIX` says how many promotions of each kind a set has. Most of a large set is targeted, at products,
at a customer group or behind a coupon; what everybody could get (order and shipping thresholds,
whole categories, methods of payment) is capped, as in a real shop.
"""

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import lcm

from .shop import (
    BRANDS,
    CATEGORIES,
    CHANNELS,
    COUNTRIES,
    COUPONS,
    GROUPS,
    METHODS,
    TIERS,
    Dice,
    Shop,
    skew_of,
)

STACK_GROUPS = {
    "cart": tuple(f"line-{n:02d}" for n in range(12)),
    "order": tuple(f"order-{n}" for n in range(4)),
    "shipping": tuple(f"shipping-{n}" for n in range(2)),
    "payment": tuple(f"payment-{n}" for n in range(2)),
}
FIRST_DAY = date(2026, 9, 1)  # of the earliest window; carts are of November
SMALL_SET = 30  # promotions up to which a shop has mostly broad ones, always on
SKU_COUNTS = (1, 2, 3, 5, 10, 20)
SKU_COUNT_SKEW = skew_of(40, 15, 10, 15, 12, 8)
PERCENTS = ("5%", "7.5%", "10%", "12.5%", "15%", "20%", "25%", "30%", "40%")
ORDER_PERCENTS = ("3%", "5%", "7%", "10%", "15%", "20%")
MINIMUMS_MINOR = (2_500, 5_000, 7_500, 10_000, 15_000, 25_000, 50_000)
BROAD_MINIMUMS_MINOR = (5_000, 10_000, 15_000, 25_000, 50_000, 75_000, 100_000)


@dataclass(slots=True)
class Promotion:
    """One promotion as text: what `then` does, and each condition as an expression."""

    stage: str
    then: str
    when: list[str] = field(default_factory=list)
    active: str | None = None
    coupon: str | None = None
    is_exclusive: bool = False


def money(amount_minor: int) -> str:
    """An amount in the rule language."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d} USD"


def percent(bps: int) -> str:
    """A percentage in the rule language."""
    return f"{bps // 100}.{bps % 100:02d}%"


def is_one_of(name: str, values: Sequence[str]) -> str:
    """The expression for a field that is one of some values."""
    if len(values) == 1:
        return f'{name} == "{values[0]}"'
    return f"{name} in {json.dumps(list(values))}"


def holds_one_of(name: str, values: Sequence[str]) -> str:
    """The expression for a set that holds at least one of some values."""
    if len(values) == 1:
        return f'{name} has "{values[0]}"'
    return f"{name} has any {json.dumps(list(values))}"


def fields(action: str, on: str) -> str:
    """An action on the lines that an expression selects."""
    return f"{{{action}, on: '{on}'}}" if on else f"{{{action}}}"


class Author:
    """Writes promotions of every kind for one shop."""

    def __init__(self, shop: Shop, dice: Dice, is_small_shop: bool) -> None:
        self.shop = shop
        self.dice = dice
        self.is_small_shop = is_small_shop
        self.coupons_used = 0

    def skus(self, at_least: int = 1) -> list[str]:
        """Some products: best sellers now and then, mostly the long tail."""
        count = max(at_least, SKU_COUNTS[self.dice.place(SKU_COUNT_SKEW)])
        found: set[str] = set()
        while len(found) < count:
            is_popular = self.dice.has_luck(10)
            product = (
                self.shop.draw_product(self.dice)
                if is_popular
                else self.dice.pick(self.shop.products)
            )
            found.add(product.sku)
        return sorted(found)

    def on_skus(self) -> str:
        return is_one_of("sku", self.skus())

    def on_categories(self, most: int = 3) -> str:
        return holds_one_of("categories", self.dice.some(CATEGORIES, most, self.shop.categories))

    def on_brands(self) -> str:
        return is_one_of("brand", self.dice.some(BRANDS, 3, self.shop.brands))

    def minimum(self, amounts_minor: Sequence[int] = MINIMUMS_MINOR) -> str:
        return f"cart.subtotal >= {money(self.dice.pick(amounts_minor))}"

    def in_group(self) -> str:
        return holds_one_of("customer.groups", self.dice.some(GROUPS, 2))

    def in_tier(self) -> str:
        return is_one_of("customer.tier", TIERS[self.dice.below(3) :])

    def in_channel(self) -> str:
        return is_one_of("cart.channel", [self.dice.pick(CHANNELS)])

    def in_country(self) -> str:
        return is_one_of("shipping.country", self.dice.some(COUNTRIES[:8], 3))

    def coupon(self) -> str:
        """The next code, the most popular first; one in ten opens a second promotion."""
        if not (self.coupons_used and self.dice.has_luck(10)):
            self.coupons_used += 1
        return COUPONS[(self.coupons_used - 1) % len(COUPONS)]

    def narrow(
        self, promotion: Promotion, dates: int = 80, first: int = 50, second: int = 0
    ) -> Promotion:
        """Add what promotions usually have besides: days, and one or two of channel, country, tier.

        The numbers are percentages of promotions that have each.
        """
        if self.is_small_shop:
            dates, first, second = dates // 2, first // 2, 0
        if self.dice.has_luck(dates):
            starts_on = FIRST_DAY + timedelta(self.dice.below(85))
            last_day = starts_on + timedelta(self.dice.pick((7, 14, 30, 60, 90)) - 1)
            promotion.active = f"{starts_on}..{last_day}"
        if self.dice.has_luck(first):
            conditions = [self.in_channel, self.in_country, self.in_tier]
            chosen = conditions.pop(self.dice.below(3))
            promotion.when.append(chosen())
            if self.dice.has_luck(second):
                promotion.when.append(self.dice.pick(conditions)())
        return promotion

    def percent_off(self, on: str) -> str:
        return fields(f"percent_off: {self.dice.pick(PERCENTS)}", on)

    def volume(self, on: str) -> str:
        start, step_bps = 2 + self.dice.below(2), self.dice.pick((300, 500, 750))
        tiers = ", ".join(
            f"{{min_quantity: {start + 2 * n}, percent_off: {percent(step_bps * (n + 1))}}}"
            for n in range(2 + self.dice.below(3))
        )
        return fields(f"volume: [{tiers}]", on)

    def buy_get(self, on: str) -> str:
        buy = f"on: '{on}', quantity: {1 + self.dice.below(3)}"
        get = f"quantity: 1, percent_off: {self.dice.pick(('100%', '100%', '50%'))}"
        return f"{{buy: {{{buy}}}, get: {{{get}}}}}"

    def order_off(self) -> str:
        if self.dice.has_luck(55):
            return f"{{percent_off: {self.dice.pick(ORDER_PERCENTS)}}}"
        return f"{{amount_off: {money(self.dice.pick((300, 500, 1_000, 1_500, 2_000, 2_500)))}}}"

    def shipping_off(self) -> str:
        roll = self.dice.below(10)
        if roll < 6:
            return "{free_shipping: {}}"
        if roll < 8:
            return f"{{percent_off: {self.dice.pick(('25%', '33.33%', '50%'))}}}"
        return f"{{amount_off: {money(self.dice.pick((200, 300, 500)))}}}"

    def sku_percent(self) -> Promotion:
        on = self.on_skus()
        when = [f"qty({on}) >= {self.dice.pick((1, 1, 2))}"]
        if self.dice.has_luck(25):
            when.append(self.in_group())
        return self.narrow(Promotion("cart", self.percent_off(on), when))

    def sku_amount(self) -> Promotion:
        on = self.on_skus()
        amount = money(self.dice.pick((50, 100, 200, 300, 500, 1_000, 1_500)))
        then = fields(f"amount_off: {amount}, per: unit", on)
        return self.narrow(Promotion("cart", then, [f"qty({on}) >= 1"]))

    def sku_buy_get(self) -> Promotion:
        return self.narrow(Promotion("cart", self.buy_get(self.on_skus())))

    def sku_volume(self) -> Promotion:
        return self.narrow(Promotion("cart", self.volume(self.on_skus())))

    def sku_pair(self) -> Promotion:
        """Something of each of two lists of products."""
        skus = self.skus(at_least=2)
        half = (len(skus) + 1) // 2
        when = [f"qty({is_one_of('sku', part)}) >= 1" for part in (skus[:half], skus[half:])]
        return self.narrow(Promotion("cart", self.percent_off(is_one_of("sku", skus)), when))

    def category_percent(self) -> Promotion:
        on = self.on_categories()
        when = [f"qty({on}) >= {self.dice.pick((1, 2, 2, 3))}"]
        return self.narrow(Promotion("cart", self.percent_off(on), when), first=75)

    def category_buy_get(self) -> Promotion:
        return self.narrow(Promotion("cart", self.buy_get(self.on_categories(2))), first=75)

    def brand_volume(self) -> Promotion:
        return self.narrow(Promotion("cart", self.volume(self.on_brands())), first=75)

    def brand_in_category(self) -> Promotion:
        """A brand in a category, a pair that some product on sale has."""
        product = self.shop.draw_product(self.dice)
        on = f'categories has "{product.category}" and brand == "{product.brand}"'
        when = [f"qty({on}) >= {1 + self.dice.below(2)}"]
        return self.narrow(Promotion("cart", self.percent_off(on), when), first=75)

    def group_category(self) -> Promotion:
        on = self.on_categories() if self.dice.has_luck(50) else self.on_brands()
        when = [self.in_group(), f"qty({on}) >= 1"]
        return self.narrow(Promotion("cart", self.percent_off(on), when), first=20)

    def group_order(self) -> Promotion:
        when = [self.in_group(), self.minimum()]
        return self.narrow(Promotion("order", self.order_off(), when), first=20)

    def group_shipping(self) -> Promotion:
        when = [self.in_group()]
        return self.narrow(Promotion("shipping", self.shipping_off(), when), first=20)

    def coupon_category(self) -> Promotion:
        on = self.on_categories() if self.dice.has_luck(50) else ""
        promotion = Promotion("cart", self.percent_off(on), coupon=self.coupon())
        return self.narrow(promotion, dates=60, first=10)

    def coupon_order(self) -> Promotion:
        when = [self.minimum()] if self.dice.has_luck(60) else []
        promotion = Promotion("order", self.order_off(), when, coupon=self.coupon())
        return self.narrow(promotion, dates=60, first=10)

    def coupon_shipping(self) -> Promotion:
        promotion = Promotion("shipping", self.shipping_off(), coupon=self.coupon())
        return self.narrow(promotion, dates=60, first=10)

    def order_threshold(self) -> Promotion:
        when = [self.minimum(BROAD_MINIMUMS_MINOR)]
        return self.narrow(Promotion("order", self.order_off(), when), first=100, second=60)

    def shipping_threshold(self) -> Promotion:
        when = [self.minimum()]
        return self.narrow(Promotion("shipping", self.shipping_off(), when), first=100, second=60)

    def payment_method(self) -> Promotion:
        effect = self.dice.pick(("off", "surcharge"))
        if self.dice.has_luck(70):
            then = f"{{percent_{effect}: {self.dice.pick(('0.5%', '1%', '2%'))}}}"
        else:
            then = f"{{amount_{effect}: {money(self.dice.pick((100, 200, 500)))}}}"
        when = [is_one_of("payment.method", [self.dice.pick(METHODS)])]
        return self.narrow(Promotion("payment", then, when), dates=60, first=40)

    def exclusive(self) -> Promotion:
        """The best deal of all, for a well-known code or a large group."""
        if self.dice.has_luck(50):
            when, code = [self.minimum((5_000, 10_000))], self.dice.pick(COUPONS[:60])
            return Promotion("order", self.order_off(), when, coupon=code, is_exclusive=True)
        group = holds_one_of("customer.groups", self.dice.some(GROUPS[:40], 2))
        when = [group, self.minimum((25_000, 50_000)), self.in_tier()]
        return Promotion("cart", self.percent_off(""), when, is_exclusive=True)


# Who writes a kind, its share, and the most of a set that are of it.
Kind = tuple[Callable[[Author], Promotion], int, int | None]
MIX: tuple[Kind, ...] = (
    (Author.sku_percent, 18, None),
    (Author.category_percent, 10, 40),
    (Author.coupon_order, 10, None),
    (Author.order_threshold, 9, 25),
    (Author.shipping_threshold, 9, 20),
    (Author.brand_volume, 8, 60),
    (Author.payment_method, 7, 12),
    (Author.category_buy_get, 6, 30),
    (Author.sku_amount, 6, None),
    (Author.group_category, 5, None),
    (Author.exclusive, 5, 15),
    (Author.coupon_category, 5, None),
    (Author.sku_buy_get, 4, None),
    (Author.group_order, 4, None),
    (Author.sku_pair, 3, None),
    (Author.brand_in_category, 3, None),
    (Author.sku_volume, 3, None),
    (Author.group_shipping, 2, None),
    (Author.coupon_shipping, 2, None),
)


def deal_kinds(count: int) -> Iterator[Callable[[Author], Promotion]]:
    """Whose turn it is, for each of `count` promotions: of the kind furthest behind its share."""
    whole = lcm(*(share for _, share, _ in MIX))
    # The time of a kind's next turn, its place in the mix, its turns so far.
    queue = [(whole // share, place, 0) for place, (_, share, _) in enumerate(MIX)]
    heapq.heapify(queue)
    for _ in range(count):
        turn_at, place, turns = heapq.heappop(queue)
        write, share, most = MIX[place]
        yield write
        if turns + 1 != most:
            heapq.heappush(queue, (turn_at + whole // share, place, turns + 1))


def write_promotions(shop: Shop, seed: int, count: int) -> Iterator[str]:
    """Each promotion of a set as lines of YAML. A smaller set is no part of a larger one."""
    dice = Dice(f"{seed} rules {count}")
    author = Author(shop, dice, is_small_shop=count <= SMALL_SET)
    for number, write in enumerate(deal_kinds(count)):
        promotion = write(author)
        has_group = not (promotion.is_exclusive or (promotion.stage == "cart" and dice.has_luck(5)))
        group = dice.pick(STACK_GROUPS[promotion.stage]) if has_group else None
        yield print_promotion(f"R{number:05d}", promotion, 1 + dice.below(1_000), group)


def print_promotion(name: str, promotion: Promotion, priority: int, group: str | None) -> str:
    """One promotion as lines of YAML below `promotions:`."""
    lines = [f"  {name}:", f"    stage: {promotion.stage}", f"    priority: {priority}"]
    if promotion.active:
        lines.append(f"    active: {promotion.active}")
    if promotion.coupon:
        lines.append(f"    coupon: {promotion.coupon}")
    if promotion.when:
        lines.append("    when:")
        lines.extend(f"      - {condition}" for condition in promotion.when)
    lines.append(f"    then: {promotion.then}")
    if promotion.is_exclusive:
        lines.append("    stacking: {mode: exclusive}")
    elif group:
        lines.append(f"    stacking: {{group: {group}}}")
    return "\n".join(lines) + "\n"
