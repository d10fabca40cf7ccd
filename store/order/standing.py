"""A person and a kind of event in, what facts say of them out: balances, limits, cards."""

from __future__ import annotations

from typing import Any

from ...engine.engine import Engine
from ...engine.loyalty.event_needs import EventNeeds
from ..ledger.account import AccountKey
from ..member.people import Person
from ..usage.rewards import used_of
from ..usage.rooms import rooms_of
from .desk import Desk
from .facts import cards_of, keys_of, members_of, without_nothing


def keys_for(engine: Engine, needs: EventNeeds, person: Person) -> list[AccountKey]:
    """The accounts that facts about somebody are read from."""
    if not person.id:
        return []
    return keys_of(engine.ruleset, person, needs.members, needs.cards)


def facts_about(
    desk: Desk, engine: Engine, needs: EventNeeds, person: Person, at_us: int
) -> dict[str, Any]:
    """What is known of one person at an instant; balances are those of now."""
    ruleset = engine.ruleset
    purses = desk.purses(keys_for(engine, needs, person), at_us)
    used = used_of(desk.tx, needs.cards, person.id)
    return without_nothing(
        {
            "members": members_of(ruleset.loyalty, person, needs.members, purses),
            "rooms": rooms_of(desk.tx, needs.rooms, ruleset.loyalty, person.id, at_us),
            "cards": cards_of(ruleset, person, needs.cards, purses, used),
        }
    )
