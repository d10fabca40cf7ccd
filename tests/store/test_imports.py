"""Opening balances: taken whole, once, with their dates, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.store.acting import look
from tallystick.store.errors import StoreError
from tallystick.store.imports import Imported, ProgramTotals
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.member.showing import MemberShown
from tallystick.store.openings import BadFile, OpeningFile
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.catalog import metadata
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import lots
from tallystick.store.schema.tenancy import members
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from .conftest import Clock
from .shops import open_shop, publish

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months, activate_after: 14 days}
    tiers: {levels: {red: {from: 0}, gold: {from: 1000}}}
  fine:
    points: {scale: 2}
    tiers: {measure: spend, levels: {gold: {from: 10 EUR}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""
HEADING = "member,program,points,earned,expires,qualifying\n"
DAY_US = 86_400_000_000


@pytest.fixture
def shop(tenancy: Tenancy, clock: Clock) -> Shop:
    """A shop whose rules are new, as one is that brings balances along."""
    shop = Shop(tenancy)
    publish(shop.rules, RULES, at_us=clock.now_us)
    return shop


def bring(shop: Shop, path: Path, text: str, **options: Any) -> Imported | Declined:
    """Take a file of opening balances."""
    path.write_text(text, encoding="utf-8")
    return shop.imports.opening_balances(path, **options)


def count_all(tenancy: Tenancy) -> dict[str, int]:
    """How many rows each table has."""
    tables = metadata.sorted_tables
    return look(tenancy, lambda one: {str(t): len(one.fetch(of_tenant(t))) for t in tables})


def show(shop: Shop, member: str) -> MemberShown:
    """All of a member who is there."""
    shown = shop.members.show(member)
    assert isinstance(shown, MemberShown)
    return shown


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "balances.csv"


def test_every_line_becomes_a_lot_with_its_dates(shop: Shop, file: Path) -> None:
    text = (
        "\ufeff" + HEADING + "ana,club,1200,2025-11-03,2026-11-30,\n"
        "ana,club,30,2026-07-01,,\n\n"
        '"bo, the ""elder""",club,300,2026-01-15T10:00:00+01:00,never,1250\n'
        "ana,fine,2.5,2026-01-01,never,1000\n"
    )
    answer = bring(shop, file, text, actor="eve")
    assert isinstance(answer, Imported) and not answer.is_dry
    assert answer.programs == [
        ProgramTotals("club", 2, 3, 1530, 3, 1530),
        ProgramTotals("fine", 1, 1, 250, 1, 250),
    ]
    query = sa.select(lots.c.points, lots.c.earned_at_us, lots.c.expires_at_us).where(
        lots.c.tenant == sa.bindparam("tenant")
    )
    found = sorted(tuple(row.values()) for row in look(shop.tenancy, lambda one: one.fetch(query)))
    midnight = 1_762_124_400_000_000  # 2025-11-03 in Madrid
    assert found == [
        (30, midnight + 240 * DAY_US - 3_600_000_000, midnight + 606 * DAY_US - 3_600_000_000),
        (250, midnight + 59 * DAY_US, NEVER_US),
        (300, 1_768_467_600_000_000, NEVER_US),
        (1200, midnight, midnight + 393 * DAY_US),
    ]
    ana, bo = show(shop, "ana"), show(shop, 'bo, the "elder"')
    assert [(one.program, one.available, one.pending) for one in ana.accounts] == [
        ("club", 1230, 0),
        ("fine", 250, 0),
    ]
    tiers = [{one.program: one.tier for one in shown.programs} for shown in (ana, bo)]
    assert tiers == [{"club": "gold", "fine": "gold"}, {"club": "gold", "fine": ""}]


def test_a_file_is_taken_once(shop: Shop, file: Path) -> None:
    text = HEADING + "ana,club,1200,2025-11-03,2026-11-30,\n"
    first = bring(shop, file, text)
    before = count_all(shop.tenancy)
    again = bring(shop, file.with_name("copy.csv"), text)
    assert again == first
    assert count_all(shop.tenancy) == before
    assert [one.balance for one in show(shop, "ana").accounts] == [1200]


def test_whether_a_file_was_taken_is_told_and_writes_nothing(
    shop: Shop, tenancy: Tenancy, file: Path
) -> None:
    text = HEADING + "ana,club,1200,2025-11-03,,\n"
    assert isinstance(bring(shop, file, text, is_dry=True), Imported)
    assert shop.imports.taken(file) is None
    with pytest.raises(KeyboardInterrupt):
        bring(shop, file, text, progress=interrupt)
    before = count_all(tenancy)
    assert shop.imports.taken(file) is None
    assert count_all(tenancy) == before
    taken = bring(shop, file, text)
    assert shop.imports.taken(file) == taken
    file.write_text(text + "bo,club,5,2025-11-03,,\n")
    assert shop.imports.taken(file) is None


def interrupt(done: int) -> None:
    """What Ctrl-C does after some lines."""
    raise KeyboardInterrupt


def test_no_request_of_a_caller_blocks_a_file(shop: Shop, file: Path) -> None:
    text = HEADING + "ana,club,1200,2025-11-03,2026-11-30,\n"
    dry = bring(shop, file, text, is_dry=True)
    assert isinstance(dry, Imported)
    assert not isinstance(
        shop.members.enrol("bo", "club", request=f"import:{dry.digest}"), Declined
    )
    assert isinstance(bring(shop, file, text), Imported)
    assert [one.balance for one in show(shop, "ana").accounts] == [1200]


