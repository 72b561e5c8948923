"""Whoever books, or marks a child as come unbooked, takes its turn: what the two places have in common is the child alone."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.refusal import Refusal
from contracts.booking.models import AttendanceMark, AttendanceMarks
from contracts.types import Attendance
from services.booking.attendance import commands as attendance
from services.booking.attendance import store as sheets
from services.booking.bookings import store as bookings
from services.booking.invariants.queries import OVERSOLD_SQL
from tests.concurrency.booking.conftest import Rush, codes
from tests.factories.booking import SITE, ZONE, Family, unit
from tests.support.locks import as_far_as_it_can, waits_for_a_lock
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio

Act = Callable[[], Coroutine[Any, Any, str]]
ELSEWHERE = {"code": "plateau", "label": "Accueil du Plateau"}
UNTIL_MIDNIGHT = {"days_before": 0, "at": "23:59:59"}


@dataclass(frozen=True)
class Places:
    """A child's day at two places that share no pool, and the two acts that would put it there."""

    rush: Rush
    first: Act
    second: Act

    async def both_at_once(self, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, bool]:
        """What becomes of both acts when the second begins once the first has decided and before it writes, and whether the second
        waited."""
        begun: list[asyncio.Task[str]] = []
        waited = False

        def before(write: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
            async def write_after_the_other_began(*arguments: Any) -> None:
                nonlocal waited
                if not begun:
                    begun.append(asyncio.create_task(self.second()))
                    await as_far_as_it_can(self.rush.service.db, begun[0])
                    waited = await waits_for_a_lock(self.rush.service.db)
                await write(*arguments)

            return write_after_the_other_began

        monkeypatch.setattr(sheets, "save_marks", before(sheets.save_marks))
        monkeypatch.setattr(bookings, "insert_bookings", before(bookings.insert_bookings))
        first = await self.first()
        return first, await begun[0], waited


def comes_unbooked(rush: Rush, family: Family, slot_id: UUID) -> Act:
    """An agent of site notes that the family's child came unbooked."""
    return marks(rush, family, slot_id, Attendance.UNBOOKED)


def marks(rush: Rush, family: Family, slot_id: UUID, attendance_mark: Attendance) -> Act:
    """An agent of site marks the family's child: `noted`, or the code of what stands against it."""
    noted = AttendanceMarks(marks=(AttendanceMark(child_id=family.child_id, attendance=attendance_mark),))

    async def act() -> str:
        try:
            await attendance.mark_attendance(rush.service.db, agent_of(Role.SITE), slot_id, noted, ZONE)
        except Refusal as refusal:
            return refusal.fields[0].code
        return "noted"

    return act


def books(rush: Rush, family: Family, slot_id: UUID) -> Act:
    """The family books, in a transaction of its own."""

    async def act() -> str:
        (code,) = codes(await rush.alone(rush.request(family, [slot_id])))
        return code

    return act


async def two_activities(rush: Rush) -> tuple[Family, UUID, UUID]:
    """A child, and today at two activities of the same hours."""
    family = await rush.town.family()
    slots = []
    for label in ("Centre", "Judo"):
        activity_id = await rush.town.activity(label=label, cutoff=UNTIL_MIDNIGHT)
        await rush.town.enroll(family, activity_id)
        slots += await rush.town.open(activity_id, 0)
    return family, slots[0], slots[1]


async def unbooked_at_two_places(rush: Rush) -> Places:
    family, here, there = await two_activities(rush)
    return Places(rush, comes_unbooked(rush, family, here), comes_unbooked(rush, family, there))


async def unbooked_here_and_booked_there(rush: Rush) -> Places:
    family, here, there = await two_activities(rush)
    return Places(rush, comes_unbooked(rush, family, here), books(rush, family, there))


async def booked_here_and_unbooked_there(rush: Rush) -> Places:
    family, here, there = await two_activities(rush)
    return Places(rush, books(rush, family, here), comes_unbooked(rush, family, there))


async def booked_at_two_places(rush: Rush) -> Places:
    family, here, there = await two_activities(rush)
    return Places(rush, books(rush, family, here), books(rush, family, there))


async def absent_then_present_here_and_unbooked_there(rush: Rush) -> Places:
    """A child who was marked absent where it is booked may be seen at either place, and not at both."""
    family, here, there = await two_activities(rush)
    assert await books(rush, family, here)() == "booked"
    assert await marks(rush, family, here, Attendance.ABSENT_EXCUSED)() == "noted"
    return Places(rush, marks(rush, family, here, Attendance.PRESENT), comes_unbooked(rush, family, there))


async def units_that_exclude_each_other(rush: Rush) -> Places:
    """Two homes of a child, each with a group of its own at a site of its own."""
    await rush.town.site(ELSEWHERE)
    units = [unit("matin", "08:00", "12:00", excludes=["soir"]), unit("soir", "17:00", "19:00")]
    activity_id = await rush.town.activity(units=units, site_codes=[SITE["code"], ELSEWHERE["code"]])
    day = str(await rush.town.day(10))
    opened = (await rush.town.open_slots(activity_id, days=[day], capacity=5)).json()["items"]
    slots = {(slot["site_code"], slot["unit_code"]): UUID(slot["slot_id"]) for slot in opened}
    family = await rush.town.family()
    home = await rush.town.second_home(family)
    for household, site in ((family, SITE), (home, ELSEWHERE)):
        named = {"household_id": str(household.household_id), "site_code": site["code"]}
        await rush.town.enroll(household, activity_id, **named)
    return Places(
        rush,
        books(rush, family, slots[SITE["code"], "matin"]),
        books(rush, home, slots[ELSEWHERE["code"], "soir"]),
    )


Arrange = Callable[[Rush], Awaitable[Places]]
RACES: list[tuple[Arrange, str, str]] = [
    (unbooked_at_two_places, "noted", "elsewhere"),
    (unbooked_here_and_booked_there, "noted", "elsewhere"),
    (booked_here_and_unbooked_there, "booked", "elsewhere"),
    (absent_then_present_here_and_unbooked_there, "noted", "elsewhere"),
    (units_that_exclude_each_other, "booked", "unit_excluded"),
]


@pytest.mark.parametrize(("arrange", "done", "refused"), [*RACES, (booked_at_two_places, "booked", "elsewhere")])
async def test_the_second_of_two_places_waits_and_is_refused_in_words(
    rush: Rush, monkeypatch: pytest.MonkeyPatch, arrange: Arrange, done: str, refused: str
) -> None:
    places = await arrange(rush)
    assert await places.both_at_once(monkeypatch) == (done, refused, True)
    assert await rush.service.db.fetch(OVERSOLD_SQL) == []


@pytest.mark.usefixtures("without_the_turn")
@pytest.mark.parametrize(("arrange", "done"), [(arrange, done) for arrange, done, _ in RACES])
async def test_without_turns_a_child_is_at_both(
    rush: Rush, monkeypatch: pytest.MonkeyPatch, arrange: Arrange, done: str
) -> None:
    places = await arrange(rush)
    first, second, waited = await places.both_at_once(monkeypatch)
    assert (first, waited) == (done, False)
    assert second in ("noted", "booked")


async def test_many_children_whose_turns_are_asked_for_in_other_orders_block_nobody(rush: Rush) -> None:
    """Twelve children who came to one place or the other: each is noted at one, and no transaction is ended by the server."""
    family = await rush.town.family(children=12)
    slots = []
    for label in ("Centre", "Judo"):
        activity_id = await rush.town.activity(label=label, cutoff=UNTIL_MIDNIGHT)
        await rush.town.enroll(family, activity_id)
        slots += await rush.town.open(activity_id, 0, capacity=20)

    async def mark(slot_id: UUID, children: tuple[UUID, ...]) -> int:
        marks = tuple(
            AttendanceMark(child_id=child_id, attendance=Attendance.UNBOOKED, device_mark_id=uuid4())
            for child_id in children
        )
        actor = agent_of(Role.SITE)
        refused = await attendance.mark_attendance(rush.service.db, actor, slot_id, AttendanceMarks(marks=marks), ZONE)
        return len(refused)

    before = await rush.service.db.fetchval(DEADLOCKS_SQL)
    refused = await asyncio.gather(*(mark(slots[n % 2], family.child_ids[:: 1 - 2 * (n // 2 % 2)]) for n in range(4)))
    assert sum(refused) == 24
    assert await rush.service.db.fetchval("select count(*) from attendances") == 12
    assert await rush.service.db.fetchval(DEADLOCKS_SQL) == before


DEADLOCKS_SQL = "select deadlocks from pg_stat_database where datname = current_database()"
