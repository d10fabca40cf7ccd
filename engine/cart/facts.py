"""What the store knows in, facts out: counters, codes, and where a customer stands in programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

from .cart import Count, Text, Words
from .errors import CartError, join_path, refusal, shorten
from .instants import read_day, read_instant_us
from .plain import find_bad_text, id_of, plain_of
from .wire import JSON_FORMS, Json, Wire

Status = Literal["open", "used", "revoked", "expired"]  # of an issued reward
T = TypeVar("T")


class Uses(Struct, forbid_unknown_fields=True, frozen=True):
    """How often a promotion was used before this cart, counted in the ways limits can be."""

    total: Annotated[Count, Meta(description="Uses by anybody.")] = 0
    customer: Annotated[Count, Meta(description="Uses by the cart's customer.")] = 0
    account: Annotated[Count, Meta(description="Uses by the customer's account.")] = 0
    location: Annotated[Count, Meta(description="Uses at the cart's location.")] = 0
    day: Annotated[Count, Meta(description="Uses on the cart's day.")] = 0
    group: Annotated[
        dict[str, Count], Meta(description="Uses by members of each customer group.")
    ] = field(default_factory=dict)


class Member(Struct, forbid_unknown_fields=True, frozen=True):
    """What a program knows of the customer; points in the smallest unit of its currency."""

    balance: Annotated[Count, Meta(description="Points that can be spent now.")] = 0
    tier: Annotated[
        Text | UnsetType | None,
        Meta(description="The tier held now; null: none. Absent: that of `qualifying`."),
    ] = UNSET
    qualifying: Annotated[
        Count, Meta(description="Points (or minor units of spend) that count for the tier now.")
    ] = 0
    lifetime_points: Annotated[
        Count, Meta(description="All points earned, less those taken back.")
    ] = 0
    segments: Annotated[Words, Meta(description="Segments of the member in this program.")] = (
        frozenset()
    )
    joined: Annotated[str | None, Meta(description="When they joined, as `YYYY-MM-DD`.")] = None

    @property
    def joined_days(self) -> int | None:
        """The day they joined, in days since 1970-01-01."""
        return None if self.joined is None else read_day(self.joined, "")


class Room(Struct, forbid_unknown_fields=True, frozen=True):
    """What is left of the limits of one rule for this member; absent: nothing was used."""

    times: Annotated[Count | None, Meta(description="Awards or redemptions left.")] = None
    points: Annotated[Count | None, Meta(description="Points left, in the smallest unit.")] = None


class Card(Struct, forbid_unknown_fields=True, frozen=True):
    """How far a stamp card is."""

    stamps: Annotated[Count, Meta(description="Stamps ever given, less those taken back.")] = 0
    used: Annotated[Count, Meta(description="Rewards of the card that were used.")] = 0


class Issued(Struct, forbid_unknown_fields=True, frozen=True):
    """A reward that was issued to the customer."""

    rule: Annotated[Text, Meta(description="The burning rule it was issued by.")]
    status: Annotated[Status, Meta(description="What became of it.")] = "open"
    expires_at: Annotated[
        str | None,
        Meta(
            description="The instant from which it is expired, as RFC 3339.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None

    @property
    def expires_at_us(self) -> int | None:
        """The instant from which it is expired, in microseconds since 1970 UTC."""
        return None if self.expires_at is None else read_instant_us(self.expires_at, "")


class Facts(Struct, forbid_unknown_fields=True, frozen=True):
    """What a store knows that a cart cannot say. Whatever is absent is 0, or unknown."""

    cart: Annotated[Text | None, Meta(description="Id of the cart these facts are for.")] = None
    uses: Annotated[
        dict[str, Uses], Meta(description="Counters by promotion id; absent: never used.")
    ] = field(default_factory=dict)
    codes: Annotated[
        dict[str, Text],
        Meta(description="The pool of each code of the cart that belongs to one, by code."),
    ] = field(default_factory=dict)
    members: Annotated[
        dict[str, Member] | None,
        Meta(
            description="The customer in each program they are a member of, by program id. "
            "Absent: a new member of every program. Null: no member of that one.",
        ),
    ] = None
    rooms: Annotated[
        dict[str, Room], Meta(description="What is left of limits, by earning or burning rule.")
    ] = field(default_factory=dict)
    stock: Annotated[
        dict[str, Count],
        Meta(description="What is left of a reward, by burning rule; absent: all its stock."),
    ] = field(default_factory=dict)
    pools: Annotated[
        dict[str, Count],
        Meta(description="Codes left in a coupon pool; absent: enough."),
    ] = field(default_factory=dict)
    cards: Annotated[
        dict[str, Card], Meta(description="The customer's stamp cards; absent: an empty one.")
    ] = field(default_factory=dict)
    issued: Annotated[
        dict[str, Issued], Meta(description="Rewards issued to the customer, by their id.")
    ] = field(default_factory=dict)


class SentUses(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Uses` as sent: any field may be null."""

    total: Count | None = None
    customer: Count | None = None
    account: Count | None = None
    location: Count | None = None
    day: Count | None = None
    group: dict[str, Count | None] | None = None


