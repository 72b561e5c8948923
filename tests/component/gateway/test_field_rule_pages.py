"""The form of a civil status in a town that says something else of each field."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

FIELDS = {
    "add_child": "read_only",
    "child": {"first_name": "hidden", "last_name": "read_only", "birth_on": "at_once"},
    "adult": {"civility": "request", "first_name": "at_once", "last_name": "hidden"},
}


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("rules")
    file = write_town(folder, base=town_file(folder, step_up={"asks": []}), family={"fields": FIELDS})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


async def test_a_form_has_the_fields_that_may_be_corrected_and_says_what_becomes_of_each(town: Town) -> None:
    parent, household = await town.parent()
    (child,), (adult, *_) = household.children, household.adults
    page = await parent.get("/ma-famille")
    assert "/ma-famille/nouvel-enfant" not in page.text, "the town adds children itself"
    path = f"/ma-famille/{child.child_id}/etat-civil"
    page = await parent.get(path)
    form = page.text.partition("<main")[2]
    assert 'name="first_name"' not in form
    assert 'name="last_name"' not in form
    assert child.first_name not in form, "what is hidden stands nowhere on the page"
    assert child.last_name in form
    assert "Seul un agent le corrige." in words(page)
    version = hidden(page, "version")
    refused = await parent.submit(path, {"version": version, "birth_on": "2019-05-06", "last_name": "Autre"})
    assert is_refused(refused)
    assert field_errors(refused) == {"last_name"}
    page = await parent.landing(await parent.done(path, {"version": version, "birth_on": "2019-05-06"}))
    assert "6 mai 2019" in words(page)

    path = f"/ma-famille/{adult.adult_id}/etat-civil"
    page = await parent.get(path)
    assert 'name="last_name"' not in page.text
    typed = {"version": hidden(page, "version"), "civility": "none", "first_name": "Camille"}
    page = await parent.landing(await parent.done(path, typed))
    assert "Camille" in words(page)
    assert "En attente" in words(page), "the civility waits for an agent"
    assert "Une partie est corrigée." in words(page)
    again = await parent.get(path)
    typed = {"version": hidden(again, "version"), "first_name": "Camille"}
    page = await parent.landing(await parent.done(path, typed))
    assert "était déjà dans le dossier" in words(page)
