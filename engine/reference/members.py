"""A program and facts in, where the customer stands in it out: a member or not, and at which tier.

A tier is spoken of by its rank, its place among the program's levels from the lowest; None is none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from ...dsl.formula import Value
from ...dsl.kinds import PPM
from ...dsl.loyalty import Level, Program
from ..cart.facts import Facts, Member

NEWCOMER = Member()


@dataclass(frozen=True, slots=True)
class Membership:
    """The customer in one program; `member` is None for who is not in it."""

    program: Program
    member: Member | None
    rank: int | None  # of the tier held

    @property
    def tier(self) -> str | None:
        """The id of the tier held."""
        return self.tier_of(self.rank)

    @property
    def balance(self) -> int:
        """The points that can be spent, in smallest units."""
        return 0 if self.member is None else self.member.balance

    def tier_of(self, rank: int | None) -> str | None:
        """The id of a tier."""
        return None if rank is None else self.levels[rank].id

    @property
    def levels(self) -> Sequence[Level]:
        """The tiers of the program, from the lowest."""
        return () if self.program.tiers is None else self.program.tiers.levels

    def millionths(self, points: int) -> int:
        """Points in smallest units, as formulas count them."""
        whole: int = 10**self.program.points.scale
        return points * PPM // whole

    def field(self, name: str) -> Value | None:
        """What a formula reads of the member."""
        return None if self.member is None else FIELDS[name](self, self.member)


FIELDS: Mapping[str, Callable[[Membership, Member], Value | None]] = {
    "member.tier": lambda held, member: held.tier,
    "member.points": lambda held, member: held.millionths(member.balance),
    "member.lifetime_points": lambda held, member: held.millionths(member.lifetime_points),
    "member.segments": lambda held, member: member.segments,
    "member.joined": lambda held, member: member.joined_days,
}


def membership_of(program: Program, facts: Facts) -> Membership:
    """Where the customer stands; without a word about members they are new to every program."""
    member = NEWCOMER if facts.members is None else facts.members.get(program.id)
    rank = None if member is None else rank_held(program, member)
    return Membership(program, member, rank)


def rank_held(program: Program, member: Member) -> int | None:
    """The tier that the facts name, or else the one that what qualifies reaches."""
    levels = () if program.tiers is None else program.tiers.levels
    if member.tier is UNSET:
        return rank_reached(levels, member.qualifying)
    if member.tier is None:
        return None
    return [level.id for level in levels].index(member.tier)


def rank_reached(levels: Sequence[Level], qualifying: int) -> int | None:
    """The highest tier that begins at or below a value."""
    reached = [rank for rank, level in enumerate(levels) if level.threshold <= qualifying]
    return max(reached, default=None)


def higher(one: int | None, other: int | None) -> int | None:
    """The higher of two tiers."""
    return max((rank for rank in (one, other) if rank is not None), default=None)
