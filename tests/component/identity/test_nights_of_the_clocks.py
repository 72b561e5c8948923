"""The nights in which clocks go back (25 October 2026) and forward (29 March 2026): what lasts an hour, ten minutes or one lasts that long, however
often the town's clock shows the same time, or leaps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, field_codes, problem
from tests.support.services import RunningService

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("change_at", ["2026-10-25T01:00", "2026-03-29T01:00"], ids=["back", "forward"]),
]

PARIS = ZoneInfo("Europe/Paris")
WRONG = "wrong-password-1"
EMAIL = "dominique@famille.example"
SetClock = Callable[[int], None]


@pytest.fixture
async def at(service: RunningService, change_at: str) -> SetClock:
    """Sets the town's clock to so many minutes after, or before, the change."""
    change = datetime.fromisoformat(change_at).replace(tzinfo=UTC)
    offsets = {(change + timedelta(hours=hours)).astimezone(PARIS).utcoffset() for hours in (-1, 1)}
    assert len(offsets) == 2, "clocks change there"
    real = await service.db.now() - service.db.clock_offset

    def set_clock(minutes: int) -> None:
        service.db.clock_offset = change + timedelta(minutes=minutes) - real

    set_clock(-180)
    return set_clock


async def test_a_session_lasts_an_hour_without_a_request(walk: Walk, service: RunningService, at: SetClock) -> None:
    token = await walk.ready()
    headers = {"X-Session": token}
    at(-121)  # within the first hour
    assert (await service.client.get("/sessions/current", headers=headers)).status_code == 200
    at(-62)
    assert (await service.client.get("/sessions/current", headers=headers)).status_code == 200
    at(-4)
    assert (await service.client.get("/sessions/current", headers=headers)).status_code == 200
    at(55)
    assert (await service.client.get("/sessions/current", headers=headers)).status_code == 200, "59 minutes"
    at(116)
    gone = await service.client.get("/sessions/current", headers=headers)
    assert problem(gone, 401) == "session_ended", "61 minutes"


@pytest.mark.parametrize("asked_at", [-90, -45, -30, -1, 0, 30])
async def test_a_link_for_a_forgotten_password_works_for_sixty_minutes(
    walk: Walk, service: RunningService, at: SetClock, asked_at: int
) -> None:
    await walk.ready()
    links = []
    for number in range(2):
        at(asked_at + number)
        await service.db.execute("delete from throttles")
        # As if the first mail had been written long before: whoever asks twice within minutes is mailed once.
        await service.db.execute("update invitations set requested_at = requested_at - interval '1 day'")
        asked = await service.client.post("/password-resets", json={"email": EMAIL}, headers=walk.browser)
        assert asked.status_code == 202
        links.append((await walk.issued()).activation_token)
        if number == 0:
            at(asked_at + 59)
            check = await service.client.post("/activation-links", json={"token": links[0]})
            assert check.status_code == 200, check.text
            at(asked_at + 61)
            assert problem(await walk.activate(links[0]), 409) == "activation_link_expired"
    at(asked_at + 1 + 59)
    assert (await walk.activate(links[1])).status_code == 201


@pytest.mark.parametrize("asked_at", [-60, -5, 55])
async def test_a_mailed_code_works_for_ten_minutes(walk: Walk, at: SetClock, asked_at: int) -> None:
    at(asked_at - 10)
    token = await walk.ready()
    at(asked_at)
    code = await walk.mailed_code(token)
    at(asked_at + 11)
    assert field_codes(await walk.prove(token, code)) == {"/code": "step_up_code_expired"}
    code = await walk.mailed_code(token)
    at(asked_at + 20)
    assert (await walk.prove(token, code)).status_code == 200
    assert "address" in await walk.opened(token)
    at(asked_at + 34)
    assert "address" in await walk.opened(token), "a proof holds for a quarter of an hour"
    at(asked_at + 36)
    assert "address" not in await walk.opened(token)


@pytest.mark.parametrize("tried_at", [-60, -1, 59])
async def test_whoever_is_made_to_wait_waits_a_minute_then_two(walk: Walk, at: SetClock, tried_at: int) -> None:
    await walk.ready()
    at(tried_at)
    for _ in range(5):
        assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials"
    refused = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert problem(refused, 429) == "too_many_attempts"
    assert 0 < refused.json()["params"]["retry_after_seconds"] <= 60
    at(tried_at + 2)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials"
    refused = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert problem(refused, 429) == "too_many_attempts"
    assert 60 < refused.json()["params"]["retry_after_seconds"] <= 120
    at(tried_at + 5)
    assert await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
