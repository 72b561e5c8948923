"""A request that is sent again gets its answer again, as long as whoever sends it may still see what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.event import Envelope
from contracts.family.events import ChildState, HouseholdState
from tests.component.booking.test_moves_between_sites import slots_on, two_sites
from tests.component.booking.test_reach_of_sites import THERE
from tests.factories.booking import BookingTown
from tests.factories.households import KnownChild, adult, household_state
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio


async def test_an_agent_who_left_a_site_gets_no_answer_of_before(town: BookingTown) -> None:
    activity_id, family, key = await two_sites(town), await town.family(), town.service.key()
    await town.enroll(family, activity_id, site_code=THERE)
    slot_id = (await slots_on(town, activity_id, 10))[THERE]
    body = {"lines": [{"child_id": str(family.child_id), "slot_id": str(slot_id)}]}
    agent = agent_of(Role.SITE, sites=frozenset({THERE}))
    first, again = [
        await town.client.post("/bookings", json=body, headers=town.service.as_actor(agent) | key) for _ in range(2)
    ]
    assert (first.status_code, again.json()) == (201, first.json())
    gone = town.service.as_actor(replace(agent, sites=frozenset()))
    assert (await town.client.post("/bookings", json=body, headers=gone | key)).status_code == 404


async def test_a_parent_who_left_gets_no_answer_of_before(town: BookingTown) -> None:
    """Of days booked, of days given back, and of an enrollment."""
    activity_id, family = await town.activity(), await town.family(guardians=2)
    other_id = await town.activity(label="Judo")
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    booking, giving, wish = [town.parent(family, 1) | town.service.key() for _ in range(3)]
    asked = {"child_id": str(family.child_id), "activity_id": str(other_id)}

    async def requests(booking_id: UUID | str) -> list[httpx2.Response]:
        return [
            await town.give_back(family, booking_id, headers=giving),
            await town.client.post("/enrollments", json=asked, headers=wish),
        ]

    booked = await town.book(family, slot_id, headers=booking)
    booking_id = booked.json()["bookings"][0]["booking_id"]
    before = [answer.json() for answer in await requests(booking_id)]
    assert [answer.json() for answer in await requests(booking_id)] == before
    child = KnownChild(family.child_id)
    await town.service.deliver(household_state(family.household_id, [adult(family.guardian_id)], [child]))
    after = [await town.book(family, slot_id, headers=booking), *await requests(booking_id)]
    assert [answer.status_code for answer in after] == [404, 404, 404]


@pytest.mark.parametrize("state", [HouseholdState, ChildState])
async def test_erasure_forgets_the_answers_that_name_the_erased(town: BookingTown, state: type[Any]) -> None:
    activity_id = await town.activity()
    gone, other = await town.family("Effacee Martin"), await town.family("Restee Martin")
    (slot_id,) = await town.open(activity_id, 10)
    agent = town.service.as_agent(Role.FRONT_DESK)
    for family in (gone, other):
        await town.enroll(family, activity_id)
        assert (await town.book(family, slot_id, headers=agent | town.service.key())).status_code == 201
    erased = gone.household_id if state is HouseholdState else gone.child_id
    tombstone = Envelope(
        event_id=uuid4(),
        event_type=state.event_type,
        source="/test",
        topic=state.topic,
        key=str(erased),
        sequence=1_000,
        time=datetime.now(UTC),
        payload=None,
    )
    await town.service.deliver(tombstone)
    kept = [row["response"] for row in await town.service.db.fetch("select response::text from idempotency_keys")]
    assert not [text for text in kept if "Effacee" in text]
    assert [text for text in kept if "Restee" in text]
