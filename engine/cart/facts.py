"""What the store knows in, facts out: usage counters by promotion, and pools by code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from .cart import Count, Text
from .errors import CartError, join_path, refusal, shorten
from .plain import find_bad_text, id_of, plain_of
from .wire import JSON_FORMS, Json, Wire


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


class SentUses(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Uses` as sent: any field may be null."""

    total: Count | None = None
    customer: Count | None = None
    account: Count | None = None
    location: Count | None = None
    day: Count | None = None
    group: dict[str, Count | None] | None = None


class SentFacts(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`Facts` as sent: any field may be null."""

    cart: Text | None = None
    uses: dict[str, SentUses | None] | None = None
    codes: dict[str, Text | None] | None = None


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
    uses = {name: uses_of(each) for name, each in (sent.uses or {}).items() if each is not None}
    try:
        return Facts(sent.cart, uses, normalise_pools(sent.codes or {}))
    except CartError as error:
        error.cart_id = sent.cart
        raise


def uses_of(sent: SentUses) -> Uses:
    """The counters, 0 where none was sent."""
    group = {name: count for name, count in (sent.group or {}).items() if count is not None}
    return Uses(
        sent.total or 0,
        sent.customer or 0,
        sent.account or 0,
        sent.location or 0,
        sent.day or 0,
        group,
    )


def normalise_pools(sent: Mapping[str, str | None]) -> dict[str, str]:
    """The pool of each code, by the code trimmed and upper-cased."""
    pools: dict[str, str] = {}
    for code, pool in sent.items():
        if pool is None:
            continue
        path = join_path("facts.codes", code)
        name = code.strip().upper()
        if not name:
            raise refusal("empty", path, expected="a code")
        if pools.setdefault(name, pool) != pool:
            words = {"name": name, "first": pools[name], "second": pool}
            shown = {key: shorten(word) for key, word in words.items()}
            raise refusal("conflicting_code", path, **shown)
    return pools
