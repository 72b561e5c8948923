"""Births that are expected, as an agent notes and registers them, and what the family sees meanwhile."""

import re
from datetime import date, timedelta

import pytest

from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import NEW_FAMILY, family_form, field_errors
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def agent(town: Town) -> Browser:
    return await town.agent(*Role)


async def today(town: Town) -> date:
    return await town.services["family"].db.today()


def french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


async def test_a_birth_is_expected_then_registered(agent: Browser, town: Town) -> None:
    """Without a first name, shown as expected in the file, the list and the search; then the same child by its own name."""
    day = await today(town) + timedelta(days=40)
    form = {name: value for name, value in family_form().items() if not name.startswith("children")}
    last_name = form["guardian.last_name"]
    form |= {"expected_children.0.last_name": last_name, "expected_children.0.expected_on": day.isoformat()}
    await agent.get(NEW_FAMILY)
    page = await agent.landing(await agent.done(NEW_FAMILY, form))
    assert f"naissance prévue le {french(day)}" in words(page)
    (link,) = re.findall(r'href="(/agents/familles/[^"]+/naissance/[^"]+)"', page.text)
    assert f"Bébé {last_name.upper()}" in words(await agent.get("/agents/naissances"))
    search = await agent.get("/agents/familles", params={"recherche": french(day)})
    assert f"Bébé {last_name} (naissance prévue le {french(day)})" in words(search)

    await agent.get(link)
    refused = await agent.submit(link, {"first_name": "", "last_name": last_name, "birth_on": day.isoformat()})
    assert is_refused(refused)
    assert field_errors(refused) == {"first_name"}
    born_on = await today(town) - timedelta(days=1)
    typed = {"first_name": "Maël", "last_name": last_name, "birth_on": born_on.isoformat()}
    page = await agent.landing(await agent.done(link, typed))
    assert "La naissance est enregistrée" in words(page)
    assert "Naissance enregistrée" in words(page)
    assert "naissance prévue" not in words(page)
    assert last_name.upper() not in words(await agent.get("/agents/naissances"))
    assert (await agent.get(link)).status_code == 404


async def test_twins_are_registered_where_one_child_was_expected(agent: Browser, town: Town) -> None:
    day = await today(town) + timedelta(days=40)
    form = {name: value for name, value in family_form().items() if not name.startswith("children")}
    last_name = form["guardian.last_name"]
    form |= {"expected_children.0.last_name": last_name, "expected_children.0.expected_on": day.isoformat()}
    await agent.get(NEW_FAMILY)
    page = await agent.landing(await agent.done(NEW_FAMILY, form))
    (link,) = re.findall(r'href="(/agents/familles/[^"]+/naissance/[^"]+)"', page.text)
    await agent.get(link)
    born_on = (await today(town)).isoformat()
    typed = {"first_name": "Maël", "last_name": last_name, "birth_on": born_on, "twins.0.first_name": "Maël"}
    refused = await agent.submit(link, typed)
    assert field_errors(refused) == {"twins-0-first_name"}
    assert refused.text.count('value="Maël"') == 2, "what was typed is kept"
    file = (await agent.landing(await agent.done(link, typed | {"twins.0.first_name": "Nina"}))).url.path
    page = await agent.get(f"{file}/personnes")
    for name in ("Maël", "Nina"):
        assert f"{name} {last_name.upper()}" in words(page)


async def test_a_birth_too_far_ahead_is_refused_at_its_field(agent: Browser, town: Town) -> None:
    form = family_form() | {
        "expected_children.0.last_name": "Roy",
        "expected_children.0.expected_on": (await today(town) + timedelta(days=400)).isoformat(),
    }
    await agent.get(NEW_FAMILY)
    page = await agent.submit(NEW_FAMILY, form)
    assert is_refused(page)
    assert field_errors(page) == {"expected_children-0-expected_on"}
    assert "dix mois à l’avance au plus" in words(page)
