"""One agent at a time has a form of a file: until some minutes after their last press, or until another one takes it over."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.component.family.delegating import Home, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


class Forms:
    """A form of a child's health, and the agents who edit it."""

    def __init__(self, home: Home) -> None:
        self.service, self.subject_id = home.service, home.child_ids[0]
        self.first, self.second = (self.service.as_agent(Role.FRONT_DESK) for _ in range(2))

    async def hold(self, headers: dict[str, str], form: str = "health", **fields: Any) -> Any:
        body = {"form": form, **fields}
        return await self.service.client.put(f"/edited-forms/{self.subject_id}", json=body, headers=headers)

    async def has(self, headers: dict[str, str], form: str = "health", **fields: Any) -> bool:
        answer = await self.hold(headers, form, **fields)
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["is_own"])

    async def leave(self, headers: dict[str, str]) -> Any:
        path = f"/edited-forms/{self.subject_id}/release"
        return await self.service.client.post(path, json={"form": "health"}, headers=headers)


@pytest.fixture
async def forms(service: RunningService, desk: Desk) -> Forms:
    return Forms(await opened(service, desk))


async def test_a_second_agent_hears_who_has_the_form_and_until_when(forms: Forms) -> None:
    """Two tabs of one agent are one editor."""
    first = (await forms.hold(forms.first)).json()
    second = (await forms.hold(forms.second)).json()
    assert (first["is_own"], second["is_own"]) == (True, False)
    assert (second["account_id"], second["ends_at"]) == (first["account_id"], first["ends_at"])
    assert await forms.has(forms.first), "another tab of the same agent"
    assert (await forms.hold(forms.second, "contact")).status_code == 404, "a child has no form of that kind"


async def test_a_lease_is_renewed_by_presses_and_ends_by_itself(forms: Forms) -> None:
    begun = datetime.fromisoformat((await forms.hold(forms.first)).json()["ends_at"])
    forms.service.advance(minutes=9)
    renewed = datetime.fromisoformat((await forms.hold(forms.first)).json()["ends_at"])
    assert (renewed - begun).total_seconds() >= 9 * 60
    forms.service.advance(minutes=9)
    assert not await forms.has(forms.second)
    forms.service.advance(minutes=1, seconds=1)
    assert await forms.has(forms.second)
    assert not await forms.has(forms.first), "whoever was idle hears of it"


async def test_a_form_is_taken_over_and_left(forms: Forms) -> None:
    assert await forms.has(forms.first)
    assert await forms.has(forms.second, is_taking_over=True)
    assert not await forms.has(forms.first)
    assert (await forms.leave(forms.first)).status_code == 204
    assert not await forms.has(forms.first), "nobody leaves what another agent has"
    assert (await forms.leave(forms.second)).status_code == 204
    assert await forms.has(forms.first)


async def test_of_two_who_open_a_form_at_once_one_has_it(forms: Forms) -> None:
    for _ in range(10):
        got = await asyncio.gather(*(forms.has(headers) for headers in (forms.first, forms.second)))
        assert sorted(got) == [False, True]
        for headers in (forms.first, forms.second):
            await forms.leave(headers)


async def test_leases_that_ended_are_forgotten(forms: Forms) -> None:
    await forms.hold(forms.first)
    await forms.service.run_job("forget_leases")
    count = "select count(*) from editing_leases"
    assert await forms.service.db.fetchval(count) == 1
    forms.service.advance(minutes=11)
    await forms.service.run_job("forget_leases")
    assert await forms.service.db.fetchval(count) == 0


async def test_only_agents_have_forms_and_only_of_what_is_there(forms: Forms) -> None:
    assert (await forms.hold(forms.service.as_parent(uuid4()))).status_code == 403
    forms.subject_id = str(uuid4())
    for form in ("change", "contact", "health", "entourage", "civil_status"):
        assert (await forms.hold(forms.first, form)).status_code == 404, form
