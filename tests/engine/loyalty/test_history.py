"""Histories: what stores send about a member, the tier it comes to, and how they are refused."""

import json
import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest

import tallystick
from tallystick.dsl.kinds import CalendarPeriod, Keep, QualifyAt, TierMeasure
from tallystick.dsl.loyalty import Duration, Level, Loyalty, PointsCurrency, Program, Tiers
from tallystick.engine.loyalty.history import Entry, History

LEVELS = (Level("bronze", 0), Level("silver", 1000), Level("gold", 5000))
CLUB = Program(
    "club",
    timezone="Europe/Madrid",
    points=PointsCurrency(activate_after=Duration(days=14)),
    tiers=Tiers(LEVELS, Duration(months=12)),
)
SPENT = Program(
    "spent",
    tiers=Tiers(
        LEVELS[1:],
        CalendarPeriod.YEAR,
        TierMeasure.SPEND,
        QualifyAt.EARN,
        keep=Keep.END_OF_PERIOD,
    ),
    points=PointsCurrency(activate_on="fulfilled"),
)
PLAIN = Program("plain")
HISTORY: dict[str, Any] = {
    "member": "u1",
    "entries": [
        {"at": "2026-01-10T18:30:00+01:00", "points": 1200},
        {"at": "2026-03-05", "points": 300},
        {"at": "2026-04-01T09:00:00Z", "points": -100, "earned": "2026-01-10"},
    ],
}


def engine_of(*programs: Program) -> tallystick.Engine:
    return tallystick.Engine(tallystick.Ruleset(loyalty=Loyalty(programs)))


ENGINE = engine_of(CLUB, PLAIN, SPENT)


def test_where_a_member_stands() -> None:
    answer = ENGINE.tier("club", HISTORY, "2026-07-10T12:00:00Z")
    assert answer.to_dict() == {
        "member": "u1",
        "program": "club",
        "tier": "silver",
        "value": 1400,
        "since": "2026-01-23T23:00:00Z",  # active on the 24th in Madrid
        "valid_until": "2027-01-10T23:00:00Z",
        "to_keep": 700,
        "next": {"tier": "gold", "from": 5000, "missing": 3600},
    }
    assert answer.to_json().startswith(b'{"member":"u1","program":"club","tier":"silver",')


def test_all_forms_of_a_history_are_alike() -> None:
    answer = ENGINE.tier("club", HISTORY, "2026-07-10T12:00:00Z")
    typed = History(
        member="u1",
        entries=[
            Entry(at=datetime(2026, 1, 10, 17, 30, tzinfo=UTC), points=1200),
            Entry(at=date(2026, 3, 5), points=300),
            Entry(at="2026-04-01T09:00:00Z", points=-100, earned=date(2026, 1, 10)),
        ],
    )
    instant = datetime(2026, 7, 10, 12, tzinfo=UTC)
    for form in (json.dumps(HISTORY), json.dumps(HISTORY).encode(), typed):
        assert ENGINE.tier("club", form, instant) == answer
    named = HISTORY | {"program": "club"}
    assert ENGINE.tier(None, named, instant) == ENGINE.tier("club", named, instant) == answer
    assert engine_of(CLUB, PLAIN).tier(None, HISTORY, instant) == answer


def test_only_what_was_written_by_then_is_looked_at() -> None:
    answer = ENGINE.tier("club", HISTORY, "2026-03-30T12:00:00Z")
    assert (answer.value, answer.to_keep) == (1500, 700)  # 300 are left after 10 January


def test_what_is_taken_back_while_it_is_pending_was_never_there() -> None:
    history = {
        "entries": [
            {"at": "2025-12-01", "points": 500},
            {"at": "2026-01-10", "points": 700},
            {"at": "2026-01-12", "points": -700, "earned": "2026-01-10"},
        ]
    }
    for when in ("2026-01-11", "2026-01-12", "2026-01-13", "2026-01-24"):
        assert ENGINE.tier("club", history, f"{when}T12:00:00Z").value == 500


def test_without_a_member_the_answer_names_none() -> None:
    answer = ENGINE.tier("club", {"entries": []}, "2026-07-10T12:00:00Z").to_dict()
    assert list(answer) == ["program", "tier", "value", "since", "valid_until", "to_keep", "next"]
    assert answer["tier"] == "bronze" and answer["to_keep"] is None


def test_spend_counts_at_once_where_it_qualifies_at_the_earn() -> None:
    entry = {"at": "2026-02-01T10:00:00Z", "spend": 1000, "counts_from": "2026-03-01T10:00:00Z"}
    answer = ENGINE.tier("spent", {"entries": [entry]}, "2026-02-01T10:00:00Z")
    assert (answer.tier, answer.value, answer.to_keep) == ("silver", 1000, 1000)
    answer = ENGINE.tier("spent", {"entries": []}, "2026-02-01T10:00:00Z")
    assert (answer.tier, answer.next and answer.next.missing) == (None, 1000)


