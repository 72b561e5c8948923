"""Two children of one family with the same first name, half-siblings: each page calls them so that whoever reads knows which one is meant."""

import re

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import Town, child_ids, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

NAMES = ("Lina Roux", "Lina Blanc")


@pytest.fixture
async def family(town: Town) -> tuple[Browser, Household]:
    """A parent of the two, each of whom is enrolled."""
    parent, household = await town.parent(children=NAMES)
    booking = town.booking
    activity_id = await booking.activity()
    await booking.enroll(family_of(household), activity_id)
    return parent, household


async def test_a_parent_reads_which_child_is_meant(family: tuple[Browser, Household]) -> None:
    parent, household = family
    for path in (
        "/mon-accueil",
        "/calendrier",
        "/inscriptions",
        "/inscriptions/nouvelle",
        "/ma-famille",
        "/mes-enfants",
        "/entourage/nouveau",
        "/personnes-de-confiance/nouvelle",
    ):
        page = words(await parent.get(path))
        for name in NAMES:
            assert name in page, (path, name)
    for child_id, name in zip(child_ids(household), NAMES, strict=True):
        for part in ("", "/sante", "/consultations"):
            page_of_child = await parent.get(f"/mes-enfants/{child_id}{part}")
            title = re.search(r"<h1[^>]*>([^<]+)</h1>", page_of_child.text)
            assert title, part
            assert name.lower() in title[1].lower(), part


async def test_an_agent_reads_which_child_is_meant(town: Town, family: tuple[Browser, Household]) -> None:
    _, household = family
    agent = await town.agent(Role.FRONT_DESK, Role.DIRECTOR)
    url = f"/agents/familles/{household.household_id}"
    for path in (url, f"{url}/inscriptions", f"{url}/entourage", f"{url}/entourage/nouveau", f"{url}/partage"):
        page = words(await agent.get(path)).lower()
        for name in NAMES:
            assert name.lower() in page, (path, name)
    for child_id, name in zip(child_ids(household), NAMES, strict=True):
        for part in ("", "/residence", "/responsables", "/parts"):
            page = words(await agent.get(f"/agents/enfants/{child_id}/garde{part}")).lower()
            assert name.lower() in page, part


async def test_whoever_helps_reads_which_child_is_entrusted(town: Town, family: tuple[Browser, Household]) -> None:
    parent, household = family
    body = {
        "household_id": str(household.household_id),
        "first_name": "Jeanne",
        "last_name": "Lefort",
        "email": "jeanne@aide.example",
        "child_ids": [str(child_id) for child_id in child_ids(household)],
        "acts": ["calendar.read"],
        "ends_on": str(await town.booking.day(60)),
    }
    service = town.services["family"]
    headers = service.as_parent(household.adults[0].adult_id) | service.key()
    given = await service.client.post("/delegations", json=body, headers=headers)
    assert given.status_code == 201, given.text
    page = words(await parent.get("/personnes-de-confiance"))
    assert "Lina Roux, Lina Blanc" in page
