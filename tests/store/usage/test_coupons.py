"""The face of coupons: pools filled in batches, exported, and single codes given to members."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.rules.library import Library
from tallystick.store.schema.tenancy import members, requests
from tallystick.store.schema.usage import codes, pools
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant
from tallystick.store.usage import coupons as face
from tallystick.store.usage import listing
from tallystick.store.usage.coupons import CodeChanged, Coupons, Generated
from tallystick.store.usage.form import Chance, CodeForm, Mould, chance
from tallystick.store.usage.listing import Coupon

from ..conftest import Clock
from ..people import add_member
from ..shops import open_shop, publish
from .till import Checkout

FORM = CodeForm(length=8)


def coupons_of(tenancy: Tenancy, draw: Chance = chance) -> Coupons:
    """Coupons that are drawn so."""
    return Coupons(tenancy, Library(tenancy), draw)


@pytest.fixture
def coupons(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> Coupons:
    """Coupons written ten at a time."""
    monkeypatch.setattr(face, "BATCH", 10)
    return coupons_of(tenancy, random.Random(1).randbytes)


def test_a_pool_is_filled_in_batches_that_are_told(coupons: Coupons, shop: Checkout) -> None:
    told: list[tuple[int, int]] = []
    answer = coupons.generate("p", 25, FORM, progress=lambda *done: told.append(done), author="eva")
    assert answer == Generated("p", 25, [1, 2, 3])
    assert told == [(10, 25), (20, 25), (25, 25)]
    rows = shop.rows(codes)
    assert len({row["code"] for row in rows}) == 25
    assert sorted((row["batch"], row["number"]) for row in rows) == [
        (batch, number) for batch in (1, 2, 3) for number in range(1, 6 if batch == 3 else 11)
    ]
    assert {(row["status"], row["use_max"]) for row in rows} == {("free", 1)}
    assert [(row["codes"], row["author"]) for row in shop.rows(pools)] == [
        (10, "eva"),
        (10, "eva"),
        (5, "eva"),
    ]
    assert coupons.generate("p", 1, FORM) == Generated("p", 1, [4])


def test_a_generation_that_was_stopped_leaves_whole_batches_and_goes_on(
    coupons: Coupons, shop: Checkout
) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, count: int) -> None:
        if done == 20:
            raise Stop

    with pytest.raises(Stop):
        coupons.generate("p", 35, FORM, request="k", progress=stop)
    assert len(shop.rows(codes)) == 20
    assert coupons.generate("p", 35, FORM, request="k") == Generated("p", 35, [1, 2, 3, 4])
    before = shop.rows(codes)
    assert len(before) == 35
    assert coupons.generate("p", 35, FORM, request="k") == Generated("p", 35, [1, 2, 3, 4])
    assert shop.rows(codes) == before
    conflict = coupons.generate("p", 36, FORM, request="k")
    assert isinstance(conflict, Declined) and conflict.refusal is Refusal.CONFLICT
    assert conflict.message == "the request key `k` was used for something else"


def test_no_other_request_is_taken_for_a_batch(coupons: Coupons) -> None:
    assert isinstance(coupons.add("p", "X", request="k/0"), CodeChanged)
    before = coupons.odds("p", 35, FORM, request="k")
    assert coupons.generate("p", 35, FORM, request="k") == Generated("p", 35, [2, 3, 4, 5])
    assert coupons.odds("p", 35, FORM, request="k") == before


def test_a_batch_that_fails_leaves_nothing(
    coupons: Coupons, shop: Checkout, tenancy: Tenancy
) -> None:
    draw, calls = random.Random(2).randbytes, iter(range(9))

    def failing(count: int) -> bytes:
        if next(calls) == 1:
            raise OSError("no randomness")
        return draw(count)

    with pytest.raises(OSError, match="no randomness"):
        coupons_of(tenancy, failing).generate("p", 30, FORM)
    assert len(shop.rows(codes)) == 10 and len(shop.rows(pools)) == 1


def scripted(*draws: str) -> Callable[[int], bytes]:
    """Bytes that make these codes of 8 characters, then others."""
    mould = Mould(FORM)
    script = b"".join(bytes(mould.charset.index(one) for one in code) for code in draws)
    rest = random.Random(3).randbytes

    def draw(count: int) -> bytes:
        nonlocal script
        taken, script = script[:count], script[count:]
        return taken + rest(count - len(taken))

    return draw


def test_codes_that_are_there_are_made_anew(coupons: Coupons, shop: Checkout) -> None:
    """In the batch, in another pool, and those that promotions name."""
    coupons.add("other", "aaaaaaaa")
    draw = scripted("AAAAAAAA", "BBBBBBBB", "BBBBBBBB", "CCCCCCCC")
    open_shop(shop.tenancy, "promotions: {p: {coupon: CCCCCCCC, then: {percent_off: 1%}}}")
    made = coupons_of(shop.tenancy, draw)
    assert made.generate("p", 5, FORM) == Generated("p", 5, [1])
    rows = {row["code"]: row for row in shop.rows(codes)}
    assert len(rows) == 6 and "CCCCCCCC" not in rows
    assert (rows["AAAAAAAA"]["pool"], rows["BBBBBBBB"]["pool"]) == ("other", "p")


def test_the_same_chance_makes_the_same_rows(coupons: Coupons, shop: Checkout) -> None:
    coupons.generate("p", 12, FORM)
    assert shop.rows(codes)[0]["code"] == "5NQGYYQB"


def test_the_odds_count_what_is_in_the_pool(coupons: Coupons) -> None:
    assert coupons.odds("p", 1_000, FORM).tries == 32**8 // 1_000
    coupons.generate("p", 24, FORM)
    assert coupons.odds("p", 1_000, FORM).codes == 1_024
    short = CodeForm(length=5)
    assert coupons.odds("q", 33, short).tries == 1_016_800
    with pytest.raises(StoreError, match="of this form the pool would have 57"):
        coupons.odds("p", 33, short)
    with pytest.raises(StoreError, match="the pool would have 57"):
        coupons.generate("p", 33, short)


def test_the_odds_of_a_request_that_is_done_are_what_they_were(coupons: Coupons) -> None:
    short = CodeForm(length=5)
    before = coupons.odds("p", 33, short, request="k")
    assert coupons.generate("p", 33, short, request="k") == Generated("p", 33, [1, 2, 3, 4])
    assert coupons.odds("p", 33, short, request="k") == before
    assert coupons.generate("p", 33, short, request="k") == Generated("p", 33, [1, 2, 3, 4])
    with pytest.raises(StoreError, match="the pool would have 66"):
        coupons.odds("p", 33, short)
    with pytest.raises(StoreError, match="the pool would have 66"):
        coupons.odds("p", 33, short, request="other")


def test_no_codes_are_made_that_are_over(coupons: Coupons, shop: Checkout, clock: Clock) -> None:
    with pytest.raises(StoreError, match="an instant to come, got 2026-07-10T12:00:00Z"):
        coupons.generate("p", 5, FORM, expires_at_us=clock.now_us)
    assert shop.rows(codes) == []


def test_a_pool_is_named_by_promotions_and_rewards(tenancy: Tenancy) -> None:
    assert not coupons_of(tenancy).is_named("p")
    rules = """
