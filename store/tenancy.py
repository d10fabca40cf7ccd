"""Whose store it is, and what it is asked by: the surroundings that every part of it gets."""

from collections.abc import Callable
from dataclasses import dataclass

from .database.database import Database

Clock = Callable[[], int]  # microseconds since 1970 UTC
Ids = Callable[[], str]  # a new id, never the same twice, later ones greater


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One tenant of one database; `clock` stands in wherever a caller names no instant."""

    database: Database
    tenant: str
    clock: Clock
    ids: Ids
