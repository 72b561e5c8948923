"""Quotients that are read from API Particulier, of its simulator: looked at, taken, asked for again later, and what is kept of whom they are about."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from contracts.family.events import QuotientState
from contracts.family.models import Household
from services.family.adapters.api_particulier import ApiAccess
from services.family.adapters.api_particulier import ApiParticulier as Reader
from services.family.readings.domain import Outcome
from simulators.api_particulier.provider import ApiParticulier
from tests.component.family.desk import Desk
from tests.component.simulators.particulier import SIRET, Particulier, running_particulier
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

MARGE: dict[str, Any] = {
    "birth_name": "SIMPSON",
    "first_names": "Marge",
    "sex": "female",
    "birth_on": "1980-11-15",
    "birth_country": "99404",
}
IN_FRANCE = {"birth_country": "99100", "birth_city": "Reims", "birth_department": "51"}
SECRET_WORDS = ("simpson", "1980-11-15", "reims", "panne")


@pytest.fixture(scope="module")
async def api_process(tmp_path_factory: pytest.TempPathFactory, secrets_dir: Path) -> AsyncIterator[Particulier]:
    given = (secrets_dir / "api_particulier_token").read_text()
    async with running_particulier(tmp_path_factory.mktemp("api_particulier"), given) as simulator:
        yield simulator


@pytest.fixture
async def api(api_process: Particulier) -> Particulier:
    """API Particulier, faithful and asked nothing yet."""
    await api_process.order("reset")
    return api_process


@pytest.fixture
async def service(applications: Applications, api: Particulier) -> AsyncIterator[RunningService]:
    """The service of a town that reads quotients, at the present time."""
    async with applications.lend("family", api_particulier_url=str(api.http.base_url)) as running:
        yield running


@pytest.fixture
async def home(desk: Desk) -> Household:
    """A household of one adult, Marge."""
    return await desk.open(guardian={"first_name": "Marge", "last_name": "Bouvier", "civility": "madame"})


async def ask(service: RunningService, home: Household, headers: dict[str, str], **changes: Any) -> httpx2.Response:
    """The answer to who asks about Marge, with changes."""
    body = {**MARGE, **changes}
    path = f"/households/{home.household_id}/quotient-readings"
    return await service.client.post(path, json=body, headers={**service.key(), **headers})


async def reading_of(service: RunningService, home: Household, headers: dict[str, str]) -> dict[str, Any]:
    answer = await ask(service, home, headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def take(service: RunningService, reading: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer = await service.client.post(f"/quotient-readings/{reading['reading_id']}/taking", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(service: RunningService, home: Household, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await service.client.get(f"/households/{home.household_id}/quotient-readings", headers=headers)
    return list(answer.json()["items"])


async def everything_kept(service: RunningService) -> str:
    """All rows of all tables of readings and of what goes out, in one text."""
    tables = ("quotient_readings", "quotient_calls", "outbox", "history", "idempotency_keys", "job_runs")
    texts = [await service.db.fetchval(f"select coalesce(json_agg(t)::text, '') from {name} t") for name in tables]
    return "\n".join(texts).lower()


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


def faults_of(answer: httpx2.Response) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


async def test_what_is_found_counts_once_it_is_taken_and_stays_as_the_proof(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    reading = await reading_of(service, home, desk.headers)
    assert (reading["status"], reading["value_cents"], reading["source"]) == ("found", 30_000, "caf")
    file = await service.client.get(f"/households/{home.household_id}", headers=desk.headers)
    assert file.json()["quotient"] is None
    taken = await take(service, reading, desk.headers)
    assert taken["status"] == "taken"
    assert taken["request_id"] == (await api.calls())[0]["request_id"]
    file = await service.client.get(f"/households/{home.household_id}", headers=desk.headers)
    quotient = file.json()["quotient"]
    assert (quotient["value_cents"], quotient["effective_on"], quotient["source"]) == (
        30_000,
        reading["month_on"],
        "caf",
    )


async def test_twice_is_once(service: RunningService, desk: Desk, home: Household, api: Particulier) -> None:
    key = service.key()
    first, again = [await ask(service, home, {**desk.headers, **key}) for _ in range(2)]
    assert (first.json(), len(await api.calls())) == (again.json(), 1)
    for reading in (first.json(), again.json(), await reading_of(service, home, desk.headers)):
        await take(service, reading, desk.headers)
    assert len([event for event in await service.outbox() if isinstance(event, QuotientState)]) == 1
    assert await service.db.fetchval("select count(*) from quotients") == 1


async def test_nothing_says_afterwards_who_was_asked_about(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    with structlog.testing.capture_logs() as logs:
        await take(service, await reading_of(service, home, desk.headers), desk.headers)
        await ask(service, home, desk.headers, **IN_FRANCE, birth_name="PANNE")
    kept = await everything_kept(service)
    assert not [word for word in SECRET_WORDS if word in kept]
    text = str(logs).lower()
    assert (await api.calls())[0]["request_id"] in text
    assert not [word for word in SECRET_WORDS if word in text]


async def test_each_call_is_written_down_with_who_made_it_and_what_came_of_it(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    parent = home.adults[0].adult_id
    await ask(service, home, service.as_parent(parent))
    await ask(service, home, desk.headers, birth_name="INTROUVABLE")
    rows = await service.db.fetch(
        "select called_by, is_by_family, outcome, request_id from quotient_calls order by called_at"
    )
    assert [(row["is_by_family"], row["outcome"]) for row in rows] == [(True, "found"), (False, "unknown")]
    assert rows[0]["called_by"] == parent
    assert [row["request_id"] for row in rows] == [call["request_id"] for call in await api.calls()]
    history = await service.client.get(f"/history?household_id={home.household_id}", headers=desk.headers)
    assert [item["action"] for item in history.json()["items"]].count("quotient_asked") == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"birth_name": "INTROUVABLE"}, (409, "quotient_unknown")),
        ({"birth_name": "PRESSE"}, (409, "quotients_busy")),
        ({"birth_name": "PANNE"}, (409, "quotients_away")),
        ({"birth_name": "LAMBIN"}, (409, "quotients_away")),
    ],
)
async def test_no_answer_is_a_refusal_that_says_what_to_do(
    service: RunningService, desk: Desk, home: Household, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code_of(await ask(service, home, desk.headers, **changes)) == expected
    assert await listed(service, home, desk.headers) == []


async def test_what_is_missing_or_refused_is_said_by_field(
    service: RunningService, desk: Desk, home: Household, api: Particulier
) -> None:
    answer = await ask(service, home, desk.headers, birth_country="99100", month="2019-01")
    assert faults_of(answer) == {
        "/birth_city": "birth_city_needed",
        "/birth_department": "birth_department_needed",
        "/month": "reading_month_out_of_range",
    }
    assert await api.calls() == []
    await api.order("faults", {"mode": "00367"})
    answer = await ask(service, home, desk.headers)
    assert faults_of(answer) == {"/first_names": "reading_first_names_refused"}


@pytest.mark.parametrize("mode", ["00103", "00100", "00107"])
async def test_a_token_that_is_over_is_for_the_town_to_renew(
    service: RunningService, desk: Desk, home: Household, api: Particulier, mode: str
) -> None:
    await api.order("faults", {"mode": mode})
    assert code_of(await ask(service, home, desk.headers)) == (409, "quotients_closed")


@pytest.mark.parametrize("birth_on", ["1980-00-00", "00/00/1980"])
async def test_whose_day_of_birth_is_not_known_is_asked_about_by_the_year(
    service: RunningService, desk: Desk, home: Household, birth_on: str
) -> None:
    answer = await ask(service, home, desk.headers, birth_name="AILLEURS", birth_on=birth_on)
    assert (answer.json()["value_cents"], answer.json()["source"]) == (41_000, "msa")


async def test_a_day_of_birth_that_is_none_is_said_at_its_field(
    service: RunningService, desk: Desk, home: Household
) -> None:
    assert "/birth_on" in faults_of(await ask(service, home, desk.headers, birth_on="31/02/1980"))


async def test_whoever_franceconnect_signed_in_is_asked_about_without_an_identity(
    api: Particulier, secrets_dir: Path
) -> None:
    """A token that is over says nothing of the town's own."""
    town_token = (secrets_dir / "api_particulier_token").read_text()
    reader = Reader(ApiAccess(str(api.http.base_url), SIRET, town_token))
    month_on = ApiParticulier.today().date().replace(day=1)
    try:
        signed_in = await reader.read_signed_in("cnaf_qfv2", month_on)
        over = await reader.read_signed_in("another", month_on)
    finally:
        await reader.close()
    assert (signed_in.outcome, signed_in.value and signed_in.value.value_cents) == (Outcome.FOUND, 15_000)
    assert over.outcome is Outcome.REFUSED
    assert not over.is_worth_asking_again
    assert [call["status"] for call in await api.calls()] == [200, 401]


