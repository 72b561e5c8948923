"""Many requests for enrollments decided at once, how full the days are, and what is taken back unless something followed."""

from typing import Any

import pytest

from contracts.booking.events import EnrollmentReopened, EnrollmentValidated
from tests.factories.booking import BookingTown
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def requested(town: BookingTown, activity_id: Any) -> tuple[Any, str]:
    family = await town.family()
    answer = await town.request_enrollment(family, activity_id)
    return family, str(answer.json()["enrollment_id"])


async def test_many_requests_are_decided_once_and_taken_back_unless_days_were_booked(service: RunningService) -> None:
    town = BookingTown(service)
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 3, capacity=4)
    families = [await requested(town, activity_id) for _ in range(3)]
    ids = [enrollment_id for _, enrollment_id in families]
    desk = service.as_agent(Role.FRONT_DESK)
    await town.decide(ids[2], is_validated=False, reason="Complet")  # type: ignore[arg-type]  # an id as text
    body = {"item_ids": ids, "is_validated": True}
    preview = (await service.client.post("/enrollment-decisions/preview", json=body, headers=desk)).json()
    assert [line["code"] for line in preview["lines"]] == [None, None, "enrollment_already_decided"]
    assert (preview["lines"][0]["places"]["taken"], preview["lines"][0]["places"]["capacity"]) == (0, 4)
    headers = desk | service.key()
    reports = [await service.client.post("/enrollment-decisions", json=body, headers=headers) for _ in range(2)]
    assert reports[0].json() == reports[1].json()
    path = f"/enrollment-decisions/{reports[0].json()['batch_id']}"
    decided = [event for event in await service.outbox() if isinstance(event, EnrollmentValidated)]
    assert len(decided) == 2
    assert all(event.tellable_at for event in decided)
    assert (await town.book(families[0][0], slot_id)).status_code == 201
    undone = (await service.client.post(f"{path}/undo", headers=desk)).json()
    assert [line["followed"] for line in undone["lines"]] == ["days_booked", None, None]
    reopened = [event for event in await service.outbox() if isinstance(event, EnrollmentReopened)]
    assert [str(event.enrollment_id) for event in reopened] == [ids[1]]
    waiting = (await service.client.get("/waiting-enrollments", headers=desk)).json()["items"]
    assert [item["item_id"] for item in waiting] == [ids[1]]
    assert (await service.client.get(f"/waiting-enrollments/{ids[0]}", headers=desk)).json()["settled"]["outcome"] == (
        "validated"
    )
    elsewhere = service.as_agent(Role.SITE, sites=frozenset({"plateau"}))
    assert (await service.client.get(path, headers=elsewhere)).status_code == 404
    assert (await service.client.get("/waiting-enrollments", headers=elsewhere)).json()["items"] == []
