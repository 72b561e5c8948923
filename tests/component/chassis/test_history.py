"""The history: one row for each act, stored with it, never changed, and emptied of what it says when somebody is erased."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act, forget_changes, history_of
from chassis.events.outbox import EVENT_BYTES_MAX, EventTooLarge
from chassis.housekeeping import HISTORY_MONTHS, make_history_months
from chassis.jobs import Job, Jobs
from chassis.sealing import SealBroken
from chassis.settings import ServiceSettings
from chassis.supervision import Supervisor
from contracts.family.events import Address, HouseholdCreated, HouseholdState
from contracts.history import HistoryEntry
from contracts.types import ActorKind, Channel
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

AGENT = Actor(uuid4(), ActorKind.AGENT, channel=Channel.COUNTER)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
CHANGES = ("update history set action = 'nothing'", "delete from history", "truncate history")


def too_large(household_id: UUID) -> HouseholdState:
    """A state that no topic takes: it is refused after the keys of the acts were made."""
    return HouseholdState(
        household_id=household_id,
        reference="F-1",
        address=Address(lines=("x" * EVENT_BYTES_MAX,), postal_code="14000", city="Valmont"),
        adults=(),
        adult_members=(),
        child_members=(),
        payers=(),
        created_at=NOW,
    )


@command
async def act(tx: Transaction, household_id: UUID, phone: str, *, fails: bool = False) -> None:
    """A guardian's telephone number is corrected."""
    before, after = {"phone": "01 23"}, {"phone": phone, "on": NOW.date(), "by": AGENT.account_id}
    tx.note(Act(AGENT, "phone_changed", household_id, household_id, before=before, after=after))
    tx.emit(HouseholdCreated(household_id=household_id, created_at=NOW), *([too_large(household_id)] if fails else []))


async def without_triggers(db: Database) -> None:
    """The history and its months, without what refuses changes."""
    for row in await db.fetch("select relid::text as name from pg_partition_tree('history')"):
        await db.execute(f"alter table {row['name']} disable trigger user")


async def history(db: Database, household_id: UUID) -> list[HistoryEntry]:
    """Every act for a household, read page by page."""
    entries: list[HistoryEntry] = []
    page = await history_of(db, household_id, None)
    while True:
        entries += page.items
        if page.next_cursor is None:
            return entries
        page = await history_of(db, household_id, page.next_cursor)