class SentMember(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Member` as sent: any field may be null, and a tier that is null is none at all."""

    balance: Count | None = None
    tier: Text | UnsetType | None = UNSET
    qualifying: Count | None = None
    lifetime_points: Count | None = None
    segments: Words | None = None
    joined: str | None = None


class SentRoom(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Room` as sent: any field may be null."""

    times: Count | None = None
    points: Count | None = None


class SentCard(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Card` as sent: any field may be null."""

    stamps: Count | None = None
    used: Count | None = None


class SentIssued(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Issued` as sent: any field but the rule may be null."""

    rule: Text
    status: Status | None = None
    expires_at: str | None = None


class SentFacts(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Facts` as sent: any field may be null."""

    cart: Text | None = None
    uses: dict[str, SentUses | None] | None = None
    codes: dict[str, Text | None] | None = None
    members: dict[str, SentMember | None] | None = None
    rooms: dict[str, SentRoom | None] | None = None
    stock: dict[str, Count | None] | None = None
    pools: dict[str, Count | None] | None = None
    cards: dict[str, SentCard | None] | None = None
    issued: dict[str, SentIssued | None] | None = None


FACTS = Wire(SentFacts, "facts", "an object of facts", "cart")

FactsSource = Json | Mapping[str, Any] | Facts


def read_facts(source: FactsSource | None) -> Facts:
    """Check facts given as JSON (bytes or text), as a dict, or as `Facts`; None knows nothing.

    Codes are trimmed and upper-cased, as those of carts are. Raises `CartError`, whose path
    begins with `facts`.
    """
    if source is None:
        return Facts()
    if isinstance(source, JSON_FORMS):
        sent = FACTS.read_json(source)
    elif isinstance(source, Mapping | Facts):
        plain = plain_of(source)
        sent = FACTS.read_plain(plain)
        if place := find_bad_text(plain, "facts"):
            refused = refusal("bad_text", place)
            refused.cart_id = id_of(plain, "cart")
            raise refused
    else:
        raise FACTS.refuse_source(source)
    try:
        return facts_of(sent)
    except CartError as error:
        error.cart_id = sent.cart
        raise


def facts_of(sent: SentFacts) -> Facts:
    """The facts without nulls; raises `CartError` for a date or a code that is none."""
    members = sent.members
    return Facts(
        sent.cart,
        {name: uses_of(each) for name, each in known_in(sent.uses).items()},
        normalise_pools(known_in(sent.codes)),
        None
        if members is None
        else {name: member_of(name, each) for name, each in known_in(members).items()},
        {name: Room(each.times, each.points) for name, each in known_in(sent.rooms).items()},
        known_in(sent.stock),
        known_in(sent.pools),
        {
            name: Card(each.stamps or 0, each.used or 0)
            for name, each in known_in(sent.cards).items()
        },
        {name: issued_of(name, each) for name, each in known_in(sent.issued).items()},
    )


def known_in(sent: Mapping[str, T | None] | None) -> dict[str, T]:
    """What was sent by name, without nulls."""
    return {name: each for name, each in (sent or {}).items() if each is not None}


def uses_of(sent: SentUses) -> Uses:
    """The counters, 0 where none was sent."""
    return Uses(
        sent.total or 0,
        sent.customer or 0,
        sent.account or 0,
        sent.location or 0,
        sent.day or 0,
        known_in(sent.group),
    )


def member_of(program: str, sent: SentMember) -> Member:
    """The customer in a program, 0 and nothing where nothing was sent."""
    if sent.joined is not None:
        read_day(sent.joined, join_path("facts.members", program) + ".joined")
    return Member(
        sent.balance or 0,
        sent.tier,
        sent.qualifying or 0,
        sent.lifetime_points or 0,
        sent.segments or frozenset(),
        sent.joined,
    )


def issued_of(name: str, sent: SentIssued) -> Issued:
    """A reward that was issued, open where nothing else was sent."""
    if sent.expires_at is not None:
        read_instant_us(sent.expires_at, join_path("facts.issued", name) + ".expires_at")
    return Issued(sent.rule, sent.status or "open", sent.expires_at)


def normalise_pools(sent: Mapping[str, str]) -> dict[str, str]:
    """The pool of each code, by the code trimmed and upper-cased."""
    pools: dict[str, str] = {}
    for code, pool in sent.items():
        path = join_path("facts.codes", code)
        name = code.strip().upper()
        if not name:
            raise refusal("empty", path, expected="a code")
        if pools.setdefault(name, pool) != pool:
            words = {"name": name, "first": pools[name], "second": pool}
            shown = {key: shorten(word) for key, word in words.items()}
            raise refusal("conflicting_code", path, **shown)
    return pools
