"""A child in one place, an enrollment that is cut, sheets and parts of a day: what several transactions do at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from contracts.booking.models import AttendanceMark, AttendanceMarks
from contracts.types import Attendance
from services.booking.attendance import commands as attendance
from services.booking.attendance import domain as sheets
from services.booking.attendance import store as sheet_store
from services.booking.attendance.domain import Mark, Marked, Noted, Now, Sheet
from services.booking.bookings import store
from services.booking.enrollments import commands as enrollments
from tests.concurrency.booking.conftest import OVERSOLD_SQL, REPEATED_SQL, Rush, codes
from tests.factories.booking import PARTS, ZONE, Family, unit
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio


async def centre_and_course(rush: Rush) -> tuple[Family, UUID, UUID]:
    """A child, and two activities at the same hours that it is enrolled in: nothing of theirs is locked together."""
    (centre,) = await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    course_id = await rush.town.activity(label="Judo", units=[unit("cours", "09:00", "12:00")])
    (course,) = await rush.town.open(course_id, 10)
    await enroll(rush, family, course_id)
    return family, centre, course


async def enroll(rush: Rush, family: Family, activity_id: UUID) -> UUID:
    """A child whose family is known by its rows alone is enrolled, by the rows that are there already."""
    enrollment_id = uuid4()
    await rush.service.db.execute(
        """
        with enrollment as (
            insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
            select $1, $2, $3, $4, 'validated', days, requested_by, now() from enrollments where child_id = $3 limit 1
            returning id, days
        )
        insert into placements (id, enrollment_id, group_id, during)
        select gen_random_uuid(), e.id, g.id, e.days from enrollment e, groups g where g.activity_id = $4
        """,
        enrollment_id,
        family.household_id,
        family.child_id,
        activity_id,
    )
    return enrollment_id


@pytest.fixture
def reading_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two baskets have both read where their children are before either writes."""
    read, both_have_read = store.known_of, asyncio.Barrier(2)
    count = iter(range(2))

    async def known_of(*arguments: Any) -> Any:
        answer = await read(*arguments)
        if next(count, None) is not None:
            await both_have_read.wait()
        return answer

    monkeypatch.setattr(store, "known_of", known_of)


@pytest.mark.usefixtures("reading_together", "without_the_turn")
async def test_without_turns_the_database_still_refuses_a_second_place(rush: Rush) -> None:
    family, centre, course = await centre_and_course(rush)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await rush.alone(rush.request(family, [centre]), rush.request(family, [course]))
    assert await rush.service.db.fetch(REPEATED_SQL) == []


@pytest.mark.usefixtures("reading_together", "without_the_turn")
async def test_without_turns_and_the_constraint_a_child_is_in_two_places(rush: Rush) -> None:
    family, centre, course = await centre_and_course(rush)
    await rush.service.alter("alter table bookings drop constraint bookings_one_place")
    outcomes = await rush.alone(rush.request(family, [centre]), rush.request(family, [course]))
    assert codes(outcomes) == ["booked", "booked"]
    assert len(await rush.service.db.fetch(REPEATED_SQL)) == 2


async def test_of_many_places_at_once_a_child_has_one_and_is_told_why(rush: Rush) -> None:
    family, centre, course = await centre_and_course(rush)
    outcomes = await rush.alone(*(rush.request(family, [slot_id]) for slot_id in (centre, course) * 4))
    assert codes(outcomes).count("booked") == 1
    assert set(codes(outcomes)) == {"booked", "already_booked", "elsewhere"}
    await rush.check(outcomes)


async def test_mixed_parts_of_a_day_are_never_oversold(rush: Rush) -> None:
    rush.activity_id = await rush.town.activity(units=PARTS)
    slots = await rush.town.open_units(rush.activity_id, 10, capacity=4)
    families = await rush.families(24)
    wishes = ("journee", "matin", "apres-midi", "repas")
    requests = [rush.request(family, [slots[wishes[number % 4]]]) for number, family in enumerate(families)]
    outcomes = await rush.alone(*requests)
    assert {"booked", "slot_full"} == set(codes(outcomes))
    await rush.check(outcomes)


@pytest.mark.usefixtures("unlocked")
async def test_without_the_lock_the_last_morning_is_sold_twice(rush: Rush) -> None:
    rush.activity_id = await rush.town.activity(units=PARTS)
    slots = await rush.town.open_units(rush.activity_id, 10, capacity=1)
    await rush.service.alter("alter table pools drop constraint pools_never_oversold")
    whole, morning = await rush.families(2)
    outcomes = await rush.alone(rush.request(whole, [slots["journee"]]), rush.request(morning, [slots["matin"]]))
    assert codes(outcomes) == ["booked", "booked"]
    assert len(await rush.service.db.fetch(OVERSOLD_SQL)) == 1


async def dawn_and_dusk(rush: Rush) -> list[UUID]:
    """Two units of a day that exclude each other, and have no place in common."""
    rush.activity_id = await rush.town.activity(
        units=[unit("aube", "07:00", "08:00"), unit("soir", "17:00", "19:00", excludes=["aube"])]
    )
    return list((await rush.town.open_units(rush.activity_id, 10)).values())


@pytest.mark.usefixtures("reading_together", "without_the_turn")
async def test_without_turns_and_a_pool_in_common_both_of_two_units_are_booked(rush: Rush) -> None:
    slots = await dawn_and_dusk(rush)
    await rush.service.db.execute("update slots set lock_ids = pool_ids")
    (family,) = await rush.families(1)
    assert codes(await rush.alone(*(rush.request(family, [slot_id]) for slot_id in slots))) == ["booked", "booked"]


