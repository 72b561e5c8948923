"""The replica of households: newest state wins, duplicates change nothing, a tombstone erases."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.event import Envelope
from contracts.family.events import HouseholdState, Responsibility
from tests.factories.booking import BookingTown, Family, published
from tests.factories.households import LONG_AGO, KnownChild, custody_state
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


async def test_whoever_lives_with_a_child_and_does_not_answer_for_it_books_nothing(service: RunningService) -> None:
    """A step-parent reads nothing of its days; what is asked for, booked or given back wants a guardian."""
    booking = BookingTown(service)
    family = await booking.family(guardians=2)
    activity_id = await booking.activity()
    slot_id, free = await booking.open(activity_id, 20, 30)
    await booking.enroll(family, activity_id)
    booked = (await booking.book(family, slot_id)).json()["bookings"][0]["booking_id"]
    child, today = KnownChild(family.child_id), await booking.today()
    only_one = custody_state(child, family.guardian_ids[:1], [family.household_id])
    await service.deliver(service.envelope(only_one, sequence=2))
    other = booking.parent(family, 1)
    calendar = f"/calendar?from_on={today}&to_on={await booking.day(40)}"
    assert (await service.client.get(calendar, headers=other)).json()["rows"] == []
    assert len((await service.client.get(calendar, headers=booking.parent(family))).json()["rows"]) == 1
    headers = other | service.key()
    assert (await booking.give_back(family, booked, headers=headers)).status_code == 404
    assert (await booking.book(family, free, headers=other | service.key())).status_code == 404
    assert (await service.client.get(f"/children/{family.child_id}/activities", headers=other)).status_code == 404


async def test_a_role_that_this_release_does_not_know_lets_nobody_decide(service: RunningService) -> None:
    """EV: a vocabulary that grows is read without harm."""
    booking = BookingTown(service)
    family = await booking.family()
    unknown = Responsibility(
        adult_id=family.guardian_id, role="godparent", authority="joint", starts_on=LONG_AGO, ends_on=None
    )
    state = custody_state(KnownChild(family.child_id), [], [family.household_id], responsibilities=(unknown,))
    await service.deliver(service.envelope(state, sequence=2))
    path = f"/children/{family.child_id}/activities"
    assert (await service.client.get(path, headers=booking.parent(family))).status_code == 404
