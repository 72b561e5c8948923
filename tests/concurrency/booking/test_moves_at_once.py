"""Two agents have one enrollment follow a child at once, to one home or to two: one of them does, the other is told, and each place is taken once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.refusal import Refusal
from contracts.booking.moves import EnrollmentMove
from services.booking.enrollments import store
from services.booking.enrollments.domain import Enrolled
from services.booking.moves.commands import move
from tests.concurrency.booking.conftest import OVERSOLD_SQL, REPEATED_SQL, Rush
from tests.factories.booking import ZONE, Family
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio

LAST = 12
ENROLLED_SQL = "select count(*) from enrollments where status = 'validated' and days @> $1::date"


class Leaving:
    """A child with two more homes, and days booked for the first."""

    def __init__(self, rush: Rush, homes: list[Family], enrollment_id: UUID) -> None:
        self.rush, self.homes, self.enrollment_id = rush, homes, enrollment_id

    async def move_to(self, *homes: Family) -> list[object]:
        """What each agent is answered, each in a transaction of its own."""
        from_on = await self.rush.town.day(LAST + 1)
        agent = agent_of(Role.FRONT_DESK)
        wishes = [
            EnrollmentMove(household_id=home.household_id, from_on=from_on, reason="Déménagement.") for home in homes
        ]
        moves = (move(self.rush.service.db, agent, self.enrollment_id, wish, ZONE) for wish in wishes)
        return list(await asyncio.gather(*moves, return_exceptions=True))

    async def enrolled(self) -> int:
        """How many enrollments the child has on a day after the move."""
        day = await self.rush.town.day(LAST + 3)
        return int(await self.rush.service.db.fetchval(ENROLLED_SQL, day))


@pytest.fixture
async def leaving(rush: Rush) -> Leaving:
    town = rush.town
    family, slots = await town.family(), await rush.slots(6, capacity=4)
    enrollment_id = await town.enroll(family, rush.activity_id)
    assert (await town.book(family, *slots)).status_code == 201
    homes = [await town.second_home(family) for _ in range(2)]
    return Leaving(rush, homes, enrollment_id)


async def test_without_the_lock_a_child_is_enrolled_in_both_homes(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.LOCK_ENROLLMENT_SQL.count("for update of e") == 1
    monkeypatch.setattr(store, "LOCK_ENROLLMENT_SQL", store.LOCK_ENROLLMENT_SQL.replace("for update of e", ""))
    lock, both_have_read = store.lock_enrollment, asyncio.Barrier(2)

    async def read_together(*arguments: Any) -> Enrolled | None:
        enrollment = await lock(*arguments)
        await both_have_read.wait()
        return enrollment

    monkeypatch.setattr(store, "lock_enrollment", read_together)
    answers = await leaving.move_to(*leaving.homes)
    assert not any(isinstance(answer, BaseException) for answer in answers), answers
    assert await leaving.enrolled() == 2


@pytest.mark.parametrize("is_one_home", [True, False])
async def test_one_moves_the_child_and_the_other_is_told(leaving: Leaving, is_one_home: bool) -> None:
    homes = [leaving.homes[0], leaving.homes[0 if is_one_home else 1]]
    answers = await leaving.move_to(*homes, *homes)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 3, answers
    assert {fault.code for refusal in refused for fault in refusal.fields} == {"enrollment_over_by_then"}
    assert await leaving.enrolled() == 1
    db = leaving.rush.service.db
    assert await db.fetch(OVERSOLD_SQL) == []
    assert await db.fetch(REPEATED_SQL) == []
    assert await db.fetchval("select count(*) from bookings where status = 'confirmed'") == 6
    assert await db.fetchval("select count(*) from history where action = 'enrollment_moved'") == 2


async def test_it_is_moved_back(leaving: Leaving, rush: Rush) -> None:
    """The undoing: while the child belongs to both homes, the enrollment goes back as it came, with what is booked."""
    await leaving.move_to(leaving.homes[0])
    first = await rush.service.db.fetchrow(
        "select id, household_id from enrollments where household_id = $1", leaving.homes[0].household_id
    )
    former = await rush.service.db.fetchval("select household_id from enrollments where id = $1", leaving.enrollment_id)
    wish = EnrollmentMove(household_id=former, from_on=await rush.town.day(LAST + 1), reason="Erreur de dossier.")
    await move(rush.service.db, agent_of(Role.FRONT_DESK), first["id"], wish, ZONE)
    households = await rush.service.db.fetch(
        "select distinct household_id from bookings where status = 'confirmed' and service_on > $1",
        await rush.town.day(LAST),
    )
    assert [row["household_id"] for row in households] == [former]