def test_what_waits_for_an_order_state_counts_when_the_store_says_so() -> None:
    program = Program(
        "club",
        points=PointsCurrency(activate_on="fulfilled"),
        tiers=Tiers(LEVELS, Duration(months=12)),
    )
    entry = {"at": "2026-02-01T10:00:00Z", "points": 1000}
    engine = engine_of(program)
    assert engine.tier(None, {"entries": [entry]}, "2026-06-01T00:00:00Z").value == 0
    entry["counts_from"] = "2026-02-05"
    assert engine.tier(None, {"entries": [entry]}, "2026-06-01T00:00:00Z").value == 1000


def test_a_floor_holds() -> None:
    answer = ENGINE.tier("club", HISTORY | {"tier_floor": "gold"}, "2026-07-10T12:00:00Z")
    assert (answer.tier, answer.valid_until, answer.next) == ("gold", None, None)


ENTRY = {"at": "2026-01-10", "points": 5}


@pytest.mark.parametrize(
    ("change", "code", "path", "message"),
    [
        (
            {"entries": [ENTRY | {"at": "yesterday"}]},
            "bad_instant",
            "entries[0].at",
            "expected an instant such as 2026-07-10T12:00:00Z, got the text `yesterday`",
        ),
        ({"entries": [ENTRY | {"at": "2026-02-30"}]}, "bad_date", "entries[0].at", None),
        ({"entries": [ENTRY | {"earned": "2026-1-1"}]}, "bad_instant", "entries[0].earned", None),
        (
            {"entries": [ENTRY | {"counts_from": "?"}]},
            "bad_instant",
            "entries[0].counts_from",
            None,
        ),
        ({"entries": [ENTRY, {"points": 5}]}, "missing_field", "entries[1].at", None),
        ({"entries": [{"at": "2026-01-10"}]}, "missing_field", "entries[0].points", None),
        (
            {"entries": [ENTRY | {"points": 1.5}]},
            "wrong_type",
            "entries[0].points",
            "expected a whole number, got 1.5",
        ),
        ({"entries": [ENTRY | {"points": 10**13}]}, "out_of_range", "entries[0].points", None),
        ({"entries": [ENTRY | {"amount": 5}]}, "unknown_field", "entries[0].amount", None),
        ({"entries": 5}, "wrong_type", "entries", None),
        (
            {"tier_floor": "platinum"},
            "bad_format",
            "tier_floor",
            "expected a tier of `club`, got `platinum`",
        ),
        (
            {"program": "spent"},
            "bad_format",
            "program",
            "expected the history of `club`, got `spent`",
        ),
        ({"member": "\ud800"}, "bad_text", "member", None),
    ],
)
def test_histories_are_refused(
    change: dict[str, Any], code: str, path: str, message: str | None
) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.tier("club", HISTORY | change, "2026-07-10T12:00:00Z")
    error = caught.value
    assert (error.code, error.path) == (code, path)
    assert error.noun == "history" and error.event_id == (None if "member" in change else "u1")
    assert message is None or error.message == message
    assert error.as_record()["history"] == error.event_id


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("plain", "expected a program with tiers, got `plain`"),
        ("clud", "expected a program with tiers, got `clud` (did you mean `club`?)"),
        (None, "expected the field `program`, got nothing"),
    ],
)
def test_a_program_with_tiers_is_needed(program: str | None, message: str) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.tier(program, HISTORY, "2026-07-10T12:00:00Z")
    assert (caught.value.path, caught.value.message) == ("program", message)


@pytest.mark.parametrize("sent", [b"{", b"[]", 5, b'{"entries":[],"entries":[]}'])
def test_what_is_no_history(sent: Any) -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.tier("club", sent, "2026-07-10T12:00:00Z")
    assert caught.value.as_record()["history"] is None


def test_an_instant_is_needed() -> None:
    with pytest.raises(tallystick.EventError) as caught:
        ENGINE.tier("club", HISTORY, "2026-07-10")
    assert (caught.value.code, caught.value.path) == ("bad_instant", "at")


def test_an_error_can_be_sent_elsewhere() -> None:
    error = tallystick.EventError("bad_date", "at", "expected a date", "e1", "refund")
    sent = pickle.loads(pickle.dumps(error))
    assert repr(sent) == repr(error) and sent.as_record() == error.as_record()
    assert "noun='refund'" in repr(error) and str(error) == "expected a date, at `at`"
