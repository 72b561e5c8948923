"""The path at the head of agents' pages: the entry of the menu, the file, the child, and the page itself."""

import re

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

STEP = re.compile(r'<a href="([^"]*)">([^<]*)</a>|<span aria-current="page">([^<]*)</span>')


def path_to(page: httpx2.Response) -> list[tuple[str, str]]:
    """Where each step leads, and what it is called; the page itself leads nowhere. Nothing on a page without a path."""
    (path,) = re.findall(r'<nav class="breadcrumb" aria-label="Vous êtes ici">(.*?)</nav>', page.text, re.DOTALL) or [
        ""
    ]
    return [(url, label or here) for url, label, here in STEP.findall(path)]


@pytest.fixture
async def household(town: Town) -> Household:
    _, household = await town.parent()
    return household


@pytest.fixture
async def desk(town: Town) -> Browser:
    return await town.agent(Role.FRONT_DESK)


async def test_a_page_of_a_file_stands_below_the_file(desk: Browser, household: Household) -> None:
    file = f"/agents/familles/{household.household_id}"
    families, name = ("/agents/familles", "Familles"), f"{household.adults[0].last_name.upper()} {household.reference}"
    assert path_to(await desk.get("/agents/familles")) == []
    assert path_to(await desk.get(file)) == [families, ("", name)]
    assert path_to(await desk.get(f"{file}/personnes")) == [families, (file, name), ("", "Personnes")]
    assert path_to(await desk.get(f"{file}/entourage")) == [families, (file, name), ("", "Entourage")]
    new = path_to(await desk.get(f"{file}/entourage/nouveau"))
    assert new[:3] == [families, (file, name), (f"{file}/entourage", "Entourage")]


async def test_a_page_of_a_child_stands_below_its_file(desk: Browser, household: Household) -> None:
    file, (child,) = f"/agents/familles/{household.household_id}", household.children
    people = f"{file}/personnes#enfant-{child.child_id}"
    steps = path_to(await desk.get(f"/agents/enfants/{child.child_id}/scolarite"))
    assert [url for url, _ in steps] == ["/agents/familles", file, people, ""]
    assert [label for _, label in steps][2:] == [child.first_name, "Scolarité"]
    assert f'id="enfant-{child.child_id}"' in (await desk.get(people.partition("#")[0])).text


async def test_whoever_reads_no_files_has_the_list_alone(town: Town, household: Household) -> None:
    site = await town.agent(Role.SITE)
    steps = path_to(await site.get(f"/agents/enfants/{household.children[0].child_id}/scolarite"))
    assert [url for url, _ in steps] in ([], [""]), "no step leads where the door is closed"