def test_nothing_that_is_given_by_hand_blocks_a_file(shop: Shop, file: Path) -> None:
    text = HEADING + "ana,club,1200,2025-11-03,2026-11-30,\n"
    dry = bring(shop, file, text, is_dry=True)
    assert isinstance(dry, Imported)
    shop.members.enrol("ana", "club")
    award = Award(Purse("ana", "club"), 7, "import", f"{dry.digest[:32]}:2")
    assert isinstance(shop.ledger.earn(award), Entry)
    assert isinstance(bring(shop, file, text), Imported)
    assert [one.balance for one in show(shop, "ana").accounts] == [1207]


def test_a_dry_run_writes_nothing(shop: Shop, file: Path) -> None:
    text = HEADING + "ana,club,1200,2025-11-03,2026-11-30,\n"
    before = count_all(shop.tenancy)
    dry = bring(shop, file, text, is_dry=True)
    assert isinstance(dry, Imported) and dry.is_dry
    assert count_all(shop.tenancy) == before
    wet = bring(shop, file, text)
    assert isinstance(wet, Imported) and wet.programs == dry.programs


def test_all_bad_lines_are_told_and_nothing_is_taken(shop: Shop, file: Path) -> None:
    shop.members.enrol("gone", "club")
    shop.members.leave("gone", "club")
    shop.members.enrol("shut", "club")
    shop.members.close("shut", actor="eve", reason="fraud")
    before = count_all(shop.tenancy)
    lines = [
        "ana,club,1200,2025-11-03,2026-11-30,",
        ",club,1,2025-11-03,,",
        "ana,choir,1,2025-11-03,,",
        "ana,club,1.5,2026-01-03,,",
        "ana,club,-1,2026-01-03,,",
        "ana,club,0,2026-01-03,,",
        "ana,club,9223372036854775808,2026-01-03,,",
        "ana,club,1,2026-13-03,,",
        "ana,club,1,2026-07-11,,",
        "ana,club,1,2026-01-03,2026-07-09,",
        "ana,club,1,2024-01-03,,",
        "ana,club,1,2026-01-03,,x",
        "ana,fine,1.234,2026-01-03,,",
        "ana,club,1",
        "gone,club,1,2026-01-03,,",
        "shut,club,1,2026-01-03,,",
    ]
    with pytest.raises(BadFile) as caught:
        bring(shop, file, HEADING + "\n".join(lines))
    assert [one.line for one in caught.value.problems] == list(range(3, 18))
    words = [one.words for one in caught.value.problems]
    assert words == [
        "`member`: expected a name of 1 to 255 characters",
        "`program`: no program `choir` is in force",
        "`points`: expected a number without decimals, got `1.5`",
        "`points`: expected a number without a sign, got `-1`",
        "`points`: expected more than 0",
        "`points`: the number is too large",
        "`earned`: expected a day as `2026-01-31`, or an instant with its offset, got `2026-13-03`",
        "`earned`: expected a day that has begun",
        "`expires`: the points are gone already, expected a day to come",
        "`expires`: the points are gone already, as the program says: write when",
        "`qualifying`: expected a number without decimals, got `x`",
        "`points`: expected a number, at most 2 decimals, got `1.234`",
        "expected 6 fields, got 3",
        "the member left `club`",
        "the member is closed",
    ]
    assert "line 3: `member`" in str(caught.value) and caught.value.code == "bad_file"
    assert count_all(shop.tenancy) == before


def test_of_very_many_bad_lines_a_hundred_are_told(shop: Shop, file: Path) -> None:
    with pytest.raises(BadFile, match="reading stopped at 100") as caught:
        bring(shop, file, HEADING + "ana,choir,1,2026-01-03,,\n" * 500)
    assert [one.line for one in caught.value.problems] == list(range(2, 102))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column `member`"),
        (b"member,program,points,earned\n", "no column `expires`"),
        (HEADING.replace(",", ";").encode(), "what stands between columns is a comma"),
        (HEADING.encode() + b"ana,club," + b"9" * 30 + b",2026-01-03,,\n", "is too large"),
        (HEADING.replace("qualifying", "tier").encode(), "no use for a column `tier`"),
        (HEADING.replace("qualifying", "points").encode(), "`points` is there twice"),
        (HEADING.encode() + b'"ana', "line 2: it is no CSV"),
        (HEADING.encode() + b"an\xe9,club,1,2026-01-03,,\n", "line 2: it is no UTF-8"),
    ],
)
def test_files_that_are_none(shop: Shop, file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    with pytest.raises(BadFile, match=words):
        shop.imports.opening_balances(file)


def test_a_file_must_be_there(shop: Shop, file: Path) -> None:
    with pytest.raises(StoreError, match="expected a file"):
        shop.imports.opening_balances(file)


def test_more_than_an_account_holds_is_declined(shop: Shop, file: Path) -> None:
    line = f"ana,club,{2**62},2026-01-03,never,\n"
    answer = bring(shop, file, HEADING + line + line)
    assert isinstance(answer, Declined) and answer.refusal is Refusal.TOO_LARGE
    assert len(look(shop.tenancy, lambda one: one.fetch(of_tenant(members)))) == 0


def test_balances_come_also_while_a_program_is_paused(tenancy: Tenancy, file: Path) -> None:
    shop = open_shop(tenancy, RULES.replace("club:\n", "club:\n    status: paused\n", 1))
    answer = bring(shop, file, HEADING + "ana,club,5,2026-01-03,,\n")
    assert isinstance(answer, Imported)
    assert [one.balance for one in show(shop, "ana").accounts] == [5]


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    shop: Shop, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter(("a" * 64, "b" * 64))
    monkeypatch.setattr(OpeningFile, "_digest", lambda self: next(seen))
    with pytest.raises(StoreError, match="changed while it was read"):
        bring(shop, file, HEADING + "ana,club,5,2026-01-03,,\n")
    assert len(look(shop.tenancy, lambda one: one.fetch(of_tenant(members)))) == 0
