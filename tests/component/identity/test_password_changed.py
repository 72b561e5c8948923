"""Another password ends what whoever knew the former one may have added, and is told; a first one is no news."""

from typing import Any

import pytest

from contracts.identity.events import SecurityChanged
from tests.component.identity.federation import Visitor, holder
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NEW = {"password": "velo-bleu-43", "password_confirmation": "velo-bleu-43"}
NONE = {"password": "", "password_confirmation": ""}


async def news(service: RunningService) -> list[str]:
    """What the holder was told."""
    return [event.change for event in await service.outbox() if isinstance(event, SecurityChanged)]


async def changed(walk: Walk, token: str, **fields: Any) -> str:
    """The session after a change with the current password."""
    answer = await walk.choose(token, **{"current_password": PERSONAL_PASSWORD, **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["session_token"])


async def test_a_password_in_place_of_ones_own_is_told_and_neither_a_first_one_nor_a_user_name(
    walk: Walk, service: RunningService
) -> None:
    token = await walk.ready()
    token = await changed(walk, token, username="claude", **NONE)
    wrong = await walk.choose(token, username="claude", **NEW, current_password="velo-noir-44")
    assert (wrong.status_code, await news(service)) == (422, [])
    await changed(walk, token, username="claude", **NEW)
    assert await news(service) == ["password_changed"]


async def test_a_forgotten_password_is_told_once_its_link_is_followed(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    body = {"email": "dominique@famille.example"}
    asked = await service.client.post("/password-resets", json=body, headers=walk.browser)
    assert asked.status_code == 202, asked.text
    mailed = await walk.issued()
    assert await news(service) == []
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await news(service) == ["password_changed"]
    token = await walk.signed_in(PERSONAL_USERNAME, mailed.temporary_password)
    assert (await walk.choose(token, **NEW)).status_code == 200
    assert await news(service) == ["password_changed"]


async def test_a_password_given_at_the_counter_is_told_where_it_takes_the_place_of_ones_own(
    walk: Walk, service: RunningService
) -> None:
    _, token = await walk.activated()
    path = f"/accounts/{(await walk.session(token)).account_id}/provisional-password"
    desk = service.as_agent(Role.FRONT_DESK)
    given = await service.client.post(path, headers=desk)
    assert (given.status_code, await news(service)) == (201, [])
    token = await walk.signed_in(given.json()["login"], given.json()["temporary_password"])
    assert (await walk.choose(token)).status_code == 200
    assert (await service.client.post(path, headers=desk)).status_code == 201
    assert await news(service) == ["password_changed"]


async def test_another_password_leaves_no_device_but_the_one_at_hand(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    devices = []
    for _ in range(2):
        walk.device = ""
        devices.append((await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).json()["device_token"])
    walk.device = devices[1]
    answer = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    token = answer.json()["session_token"]
    token = await changed(walk, token, **NONE)
    assert await service.db.fetchval("select count(*) from devices") > 1
    await changed(walk, token, **NEW)
    assert await service.db.fetchval("select count(*) from devices") == 1
    assert (await walk.sign_in(PERSONAL_USERNAME, NEW["password"])).json()["device_token"] == devices[1]


@pytest.mark.parametrize("profile", ["premium"])
async def test_another_password_ends_a_link_that_a_thief_may_have_made(
    visitor: Visitor, federated: RunningService
) -> None:
    parent = await holder(visitor.walk, visitor.provider)
    parent.session = await changed(visitor.walk, str(parent.session), **NONE)
    assert (await visitor.go()).json()["session"] is not None
    await changed(visitor.walk, str(parent.session), **NEW)
    visitor.session = None
    assert (await visitor.go()).json()["session"] is None
    assert await news(federated) == ["franceconnect_linked", "franceconnect_unlinked", "password_changed"]
