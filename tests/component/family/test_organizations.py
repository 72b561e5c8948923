"""Files of professionals and associations: opened whole, found, known once, and of another kind only when an agent says so."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.family.events import HouseholdKind, HouseholdState
from contracts.family.models import Household
from deploy.local.stack import TOWNS
from tests.component.family.desk import FILE, Desk
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

SIRET, OTHER_SIRET, RNA = "73282932000074", "44306184100047", "W751234567"
KINDS = [kind.value for kind in HouseholdKind]


@pytest.fixture
async def service(applications: Applications, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The service in a town that takes every kind, and where people ask for a space, on 1 September 2026."""
    file = write_town(tmp_path, base=TOWNS / "structure" / "town.toml", family={"kinds": KINDS})
    async with applications.lend("family", town_file=file) as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


def file_of(kind: str = "professional", email: str = "nounou@courriel.example", **organization: Any) -> dict[str, Any]:
    """What an agent types to open the file of an organization."""
    whose = {"legal_name": "Crèche Les Tilleuls", "siret": SIRET, **organization}
    return {
        **FILE,
        "kind": kind,
        "organization": whose,
        "guardian": {**FILE["guardian"], "email": email},
        "children": [],
    }


async def opened(desk: Desk, *args: Any, **organization: Any) -> Household:
    answer = await desk.post(file_of(*args, **organization))
    assert answer.status_code == 201, answer.text
    return Household.model_validate(answer.json())


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


