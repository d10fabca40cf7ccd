"""The job: late, repeated, split or dry, what is in the store at the end is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store import jobs as module
from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.jobs import Jobs
from tallystick.store.schema.catalog import metadata
from tallystick.store.schema.ledger import entries, lots
from tallystick.store.tenancy import Tenancy

from .conftest import Clock, Ids
from .ledger.desk import Desk

CLUB = Program(
    id="club",
    timezone="Europe/Madrid",
    points=PointsCurrency(expire_after=Duration(months=1), activate_after=Duration(days=2)),
    tiers=Tiers((Level("green", 0), Level("gold", 150)), window=Duration(days=20)),
)
NAMES = ("ana", "bo", "cy", "dee", "eve")


def begin(tenancy: Tenancy, clock: Clock) -> Desk:
    """Five members with points of several days."""
    desk = Desk(tenancy, clock)
    desk.be(CLUB)
    for day in ("2026-03-10T12:00", "2026-03-20T12:00", "2026-03-25T23:30"):
        for name in NAMES:
            desk.go(day, "Europe/Madrid")
            desk.earn(100, name, source=f"{day}-{name}")
    return desk


def jobs_of(desk: Desk) -> Jobs:
    """The job of a desk."""
    return Jobs(desk.tenancy, lambda _: desk.terms)


def rows_of(database: Database) -> dict[str, list[Any]]:
    """Everything there is."""

    def read(connection: sa.Connection) -> dict[str, list[Any]]:
        return {
            str(table.name): list(
                connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            )
            for table in metadata.sorted_tables
        }

    return database.read(read)


def test_what_is_due_is_booked_at_its_own_instant(tenancy: Tenancy, clock: Clock) -> None:
    desk = begin(tenancy, clock)
    now_us = desk.go("2026-04-30T09:00", "Europe/Madrid")
    report = jobs_of(desk).run()
    assert (report.at_us, report.accounts, report.is_dry) == (now_us, 5, False)
    assert report.lapsed == {"club points": 1500}
    assert report.events == {"loyalty.expired": 15, "tier.changed": 5}
    lapsed = desk.rows(entries, kind="expire")
    assert {row["recorded_at_us"] for row in lapsed} == {
        row["expires_at_us"] for row in desk.rows(lots)
    }
    again = jobs_of(desk).run()
    assert (again.accounts, again.events, again.lapsed) == (0, {}, {})


def test_a_dry_run_tells_the_same_and_writes_nothing(tenancy: Tenancy, clock: Clock) -> None:
    desk = begin(tenancy, clock)
    desk.go("2026-04-30T09:00", "Europe/Madrid")
    before = rows_of(tenancy.database)
    dry = jobs_of(desk).run(is_dry=True)
    assert rows_of(tenancy.database) == before
    real = jobs_of(desk).run()
    assert (dry.events, dry.lapsed) == (real.events, real.lapsed)


@pytest.mark.parametrize(
    "days",
    [
        [],
        ["2026-03-12T00:00"],
        ["2026-03-12T00:00", "2026-03-29T02:30", "2026-04-12T23:59", "2026-04-13T00:00"],
        [f"2026-04-{day:02}T03:00" for day in range(1, 30)],
    ],
)
def test_late_and_split_runs_write_the_same_rows(
    days: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP", 2)
    found = []
    for name, runs in (("late", []), ("split", days)):
        database = Database(f"sqlite:///{tmp_path / name}.db")
        migrate(database)
        clock = Clock()
        desk = begin(Tenancy(database, "main", clock, Ids()), clock)
        for day in runs:
            desk.go(day, "Europe/Madrid")
            jobs_of(desk).run()
        desk.go("2026-04-30T09:00", "Europe/Madrid")
        jobs_of(desk).run()
        found.append(rows_of(database))
        database.close()
    for table, rows in found[0].items():
        assert found[1][table] == rows, table


def test_how_far_it_is_is_told(
    tenancy: Tenancy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP", 2)
    monkeypatch.setattr(module, "DUE", module.DUE.limit(2))
    desk = begin(tenancy, clock)
    desk.go("2026-04-30T09:00", "Europe/Madrid")
    seen: list[int] = []
    jobs_of(desk).run(progress=seen.append)
    assert seen == [2, 4, 5]
