"""Eight equal requests at once have one effect, and get eight equal answers: in one batch, and on as many replicas."""

import asyncio

import pytest

from chassis.actor import Actor
from chassis.data.idempotency import Claim
from contracts.booking.models import BookingChanges, BookingChangesMade
from contracts.types import ActorKind
from services.booking.bookings.commands import BookingRequest, book
from services.booking.documents.domain import DocumentRules
from tests.factories.booking import ZONE, BookingTown
from tests.support.services import RunningService
from tests.support.twins import TWINS, answers_of, twins

pytestmark = pytest.mark.anyio


async def test_twins_enroll_once(service: RunningService, town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    body = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    headers = town.parent(family) | service.key()
    responses = await twins(lambda: town.client.post("/enrollments", json=body, headers=headers))
    ((status, _),) = answers_of(responses)
    assert status == 201
    assert await service.db.fetchval("select count(*) from enrollments") == 1


async def test_twins_book_one_basket(service: RunningService, town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    key = service.key()
    ((status, _),) = answers_of(await twins(lambda: town.book(family, slot_id, headers=key)))
    assert status == 201
    assert await service.db.fetchval("select count(*) from bookings") == 1


async def test_twins_on_many_replicas_book_one_basket(service: RunningService, town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    actor = Actor(family.guardian_id, ActorKind.PARENT, guardian_id=family.guardian_id)
    changes = BookingChanges.model_validate({"lines": [{"child_id": family.child_id, "slot_id": slot_id}]})
    request = BookingRequest(actor, changes, Claim.of("somebody", "key", "POST /bookings", b"{}"), {})
    outcomes = await asyncio.gather(*(book(service.db, [request], ZONE, DocumentRules()) for _ in range(TWINS)))
    (answer,) = {outcome.model_dump_json() for (outcome,) in outcomes if isinstance(outcome, BookingChangesMade)}
    assert sum(isinstance(outcome, BookingChangesMade) for (outcome,) in outcomes) == TWINS, answer
    assert await service.db.fetchval("select count(*) from bookings") == 1


async def test_twins_exchange_a_day_once(service: RunningService, town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    await town.enroll(family, activity_id)
    given, wished = await town.open(activity_id, 10, 17)
    booked = (await town.book(family, given)).json()["bookings"][0]["booking_id"]
    key = service.key()
    lines = [(family.child_id, wished)]
    ((status, _),) = answers_of(await twins(lambda: town.change(family, lines, [booked], key)))
    assert status == 201
    assert await service.db.fetchval("select count(*) from bookings where status = 'confirmed'") == 1
