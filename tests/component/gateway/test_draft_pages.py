"""A child who is asked for, a photograph that goes with a message, and two tabs of one draft: as plain forms."""

import re

import httpx2
import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.test_request_pages import (
    AGENTS,
    PATH,
    WAITING_LIST,
    begin,
    fill,
    give,
    press,
    sent,
    showing,
)
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def test_a_child_is_asked_for_on_the_family_page_and_joins_when_an_agent_accepts(town: Town) -> None:
    parent, household = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    code = "nouvel_enfant"
    assert f'href="{PATH}/nouvelle/{code}"' in (await parent.get("/ma-famille")).text
    address = await begin(parent, code)
    there = household.children[0]
    wrong = {"first_name": there.first_name, "last_name": there.last_name, "birth_on": str(there.birth_on)}
    await press(parent, address, 1, {"is_expected": "no", "autorite": "yes"})
    assert "fait déjà partie du foyer" in words(await press(parent, address, 2, wrong))
    await press(parent, address, 2, wrong | {"first_name": f"{there.first_name}a"})
    await press(parent, address, 3, {"scolarise": "no"})
    await give(parent, address, "livret_famille")
    assert "Accusé de réception" in words(await parent.submit(f"{address}/envoi"))
    path = f"{AGENTS}/{address.rpartition('/')[2]}"
    page = await agent.get(path)
    assert "Un enfant semblable est déjà connu" in words(page)
    assert f'href="/agents/familles/{household.household_id}"' in page.text
    assert "L’enfant rejoint le foyer aussitôt" in words(page)
    await agent.done(f"{path}/decision", {"move": "accept"})
    await town.settle()
    assert f"{there.first_name}a {there.last_name.upper()}" in words(await parent.get("/ma-famille"))


async def test_the_familys_screen_names_what_waits_and_leads_to_it(town: Town) -> None:
    parent, household = await town.parent()
    request_id = (await sent(parent)).rpartition("/")[2]
    agent, file = await town.agent(Role.FRONT_DESK), f"/agents/familles/{household.household_id}"
    page = await agent.get(file)
    assert "Rien n’attend de décision" not in words(page)
    assert re.search(r"Liste attente Crèche, D-20\d\d-\d{6}", words(page))
    place = f"/agents/a-traiter/demarches/{request_id}"
    assert f'href="{place}"' in page.text
    assert "Liste attente Crèche" in words(await agent.get(place))
    assert "attend votre réponse" not in words(await parent.get("/mon-accueil"))
    await agent.submit(f"{AGENTS}/{request_id}/decision", {"move": "ask", "words": "Depuis quand habitez-vous ici ?"})
    home = await parent.get("/mon-accueil")
    assert "Le service attend votre réponse" in words(home)
    assert f'href="{PATH}/{request_id}"' in home.text
    assert place not in (await agent.get(file)).text, "it waits for the family now"


async def write(browser: Browser, address: str, content: bytes | None = None, **fields: str) -> httpx2.Response:
    """Write to the service, with a photograph: the page that comes then, with the form as it is shown again."""
    page = await browser.get(address)
    form = {"csrf_token": browser.form_token, "idempotency_key": hidden(page, "idempotency_key"), **fields}
    files = [("photo", ("a.jpg", content))] if content else [("photo", ("", b""))]
    answer = await browser.http.post(f"{address}/messages", data=form, files=files, headers={"Origin": browser.origin})
    return await browser.landing(answer)


