"""Addresses that are asked back for, at the counter and on a family's own page: near ones are proposed, and what was typed is accepted by one press."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.component.family.addressing import load_base
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import NEW_FAMILY, family_form
from tests.component.gateway.test_contact_pages import fields_of
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/mes-coordonnees"
TYPED = {"address.street": "12 rue des Tilleulls", "address.postal_code": "14000", "address.city": "Valmont-sur-Orne"}
CHOICE = re.compile(r'name="address_choice" value="([^"]+)"')
QUESTION = "Vouliez-vous dire"


@pytest.fixture
async def based(town: Town) -> AsyncIterator[Town]:
    """A town that has a copy of the base, for as long as the test lasts."""
    await load_base(town.services["family"])
    yield town
    await town.services["family"].db.execute("delete from address_bases")
    await town.services["family"].db.execute("delete from base_streets")


async def asked(browser: Browser, path: str, form: dict[str, str]) -> httpx2.Response:
    """The page that asks back; nothing that was typed stands in its address."""
    answer = await browser.submit(path, form)
    page = answer if answer.status_code == 200 else await browser.landing(answer)
    assert QUESTION in words(page)
    assert "Tilleulls" not in str(page.url)
    assert 'value="12 rue des Tilleulls"' in page.text
    return page


async def test_a_family_is_asked_back_and_takes_the_one_of_the_base(based: Town) -> None:
    parent, household = await based.parent()
    await based.settle()
    typed = {name.replace(".", "__"): value for name, value in TYPED.items()}
    page = await asked(parent, PAGE, fields_of(await parent.get(PAGE), **typed))
    (base_id, as_typed) = CHOICE.findall(page.text)
    assert as_typed == "typed"
    done = await parent.done(PAGE, {**fields_of(page), "address_choice": base_id})
    assert "Tilleuls" in words(await parent.landing(done))
    db = based.services["family"].db
    row = await db.fetchrow(
        "select address_lines, base_address_id from households where household_id = $1", household.household_id
    )
    assert row is not None
    assert (row["address_lines"], row["base_address_id"]) == (["12 Rue des Tilleuls"], base_id)


async def test_what_was_typed_is_kept_by_one_press_and_listed_for_agents(based: Town) -> None:
    parent, household = await based.parent()
    await based.settle()
    typed = {name.replace(".", "__"): value for name, value in TYPED.items()}
    page = await asked(parent, PAGE, fields_of(await parent.get(PAGE), **typed))
    await parent.done(PAGE, {**fields_of(page), "address_choice": "typed"})
    agent = await based.agent(*Role)
    listing = await agent.get("/agents/adresses")
    assert "adresses.csv" in words(listing)
    assert "Tilleulls" not in words(listing)
    assert await _is_listed(agent, household.reference)


async def _is_listed(agent: Browser, reference: str) -> bool:
    """Whether a file is on some page of the list."""
    path: str | None = "/agents/adresses"
    while path:
        page = await agent.get(path)
        if reference in words(page):
            return True
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = following[1].replace("&amp;", "&") if following else None
    return False


async def test_an_address_that_was_not_touched_is_not_asked_about(based: Town) -> None:
    """Another telephone number is saved at once, wherever the family lives."""
    parent, _ = await based.parent()
    await based.settle()
    await parent.done(PAGE, fields_of(await parent.get(PAGE), phone="02 31 44 55 66"))


async def test_an_agent_who_opens_a_file_is_asked_back(based: Town) -> None:
    agent = await based.agent(*Role)
    await agent.get(NEW_FAMILY)
    form = family_form() | TYPED
    page = await asked(agent, NEW_FAMILY, form)
    (base_id, _) = CHOICE.findall(page.text)
    opened = await agent.landing(await agent.done(NEW_FAMILY, {**form, "address_choice": base_id}))
    assert "12 Rue des Tilleuls" in words(opened)


async def test_what_is_wrong_with_an_address_is_said_before_anything_is_asked(based: Town) -> None:
    agent = await based.agent(*Role)
    await agent.get(NEW_FAMILY)
    page = await agent.submit(NEW_FAMILY, family_form() | TYPED | {"address.postal_code": ""})
    assert is_refused(page)
    assert QUESTION not in words(page)


async def test_a_town_without_a_copy_asks_nothing(town: Town) -> None:
    agent = await town.agent(*Role)
    await agent.get(NEW_FAMILY)
    opened = await agent.landing(await agent.done(NEW_FAMILY, family_form() | TYPED))
    assert "12 rue des Tilleulls" in words(opened)
    assert "Aucune copie de la base nationale" in words(await agent.get("/agents/adresses"))