programs: {club: {}}
promotions: {p: {coupon_pool: p, then: {percent_off: 1%}}}
burning_rules: {q: {program: club, cost: 5 points, reward: {coupon_pool: q}}}
"""
    coupons = open_shop(tenancy, rules).coupons
    assert [coupons.is_named(pool) for pool in ("p", "q", "r")] == [True, True, False]


def test_a_code_that_somebody_chose_is_one_of_a_pool(
    coupons: Coupons, tenancy: Tenancy, clock: Clock
) -> None:
    rules = "promotions: {p: {coupon: %s, then: {percent_off: 1%%}}}"
    rules_of = open_shop(tenancy, rules % "BIG5").rules
    add_member(tenancy, "ana")
    publish(rules_of, rules % "BIG6", effective_at_us=clock.now_us + 1)
    assert coupons.add("p", " ana-10 ", owner="ana", use_max=0) == CodeChanged("ANA-10", "issued")
    shown = coupons.show("ana-10")
    assert shown == Coupon("ANA-10", "p", 1, "issued", None, "ana", 0, 0, None)
    for name in ("Ana-10", "big5", "big6"):
        taken = coupons.add("p", name)
        assert isinstance(taken, Declined) and taken.refusal is Refusal.CODE_TAKEN
    assert isinstance(coupons.show("big5"), Declined)


def test_a_code_is_given_shared_and_revoked(coupons: Coupons, tenancy: Tenancy) -> None:
    for name in ("ana", "bo", "cy"):
        add_member(tenancy, name)
    coupons.add("p", "X")
    assert coupons.assign("x", "bo", request="k") == CodeChanged("X", "issued")
    assert coupons.share("x", "ana") == CodeChanged("X", "issued")
    shown = coupons.show("x")
    assert isinstance(shown, Coupon) and (shown.member, shown.owner) == ("bo", "ana")
    assert coupons.revoke("x") == coupons.revoke("x") == CodeChanged("X", "revoked")
    late = coupons.assign("x", "cy")
    assert isinstance(late, Declined) and late.refusal is Refusal.CODE_REVOKED
    assert coupons.assign("x", "bo", request="k") == CodeChanged("X", "issued")
    unknown = coupons.revoke("y")
    assert isinstance(unknown, Declined) and unknown.refusal is Refusal.UNKNOWN_CODE


def test_nobody_is_made_of_a_mistyped_name(coupons: Coupons, shop: Checkout) -> None:
    coupons.add("p", "X")
    for answer in (
        coupons.generate("p", 2, FORM, member="anna"),
        coupons.generate("p", 2, FORM, owner="anna"),
        coupons.add("p", "Y", member="anna"),
        coupons.assign("X", "anna"),
        coupons.share("X", "anna"),
    ):
        assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_MEMBER
        words = "there is no member `anna`: whoever is enrolled, signs up or orders becomes one"
        assert answer.message == words
    assert shop.rows(members) == []
    assert [row["code"] for row in shop.rows(codes)] == ["X"]


def test_answers_that_are_kept_name_nobody(coupons: Coupons, shop: Checkout) -> None:
    shop.member("ana-maria")
    coupons.generate("p", 2, FORM, member="ana-maria", request="a")
    coupons.add("p", "X", owner="ana-maria", request="b")
    coupons.assign("X", "ana-maria", request="c")
    kept = shop.rows(requests)
    assert len(kept) == 3
    assert not any(b"ana-maria" in row["answer"] for row in kept)


def test_a_pool_is_exported_as_csv(
    coupons: Coupons, shop: Checkout, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(listing, "NEXT_PAGE", listing.NEXT_PAGE.limit(4))
    shop.member('=cmd|"x"')
    coupons.generate("p", 9, FORM, expires_at_us=clock.now_us + 1)
    coupons.add("p", "@SUM(A1)", member='=cmd|"x"', use_max=0)
    coupons.add("other", "X")
    parts = list(coupons.export("p"))
    assert len(parts) == 4
    text = "".join(parts)
    assert text.count("\r\n") == text.count("\n") == 11
    head, *lines = csv.reader(io.StringIO(text))
    assert head == list(Coupon.__struct_fields__)
    assert len({line[0] for line in lines}) == 10
    assert lines[0][1:] == ["p", "1", "free", "", "", "1", "0", "2026-07-10T12:00:00.000001Z"]
    assert lines[-1] == ["'@SUM(A1)", "p", "2", "issued", '\'=cmd|"x"', "", "0", "0", ""]


def test_what_cannot_be_asked_is_told(coupons: Coupons) -> None:
    for call in (
        lambda: coupons.generate("p", 0),
        lambda: coupons.generate("", 1),
        lambda: coupons.generate("p", 1, use_max=-1),
        lambda: coupons.odds("p", 0),
        lambda: coupons.add("p", "  "),
        lambda: coupons.add("p", "A\x00B"),
        lambda: coupons.add("p", "A\u034fB"),
        lambda: coupons.show("X" * 65),
    ):
        with pytest.raises(StoreError, match="expected"):
            call()


def test_tenants_have_codes_of_their_own(coupons: Coupons, tenancy: Tenancy) -> None:
    coupons.add("p", "X")
    elsewhere = Tenancy(tenancy.database, "other", tenancy.clock, tenancy.ids)
    add_tenant(elsewhere)
    other = coupons_of(elsewhere)
    assert isinstance(other.show("X"), Declined)
    assert other.add("p", "X") == CodeChanged("X", "free")
    assert "".join(other.export("p")).count("\n") == 2


def test_a_pool_that_is_not_there_is_said_so(tenancy: Tenancy) -> None:
    rules = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs: {club: {}}
promotions: {leaflet: {coupon_pool: leaflet, then: {amount_off: 5 EUR}}}
burning_rules: {code: {program: club, cost: 5 points, reward: {coupon_pool: rewards}}}
"""
    shop = open_shop(tenancy, rules)
    shop.coupons.add("p", "X")
    for name in ("leaflet", "rewards"):
        assert "".join(shop.coupons.export(name)).count("\n") == 1
    with pytest.raises(
        StoreError, match=r"no pool `leaflets`: did you mean `leaflet`\?, at `pool`"
    ):
        shop.coupons.export("leaflets")
    with pytest.raises(StoreError, match="no pool `x`: known are `leaflet`, `p`, `rewards`"):
        shop.coupons.export("x")