async def test_a_photograph_goes_with_a_message_and_a_refused_one_loses_no_words(town: Town) -> None:
    parent, _ = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    address = await sent(parent)
    path = f"{AGENTS}/{address.rpartition('/')[2]}"
    unnamed = await write(parent, address, jpeg(), words="Voici le jugement.")
    assert "Dites de quel document il s’agit" in words(unnamed)
    assert "Voici le jugement." in unnamed.text
    broken = await write(parent, address, b"%PDF-no", words="Voici le jugement.", kind="autre_document")
    assert "Voici le jugement." in broken.text
    assert 'name="draft_id"' not in broken.text, "nothing of it is kept"
    undated = await write(parent, address, jpeg(), words="Voici.", kind="justificatif_domicile")
    assert "Fichier reçu" in words(undated), words(undated)
    kept = {"draft_id": hidden(undated, "draft_id"), "kind": hidden(undated, "kind")}
    at_once = await write(parent, address, jpeg(), words="Le voilà.", kind="autre_document")
    assert "Votre message est envoyé" in words(at_once), "a file and its words in one press"
    assert "Le voilà." in words(await agent.get(path))
    wordless = await write(parent, address, words=" ", **kept)
    assert "Écrivez votre message" in words(wordless)
    assert "Fichier reçu" in words(wordless), "the file is not asked for again"
    day = str(await town.booking.today())
    done = await write(parent, address, words="Voici.", marked_on=day, **kept)
    assert "Votre message est envoyé" in words(done), words(done)
    page = await agent.get(path)
    assert re.search(rf'href="/agents/documents/{kept["draft_id"]}"', page.text), "the agent opens it from the thread"
    assert page.text.count("Voici.") == 1
    refused = await agent.submit(f"{path}/messages", {"message": "é" * 2001})
    assert "é" * 2001 in refused.text
    assert "field-error" in refused.text


async def test_what_was_begun_or_sent_already_is_shown_before_another_one(town: Town) -> None:
    parent, _ = await town.parent()
    start = f"{PATH}/nouvelle/creche_liste_attente"
    assert "déjà commencé" not in words(await parent.get(start))
    address = await begin(parent, "creche_liste_attente")
    page = await parent.get(start)
    assert "Reprendre la demande commencée le" in words(page)
    assert f'href="{address}"' in page.text
    await fill(parent, address, WAITING_LIST)
    await parent.submit(f"{address}/envoi")
    page = await parent.get(start)
    assert re.search(r"Voir la demande D-20\d\d-\d{6}", words(page))
    assert "Reprendre" not in words(page)
    await parent.submit(f"{address}/retrait")
    assert "déjà commencé" not in words(await parent.get(start))


async def test_two_tabs_of_one_draft_write_nothing_over_unread(town: Town) -> None:
    """Without scripts: the second tab reads what the first one kept beside what was typed in it, branches and rows too."""
    parent, _ = await town.parent()
    address = await begin(parent, "creche_liste_attente")
    await press(parent, address, 1, {"est_ne": "no"})
    path, tab = f"{address}/etape/3", await parent.get(f"{address}/etape/3")
    shown = re.findall(r'name="shown" value="([^"]+)"', tab.text)
    await press(parent, address, 3, {"situation": "activite", "fratrie.0.prenom": "Tom", "precisions": "Premier."})
    rows = {f"answers.fratrie.{place}.prenom": name for place, name in enumerate(("Zoé", "Lou", "Max"))}
    typed = {"answers.situation": "etudes", "answers.precisions": "Second.", **rows}
    stale = await parent.submit(path, {"shown": shown, "step": "next", **showing(tab), **typed})
    assert "remplie entre-temps" in words(stale), words(stale)
    for value in ("Second.", 'value="Zoé"', 'value="Lou"', 'value="Max"'):
        assert value in stale.text
    plain = words(stale).replace("\u00a0", " ")
    assert "Gardé entre-temps : Premier." in plain
    assert "Gardé entre-temps : Tom" in plain
    done = await parent.submit(path, {"shown": shown, "step": "later", **showing(stale), **typed})
    assert "À terminer" in words(done)
    assert "Second." in (await parent.get(path)).text
    again = await parent.submit(path, {"shown": shown, "step": "later", **showing(stale), **typed})
    assert "À terminer" in words(again), "Back, and the same button"