async def test_an_act_is_noted_with_who_when_and_what_it_changed(db: Database) -> None:
    household_id = uuid4()
    await act(db, household_id, "06 78")
    (entry,) = await history(db, household_id)
    assert (entry.actor_kind, entry.actor_id, entry.channel) == (ActorKind.AGENT, AGENT.account_id, Channel.COUNTER)
    assert (entry.action, entry.subject) == ("phone_changed", str(household_id))
    assert entry.before == {"phone": "01 23"}
    assert entry.after == {"phone": "06 78", "on": "2026-09-01", "by": str(AGENT.account_id)}
    assert abs(entry.noted_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_an_act_that_did_not_happen_is_not_noted(db: Database) -> None:
    household_id = uuid4()
    with pytest.raises(EventTooLarge):
        await act(db, household_id, "06 78", fails=True)
    assert await history(db, household_id) == []


async def test_times_are_those_of_the_towns_clock(db: Database) -> None:
    household_id = uuid4()
    db.clock_offset = timedelta(days=400)
    await act(db, household_id, "06 78")
    (entry,) = await history(db, household_id)
    assert entry.noted_at - datetime.now(UTC) > timedelta(days=399)


async def test_pages_hold_every_act_once_the_newest_first(db: Database) -> None:
    household_id = uuid4()
    for number in range(60):
        await act(db, household_id, str(number))
    await act(db, uuid4(), "another")
    assert [entry.after["phone"] for entry in await history(db, household_id) if entry.after] == [
        str(number) for number in reversed(range(60))
    ]
    newest = (await history_of(db, household_id, None)).items
    after_the_third = (await history_of(db, household_id, newest[2].cursor)).items
    assert after_the_third[0] == newest[3]


async def test_nothing_of_what_changed_stands_in_clear(db: Database) -> None:
    await act(db, uuid4(), "canary-phone")
    row = await db.fetchrow("select history::text as text, before, after from history")
    assert row is not None
    assert "canary" not in row["text"]
    assert b"canary" not in row["before"] + row["after"]


async def test_erasing_a_key_empties_the_acts_of_one_household_alone(db: Database) -> None:
    erased, other = uuid4(), uuid4()
    for household_id in (erased, other):
        await act(db, household_id, "06 78")
    await forget_changes(db, [erased])
    (entry,) = await history(db, erased)
    assert (entry.action, entry.before, entry.after) == ("phone_changed", None, None)
    assert (await history(db, other))[0].after is not None


async def test_acts_at_once_for_a_household_without_a_key_are_sealed_with_one(db: Database) -> None:
    household_id = uuid4()
    await asyncio.gather(*(act(db, household_id, str(number)) for number in range(6)))
    assert {entry.after["phone"] for entry in await history(db, household_id) if entry.after} == set("012345")
    assert await db.fetchval("select count(*) from history_keys") == 1


async def test_a_key_that_was_rolled_back_seals_nothing_later(db: Database) -> None:
    household_id = uuid4()
    with pytest.raises(EventTooLarge):
        await act(db, household_id, "lost", fails=True)
    for phone in ("first", "second", "third"):
        await act(db, household_id, phone)
    assert [entry.after["phone"] for entry in await history(db, household_id) if entry.after] == [
        "third",
        "second",
        "first",
    ]


async def test_a_sealed_value_does_not_open_in_another_row(db: Database) -> None:
    household_id = uuid4()
    await act(db, household_id, "06 78")
    await act(db, household_id, "06 79")
    await without_triggers(db)
    await db.execute("update history set after = (select after from history order by id limit 1)")
    with pytest.raises(SealBroken):
        await history(db, household_id)


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_database_refuses_to_change_what_was_noted(db: Database, statement: str) -> None:
    await act(db, uuid4(), "06 78")
    with pytest.raises(asyncpg.RaiseError, match="only ever added to"):
        await db.execute(statement)


@pytest.mark.parametrize("statement", CHANGES)
async def test_without_its_triggers_it_would_let_it_happen(db: Database, statement: str) -> None:
    await act(db, uuid4(), "06 78")
    await without_triggers(db)
    assert await db.execute(statement)


async def test_months_are_made_ahead_and_only_once(db: Database) -> None:
    made = await make_history_months(db)
    assert made == HISTORY_MONTHS - 3  # the schema comes with three
    assert await make_history_months(db) == 0
    db.clock_offset = timedelta(days=365)
    assert await make_history_months(db) == HISTORY_MONTHS
    await act(db, uuid4(), "06 78")
    assert await db.fetchval("select count(*) from history_rest") == 0


async def test_a_month_that_nobody_made_is_kept_apart_and_stays_there(db: Database) -> None:
    household_id = uuid4()
    db.clock_offset = timedelta(days=365)
    await act(db, household_id, "06 78")
    assert await db.fetchval("select count(*) from history_rest") == 1
    assert await make_history_months(db) == HISTORY_MONTHS - 1
    assert len(await history(db, household_id)) == 1


async def test_events_say_who_acted_and_which_way(db: Database) -> None:
    await act(db, uuid4(), "06 78")
    assert await causes(db) == [(f"agent:{AGENT.account_id}", "counter")]


async def test_an_event_of_a_job_has_its_channel_and_nobody(db: Database, settings: ServiceSettings) -> None:
    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            tx.emit(HouseholdCreated(household_id=uuid4(), created_at=NOW))

    await work(db)
    jobs, supervisor = Jobs(db, settings.database_url, [Job("probe", 3600.0, work)]), Supervisor()
    jobs.start(supervisor)
    try:
        await eventually(lambda: db.fetchval("select count(*) = 2 from outbox"))
    finally:
        await supervisor.stop()
        jobs.close()
    assert await causes(db) == [(None, None), (None, "job")]


async def causes(db: Database) -> list[tuple[str | None, str | None]]:
    """Who caused the events that wait, in order."""
    return [(row["actor"], row["channel"]) for row in await db.fetch("select actor, channel from outbox order by id")]
