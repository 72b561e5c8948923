"""A family that no file names asks for a space, and an agent decides: plain pages and forms, from the sign-in page to the opened space."""

import json
import re
from typing import Any, cast
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.family.events import RegistrationAnswered
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_contact_pages import town as town  # the town of the guide S2
from tests.component.gateway.town import PASSWORD, Town, accept_terms, household_body
from tests.support.roles import Role
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PAGE = "/creer-mon-espace"
QUEUE = "/agents/demandes-d-espace"


def request_form(**fields: str) -> dict[str, Any]:
    """What somebody types whom no file names, with changes by field name (`__` for the dot)."""
    last_name = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return {
        "step": "ask",
        "child_count": "1",
        "guardian.civility": "madame",
        "guardian.first_name": "Ana",
        "guardian.last_name": last_name,
        "guardian.email": f"{last_name}@famille.example",
        "guardian.phone": "06 12 34 56 78",
        "address.street": "12 rue des Tilleuls",
        "address.postal_code": "63000",
        "address.city": "La Vallée",
        "children.0.first_name": "Lina",
        "children.0.last_name": last_name,
        "children.0.birth_on": "2019-03-04",
        **{name.replace("__", "."): value for name, value in fields.items()},
    }


async def asked(town: Town, form: dict[str, Any]) -> str:
    """Ask from a new browser; what the page says then."""
    visitor = town.browser()
    await visitor.get(PAGE)
    answer = await visitor.done(PAGE, form)
    await town.services["family"].run_job("answer_registrations")
    return words(await visitor.landing(answer))


async def request_of(agent: Browser, form: dict[str, Any]) -> str:
    """The address of a request in the agents' queue."""
    page = await agent.get(QUEUE)
    match = re.search(rf'href="({QUEUE}/[^"]+)">Ana {form["guardian.last_name"].upper()}<', page.text)
    assert match, words(page)
    return match[1]


@in_towns("structure")
async def test_a_family_asks_an_agent_validates_and_the_space_opens(town: Town) -> None:
    """S2-3: from the sign-in page to a space with a password of one's own, and once only."""
    visitor = town.browser()
    assert f'href="{PAGE}"' in (await visitor.get("/connexion")).text
    form = request_form()
    assert "Un e-mail arrive dans quelques minutes" in await asked(town, form)
    agent = await town.agent(Role.FRONT_DESK)
    home = await agent.get("/agents")
    assert f'href="{QUEUE}"' in home.text
    assert "1 demande d’espace attend une réponse" in words(home).replace("\u00a0", " ")
    path = await request_of(agent, form)
    page = await agent.get(path)
    for typed in ("12 rue des Tilleuls", "63000 La Vallée", form["guardian.email"], "Aucun dossier ne porte"):
        assert typed in words(page)
    answer = await agent.done(f"{path}/decision", {"decision": "accept"})
    assert "Le dossier est créé" in words(await agent.landing(answer))
    await town.settle()
    mailed = await town.credential()
    assert mailed.username == form["guardian.email"]
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    parent = await town.signed_in(mailed.username, mailed.temporary_password)
    await parent.get("/premiere-connexion/identifiants")
    await parent.done("/premiere-connexion/identifiants", {"password": PASSWORD, "password_confirmation": PASSWORD})
    await accept_terms(parent)
    assert form["guardian.last_name"].upper() in words(await parent.get("/mon-accueil"))
    await agent.get(path)
    again = await agent.submit(f"{path}/decision", {"decision": "refuse", "reason": "Trop tard."})
    assert is_refused(again)
    assert "Cette demande est déjà décidée" in words(again)


async def test_the_pages_say_the_same_whoever_has_the_address(town: Town) -> None:
    _, household = await town.parent()
    known = request_form(guardian__email=household.adults[0].email or "")
    assert await asked(town, known) == await asked(town, request_form())
    agent = await town.agent(Role.FRONT_DESK)
    assert known["guardian.last_name"].upper() not in words(await agent.get(QUEUE))


async def test_files_that_look_alike_are_shown_and_a_twin_is_refused_in_words(town: Town) -> None:
    form = request_form()
    await asked(town, form)
    await town.household(
        first_name="Ana", last_name=form["guardian.last_name"], email=f"autre-{form['guardian.email']}"
    )
    agent = await town.agent(Role.FRONT_DESK)
    path = await request_of(agent, form)
    assert "Dossiers qui ressemblent" in words(await agent.get(path))
    # Meanwhile the very family came to the counter.
    known = household_body(first_name="Ana", last_name=form["guardian.last_name"], email=form["guardian.email"])
    known["children"] = [{"first_name": "Lina", "last_name": form["guardian.last_name"], "birth_on": "2019-03-04"}]
    family = town.services["family"]
    opened = await family.client.post("/households", json=known, headers=family.as_system() | family.key())
    assert opened.status_code == 201, opened.text
    page = await agent.submit(f"{path}/decision", {"decision": "accept"})
    assert is_refused(page)
    assert f"déjà un dossier avec cet enfant, sous le numéro {opened.json()['reference']}" in words(page)


async def test_an_agent_refuses_with_a_reason_that_is_mailed(town: Town) -> None:
    form = request_form()
    await asked(town, form)
    agent = await town.agent(Role.FRONT_DESK)
    path = await request_of(agent, form)
    await agent.get(path)
    page = await agent.submit(f"{path}/decision", {"decision": "refuse", "reason": " "})
    assert is_refused(page)
    assert field_errors(page) == {"reason"}
    page = await agent.landing(
        await agent.done(f"{path}/decision", {"decision": "refuse", "reason": "Hors du secteur."})
    )
    assert "La demande est refusée" in words(page)
    assert form["guardian.last_name"].upper() not in words(page)
    _, events = await town.services["family"].emitted(kind=RegistrationAnswered)
    key = OKPKey.import_key(json.loads((town.secrets_dir / "seal_private.json").read_text()))
    letter = json.loads(unseal(cast("RegistrationAnswered", events[-1]).sealed, key))
    assert letter == {"email": form["guardian.email"], "reason": "Hors du secteur."}


async def test_what_is_wrong_is_named_and_what_was_typed_is_kept(town: Town) -> None:
    visitor = town.browser()
    await visitor.get(PAGE)
    page = await visitor.submit(PAGE, {"step": "ask", "child_count": "1"})
    assert is_refused(page)
    assert field_errors(page) == {
        *(f"guardian-{name}" for name in ("civility", "first_name", "last_name", "email")),
        *(f"address-{name}" for name in ("street", "postal_code", "city")),
        *(f"children-0-{name}" for name in ("first_name", "last_name", "birth_on")),
    }
    form = request_form(step="add_child")
    page = await visitor.submit(PAGE, form)
    assert not is_refused(page)
    assert 'name="children.1.first_name"' in page.text
    assert f'value="{form["guardian.email"]}"' in page.text


@in_towns("belfort")
async def test_a_town_that_opens_files_itself_has_no_such_page(town: Town) -> None:
    visitor = town.browser()
    assert PAGE not in (await visitor.get("/connexion")).text
    assert (await visitor.get(PAGE)).status_code == 404
    agent = await town.agent(Role.FRONT_DESK)
    assert QUEUE not in (await agent.get("/agents")).text
