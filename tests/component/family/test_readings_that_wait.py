"""Questions to API Particulier that wait: asked again, given up, withdrawn, and of a file that became part of another one."""

import pytest

from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.component.family.test_quotient_readings import (
    Particulier,
    api,
    api_process,
    ask,
    code_of,
    everything_kept,
    home,
    listed,
    reading_of,
    service,
    take,
)
from tests.support.services import RunningService

__all__ = ["api", "api_process", "home", "service"]

pytestmark = pytest.mark.anyio


async def test_nothing_is_asked_for_a_file_that_is_part_of_another_one(
    service: RunningService,
    desk: Desk,
    home: Household,
    api: Particulier,
) -> None:
    """It would be asked every minute, for nothing could be kept of the answer."""
    kept = await desk.open(guardian={"first_name": "Ana", "email": "ana@courriel.example"}, twin_reason="x")
    await api.order("faults", {"mode": "37001"})
    await ask(service, home, desk.headers, is_later_agreed=True)
    merged = "update households set merged_into = $2 where household_id = $1"
    await service.db.execute(merged, home.household_id, kept.household_id)
    service.advance(minutes=5)
    await service.run_job("read_quotients")
    assert len(await api.calls()) == 1
    assert await service.db.fetchval("select count(*) from quotient_readings") == 0


async def test_what_a_family_agreed_to_is_asked_again_later_and_forgotten(
    service: RunningService, home: Household, api: Particulier
) -> None:
    parent = service.as_parent(home.adults[0].adult_id)
    await api.order("faults", {"mode": "00429", "seconds": 1})
    waiting = await ask(service, home, parent, is_later_agreed=True)
    assert (waiting.status_code, waiting.json()["status"]) == (201, "waiting")
    assert "simpson" not in await everything_kept(service)
    await api.order("faults", {"mode": "ok"})
    await service.run_job("read_quotients")
    assert [item["status"] for item in await listed(service, home, parent)] == ["waiting"]
    service.advance(minutes=2)
    await service.run_job("read_quotients")
    (reading,) = await listed(service, home, parent)
    assert (reading["status"], reading["value_cents"], reading["next_at"]) == ("found", 30_000, None)
    assert await service.db.fetchval("select count(*) from quotient_readings where sealed is not null") == 0
    assert (await take(service, reading, parent))["status"] == "taken"


async def test_what_stays_without_an_answer_is_given_up_and_forgotten(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    await api.order("faults", {"mode": "37001"})
    await ask(service, home, desk.headers, is_later_agreed=True)
    for _ in range(6):
        service.advance(days=2)
        await service.run_job("read_quotients")
    (reading,) = await listed(service, home, desk.headers)
    assert reading["status"] == "failed"
    assert await service.db.fetchval("select count(*) from quotient_readings where sealed is not null") == 0
    service.advance(days=31)
    await service.run_job("forget_readings")
    assert await listed(service, home, desk.headers) == []


async def test_what_waits_or_was_not_taken_can_be_withdrawn_and_a_proof_cannot(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    await api.order("faults", {"mode": "37001"})
    await ask(service, home, desk.headers, is_later_agreed=True)
    await api.order("faults", {"mode": "ok"})
    for reading in await listed(service, home, desk.headers):
        answer = await service.client.delete(f"/quotient-readings/{reading['reading_id']}", headers=desk.headers)
        assert answer.status_code == 204
    assert await listed(service, home, desk.headers) == []
    reading = await take(service, await reading_of(service, home, desk.headers), desk.headers)
    answer = await service.client.delete(f"/quotient-readings/{reading['reading_id']}", headers=desk.headers)
    assert code_of(answer) == (409, "quotient_taken")
    calls = len(await api.calls())
    service.advance(days=1)
    await service.run_job("read_quotients")
    assert len(await api.calls()) == calls