async def test_a_parent_asks_about_the_adults_of_the_household_and_about_now(
    service: RunningService, home: Household, api: Particulier
) -> None:
    parent = service.as_parent(home.adults[0].adult_id)
    for names in ("Lucie", "Lucie Marge"):
        answer = await ask(service, home, parent, first_names=names)
        assert faults_of(answer) == {"/first_names": "reading_of_others"}, "nor is one's own name added to another's"
    answer = await ask(service, home, parent, month=f"{ApiParticulier.today().year - 1}-12")
    assert faults_of(answer) == {"/month": "reading_month_of_agents"}
    assert await api.calls() == []
    reading = await reading_of(service, home, parent)
    assert (await take(service, reading, parent))["status"] == "taken"


async def test_a_family_does_not_try_out_identities(service: RunningService, home: Household, api: Particulier) -> None:
    parent = service.as_parent(home.adults[0].adult_id)
    await api.order("faults", {"mode": "35003"})
    codes = [code_of(answer)[1] for answer in await asyncio.gather(*(ask(service, home, parent) for _ in range(14)))]
    assert sorted(codes) == ["quotient_unknown"] * 10 + ["readings_too_many"] * 4, "nor many of them at once"
    assert len(await api.calls()) == 10


async def test_nobody_is_asked_about_who_left(service: RunningService, home: Household, api: Particulier) -> None:
    adult_id, today = home.adults[0].adult_id, await service.db.today()
    await api.order("faults", {"mode": "37001"})
    await ask(service, home, service.as_parent(adult_id), is_later_agreed=True)
    until = "update household_members set during = daterange(lower(during), $1) where person_id = $2"
    await service.db.execute(until, today + timedelta(days=1), adult_id)
    service.advance(days=1)
    await service.run_job("read_quotients")
    assert (len(await api.calls()), await service.db.fetchval("select count(*) from quotient_readings")) == (1, 0)


async def test_an_agent_asks_for_a_month_that_is_past(service: RunningService, desk: Desk, home: Household) -> None:
    month = f"{ApiParticulier.today().year - 1}-12"
    answer = await ask(service, home, desk.headers, month=month)
    assert answer.json()["month_on"] == f"{month}-01"


async def test_a_stranger_or_an_agent_without_the_permission_reads_nothing(
    service: RunningService, desk: Desk, home: Household
) -> None:
    reading = await reading_of(service, home, desk.headers)
    stranger = await desk.open(guardian={"first_name": "Ana", "email": "ana@courriel.example"}, twin_reason="x")
    headers = service.as_parent(stranger.adults[0].adult_id)
    taking = await service.client.post(f"/quotient-readings/{reading['reading_id']}/taking", headers=headers)
    assert (taking.status_code, (await ask(service, home, headers)).status_code) == (404, 404)
    assert (await ask(service, home, service.as_agent(Role.FINANCE))).status_code == 403
