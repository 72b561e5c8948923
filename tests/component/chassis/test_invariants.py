"""Checks of invariants: once a night and whenever somebody asks, with what they found kept, bounded, and on the metrics."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY

from chassis.data.database import Database
from chassis.invariants import ASK_SQL, CHECKS_SQL, KEYS_MAX, Invariant, changes_are_told, check_due, last_night
from chassis.sampling import Sampling

pytestmark = pytest.mark.anyio

PARIS = ZoneInfo("Europe/Paris")
SOME = Invariant("I1", "There is no number.", "select 'number ' || n as key from generate_series(1, 250) n")
NONE = Invariant("I2", "There is nothing.", "select 'nothing' as key where false")
SLOW = Invariant("I3", "It takes no time.", "select pg_sleep(60)::text as key")
ABSENT = Invariant("I4", "There is a table.", "select key from no_such_table")


async def checks(db: Database, *invariants: Invariant) -> list[dict[str, Any]]:
    return [dict(row) for row in await db.fetch(CHECKS_SQL, [invariant.code for invariant in invariants])]


async def counts(db: Database, invariants: Sequence[Invariant]) -> list[int | None]:
    return [check["violation_count"] for check in await checks(db, *invariants)]


async def test_what_a_check_finds_is_counted_and_its_first_keys_are_kept(db: Database) -> None:
    await check_due(db, [SOME, NONE])
    some, none = await checks(db, SOME, NONE)
    assert (some["violation_count"], len(some["keys"]), some["keys"][0]) == (250, KEYS_MAX, "number 1")
    assert (none["violation_count"], none["keys"], none["is_asked"]) == (0, [], False)
    assert some["checked_at"] <= await db.now()


async def test_a_check_that_fails_is_said_and_keeps_no_other_from_its_own(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.invariants.CHECK_SECONDS_MAX", 1)
    await check_due(db, [SLOW, ABSENT, SOME])
    slow, absent, some = await checks(db, SLOW, ABSENT, SOME)
    assert (slow["failure"], slow["violation_count"]) == ("QueryCanceledError", None)
    assert (absent["failure"], absent["violation_count"]) == ("UndefinedTableError", None)
    assert (some["failure"], some["violation_count"]) == (None, 250)


async def test_a_check_is_due_every_night_and_when_somebody_asks(db: Database) -> None:
    await check_due(db, [SOME])
    await check_due(db, [first := Invariant("I1", "", NONE.violations_sql)])
    assert await counts(db, [first]) == [250], "checked again although nobody asked"
    await db.execute(ASK_SQL, ["I1"], await db.now())
    assert (await checks(db, first))[0]["is_asked"]
    await check_due(db, [first])
    assert await counts(db, [first]) == [0]
    await db.execute("update invariant_checks set checked_at = checked_at - interval '1 day'")
    await check_due(db, [SOME])
    assert await counts(db, [SOME]) == [250]


async def test_an_invariant_that_is_given_up_leaves_nothing_on_the_metrics(db: Database) -> None:
    await check_due(db, [SOME, NONE])
    await Sampling("probe", db).measure()
    assert REGISTRY.get_sample_value("invariant_violations", {"invariant": "I1"}) == 250
    assert 0 <= (REGISTRY.get_sample_value("invariant_check_age_seconds", {"invariant": "I2"}) or -1) < 60
    await check_due(db, [NONE])
    await Sampling("probe", db).measure()
    assert REGISTRY.get_sample_value("invariant_violations", {"invariant": "I1"}) is None


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (datetime(2026, 6, 10, 0, 59, tzinfo=UTC), datetime(2026, 6, 9, 1, tzinfo=UTC)),
        (datetime(2026, 6, 10, 1, 0, tzinfo=UTC), datetime(2026, 6, 10, 1, tzinfo=UTC)),
        (datetime(2026, 1, 10, 1, 59, tzinfo=UTC), datetime(2026, 1, 9, 2, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_night_begins_at_three_by_the_clock_of_the_town(moment: datetime, night: datetime) -> None:
    assert last_night(moment, PARIS) == night


async def test_a_change_without_its_event_and_an_event_without_its_change_are_listed(db: Database) -> None:
    changes = (
        "select 'a.b' as topic, key, count from (values ('told', 2), ('untold', 1), ('half', 2)) changed(key, count)"
    )
    await db.execute(
        "insert into outbox_keys values ('a.b', 'told', 3), ('a.b', 'half', 1), ('a.b', 'odd', 1), ('c.d', 'other', 1)"
    )
    await check_due(db, [changes_are_told(changes, lasting=["a.b"])])
    (check,) = await checks(db, changes_are_told(changes))
    assert check["keys"] == ["a.b half lacks events", "a.b odd lacks its change", "a.b untold lacks events"]
