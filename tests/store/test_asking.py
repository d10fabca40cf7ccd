"""Arguments that nobody can mean, for every public method of every part of a shop."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tallystick import Source
from tallystick.store import Award, CodeForm, Declined, Purse, Shop, Store, StoreError

PARTS = ["coupons", "events", "gift_cards", "imports", "jobs", "ledger", "members", "orders"]
PARTS += ["payouts", "providers", "relay", "reports", "rules", "wallet", "webhooks"]
PURSE = Purse("ana", "club")
RULES = "ruleset: {currency: EUR, timezone: Europe/Madrid}\n"
GOOD: dict[str, Any] = {  # by annotation: something that the door lets in
    "str": "x",
    "int": 1,
    "bool": True,
    "Purse": PURSE,
    "Award": Award(PURSE, 5, "purchase", "o1"),
    "CodeForm": CodeForm(),
    "Sequence[str]": ["x"],
    "Iterable[str]": ["x"],
    "Sequence[Award]": [],
    "Iterable[Source]": [Source("a.yaml", "")],
}
# Left to whoever reads it.
FREE = {"str | os.PathLike[str]", "Mapping[str, str]", "bytes", "Progress", "threading.Event"}
FREE |= {"CartSource", "EventSource", "RefundSource", "Iterable[EventSource]"}
TEXTS = [5, 1.5, True, b"x", ["x"], object(), "a\0b", "\ud800", "x" * 10_001]
NUMBERS = [5.0, float("nan"), True, "5", b"5", [5], object()]
LISTS = [5, "x", b"x", {"x": 1}, [None], [object()]]
BAD: dict[str, list[Any]] = {"str": TEXTS, "int": NUMBERS, "bool": [0, 1, "", "yes", object()]}
UNSEEN = [" a", "a ", "a\u00a0", "a\tb", "a\x85b", "a\u200bb", "a\u2028b", "a\ufeff", "a\u034fb"]
UNSEEN += [
    "a\ufe0f",
    "a\U000e0100",
    "\u115fa",
    "a\u1160",
    "a\u17b4",
    "a\u180b",
    "a\u3164",
    "a\uffa0",
]
NOT_NAMES = {"reason", "note", "url", "recipient", "cursor", "secret", "code", "referral_code"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """An empty store."""
    path: Path = tmp_path_factory.mktemp("asking") / "shop.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    return store


@pytest.fixture(scope="module")
def shop(store: Store) -> Shop:
    """A shop without rules, which nothing here comes as far as."""
    return store.shop()


def cases(
    face: object, wrong: dict[str, list[Any]], rest: list[Any]
) -> Iterator[tuple[str, str, list[Any], dict[str, Any]]]:
    """Calls with one argument that is wrong: method, parameter, and what it is called with.

    `wrong` are arguments by annotation, `rest` those of all other annotations.
    """
    for name, method in inspect.getmembers(face, inspect.ismethod):
        if name.startswith("_"):
            continue
        given = inspect.signature(method).parameters
        good = {
            one.name: GOOD.get(kind_of(one), {})
            for one in given.values()
            if one.default is one.empty
        }
        for one in given.values():
            kind = kind_of(one)
            assert kind in GOOD or kind in FREE, f"{name}({one.name}: {kind}) is not looked at"
            bad = wrong.get(kind, rest) if kind in GOOD else []
            if "None" not in str(one.annotation) and bad and rest:
                bad = [*bad, None]
            for value in bad:
                asked = good | {one.name: value}
                places = [
                    asked.pop(other.name)
                    for other in given.values()
                    if other.kind is not other.KEYWORD_ONLY and other.name in good
                ]
                yield name, one.name, places, asked


def kind_of(one: inspect.Parameter) -> str:
    """The annotation of a parameter, without its None."""
    return str(one.annotation).removesuffix(" | None")


@pytest.mark.parametrize("part", PARTS)
def test_no_part_takes_arguments_of_another_shape(shop: Shop, part: str) -> None:
    """Each is refused by its name, before anything is read or written."""
    for method, parameter, places, named in cases(getattr(shop, part), BAD, LISTS):
        with pytest.raises(StoreError) as caught:
            getattr(getattr(shop, part), method)(*places, **named)
        told = f"{part}.{method}({parameter}): {caught.value}"
        assert caught.value.code == "bad_value", told
        assert caught.value.path.split("[")[0].split(".")[0] == parameter, told


@pytest.mark.parametrize("part", PARTS)
def test_no_part_takes_a_name_that_looks_like_another(shop: Shop, part: str) -> None:
    """Ids, keys, sources, pools, providers: all that tells one thing from another."""
    lists = [[text] for text in UNSEEN]
    unseen: dict[str, list[Any]] = {"str": UNSEEN, "Sequence[str]": lists, "Iterable[str]": lists}
    for method, parameter, places, named in cases(getattr(shop, part), unseen, []):
        if parameter in NOT_NAMES:
            continue
        with pytest.raises(StoreError, match="without control or invisible characters") as caught:
            getattr(getattr(shop, part), method)(*places, **named)
        assert caught.value.path.split("[")[0] == parameter, f"{part}.{method}: {caught.value}"


def test_what_nobody_sees_is_spelt_out(shop: Shop) -> None:
    """Else the message shows a name that seems right."""
    with pytest.raises(StoreError, match=r"got `'a\\u3164\\u200bb'`, at `source`$"):
        shop.ledger.redeem(PURSE, 5, source="a\u3164\u200bb")


def test_what_people_write_and_type_is_free(shop: Shop) -> None:
    """Reasons are kept as they are, and codes are read as they are typed."""
    reason = " so\nsorry \u2764\ufe0f"
    given = shop.wallet.give("a", 1, "EUR", source="s", reason=reason, actor="eve")
    assert isinstance(given, Declined)
    assert given.refusal.value == "unknown_member"
    assert shop.gift_cards.show(" abcd-\u200befgh ") is None
    with pytest.raises(StoreError, match=r"without control characters, got .* at `code`"):
        shop.gift_cards.show("abcd-efgh\n")


def test_every_part_of_a_shop_is_tried(shop: Shop) -> None:
    """A part that is added has a door too."""
    inner = {"tenancy", "library"}
    assert {name for name in vars(shop) if not name.startswith("_")} - inner == set(PARTS)


@pytest.mark.parametrize(
    ("award", "path"),
    [
        (Award(PURSE, 5.5, "purchase", "o1"), "award.points"),  # type: ignore[arg-type]
        (Award(PURSE, 5, "purchase", None), "award.source"),  # type: ignore[arg-type]
        (Award(PURSE, 5, "purchase", "a\nb"), "award.source"),
        (Award(PURSE, 5, "purchase", "a\u200bb"), "award.source"),
        (Award(PURSE, 5, "purchase\ufe0f", "o1"), "award.event"),
        (Award(Purse("ana", "club "), 5, "purchase", "o1"), "award.purse.program"),
        (Award(Purse("ana", 7), 5, "purchase", "o1"), "award.purse.program"),  # type: ignore[arg-type]
        (Award("ana", 5, "purchase", "o1"), "award.purse"),  # type: ignore[arg-type]
        (PURSE, "award"),
    ],
)
def test_what_is_in_a_struct_is_looked_at(shop: Shop, award: Award, path: str) -> None:
    """Structs are filled by callers, so their fields are as foreign as arguments are."""
    with pytest.raises(StoreError) as caught:
        shop.ledger.earn(award)
    assert caught.value.path == path
    with pytest.raises(StoreError) as caught:
        shop.ledger.earn_many([award])
    assert caught.value.path == path.replace("award", "awards[0]")


@pytest.mark.parametrize("events", [None, 5, "visit", b"visit", {"id": "v1"}])
def test_many_events_are_a_list_of_them(shop: Shop, events: Any) -> None:
    """One event is no list of events, nor is a text one of its letters."""
    with pytest.raises(StoreError, match="at `events`"):
        list(shop.events.handle_many(events))


def test_a_tenant_who_is_not_there_has_no_counts_and_no_proofs(shop: Shop, store: Store) -> None:
    """A typo is told, and is no store without a fault."""
    assert not list(store.verify("main"))
    for ask in (store.verify, store.counts, store.shop):
        with pytest.raises(StoreError, match="there is no tenant `mian`"):
            ask("mian")


def test_a_cart_of_before_the_first_rules_is_told_when_they_begin(store: Store) -> None:
    """Who published rules is not told to publish some."""
    store.add_tenant("late")
    late = store.shop("late")
    cart = {"id": "o1", "currency": "EUR", "placed_at": "2026-07-10T12:00:00Z", "lines": []}
    none = late.orders.quote(cart)
    assert isinstance(none, Declined)
    assert "publish some" in none.message
    late.rules.publish([Source("a.yaml", RULES)], at_us=1_790_000_000_000_000)
    early = late.orders.quote(cart, at_us=1_790_000_000_000_000)
    assert isinstance(early, Declined)
    assert early.message == (
        "no rules are in force at that instant: the first hold from 2026-09-21T14:13:20Z"
    )


def test_a_wrong_argument_is_told_with_what_came(shop: Shop) -> None:
    """The sentence says where, what was expected, and what there was."""
    with pytest.raises(StoreError, match=r"^expected a whole number, got `2.5`, at `points`$"):
        shop.ledger.redeem(PURSE, 2.5)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"^expected a text, got nothing, at `reason`$"):
        shop.ledger.adjust(PURSE, 5, reason=None, actor="eve")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"^expected a text, got an empty one, at `order`$"):
        shop.orders.show("")
    with pytest.raises(StoreError, match=r"^expected a text of at most 255 characters, got 256"):
        shop.orders.cancel("x" * 256)
