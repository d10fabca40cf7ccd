"""What a provider of payouts has to do, and what can become of what it was given."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from ..acting import OwnKey
from .disbursement import Disbursement


class Sent(Struct, frozen=True):
    """The provider has it, and will say later what became of it."""

    reference: str = ""


class Confirmed(Struct, frozen=True):
    """It arrived."""

    reference: str = ""


class Failed(Struct, frozen=True):
    """It is certain that it did not arrive and never will."""

    detail: str


class Unknown(Struct, frozen=True):
    """Anything else: no answer, or one that says nothing."""

    detail: str


Outcome = Sent | Confirmed | Failed | Unknown


class Provider(Protocol):
    """Pays out. The id of the disbursement is the key under which it is paid once at most.

    A provider must give both calls the same key, and never pay twice under one. What it raises
    counts as `Unknown`.
    """

    def send(self, disbursement: Disbursement) -> Outcome:
        """Pay this out. It is called once, but for those that died in the middle of it."""

    def ask(self, disbursement: Disbursement) -> Outcome:
        """Say what became of it; pay it if it never came."""


def own_key(disbursement: Disbursement) -> OwnKey:
    """The key under which the store itself pays, once."""
    name = f"payout/{disbursement.id}"
    return OwnKey(name, former=name)
