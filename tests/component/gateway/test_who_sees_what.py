"""What an agent's work opens of a household, and what it does not: on the pages, in the public API and at the services."""

from uuid import UUID

import pytest

from contracts.family.models import Household
from tests.component.gateway.api import application_of
from tests.component.gateway.browser import words
from tests.component.gateway.town import Town, child_ids
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

EVIDENCE = "Jugement du 12 mai 2025"
QUOTIENT_CENTS = 65432


@pytest.fixture
async def household(town: Town) -> Household:
    """A household with a quotient, for whose child a judgment was shown."""
    opened, _ = await town.household()
    family = town.services["family"]
    (child_id,) = child_ids(opened)
    tie = {"role": "guardian", "authority": "sole", "evidence": EVIDENCE, "starts_on": str(await family.db.today())}
    residence = {
        "pattern": "single",
        "household_ids": [str(opened.household_id)],
        "evidence": EVIDENCE,
        "starts_on": tie["starts_on"],
    }
    quotient = {"value_cents": QUOTIENT_CENTS, "effective_on": "2026-01-01"}
    for path, body in (
        (f"/children/{child_id}/responsibilities/{opened.payer_adult_id}", tie),
        (f"/children/{child_id}/residence", residence),
        (f"/households/{opened.household_id}/quotient", quotient),
    ):
        answer = await family.client.put(path, json=body, headers=family.as_system())
        assert answer.status_code == 200, answer.text
    await town.settle()
    return opened


async def test_finance_opens_a_file_without_the_evidence_of_custody(town: Town, household: Household) -> None:
    """On the page, in the API, and in the history, where the evidence stood with the act. (Of health: `test_family_screen.py`.)"""
    (child_id,) = child_ids(household)
    finance = await town.agent(Role.FINANCE)
    page = await finance.get(f"/agents/familles/{household.household_id}")
    assert page.status_code == 200
    assert household.adults[0].last_name.upper() in words(page)
    assert EVIDENCE not in page.text
    api = await finance.get(
        f"/api/v1/households/{household.household_id}", headers={"Authorization": f"Bearer {finance.session_token}"}
    )
    assert (api.status_code, EVIDENCE in api.text) == (200, False)
    seen = await history(town, household.household_id, Role.FINANCE)
    assert EVIDENCE not in seen
    assert "residence_changed" in seen
    assert EVIDENCE in await history(town, household.household_id, Role.FRONT_DESK)
    family = town.services["family"]
    for role, status in ((Role.FINANCE, 403), (Role.SITE, 403), (Role.FRONT_DESK, 200)):
        custody = await family.client.get(f"/children/{child_id}/custody", headers=family.as_agent(role))
        assert (custody.status_code, EVIDENCE in custody.text) == (status, status == 200), role


async def history(town: Town, household_id: UUID, role: Role) -> str:
    """A household's history as the family service says it to an agent."""
    family = town.services["family"]
    answer = await family.client.get(f"/history?household_id={household_id}", headers=family.as_agent(role))
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_site_opens_no_file_and_learns_no_quotient(town: Town, household: Household) -> None:
    """Neither on a page nor from any operation that answers with a quotient, a price being one that tells it."""
    (child_id,) = child_ids(household)
    site = await town.agent(Role.SITE, has_every_site=False, sites=["maison"])
    assert (await site.get(f"/agents/familles/{household.household_id}")).status_code == 403
    assert (await site.get("/agents/familles")).status_code == 403
    application = application_of(site, town.browser())
    assert (await application.refused("GET", f"/households/{household.household_id}"))[0] == 403
    line = {"child_id": str(child_id), "activity_id": str(child_id), "service_on": "2026-11-04"}
    assert (await application.refused("POST", "/quotes", json={"lines": [line]}))[0] == 403
    query = f"household_id={household.household_id}"
    for name, path in (
        ("family", f"/history?{query}"),
        ("billing", f"/account?{query}"),
        ("billing", f"/charges?{query}&from_on=2026-01-01&to_on=2026-12-31"),
        ("billing", f"/invoices?{query}"),
        ("billing", f"/history?{query}"),
    ):
        service = town.services[name]
        answer = await service.client.get(path, headers=service.as_agent(Role.SITE))
        assert answer.status_code == 403, path
    desk = await town.agent(Role.FRONT_DESK)
    assert "654,32" in words(await desk.get(f"/agents/familles/{household.household_id}")), "a control"
