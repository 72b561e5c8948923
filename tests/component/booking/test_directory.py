"""The replica of households: newest state wins, duplicates change nothing, a tombstone erases."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.event import Envelope
from contracts.family.events import HouseholdState
from tests.factories.booking import BookingTown, Family, published
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

BIRTH_ON = date(2019, 5, 2)
WORDS = "Il manque le vaccin."


async def replica(service: RunningService, family: Family) -> tuple[set[UUID], set[UUID]]:
    rows = await service.db.fetch(
        "select adult_id, child_id from guardianships where household_id = $1", family.household_id
    )
    return {row["adult_id"] for row in rows}, {row["child_id"] for row in rows}


async def test_the_newest_state_wins_in_any_order_of_arrival(service: RunningService) -> None:
    first = Family(uuid4(), (uuid4(), uuid4()), (uuid4(),))
    second = Family(first.household_id, first.guardian_ids[:1], (*first.child_ids, uuid4()))
    old = [service.envelope(state, sequence=1) for state in published(first, BIRTH_ON)]
    new = [service.envelope(state, sequence=2) for state in published(second, BIRTH_ON)]
    await service.deliver(*reversed(new), *old, *new, *old)
    assert await replica(service, first) == (set(second.guardian_ids), set(second.child_ids))


async def test_a_tombstone_erases_people_and_keeps_others(service: RunningService) -> None:
    gone, other = (Family(uuid4(), (uuid4(),), (uuid4(),)) for _ in range(2))
    await service.deliver(*published(gone, BIRTH_ON), *published(other, BIRTH_ON))
    booking = BookingTown(service)
    activity_id = await booking.activity()
    for family in (gone, other):
        enrollment_id = (await booking.request_enrollment(family, activity_id)).json()["enrollment_id"]
        decision = {"is_validated": False, "reason": WORDS}
        path = f"/enrollments/{enrollment_id}/decision"
        answer = await service.client.post(path, json=decision, headers=service.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text
    await service.deliver(
        Envelope(
            event_id=uuid4(),
            event_type=HouseholdState.event_type,
            source="/test",
            topic=HouseholdState.topic,
            key=str(gone.household_id),
            sequence=2,
            time=datetime.now(UTC),
            payload=None,
        )
    )
    assert await replica(service, gone) == (set(), set())
    reasons = await service.db.fetch("select household_id, reason from enrollments")
    assert {row["household_id"]: row["reason"] for row in reasons} == {
        gone.household_id: None,
        other.household_id: WORDS,
    }
    assert await replica(service, other) == (set(other.guardian_ids), set(other.child_ids))
