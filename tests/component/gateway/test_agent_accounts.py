"""The pages of agents' accounts: found, created, changed by one person or two, closed, invited again, and given back what lapsed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role, agent_body
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

LIST = "/agents/comptes"
NEW = f"{LIST}/nouveau"
READER = "reader"
ADD_PASSKEY_SQL = """
insert into passkeys (passkey_id, account_id, credential_id, public_key, sign_count, name, added_at, counts_from)
values ($1, $1, uuid_send($1), '', 0, 'Téléphone', now(), now())
"""
CLOSE_OTHERS_SQL = "update accounts set is_disabled = true where kind = 'agent' and username <> all($1::text[])"
LAPSE_SQL = "update agents set roles_lapsed_at = now() where account_id = $1"


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The demonstration town, with a role that sees the agents and changes nothing."""
    reader = {"label": "Audit", "permissions": ["identity.agents.read", "identity.agents.name"]}
    folder = tmp_path_factory.mktemp("town")
    town_file(folder, step_up={"asks": []})  # no second proof is asked for here; the terms stand beside the file
    file = write_town(folder, base=folder / "town.toml", roles={READER: reader})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


@pytest.fixture
async def director(town: Town) -> Browser:
    """An agent who manages accounts."""
    return await town.agent(Role.DIRECTOR)


@pytest.fixture
async def second(town: Town) -> Browser:
    """Another one."""
    return await town.agent(Role.DIRECTOR, last_name="Deuxième")


def a_name() -> str:
    """A last name that nobody else has."""
    return uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))


async def made(town: Town, *roles: str, **fields: Any) -> dict[str, Any]:
    """An agent whom the town's tools made."""
    identity = town.services["identity"]
    body = agent_body(f"x{uuid4().hex[:10]}", *roles, password=PASSWORD, **{"last_name": a_name(), **fields})
    answer = await identity.client.post("/agents", json=body, headers=identity.as_system() | identity.key())
    assert answer.status_code == 201, answer.text
    agent: dict[str, Any] = answer.json()
    return agent


def page_of(agent: dict[str, Any]) -> str:
    return f"{LIST}/{agent['account_id']}"


def form(**fields: Any) -> dict[str, Any]:
    """What a form of an agent sends."""
    return {"first_name": "Ana", "last_name": "Durand", "service": "Scolaire", "has_every_site": "true", **fields}


async def changed(browser: Browser, agent: dict[str, Any], **fields: Any) -> httpx2.Response:
    """Save the form of a change; the page after it."""
    path = f"{page_of(agent)}/modification"
    page = await browser.get(path)
    known = form(first_name=agent["first_name"], last_name=agent["last_name"], service=agent["service"])
    return await browser.submit(path, {**known, "version": hidden(page, "version"), **fields})


async def test_an_agent_is_created_and_invited(director: Browser, town: Town) -> None:
    assert f'href="{LIST}"' in (await director.get("/agents")).text
    assert f'href="{NEW}"' in (await director.get(LIST)).text
    page = await director.get(NEW)
    for text in ("Accueil des familles", "Ouvrir le dossier d’une famille.", "Se donne à deux"):
        assert text in words(page)
    last_name = a_name()
    email = f"{last_name}@ville.example"
    page = await director.submit(NEW, form(last_name=last_name, email=email, username="", roles=["front_desk"]))
    assert "L’invitation part par e-mail" in words(page)
    for text in (f"Ana {last_name.upper()}", f"a.{last_name}", email, "Accueil des familles", "tous les sites"):
        assert text in words(page)
    await town.settle()
    await town.services["notifications"].run_job("send_messages")
    page = await director.get(str(page.url.raw_path, "ascii"))
    assert "Invité, pas encore entré" in words(page)
    assert "Compte d’agent créé" in words(page)
    assert "Messages envoyés à l’agent" in words(page)
    listed = await director.get(LIST, params={"recherche": last_name[:8], "role": "front_desk", "etat": "invited"})
    assert f"Ana {last_name.upper()}" in words(listed)
    for other in ({"role": "site"}, {"etat": "closed"}):
        assert "Aucun agent trouvé" in words(await director.get(LIST, params={"recherche": last_name, **other}))


async def test_a_user_name_that_is_made_of_the_name_is_not_asked_for(director: Browser) -> None:
    await director.get(NEW)
    errors = field_errors(await director.submit(NEW, {"first_name": "", "last_name": "", "username": ""}))
    assert {"first_name", "username"} & errors == {"first_name"}, "its hint says that it may be left blank"


