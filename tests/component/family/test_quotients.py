"""Recording family quotients: the history that billing prices with, and who may write it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.events import QuotientState
from services.family.households import store
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def change(service: RunningService, household_id: object, headers: dict[str, str], **quotient: Any) -> Any:
    """The response to a change of quotient."""
    return await service.client.put(f"/households/{household_id}/quotient", json=quotient, headers=headers)


async def test_a_quotient_counts_from_its_day_until_the_next(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    for value, day in ((900, "2026-09-02"), (500, "2023-01-01"), (700, "2026-09-01")):
        response = await change(
            service, household.household_id, desk.headers, value_cents=value, effective_on=day, source="caf"
        )
        assert response.status_code == 200, response.text
    assert response.json()["quotient"] == {
        "value_cents": 700,
        "effective_on": "2026-09-01",
        "source": "caf",
        "ends_on": None,
    }
    state = (await service.outbox())[-1]
    assert isinstance(state, QuotientState)
    assert [quotient.value_cents for quotient in state.quotients] == [500, 700, 900]
    service.advance(days=1)
    response = await service.client.get(f"/households/{household.household_id}", headers=desk.headers)
    assert response.json()["quotient"]["value_cents"] == 900


async def test_a_correction_replaces_the_quotient_of_its_day_and_leaves_a_trace(
    service: RunningService, desk: Desk
) -> None:
    household = await desk.open(quotient={"value_cents": 500, "effective_on": "2026-01-01", "source": "caf"})
    director = service.as_agent(Role.DIRECTOR)
    response = await change(service, household.household_id, director, value_cents=450, effective_on="2026-01-01")
    assert response.json()["quotient"]["value_cents"] == 450
    state = (await service.outbox())[-1]
    assert isinstance(state, QuotientState)
    assert [quotient.value_cents for quotient in state.quotients] == [450]
    rows = await service.db.fetch(
        "select value_cents, replaced_at is null as counts, recorded_by from quotients order by recorded_at"
    )
    assert [(row["value_cents"], row["counts"]) for row in rows] == [(500, False), (450, True)]
    assert rows[0]["recorded_by"] != rows[1]["recorded_by"]


async def test_the_same_quotient_again_changes_nothing(service: RunningService, desk: Desk) -> None:
    household = await desk.open(quotient={"value_cents": 500, "effective_on": "2026-01-01", "source": "caf"})
    emitted = len(await service.outbox())
    response = await change(
        service, household.household_id, desk.headers, value_cents=500, effective_on="2026-01-01", source="caf"
    )
    assert response.status_code == 200
    assert len(await service.outbox()) == emitted


@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control_without_lock"])
async def test_changes_made_at_once_leave_a_whole_history(
    service: RunningService, desk: Desk, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    if not is_locked:
        monkeypatch.setattr(store, "LOCK_HOUSEHOLDS_SQL", store.LOCK_HOUSEHOLDS_SQL.replace("for no key update", ""))
    household = await desk.open()
    days = [f"2026-{month:02d}-01" for month in range(1, 9)]
    await asyncio.gather(
        *(change(service, household.household_id, desk.headers, value_cents=1, effective_on=day) for day in days)
    )
    states = [event for event in await service.outbox() if isinstance(event, QuotientState)]
    assert ([len(state.quotients) for state in states] == list(range(1, 9))) is is_locked


@pytest.mark.parametrize(
    ("quotient", "pointer"),
    [
        ({"value_cents": -1, "effective_on": "2026-01-01"}, "/value_cents"),
        ({"value_cents": 10_000_001, "effective_on": "2026-01-01"}, "/value_cents"),
        ({"value_cents": "x", "effective_on": "2026-01-01"}, "/value_cents"),
        ({"value_cents": 1, "effective_on": "1789-07-14"}, "/effective_on"),
        ({"value_cents": 1, "effective_on": "2022-12-31"}, "/effective_on"),
        ({"value_cents": 1, "effective_on": "2099-01-01"}, "/effective_on"),
        ({"value_cents": 1, "effective_on": "2026-01-01", "source": "rumor"}, "/source"),
        ({"value_cents": 1, "effective_on": "2026-01-01", "bracket": "A"}, "/bracket"),
    ],
)
async def test_a_quotient_that_cannot_be_is_refused_by_the_field(
    service: RunningService, desk: Desk, quotient: dict[str, Any], pointer: str
) -> None:
    household = await desk.open()
    response = await change(service, household.household_id, desk.headers, **quotient)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_only_the_front_desk_and_directors_write_quotients(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    quotient = {"value_cents": 500, "effective_on": "2026-01-01"}
    for household_id, headers, status in (
        (household.household_id, {}, 401),
        (household.household_id, service.as_parent(household.adults[0].adult_id), 403),
        (household.household_id, service.as_agent(Role.FINANCE, Role.SITE), 403),
        (uuid4(), desk.headers, 404),
    ):
        assert (await change(service, household_id, headers, **quotient)).status_code == status