async def find(service: RunningService, desk: Desk, **query: str) -> list[dict[str, Any]]:
    answer = await service.client.get("/households", params=query, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def change(service: RunningService, desk: Desk, household: Household, **body: Any) -> Any:
    return await service.client.put(f"/households/{household.household_id}/kind", json=body, headers=desk.headers)


async def test_a_file_of_an_organization_is_known_everywhere(service: RunningService, desk: Desk) -> None:
    household = await opened(desk, siret="732 829 320 00074", legal_name="  Crèche   Les Tilleuls ")
    assert household.kind is HouseholdKind.PROFESSIONAL
    assert household.organization is not None
    assert household.organization.model_dump() == {"legal_name": "Crèche Les Tilleuls", "siret": SIRET, "rna": None}
    assert household.children == ()
    (state,) = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert (state.kind, state.organization) == ("professional", household.organization)
    assert [adult.is_invited for adult in state.adults] == [True]


async def test_it_is_found_by_its_name_its_number_and_its_kind(service: RunningService, desk: Desk) -> None:
    await opened(desk)
    await opened(desk, "association", "club@courriel.example", legal_name="Amicale laïque", siret=None, rna=RNA)
    await desk.open()
    for search in ("tilleuls creche", SIRET, "le goff tilleuls"):
        assert [item["payer_name"] for item in await find(service, desk, search=search)] == ["Crèche Les Tilleuls"]
    assert [item["payer_name"] for item in await find(service, desk, kind="association")] == ["Amicale laïque"]
    assert [item["kind"] for item in await find(service, desk)] == ["association", "professional", "individual"]
    assert [item["payer_name"] for item in await find(service, desk, search=RNA.lower())] == ["Amicale laïque"]
    first = await service.client.get("/households", params={"limit": 1}, headers=desk.headers)
    second = {"limit": 2, "cursor": first.json()["next_cursor"], "kind": "individual"}
    rest = await service.client.get("/households", params=second, headers=desk.headers)
    assert [item["kind"] for item in rest.json()["items"]] == ["individual"]


async def test_what_is_wrong_is_said_by_field(desk: Desk) -> None:
    assert faults(await desk.post(file_of(siret="73282932000075"))) == {"/organization/siret": "siret_wrong"}
    assert faults(await desk.post(file_of(siret=None))) == {"/organization/siret": "siret_needed"}
    assert faults(await desk.post(file_of(legal_name="\u200b"))) == {
        "/organization/legal_name": "unprintable_character"
    }
    assert faults(await desk.post(file_of(legal_name="42"))) == {"/organization/legal_name": "no_letter"}
    with_child = file_of() | {"children": FILE["children"]}
    assert faults(await desk.post(with_child)) == {"/children": "children_of_organization"}
    with_quotient = file_of() | {"quotient": {"value_cents": 1, "effective_on": "2026-09-01"}}
    assert faults(await desk.post(with_quotient)) == {"/quotient": "quotient_of_organization"}
    nameless = file_of()
    del nameless["organization"]
    assert faults(await desk.post(nameless)) == {"/organization/legal_name": "missing"}
    assert faults(await desk.post(file_of() | {"kind": "individual"})) == {
        "/organization": "organization_of_individual"
    }
    assert faults(await desk.post({**FILE, "children": []})) == {"/children": "missing"}


async def test_an_organization_has_one_file(service: RunningService, desk: Desk) -> None:
    first = await opened(desk)
    again = await desk.post(file_of(email="autre@courriel.example", legal_name="Un autre nom"))
    assert faults(again) == {"/organization/siret": "organization_known"}
    assert again.json()["errors"][0]["params"] == {"reference": first.reference}
    other = await opened(desk, "association", "club@courriel.example", siret=OTHER_SIRET)
    answer = await change(service, desk, other, kind="association", organization={"legal_name": "X", "siret": SIRET})
    assert faults(answer) == {"/organization/siret": "organization_known"}


async def test_two_agents_who_open_it_at_once_make_one_file(service: RunningService, desk: Desk) -> None:
    bodies = [file_of(email=f"n{number}@courriel.example") for number in range(4)]
    answers = await asyncio.gather(*(desk.post(body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert await service.db.fetchval("select count(*) from households") == 1


async def test_it_takes_no_child_and_no_quotient(service: RunningService, desk: Desk) -> None:
    household, family = await opened(desk), await desk.open()
    path = f"/households/{household.household_id}"
    child = {"starts_on": "2026-09-01"}
    joined = await service.client.put(f"{path}/members/{family.children[0].child_id}", json=child, headers=desk.headers)
    assert joined.json()["code"] == "organization_has_no_children"
    quotient = {"value_cents": 65_000, "effective_on": "2026-09-01"}
    noted = await service.client.put(f"{path}/quotient", json=quotient, headers=desk.headers)
    assert noted.json()["code"] == "organization_has_no_quotient"
    adult = await service.client.put(f"{path}/members/{family.adults[0].adult_id}", json=child, headers=desk.headers)
    assert adult.status_code == 200, "who has a family's file may represent an organization too"
    own = await service.client.get("/me/households", headers=service.as_parent(family.adults[0].adult_id))
    assert [(item["kind"], item["payer_name"]) for item in own.json()["items"]] == [
        ("professional", "Crèche Les Tilleuls"),
        ("individual", "Éric Le Goff-Œuvrard"),
    ]


async def test_only_an_agent_changes_the_kind(service: RunningService, desk: Desk) -> None:
    household = await opened(desk)
    whose = {"legal_name": "Les Tilleuls", "siret": SIRET, "rna": RNA}
    own = service.as_parent(household.adults[0].adult_id)
    path, body = f"/households/{household.household_id}/kind", {"kind": "association", "organization": whose}
    assert (await service.client.put(path, json=body, headers=own)).status_code == 403
    for _ in range(2):
        answer = await change(service, desk, household, **body)
        assert answer.json()["kind"] == "association"
    rows = await service.db.fetch("select action from history where action = 'household_kind_changed'")
    assert len(rows) == 1
    *_, last = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert (last.kind, last.organization and last.organization.rna) == ("association", RNA)
    history = await service.client.get(
        "/history", params={"household_id": str(household.household_id)}, headers=desk.headers
    )
    changed = history.json()["items"][0]
    assert (changed["before"]["kind"], changed["after"]["legal_name"]) == ("professional", "Les Tilleuls")
    person = await change(service, desk, household, kind="individual")
    assert (person.json()["kind"], person.json()["organization"]) == ("individual", None)


async def test_a_family_stays_a_family(service: RunningService, desk: Desk) -> None:
    family = await desk.open()
    whose = {"legal_name": "Les Tilleuls", "siret": SIRET}
    refused = await change(service, desk, family, kind="professional", organization=whose)
    assert (refused.status_code, refused.json()["code"]) == (409, "household_has_children")
    person = await opened(desk)
    assert (await change(service, desk, person, kind="individual")).status_code == 200
    quotient = {"value_cents": 65_000, "effective_on": "2026-09-01"}
    path = f"/households/{person.household_id}/quotient"
    assert (await service.client.put(path, json=quotient, headers=desk.headers)).status_code == 200
    refused = await change(service, desk, person, kind="professional", organization=whose)
    assert refused.json()["code"] == "household_has_quotient"


async def test_an_organization_asks_for_a_space(service: RunningService, desk: Desk) -> None:
    body = file_of("association", siret=None, rna=RNA)
    asked = await service.client.post("/registrations", json=body, headers={"X-Client-Address": "192.0.2.7"})
    assert asked.status_code == 202, asked.text
    await service.run_job("answer_registrations")
    (item,) = (await service.client.get("/registrations", headers=desk.headers)).json()["items"]
    assert (item["kind"], item["legal_name"], item["child_count"]) == ("association", "Crèche Les Tilleuls", 0)
    path = f"/registrations/{item['registration_id']}/decision"
    decided = await service.client.post(path, json={"is_accepted": True}, headers=desk.headers)
    assert decided.status_code == 200, decided.text
    (file,) = await find(service, desk, kind="association")
    assert file["household_id"] == decided.json()["household_id"]


async def test_who_asks_learns_nothing_of_a_number_that_is_known(service: RunningService, desk: Desk) -> None:
    """A person who trades alone has a SIRET too: that they have a space is nobody's business. The agent is told which file it is."""
    first = await opened(desk)
    body = file_of(email="inconnue@courriel.example")
    asked = await service.client.post("/registrations", json=body, headers={"X-Client-Address": "192.0.2.7"})
    assert asked.status_code == 202
    wrong = await service.client.post(
        "/registrations", json=file_of(siret="1"), headers={"X-Client-Address": "192.0.2.7"}
    )
    assert faults(wrong) == {"/organization/siret": "siret_malformed"}
    await service.run_job("answer_registrations")
    (item,) = (await service.client.get("/registrations", headers=desk.headers)).json()["items"]
    path = f"/registrations/{item['registration_id']}/decision"
    refused = await service.client.post(path, json={"is_accepted": True}, headers=desk.headers)
    assert faults(refused) == {"/organization/siret": "organization_known"}
    assert first.reference in json.dumps(refused.json())


async def test_a_town_takes_the_kinds_that_it_says(applications: Applications) -> None:
    async with applications.lend("family") as service:
        desk = Desk(service)
        assert faults(await desk.post(file_of())) == {"/kind": "kind_not_taken"}
        family = await desk.open()
        whose = {"legal_name": "Les Tilleuls", "siret": SIRET}
        refused = await change(service, desk, family, kind="professional", organization=whose)
        assert faults(refused) == {"/kind": "kind_not_taken"}


async def test_a_file_of_an_organization_is_not_split(service: RunningService, desk: Desk) -> None:
    file = await opened(desk)
    adult_id = str(file.adults[0].adult_id)
    wish = {"adult_ids": [adult_id], "from_on": "2026-09-15", "address": FILE["address"], "payer_adult_id": adult_id}
    url = f"/households/{file.household_id}/split-previews"
    refused = await service.client.post(url, json=wish, headers=desk.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "organization_not_split")
