"""Where the accounts of families stand: never invited, invited, opened or not, and when somebody signed in last."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.component.identity.lists import Desk, reference
from tests.component.identity.walk import Walk, guardian, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def waiting(applications: Applications, tmp_path: Path, secrets_dir: Path) -> AsyncIterator[Desk]:
    """In a town whose agents invite when it is ready."""
    town = town_file(tmp_path, invitation={"is_automatic": False})
    async with applications.lend("identity", town_file=town) as service:
        yield Desk(service, Walk(service, secrets_dir))


async def listed(service: RunningService, **query: str) -> dict[str, str]:
    """The state of each account that is listed, by its address; read two at a time."""
    states: dict[str, str] = {}
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "2", **query, **({"cursor": cursor} if cursor else {})}
        answer = await service.client.get("/family-accounts", params=asked, headers=service.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) <= 2
        states |= {account["email"]: account["state"] for account in answer.json()["items"]}
        cursor = answer.json()["next_cursor"]
    return states


async def counted(service: RunningService, **query: str) -> dict[str, int]:
    """How many there are of each state."""
    answer = await service.client.get(
        "/family-accounts/counts", params=query, headers=service.as_agent(Role.FRONT_DESK)
    )
    assert answer.status_code == 200, answer.text
    return {item["state"]: item["account_count"] for item in answer.json()["items"]}


async def test_each_account_stands_where_its_holder_came_to(waiting: Desk) -> None:
    service, walk = waiting.service, waiting.walk
    names = ("jamais", "perime", "invite", "active", "ouvert", "parti")
    for number, name in enumerate(names, 1):
        await waiting.household(number, guardian(f"{name}@famille.example", last_name=name.title()))
    await waiting.confirmed(2)
    await waiting.work()
    service.advance(days=60)
    await waiting.confirmed(3, 4, 5, 6)
    await waiting.work()
    *_, active, opened, _ = await walk.credentials()
    for credential in (active, opened):
        await walk.activate(credential.activation_token)
    token = await walk.signed_in(opened.username, opened.temporary_password)
    assert (await walk.choose(token, username="ouvert.compte")).status_code == 200
    await waiting.household(6)
    assert await listed(service) == {
        "jamais@famille.example": "never_invited",
        "perime@famille.example": "lapsed",
        "invite@famille.example": "invited",
        "active@famille.example": "started",
        "ouvert@famille.example": "opened",
        "parti@famille.example": "closed",
    }
    assert set((await counted(service)).values()) == {1}
    assert await listed(service, state="lapsed") == {"perime@famille.example": "lapsed"}
    assert await listed(service, state="opened", last_sign_in="within_30_days") == {"ouvert@famille.example": "opened"}
    assert await listed(service, last_sign_in="over_30_days") == {}
    service.advance(days=31)
    assert await listed(service, last_sign_in="within_30_days") == {}
    assert list(await listed(service, last_sign_in="over_30_days")) == ["ouvert@famille.example"]
    assert "ouvert@famille.example" not in await listed(service, last_sign_in="never")
    assert (await counted(service, last_sign_in="over_30_days"))["opened"] == 1
    assert sum((await counted(service, last_sign_in="over_180_days")).values()) == 0


async def test_an_account_of_two_homes_is_listed_once_with_both(waiting: Desk) -> None:
    parent = guardian("deux@famille.example", last_name="Deux-Foyers")
    await waiting.household(1, parent)
    await waiting.household(2, parent)
    headers = waiting.service.as_agent(Role.FRONT_DESK)
    (account,) = (await waiting.service.client.get("/family-accounts", headers=headers)).json()["items"]
    assert account["references"] == [reference(1), reference(2)]
    assert account["names"] == [f"{parent.first_name} Deux-Foyers"]


async def test_agents_are_no_families_and_nobody_else_reads_the_list(service: RunningService) -> None:
    body = {"first_name": "Camille", "last_name": "Marchand", "service": "Enfance", "roles": ["site"]}
    agent = body | {"email": "c@ville.example", "username": "c.m", "has_every_site": True}
    created = await service.client.post("/agents", json=agent, headers=service.as_system() | service.key())
    assert created.status_code == 201, created.text
    assert await listed(service) == {}
    for headers in (service.as_parent(uuid4()), service.as_agent(Role.SITE)):
        for path in ("/family-accounts", "/family-accounts/counts"):
            assert problem(await service.client.get(path, headers=headers), 403) == "forbidden"
