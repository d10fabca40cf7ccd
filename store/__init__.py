"""Moves in, balances out: points, coupons and orders, never lost, doubled or minted."""

from .errors import StoreError
from .refusals import Declined, Refusal
from .shop import Shop
from .store import Store

__all__ = ["Declined", "Refusal", "Shop", "Store", "StoreError"]