async def test_a_manager_knows_before_typing_who_could_confirm(town: Town, director: Browser, second: Browser) -> None:
    """Neither themselves, nor the agent whom it is about, nor somebody whose account is closed."""
    for page in (await director.get(NEW), await second.get(NEW)):
        assert "Peut confirmer à deux avec vous" in words(page)
    await town.services["identity"].db.execute(CLOSE_OTHERS_SQL, [director.username, second.username])
    page = words(await director.get(NEW))
    assert "Peut confirmer à deux avec vous : Camille Deuxième." in page.replace("\u00a0", " ")
    (second_id,) = re.findall(
        rf"{LIST}/([0-9a-f-]{{36}})", (await director.get(f"{LIST}?recherche=Deuxième&etat=active")).text
    )[:1]
    page = words(await director.get(f"{LIST}/{second_id}/modification"))
    assert "personne d’autre ne peut confirmer" in page
    assert "02 31 00 00 00" in page.replace("\u00a0", " "), "whom to call"


async def test_wrong_fields_are_named_and_what_was_typed_is_kept(director: Browser) -> None:
    await director.get(NEW)
    page = await director.submit(NEW, form(last_name="", email="ana(at)ville", username="x!", sites=["centre"]))
    assert is_refused(page)
    assert field_errors(page) == {"last_name", "email", "roles"}
    assert 'value="ana(at)ville"' in page.text
    page = await director.submit(
        NEW, form(email="ana@ville.example", username="x!", roles=["site"], service="Sport et loisirs")
    )
    assert field_errors(page) == {"username"}
    assert 'value="Sport et loisirs"' in page.text
    assert re.search(r'name="roles" value="site"[^>]* checked', page.text)
    assert not re.search(r'name="roles" value="finance"[^>]* checked', page.text)


async def test_a_role_that_manages_accounts_is_confirmed_by_another_person(
    director: Browser, second: Browser, town: Town
) -> None:
    agent = await made(town, Role.FRONT_DESK)
    page = await changed(director, agent, roles=["front_desk", "director"])
    assert "attend une deuxième personne" in words(page)
    assert "Vous l’avez demandé" in words(page)
    (action,) = re.findall(rf'action="({LIST}/demandes/[^"]+)"', (await second.get(page_of(agent))).text)[:1]
    assert action not in page.text
    waiting = await second.get(f"{LIST}/demandes")
    assert agent["last_name"].upper() in words(waiting)
    assert "changement" in words(await second.get(LIST))
    refused = await director.submit(action, {"decision": "confirm"})
    assert "une deuxième personne qui gère les comptes décide" in words(refused)
    await second.get(f"{LIST}/demandes")
    page = await second.submit(action, {"decision": "confirm"})
    assert "Le changement est confirmé" in words(page)
    history = words(page).partition("Changement confirmé par une deuxième personne")[2]
    assert "Rôles : Accueil des familles, Direction" in history
    assert "Rôles avant : Accueil des familles" in history
    assert action not in page.text
    late = await second.submit(action, {"decision": "refuse"})
    assert "Cette demande n’attend plus" in words(late)


async def test_a_lost_passkey_is_taken_off_an_agent_who_has_no_application(director: Browser, town: Town) -> None:
    agent, identity = await made(town, Role.FRONT_DESK), town.services["identity"]
    assert "Retirer les clés d’accès perdues" not in words(await director.get(page_of(agent)))
    await identity.db.execute(ADD_PASSKEY_SQL, UUID(agent["account_id"]))
    page = words(await director.get(page_of(agent)))
    assert "Retirer les clés d’accès perdues" in page
    assert "Retirer l’application perdue" not in page
    await director.done(f"{page_of(agent)}/second-facteur")
    assert (
        await identity.db.fetchval("select count(*) from passkeys where account_id = $1", UUID(agent["account_id"]))
        == 0
    )
    assert "Retirer les clés d’accès perdues" not in words(await director.get(page_of(agent)))


async def test_a_change_is_refused_by_another_person(director: Browser, second: Browser, town: Town) -> None:
    agent = await made(town, Role.SITE)
    await changed(director, agent, roles=["director"])
    page = await second.get(page_of(agent))
    action = re.findall(rf'action="({LIST}/demandes/[^"]+)"', page.text)[0]
    page = await second.submit(action, {"decision": "refuse"})
    assert "Le changement est refusé" in words(page)
    assert "Changement refusé par une deuxième personne" in words(page)


async def test_a_stale_form_says_what_is_known_by_then(director: Browser, second: Browser, town: Town) -> None:
    agent = await made(town, Role.SITE)
    path = f"{page_of(agent)}/modification"
    old = hidden(await director.get(path), "version")
    await changed(second, agent, roles=["site", "finance"], service="Régie")
    stale = form(last_name=agent["last_name"], service="Sport", roles=["site"], version=old)
    page = await director.submit(path, stale)
    assert is_refused(page)
    assert "a été modifié depuis" in words(page)
    assert "Enregistré en ce moment : Régie" in words(page)
    assert "Enregistré en ce moment : Régie et facturation, Équipe d’un site" in words(page) or (
        "Enregistré en ce moment : Équipe d’un site, Régie et facturation" in words(page)
    )
    assert 'value="Sport"' in page.text
    page = await director.submit(path, {**stale, "version": hidden(page, "version")})
    assert "L’agent est modifié" in words(page)


