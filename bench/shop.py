"""A seed in, a made-up shop out: its catalogue, its names, and the draws that fill carts and rules.

Sizes and skews are those of a large online shop: a few products make up much of the sales, most
customers are in few groups, and rules are about the long tail. Every draw is whole-number
arithmetic on `random.Random.random`, whose sequence for a seed Python guarantees, so one seed gives
the same bytes on every machine.
"""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

PRODUCTS = 50_000
CATEGORIES = tuple(f"CAT{n:03d}" for n in range(200))
BRANDS = tuple(f"BR{n:03d}" for n in range(500))
GROUPS = tuple(f"GRP{n:03d}" for n in range(500))
COUPONS = tuple(f"CODE{n:04d}" for n in range(4_000))
TIERS = ("silver", "gold", "platinum")
CHANNELS = ("web", "app", "store", "marketplace")
METHODS = ("card", "paypal", "wallet", "bnpl", "bank_transfer", "gift_card", "cod")
COUNTRIES = (
    *("US", "CA", "GB", "DE", "FR", "AU", "MX", "NL", "SE", "ES"),
    *("IT", "PL", "BR", "JP", "IE", "BE", "AT", "DK", "NO", "FI"),
    *("CH", "PT", "CZ", "NZ", "SG", "AE", "ZA", "IN", "KR", "GR"),
)
# (first, last) unit price of a band in minor units, and the cents that prices end in.
BANDS = ((99, 999), (1_000, 2_999), (3_000, 9_999), (10_000, 49_999), (50_000, 199_999))
ENDINGS = (99, 49, 0, 95)

T = TypeVar("T")
Skew = Sequence[int]  # running sums of integer weights


def skew_of(*weights: int) -> Skew:
    """Weights as a skew to draw places from."""
    return tuple(accumulate(weights))


def long_tail(size: int, head: int) -> Skew:
    """Popularity by rank, most popular first: 1 / (rank + head). A larger head is flatter."""
    return tuple(accumulate(10**12 // (rank + head) for rank in range(1, size + 1)))


class Dice:
    """Draws of one seed, in the order they are asked for."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def below(self, size: int) -> int:
        """A number from 0 to `size` - 1, each as likely."""
        return int(self._random() * size)

    def has_luck(self, percent: int) -> bool:
        """True in that many of 100 draws."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[self.below(len(choices))]

    def place(self, skew: Skew) -> int:
        """A place in a skew."""
        return bisect_right(skew, self.below(skew[-1]))

    def some(self, choices: Sequence[str], most: int, skew: Skew | None = None) -> list[str]:
        """One to `most` of the choices, sorted."""
        size = len(choices)
        return sorted(
            {
                choices[self.below(size) if skew is None else self.place(skew)]
                for _ in range(1 + self.below(most))
            }
        )


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the catalogue."""

    sku: str
    category: str
    brand: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Shop:
    """What carts and rules of one seed share."""

    products: tuple[Product, ...]  # by sales, best seller first
    sales: Skew
    categories: Skew
    brands: Skew

    def draw_product(self, dice: Dice) -> Product:
        """A product, as often as it is sold: the best seller 1.1 % of the time."""
        return self.products[dice.place(self.sales)]


@lru_cache(maxsize=4)
def open_shop(seed: int) -> Shop:
    """The shop of a seed."""
    dice = Dice(f"{seed} shop")
    categories, brands = long_tail(len(CATEGORIES), 20), long_tail(len(BRANDS), 20)
    bands = skew_of(25, 35, 25, 12, 3)
    endings = skew_of(55, 15, 20, 10)
    ranked: list[Product] = []
    for number in range(PRODUCTS):
        lowest, highest = BANDS[dice.place(bands)]
        price_minor = lowest + dice.below(highest - lowest + 1)
        price_minor += ENDINGS[dice.place(endings)] - price_minor % 100
        category, brand = CATEGORIES[dice.place(categories)], BRANDS[dice.place(brands)]
        ranked.append(Product(f"SKU{number:05d}", category, brand, max(price_minor, 99)))
        # Each newcomer trades places with a random product: at the end every order is as likely.
        rank = dice.below(number + 1)
        ranked[rank], ranked[number] = ranked[number], ranked[rank]
    return Shop(tuple(ranked), long_tail(PRODUCTS, 10), categories, brands)
