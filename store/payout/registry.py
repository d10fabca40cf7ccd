"""The name of a provider in, the provider out: the shop's own, a tenant's, or plugged in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from ..ledger.terms import TermsOf
from ..schema.payouts import providers
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .codes import Codes
from .gift_cards import GiftCardProvider
from .posting import PostingProvider
from .provider import Provider
from .wallet import WalletProvider

WALLET = "wallet"
GIFT_CARDS = "gift_cards"
OWN = (WALLET, GIFT_CARDS)
# Who pays what nobody named a provider for, unless a tenant says otherwise.
DEFAULTS = {"cashback": WALLET, "credit": WALLET, "gift_card": GIFT_CARDS}

ALL = of_tenant(providers).order_by(providers.c.name)
BY_NAME = of_tenant(providers).where(providers.c.name == sa.bindparam("name"))


def find_secret(tx: Transaction, name: str) -> str:
    """The secret that a provider signs with; empty where there is no such provider."""
    row = tx.find(BY_NAME, name=name)
    return "" if row is None else str(row["secret"])


class Registry:
    """Every provider of one tenant."""

    def __init__(
        self,
        tenancy: Tenancy,
        terms_of: TermsOf,
        codes: Codes,
        plugged: Mapping[str, Provider],
    ) -> None:
        self._tenancy = tenancy
        self._plugged: Mapping[str, Provider] = {
            WALLET: WalletProvider(tenancy, terms_of),
            GIFT_CARDS: GiftCardProvider(tenancy, terms_of, codes),
            **plugged,
        }

    def name_for(self, tx: Transaction, row: Found) -> str:
        """Who is to pay a disbursement; empty: nobody takes its kind."""
        if row["provider"]:
            return str(row["provider"])
        for one in tx.fetch(ALL):
            if row["kind"] in msgspec.json.decode(one["kinds"], type=list[str]):
                return str(one["name"])
        return DEFAULTS.get(row["kind"], "")

    def find(self, tx: Transaction, name: str) -> Provider | None:
        """A provider by its name, if there is one."""
        if name in self._plugged:
            return self._plugged[name]
        row = tx.find(BY_NAME, name=name)
        if row is None:
            return None
        return PostingProvider(row["url"], row["secret"], self._tenancy.clock)
