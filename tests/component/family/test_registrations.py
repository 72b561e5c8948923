"""Self-registration: the same answer for every address, one decision for each request, and nothing kept longer than needed."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.family.events import HouseholdState, RegistrationAnswer, RegistrationAnswered
from contracts.family.registrations import Registration, RegistrationLetter
from deploy.local.stack import TOWNS
from tests.component.family.desk import FILE, Desk
from tests.support.applications import Applications
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The service under the profile of the guide S2, on 1 September 2026."""
    async with applications.lend("family", town_file=TOWNS / "structure" / "town.toml") as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


def asked(email: str = "nouvelle@courriel.example", **changes: Any) -> dict[str, Any]:
    """What somebody types whom no file names."""
    body = copy.deepcopy(FILE)
    body["guardian"] |= {"email": email}
    return body | changes


async def ask(service: RunningService, body: dict[str, Any], address: str = "192.0.2.7") -> Any:
    return await service.client.post("/registrations", json=body, headers={"X-Client-Address": address})


async def waiting(service: RunningService, desk: Desk, body: dict[str, Any] | None = None) -> UUID:
    """A request that waits for an agent."""
    assert (await ask(service, body or asked())).status_code == 202
    await service.run_job("answer_registrations")
    (item,) = (await service.client.get("/registrations", headers=desk.headers)).json()["items"]
    return UUID(item["registration_id"])


async def decide(service: RunningService, desk: Desk, registration_id: UUID, **decision: Any) -> Any:
    path = f"/registrations/{registration_id}/decision"
    return await service.client.post(path, json=decision, headers=desk.headers)


async def letters(service: RunningService, secrets_dir: Path) -> list[tuple[RegistrationAnswer, RegistrationLetter]]:
    """What was mailed, opened as the notifications service alone may."""
    key = OKPKey.import_key(json.loads((secrets_dir / "seal_private.json").read_text()))
    events = [event for event in await service.outbox() if isinstance(event, RegistrationAnswered)]
    return [(event.answer, RegistrationLetter.model_validate_json(unseal(event.sealed, key))) for event in events]


async def test_the_answer_is_the_same_for_an_address_that_has_a_space(
    service: RunningService, desk: Desk, secrets_dir: Path
) -> None:
    """The mail alone says which it is; what is known already waits for no agent, and stays nowhere."""
    known = (await desk.open()).adults[0].email or ""
    answers = [await ask(service, asked(email)) for email in (known.upper(), "nouvelle@courriel.example")]
    assert len({(answer.status_code, answer.content, str(sorted(answer.headers))) for answer in answers}) == 1
    assert (await service.client.get("/registrations", headers=desk.headers)).json()["items"] == []
    await service.run_job("answer_registrations")
    assert await letters(service, secrets_dir) == [
        (RegistrationAnswer.KNOWN, RegistrationLetter(email=known.upper())),
        (RegistrationAnswer.RECEIVED, RegistrationLetter(email="nouvelle@courriel.example")),
    ]
    items = (await service.client.get("/registrations", headers=desk.headers)).json()["items"]
    assert [item["city"] for item in items] == ["Valmont-sur-Orne"]
    assert await service.db.fetchval("select count(*) from registrations") == 1
    await service.run_job("answer_registrations")
    assert len(await letters(service, secrets_dir)) == 2


async def test_what_was_asked_opens_a_file_whose_adult_is_invited(service: RunningService, desk: Desk) -> None:
    registration_id = await waiting(service, desk)
    answer = await decide(service, desk, registration_id, is_accepted=True)
    assert answer.status_code == 200, answer.text
    decided = Registration.model_validate_json(answer.content)
    (state,) = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert state.household_id == decided.household_id
    assert [(adult.email, adult.is_invited) for adult in state.adults] == [("nouvelle@courriel.example", True)]
    actions = [row["action"] for row in await service.db.fetch("select action from history order by id")]
    assert sorted(actions) == ["household_opened"]
    assert (await service.client.get("/registrations", headers=desk.headers)).json()["items"] == []


async def test_two_agents_decide_once(service: RunningService, desk: Desk, secrets_dir: Path) -> None:
    registration_id = await waiting(service, desk)
    answers = await asyncio.gather(
        *(decide(service, desk, registration_id, is_accepted=True) for _ in range(2)),
        *(decide(service, desk, registration_id, is_accepted=False, reason="Hors du territoire.") for _ in range(2)),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"registration_decided"}
    mailed = [answer for answer, _ in await letters(service, secrets_dir)]
    households = await service.db.fetchval("select count(*) from households")
    assert households + mailed.count(RegistrationAnswer.REFUSED) == 1


