"""Professionals and associations in the portal: an agent opens their file, they ask for a space, and see what concerns them alone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.events import HouseholdKind
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_registration_pages import PAGE, QUEUE
from tests.component.gateway.town import Town, accept_terms, choose_credentials, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

NEW = "/agents/familles/nouvelle"


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town that takes every kind, and where people ask for a space."""
    file = town_file(tmp_path_factory.mktemp("town"), "structure", step_up={"asks": []})
    file = write_town(file.parent, base=file, family={"kinds": [kind.value for kind in HouseholdKind]})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


@pytest.fixture
async def desk(town: Town) -> Browser:
    return await town.agent(Role.FRONT_DESK)


def rna() -> str:
    """A number that nobody has."""
    return f"W{uuid4().int % 10**9:09}"


def form_of(kind: str = "association", **fields: str) -> dict[str, Any]:
    """What is typed for an organization, with changes by field name (`__` for the dot)."""
    email = f"{uuid4().hex}@structure.example"
    return {
        "step": "create",
        "type": kind,
        "child_count": "1",
        "organization.legal_name": "Amicale des Tilleuls",
        "organization.rna": rna(),
        "guardian.civility": "madame",
        "guardian.first_name": "Ana",
        "guardian.last_name": "Présidente",
        "guardian.email": email,
        "address.street": "12 rue des Tilleuls",
        "address.postal_code": "63000",
        "address.city": "La Vallée",
        **{name.replace("__", "."): value for name, value in fields.items()},
    }


async def opened(desk: Browser, form: dict[str, Any]) -> str:
    """The address of a file that an agent opened."""
    await desk.get(NEW)
    return str((await desk.done(NEW, form)).headers["location"])


async def signed_in(town: Town) -> Browser:
    """Whoever was invited last, after their first steps."""
    await town.settle()
    mailed = await town.credential()
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    browser = await town.signed_in(mailed.username, mailed.temporary_password)
    await choose_credentials(browser)
    await accept_terms(browser)
    return browser


async def test_an_agent_opens_the_file_of_an_organization(desk: Browser) -> None:
    plain = await desk.get(NEW)
    assert "Ce dossier est celui" in words(plain)
    assert "Raison sociale" not in words(plain)
    page = await desk.get(NEW, params={"type": "association"})
    assert "Personne qui la représente" in words(page)
    assert "Quotient" not in words(page)
    assert 'name="children.0.first_name"' not in page.text
    file = words(await desk.get(await opened(desk, form_of())))
    assert "Amicale des Tilleuls" in file
    assert "Numéro RNA" in file
    assert "Quotient familial" not in file
    assert "Enfants" not in file


async def test_what_is_wrong_leads_back_to_the_form_of_the_kind(desk: Browser) -> None:
    await desk.get(NEW, params={"type": "professionnel"})
    form = form_of("professionnel", organization__siret="732 829 320 00075", organization__rna="")
    page = await desk.submit(NEW, form)
    assert is_refused(page)
    assert field_errors(page) == {"organization-siret"}
    assert "clé de contrôle est fausse" in words(page)
    assert 'value="Amicale des Tilleuls"' in page.text
    assert 'name="type" value="professionnel"' in page.text
    empty = await desk.submit(NEW, {"step": "create", "type": "association", "child_count": "1"})
    assert {"organization-legal_name", "guardian-last_name", "address-city"} <= field_errors(empty)
    number = rna()
    await opened(desk, form_of(organization__rna=number))
    again = await desk.submit(NEW, form_of(organization__rna=number))
    assert "Une structure n’a qu’un dossier" in words(again)