async def test_units_that_exclude_each_other_wait_for_one_another(rush: Rush) -> None:
    """Each holds the pools of the other."""
    slots = await dawn_and_dusk(rush)
    for family in await rush.families(5):
        outcomes = await rush.alone(*(rush.request(family, [slot_id]) for slot_id in slots))
        assert sorted(codes(outcomes)) == ["booked", "unit_excluded"]


async def end(rush: Rush, family: Family, offset: int) -> None:
    """An agent ends the enrollment of a family's child so many days from today."""
    enrollment_id = await rush.service.db.fetchval("select id from enrollments where child_id = $1", family.child_id)
    body = {"from_on": str(await rush.town.day(offset)), "reason": "Déménagement."}
    director = rush.service.as_agent(Role.DIRECTOR)
    answer = await rush.town.client.post(f"/enrollments/{enrollment_id}/end", json=body, headers=director)
    assert answer.status_code == 200, answer.text


async def live_from(rush: Rush, offset: int) -> int:
    """How many bookings are live so many days from today, or later."""
    sql = "select count(*) from bookings where status = 'confirmed' and service_on >= $1"
    count: int = await rush.service.db.fetchval(sql, await rush.town.day(offset))
    return count


async def test_without_the_lock_a_day_beyond_the_cut_stays_booked(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    (day,) = await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    read, has_read, is_ended = store.known_of, asyncio.Event(), asyncio.Event()

    async def known_of(*arguments: Any) -> Any:
        answer = await read(*arguments)
        has_read.set()
        await is_ended.wait()
        return answer

    async def lock_nothing(*_arguments: Any) -> dict[UUID, Any]:
        return {}

    monkeypatch.setattr(store, "known_of", known_of)
    monkeypatch.setattr(enrollments, "lock_places_of_placements", lock_nothing)
    booking = asyncio.ensure_future(rush.alone(rush.request(family, [day])))
    try:
        await asyncio.wait({booking, asyncio.ensure_future(has_read.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await end(rush, family, 5)
    finally:
        is_ended.set()  # whatever became of it: whoever waits there holds a connection of the service
    assert codes(await booking) == ["booked"]
    assert await live_from(rush, 5) == 1


async def test_an_enrollment_that_is_cut_leaves_nothing_booked_beyond(rush: Rush) -> None:
    """Whoever books meanwhile has it before the cut, which cancels it, or is refused after."""
    days = await rush.slots(10, capacity=20)
    for family in await rush.families(5):
        await asyncio.gather(end(rush, family, 12), *(rush.alone(rush.request(family, [day])) for day in days))
    assert await live_from(rush, 12) == 0
    assert await rush.service.db.fetch(OVERSOLD_SQL) == []


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets are marked without their places being held."""

    async def lock_places(*_arguments: Any) -> dict[UUID, Any]:
        return {}

    monkeypatch.setattr(sheet_store, "lock_places", lock_places)


# The first rows take their time, so that each tablet holds some before either comes to those of the other.
SLOW_AT_FIRST_SQL = """
create sequence rows_written;
create function be_slow() returns trigger language plpgsql as $$
begin
    if nextval('rows_written') <= 4 then
        perform pg_sleep(0.1);
    end if;
    return new;
end $$;
create trigger be_slow before insert on attendances for each row execute function be_slow();
"""


async def marked(rush: Rush) -> tuple[UUID, Sequence[UUID]]:
    """A day that is today, and the twelve children that are expected on it."""
    (slot_id,) = await rush.slots(1, capacity=20)
    families = await rush.families(12)
    await rush.alone(*(rush.request(family, [slot_id]) for family in families))
    rush.service.advance(days=10)
    return slot_id, [family.child_id for family in families]


async def mark(rush: Rush, slot_id: UUID, children: Sequence[UUID]) -> None:
    actor = agent_of(Role.SITE)
    marks = tuple(AttendanceMark(child_id=child_id, attendance=Attendance.PRESENT) for child_id in children)
    await attendance.mark_attendance(rush.service.db, actor, slot_id, AttendanceMarks(marks=marks), ZONE)


@pytest.mark.usefixtures("without_the_lock")
async def test_without_one_order_two_tablets_block_each_other(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends one of them, whose marks are written again by a second attempt."""
    slot_id, children = await marked(rush)
    attempts = 0

    def as_sent(sheet: Sheet, marks: Sequence[Mark], _now: Now) -> Noted:
        nonlocal attempts
        attempts += 1
        lines = {line.child_id: line for line in sheet.lines}
        before = [(lines[mark.child_id], mark.attendance) for mark in marks]
        return Noted([Marked(replace(line, attendance=attendance), line) for line, attendance in before])

    monkeypatch.setattr(sheets, "note_marks", as_sent)
    await rush.service.alter(SLOW_AT_FIRST_SQL)
    await asyncio.gather(mark(rush, slot_id, children), mark(rush, slot_id, children[::-1]))
    assert attempts >= 3
    assert await rush.service.db.fetchval("select count(*) from attendances") == 12


@pytest.mark.usefixtures("without_the_lock")
async def test_in_one_order_they_wait_for_each_other(rush: Rush) -> None:
    slot_id, children = await marked(rush)
    await asyncio.gather(*(mark(rush, slot_id, order) for order in (children, children[::-1]) * 4))
    assert await rush.service.db.fetchval("select count(*) from attendances where mark = 'present'") == 12


async def test_two_enrollments_of_one_child_with_a_day_in_common_are_not_both_stored(rush: Rush) -> None:
    await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await enroll(rush, family, rush.activity_id)
    await rush.service.db.execute("update enrollments set status = 'ended'")
    await enroll(rush, family, rush.activity_id)