async def test_a_refusal_says_why_and_is_mailed(service: RunningService, desk: Desk, secrets_dir: Path) -> None:
    registration_id = await waiting(service, desk)
    answer = await decide(service, desk, registration_id, is_accepted=False)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")
    answer = await decide(service, desk, registration_id, is_accepted=False, reason="Hors du territoire.")
    assert answer.status_code == 200, answer.text
    assert (await letters(service, secrets_dir))[-1] == (
        RegistrationAnswer.REFUSED,
        RegistrationLetter(email="nouvelle@courriel.example", reason="Hors du territoire."),
    )
    assert await service.db.fetchval("select count(*) from households") == 0


async def test_a_family_that_has_a_file_already_is_said_and_the_request_still_waits(
    service: RunningService, desk: Desk
) -> None:
    registration_id = await waiting(service, desk)
    household = await desk.open()
    answer = await decide(service, desk, registration_id, is_accepted=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "household_already_exists")
    assert answer.json()["params"] == {"reference": household.reference}
    path = f"/registrations/{registration_id}"
    assert (await service.client.get(path, headers=desk.headers)).json()["status"] == "waiting"
    assert await service.db.fetchval("select count(*) from history where action like 'registration%'") == 0


async def test_what_no_file_could_be_opened_with_is_said_at_once(service: RunningService) -> None:
    grown = [{"first_name": "Léa", "last_name": "Le Goff", "birth_on": "1990-03-04"}]
    for changes, code in (({"children": grown}, "child_of_age"), ({"children": []}, None)):
        answer = await ask(service, asked(**changes))
        assert answer.status_code == 422, answer.text
        assert code in (None, answer.json()["errors"][0]["code"])
    answer = await ask(service, asked(guardian={**FILE["guardian"], "email": None}))
    assert answer.json()["errors"][0]["pointer"] == "/guardian/email"
    assert await service.db.fetchval("select count(*) from registrations") == 0


async def test_nobody_fills_the_box_of_another_nor_asks_without_end(service: RunningService) -> None:
    """Three requests for an address, from wherever they come, and twenty from a source, whatever they are for."""
    numbers = [
        (await ask(service, asked(address={**FILE["address"], "street": f"{n} rue"}), f"192.0.2.{n}")).status_code
        for n in range(4)
    ]
    assert numbers == [202, 202, 202, 429]
    answers = [await ask(service, asked(f"{uuid4().hex}@courriel.example"), "2001:db8::1") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {202}
    answer = await ask(service, asked(f"{uuid4().hex}@courriel.example"), "2001:db8::2")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_registrations")
    service.advance(seconds=answer.json()["params"]["retry_after_seconds"])
    assert (await ask(service, asked(f"{uuid4().hex}@courriel.example"), "2001:db8::2")).status_code == 202


async def test_the_same_request_pressed_twice_is_one(service: RunningService, desk: Desk) -> None:
    for _ in range(2):
        assert (await ask(service, asked())).status_code == 202
    await waiting(service, desk)


async def test_nothing_is_kept_longer_than_it_is_needed(service: RunningService, desk: Desk) -> None:
    """A request lapses after 90 days, and goes 30 days after it was decided."""
    registration_id = await waiting(service, desk)
    assert (await decide(service, desk, registration_id, is_accepted=True)).status_code == 200
    others = [{"first_name": "Zoé", "last_name": "Petit", "birth_on": "2018-03-04"}]
    await waiting(service, desk, asked("autre@courriel.example", children=others))
    for days, kept in ((29, 2), (2, 1), (58, 1), (2, 0)):
        service.advance(days=days)
        await service.run_job("purge_registrations")
        assert await service.db.fetchval("select count(*) from registrations") == kept, days
    assert await service.db.fetchval("select count(*) from registration_levels") == 0
    assert await service.db.fetchval("select count(*) from households") == 1


async def test_a_town_that_opens_files_itself_takes_no_request(applications: Applications) -> None:
    async with applications.lend("family", town_file=TOWNS / "belfort" / "town.toml") as closed:
        answer = await ask(closed, asked())
    assert (answer.status_code, answer.json()["code"]) == (403, "registrations_closed")