async def test_the_list_is_narrowed_by_kind_and_taken_away(desk: Browser) -> None:
    name = f"Club {uuid4().hex.translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    await opened(desk, form_of(organization__legal_name=name))
    listed = await desk.get("/agents/familles", params={"recherche": name, "type": "association"})
    assert name in words(listed)
    assert name not in words(await desk.get("/agents/familles", params={"type": "professionnel"}))
    file = await desk.get("/agents/familles/tableau", params={"recherche": name, "type": "association"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Responsable;Enfants;Commune;E-mail;Dossier;Type"
    assert lines[1].startswith(f"{name};;La Vallée;")
    assert lines[1].endswith(";Association")


async def test_an_organization_is_greeted_and_sees_what_concerns_it(town: Town, desk: Browser) -> None:
    await opened(desk, form_of())
    browser = await signed_in(town)
    home = await browser.get("/mon-accueil")
    assert "Bonjour Amicale des Tilleuls." in words(home)
    assert "Numéro RNA" in words(home)
    for path in ("/calendrier", "/inscriptions"):
        assert f'href="{path}"' not in home.text
        assert (await browser.get(path)).status_code == 404
    assert 'href="/factures"' in home.text
    menu = await browser.get("/menu")
    assert 'href="/calendrier"' not in menu.text


async def test_a_family_sees_what_it_saw(town: Town) -> None:
    browser, household = await town.parent()
    home = await browser.get("/mon-accueil")
    assert household.children[0].first_name in words(home)
    assert 'href="/calendrier"' in home.text
    assert "SIRET" not in words(home)


async def test_who_represents_an_organization_and_has_a_family_chooses(town: Town, desk: Browser) -> None:
    """The greeting, the menu and the pages are those of the file that is looked at."""
    browser, household = await town.parent()
    path = await opened(desk, form_of(guardian__email=""))
    family = town.services["family"]
    adult_id, today = household.adults[0].adult_id, str(await town.booking.today())
    joined = await family.client.put(
        f"/households/{path.rpartition('/')[2]}/members/{adult_id}",
        json={"starts_on": today},
        headers=family.as_system(),
    )
    assert joined.status_code == 200, joined.text
    await town.settle()
    chosen = await browser.get("/mes-dossiers")
    forms = dict(re.findall(r'Dossier (F-\d+).*?name="household_id" value="([^"]+)"', chosen.text, re.DOTALL))
    own = household.reference
    other = next(reference for reference in forms if reference != own)
    await browser.done("/mes-dossiers", {"household_id": forms[other]})
    assert "Bonjour Amicale des Tilleuls." in words(await browser.get("/mon-accueil"))
    assert (await browser.get("/calendrier")).status_code == 404
    await browser.get("/mes-dossiers")
    await browser.done("/mes-dossiers", {"household_id": forms[own]})
    home = await browser.get("/mon-accueil")
    assert "Amicale" not in words(home)
    assert (await browser.get("/calendrier")).status_code == 200


async def test_an_association_asks_for_a_space_and_an_agent_sees_which(town: Town, desk: Browser) -> None:
    visitor = town.browser()
    page = await visitor.get(PAGE, params={"type": "association"})
    assert "Votre structure" in words(page)
    refused = await visitor.submit(PAGE, {**form_of(organization__rna="W12"), "step": "ask"})
    assert field_errors(refused) == {"organization-rna"}
    assert "suivie de neuf chiffres" in words(refused)
    form = {**form_of(), "step": "ask"}
    assert "Votre demande est partie" in words(await visitor.landing(await visitor.done(PAGE, form)))
    await town.services["family"].run_job("answer_registrations")
    queue = await desk.get(QUEUE)
    match = re.search(rf'href="({QUEUE}/[^"]+)">Ana PRÉSIDENTE<', queue.text)
    assert match, words(queue)
    request = words(await desk.get(match[1]))
    assert form["organization.rna"] in request
    assert "Date de naissance" not in request
    landed = await desk.landing(await desk.done(f"{match[1]}/decision", {"decision": "accept"}))
    assert "Amicale des Tilleuls" in words(landed)


async def test_an_agent_corrects_the_kind(desk: Browser) -> None:
    path = await opened(desk, form_of())
    page = await desk.landing(await desk.get(f"{path}/type"))
    assert "Type du dossier" in words(page)
    assert 'value="Amicale des Tilleuls"' in page.text
    wrong = await desk.submit(f"{path}/type", {"type": "professionnel", "organization.legal_name": "Crèche"})
    assert field_errors(wrong) == {"organization-siret"}
    fields = {"type": "professionnel", "organization.legal_name": "Crèche", "organization.siret": "443 061 841 00047"}
    landed = await desk.landing(await desk.done(f"{path}/type", fields))
    assert "Le type du dossier est enregistré." in words(landed)
    assert "Professionnel" in words(landed)
    person = await desk.landing(await desk.done(f"{path}/type", {"type": "particulier"}))
    assert "Professionnel" not in words(person)
    assert "443" not in words(await desk.get(f"{path}/personnes"))