async def test_an_account_is_closed_after_a_confirmation_and_opened_again(director: Browser, town: Town) -> None:
    agent = await made(town, Role.FRONT_DESK)
    colleague = await town.signed_in(agent["username"], PASSWORD)
    assert (await colleague.get("/agents")).status_code == 200
    page = await director.get(page_of(agent))
    assert f'href="{page_of(agent)}/fermeture"' in page.text
    asked = await director.get(f"{page_of(agent)}/fermeture")
    assert "déconnecté tout de suite" in words(asked)
    page = await director.submit(f"{page_of(agent)}/fermeture", {"version": hidden(asked, "version")})
    assert "Ce compte est fermé" in words(page)
    assert (await colleague.get("/agents")).status_code == 401
    page = await director.submit(f"{page_of(agent)}/ouverture", {"version": hidden(page, "version")})
    assert "Le compte est rouvert" in words(page)
    assert "Compte fermé" in words(page)
    stale = await director.submit(f"{page_of(agent)}/fermeture", {"version": "unknown"})
    assert "a été modifié depuis" in words(stale)
    assert (await town.signed_in(agent["username"], PASSWORD)).session_token


async def test_an_agent_is_invited_again(director: Browser, town: Town) -> None:
    agent = await made(town, Role.SITE)
    await director.get(page_of(agent))
    page = await director.submit(f"{page_of(agent)}/invitation")
    assert "Celui d’avant ne fonctionne plus" in words(page)
    assert "Nouvelle invitation envoyée à l’agent" in words(page)


async def test_whose_roles_lapsed_learns_why_and_gets_them_back(director: Browser, town: Town) -> None:
    agent = await made(town, Role.FRONT_DESK)
    await town.services["identity"].db.execute(LAPSE_SQL, UUID(agent["account_id"]))
    away = await town.signed_in(agent["username"], PASSWORD)
    home = words(await away.get("/agents"))
    assert "Vos rôles sont échus le" in home
    assert "Rôles à rendre : Accueil des familles" in home
    assert "Demandez-les à :" in home
    assert (await away.get("/agents/familles")).status_code == 403
    page = await director.get(page_of(agent))
    assert "Rôles échus le" in words(page)
    page = await director.submit(f"{page_of(agent)}/roles", {"version": hidden(page, "version")})
    assert "Les rôles sont rendus" in words(page)
    town.gateway.state.sessions.forget(away.session_token)
    assert (await away.get("/agents/familles")).status_code == 200
    assert "Vos rôles sont échus" not in words(await away.get("/agents"))


async def test_who_may_only_see_agents_changes_nothing(town: Town) -> None:
    own = await made(town, READER)
    asked = await made(town, Role.SITE)
    browser = await town.signed_in(own["username"], PASSWORD)
    for _ in range(2):
        director = await town.agent(Role.DIRECTOR)
    await changed(director, asked, roles=["director"])
    for path in (LIST, page_of(asked), f"{LIST}/demandes"):
        page = await browser.get(path)
        assert (page.status_code, page.text.count('method="post"')) == (200, 1), path  # to sign out
        assert not re.search(r'href="[^"]*/(nouveau|modification|fermeture)"', page.text), path
        assert "/tableau" not in page.text, "nobody is offered a file who may not take lists away"
    assert asked["last_name"].upper() in words(page)
    for path in (NEW, f"{page_of(asked)}/modification"):
        assert (await browser.get(path)).status_code in (403, 404), path
    await browser.get(page_of(asked))
    for path in ("/modification", "/fermeture", "/invitation", "/roles"):
        answer = await browser.landing(await browser.post(f"{page_of(asked)}{path}", {"version": asked["version"]}))
        assert answer.status_code == 403 or is_refused(answer) or answer.status_code == 404, path


async def test_nobody_changes_their_own_rights(town: Town) -> None:
    own = await made(town, Role.DIRECTOR)
    browser = await town.signed_in(own["username"], PASSWORD)
    page = await browser.get(page_of(own))
    assert "C’est votre compte" in words(page)
    assert f'href="{page_of(own)}/fermeture"' not in page.text
    assert "Personne ne change ses propres rôles" in words(await changed(browser, own, roles=["director", "finance"]))


async def test_whoever_may_not_see_agents_is_not_led_there(town: Town) -> None:
    agent, desk = await made(town, Role.SITE), await town.agent(Role.FRONT_DESK)
    assert f'href="{LIST}"' not in (await desk.get("/agents")).text
    for path in (LIST, NEW, page_of(agent), f"{page_of(agent)}/modification", f"{LIST}/demandes"):
        assert (await desk.get(path)).status_code in (403, 404), path


async def test_an_unknown_account_is_not_there(director: Browser) -> None:
    for path in ("", "/modification", "/fermeture"):
        assert (await director.get(f"{LIST}/{uuid4()}{path}")).status_code == 404
