"""Families ask for their address to be protected: read by whoever may protect it, and betrayed by nothing else."""

from typing import Any

import pytest

from contracts.family.events import HouseholdState
from services.family.erasure.commands import erase_household
from tests.component.family.child_files import rows_of
from tests.component.family.desk import Desk
from tests.component.family.protecting import Guard
from tests.component.family.test_contacts import CO_GUARDIAN, OTHERS
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"
MESSAGE = f"{CANARY} me cherche.\nAppelez-moi au travail, le mardi."


class Asking:
    """Two adults of a household, one of whom asks."""

    def __init__(self, guard: Guard, household: Any) -> None:
        self.guard, self.household = guard, household
        self.service = guard.service
        self.asker, self.other = (self.service.as_parent(adult.adult_id) for adult in household.adults)

    async def ask(self, message: str = MESSAGE, headers: dict[str, str] | None = None, **body: Any) -> Any:
        body = {"message": message, **body}
        return await self.service.client.post("/me/protection-requests", json=body, headers=headers or self.asker)

    async def waiting(self) -> list[Any]:
        answer = await self.guard.get("/protection-requests")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def close(self, request_id: str, reason: str = "Demande faite par erreur") -> Any:
        path = f"/protection-requests/{request_id}/closing"
        return await self.service.client.post(path, json={"reason": reason}, headers=self.guard.headers)


@pytest.fixture
async def asking(service: RunningService, desk: Desk) -> Asking:
    guard = Guard(service, desk)
    return Asking(guard, await guard.open(co_guardian=CO_GUARDIAN))


async def test_nothing_but_the_list_of_who_may_protect_says_it(
    asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    """No event, no mail, no log, no history of the household, no answer to the asker or to another adult of it, no other agent."""
    service, household_id = asking.service, asking.household.household_id
    before = await service.outbox()
    paths = ("/me/household", "/history", "/person-changes", f"/adults/{asking.household.adults[0].adult_id}/contact")
    shown = [(await asking.guard.get(path, asking.asker)).text for path in paths]
    answer = await asking.ask()
    assert (answer.status_code, answer.content) == (204, b"")
    assert await service.outbox() == before
    assert [(await asking.guard.get(path, asking.asker)).text for path in paths] == shown
    others = (asking.other, asking.guard.desk.headers)
    read = [(await asking.guard.get(f"/history?household_id={household_id}", headers)).text for headers in others]
    assert not any("protection" in text for text in read)
    text = await rows_of(service.db) + capsys.readouterr().out
    assert [trace for trace in (CANARY, CANARY.encode().hex()) if trace in text] == []
    (item,) = await asking.waiting()
    assert (item["message"], item["asked_by_name"]) == (MESSAGE, "Éric Le Goff-Œuvrard")
    for headers in (*others, service.as_agent(Role.FINANCE), service.as_agent(Role.SITE)):
        assert (await asking.guard.get("/protection-requests", headers)).status_code == 403


async def test_the_answer_is_the_same_whatever_there_was(asking: Asking) -> None:
    """The last words count while nobody settled it; each adult asks for themselves, of a household of theirs alone."""
    for message in ("D’abord.", MESSAGE):
        assert (await asking.ask(message)).status_code == 204
    assert [item["message"] for item in await asking.waiting()] == [MESSAGE]
    assert (await asking.ask("Moi aussi.", asking.other)).status_code == 204
    assert [item["message"] for item in await asking.waiting()] == [MESSAGE, "Moi aussi."]
    assert (await asking.ask(" ")).status_code == 422
    stranger = await asking.guard.desk.open(**OTHERS)
    other = await asking.ask(household_id=str(stranger.household_id))
    assert other.status_code == 404
    assert (await asking.ask(headers=asking.guard.headers)).status_code == 403
    await asking.guard.protect(asking.household.household_id)
    assert (await asking.ask()).status_code == 204


async def test_protecting_the_address_settles_what_was_asked(asking: Asking) -> None:
    await asking.ask()
    await asking.ask("Moi aussi.", asking.other)
    assert (await asking.guard.protect(asking.household.household_id)).status_code == 200
    assert await asking.waiting() == []
    states = [event for event in await asking.service.outbox() if isinstance(event, HouseholdState)]
    assert states[-1].address is None


async def test_closing_protects_nothing_mails_nothing_and_is_told_to_no_family(asking: Asking) -> None:
    await asking.ask()
    before = await asking.service.outbox()
    (item,) = await asking.waiting()
    assert (await asking.close(item["request_id"], " ")).status_code == 422
    for _ in range(2):
        assert (await asking.close(item["request_id"])).status_code == 204
    assert await asking.service.outbox() == before
    assert await asking.waiting() == []
    assert not (await asking.guard.get("/history", asking.asker)).text.count("protection")
    assert (await asking.ask()).status_code == 204, "it may be asked again"
    assert len(await asking.waiting()) == 1


async def test_what_is_settled_is_forgotten_in_time_and_what_waits_is_not(asking: Asking) -> None:
    service = asking.service
    await asking.ask()
    await asking.ask("Moi aussi.", asking.other)
    await asking.close((await asking.waiting())[0]["request_id"])
    service.advance(days=91)
    await service.run_job("forget_protection_requests")
    assert await service.db.fetchval("select count(*) from protection_requests") == 1
    assert [item["message"] for item in await asking.waiting()] == ["Moi aussi."]


async def test_erasure_takes_it_along(asking: Asking) -> None:
    await asking.ask()
    async with asking.service.db.transaction() as tx:
        await erase_household(tx, asking.household.household_id)
    assert await asking.service.db.fetchval("select count(*) from protection_requests") == 0
    assert await asking.waiting() == []


async def test_requests_are_read_page_by_page_of_a_household_or_one(asking: Asking) -> None:
    assert (await asking.ask()).status_code == 204
    assert (await asking.ask("Moi aussi", asking.other)).status_code == 204
    first, second = await asking.waiting()
    page = (await asking.guard.get("/protection-requests?limit=1")).json()
    assert [item["request_id"] for item in page["items"]] == [first["request_id"]]
    rest = (await asking.guard.get(f"/protection-requests?limit=1&cursor={page['next_cursor']}")).json()
    assert [item["request_id"] for item in rest["items"]] == [second["request_id"]]
    assert rest["next_cursor"] is None
    one = (await asking.guard.get(f"/protection-requests?request_id={second['request_id']}")).json()["items"]
    assert [item["message"] for item in one] == ["Moi aussi"]
    for household_id, count in ((asking.household.household_id, 2), (first["request_id"], 0)):
        own = (await asking.guard.get(f"/protection-requests?household_id={household_id}")).json()["items"]
        assert len(own) == count
