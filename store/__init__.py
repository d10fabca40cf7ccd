"""Moves in, balances out: points, coupons and orders, never lost, doubled or minted."""

from .errors import StoreError
from .ledger.face import Award
from .ledger.purse import Purse
from .refusals import Declined, Refusal
from .shop import Shop
from .store import Store
from .usage.form import CodeForm

__all__ = ["Award", "CodeForm", "Declined", "Purse", "Refusal", "Shop", "Store", "StoreError"]
