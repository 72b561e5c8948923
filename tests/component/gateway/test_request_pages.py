"""A family fills a request in with plain forms, loses nothing on the way, and follows it; an agent reads it, asks and decides."""

import re
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/mes-demarches"
AGENTS = "/agents/demarches"
WAITING_LIST: tuple[Mapping[str, Any], ...] = (
    {"est_ne": "no", "naissance_prevue": "2027-02"},
    {"debut": "2027-09", "jours": ["lundi", "mardi"], "heures": "30"},
    {"situation": "activite", "fratrie.0.prenom": "Tom", "fratrie.0.en_creche": "no", "precisions": "Merci."},
)


async def begin(browser: Browser, code: str, person_id: str = "") -> str:
    """The address of a request that begins."""
    page = await browser.get(f"{PATH}/nouvelle/{code}")
    assert page.status_code == 200, page.text
    fields = {name: hidden(page, name) for name in ("idempotency_key", "household_id")}
    answer = await browser.done(f"{PATH}/nouvelle/{code}", {**fields, "person_id": person_id})
    return str(answer.headers["location"].rpartition("/etape/")[0])


async def press(
    browser: Browser, address: str, step: int, answers: Mapping[str, Any], button: str = "next"
) -> httpx2.Response:
    """Fill a page in and press a button of it: what comes then."""
    page = await browser.get(f"{address}/etape/{step}")
    shown = re.findall(r'name="shown" value="([^"]+)"', page.text)
    fields = showing(page) | {f"answers.{name}": value for name, value in answers.items()}
    return await browser.submit(f"{address}/etape/{step}", {"shown": shown, "step": button, **fields})


def showing(page: httpx2.Response) -> dict[str, str]:
    """What says which showing of a page a press comes from."""
    names = [name for name in ("idempotency_key", "after") if f'name="{name}"' in page.text]
    return {name: hidden(page, name) for name in names}


async def fill(browser: Browser, address: str, pages: tuple[Mapping[str, Any], ...]) -> httpx2.Response:
    """Fill all pages in; the one that comes after them."""
    page = await browser.get(f"{address}/etape/1")
    for number, answers in enumerate(pages, start=1):
        page = await press(browser, address, number, answers)
        if f"etape/{number}" in str(page.url):  # an answer opened a question
            page = await press(browser, address, number, answers)
    return page


async def give(browser: Browser, address: str, kind: str, **fields: str) -> httpx2.Response:
    """Send a document in place."""
    page = await browser.get(f"{address}/pieces/{kind}")
    form = {"csrf_token": browser.form_token, "idempotency_key": hidden(page, "idempotency_key"), **fields}
    files = [("content", ("a.jpg", jpeg()))]
    headers = {"Origin": browser.origin}
    answer = await browser.http.post(f"{address}/pieces/{kind}", data=form, files=files, headers=headers)
    return await browser.landing(answer)


async def sent(browser: Browser, code: str = "creche_liste_attente") -> str:
    """The address of a request that was filled in and sent."""
    address = await begin(browser, code)
    page = await fill(browser, address, WAITING_LIST)
    assert str(page.url).endswith("/envoi"), words(page)
    receipt = await browser.submit(f"{address}/envoi")
    assert "Accusé de réception" in words(receipt), words(receipt)
    return address


async def test_a_request_goes_page_by_page_to_its_receipt(town: Town) -> None:
    parent, _ = await town.parent()
    assert f'href="{PATH}/nouvelle/creche_liste_attente"' in (await parent.get(PATH)).text
    address = await begin(parent, "creche_liste_attente")
    first = await press(parent, address, 1, {"est_ne": "no"})
    assert "d’autres questions apparaissent" in words(first), words(first)
    assert "Mois prévu de la naissance" in words(first)
    wrong = await press(parent, address, 1, {"est_ne": "no", "naissance_prevue": ""})
    assert "Répondez à cette question" in words(wrong)
    await press(parent, address, 1, WAITING_LIST[0])
    unlikely = await press(parent, address, 2, {"debut": "2027-09", "heures": "90"}, "next")
    assert "Le maximum est 55" in words(unlikely)
    assert 'value="90"' in unlikely.text, "what was typed stays"
    away = await press(parent, address, 2, WAITING_LIST[1], "later")
    assert "À terminer" in words(away)
    again = await parent.get(f"{address}/etape/2")
    assert 'value="30"' in again.text, "and is there in another session, or tab"
    more = await press(parent, address, 3, {"fratrie.0.prenom": "Tom", "fratrie.0.en_creche": "no"}, "row")
    assert 'name="answers.fratrie.1.prenom"' in more.text
    summary = await press(parent, address, 3, WAITING_LIST[2])
    text = words(summary)
    for answer in ("février 2027", "Lundi, Mardi", "Tom", "Merci."):
        assert answer in text, text
    receipt = await parent.submit(f"{address}/envoi")
    text = words(receipt)
    assert re.search(r"D-20\d\d-\d{6}", text)
    for sentence in ("Réponse annoncée avant le", "Petite enfance", "considérée comme refusée", "demande envoyée"):
        assert sentence in text, text
    listed = words(await parent.get(PATH))
    assert "Envoyée, en attente" in listed


async def test_what_is_missing_is_said_and_nothing_is_sent(town: Town) -> None:
    parent, _ = await town.parent()
    address = await begin(parent, "creche_liste_attente")
    for _ in range(2):  # an answer opens a question
        await press(parent, address, 1, WAITING_LIST[0], "later")
    summary = await parent.get(address)
    summary = await parent.landing(summary)
    assert "Il manque encore quelque chose" in words(summary)
    assert words(summary).count("Terminé") == 1, "the pages that lack something are not done"
    refused = await parent.submit(f"{address}/envoi")
    assert "Complétez la demande" in words(refused)
    gone = await parent.submit(f"{address}/suppression")
    assert "Le brouillon est supprimé" in words(gone)


async def test_three_documents_of_which_one_is_there_already(town: Town) -> None:
    parent, household = await town.parent()
    child_id = str(household.children[0].child_id)
    address = await begin(parent, "inscription_scolaire", child_id)
    page = await fill(parent, address, ({"rentree": "2026-09", "motif": "premiere"},))
    assert str(page.url).endswith("/pieces"), words(page)
    assert "Connu de votre dossier" in words(await parent.get(f"{address}/etape/1"))
    missing = await parent.submit(f"{address}/pieces")
    assert words(missing).count("Donnez ce document") == 6, "each in the list and at its place"
    given = await give(parent, address, "livret_famille")
    assert "Le document est joint" in words(given), words(given)
    await give(parent, address, "piece_identite", marked_on="2090-01-01")
    day = str(await town.booking.today())
    last = await give(parent, address, "justificatif_domicile", marked_on=day)
    assert "À donner" not in words(last), words(last)
    other = await begin(parent, "inscription_scolaire", child_id)
    assert other == address, "there is one draft of the same"
    receipt = await parent.submit(f"{address}/envoi")
    assert "Accusé de réception" in words(receipt)
    again = await begin(parent, "inscription_scolaire", child_id)
    offered = await parent.get(f"{again}/pieces")
    use = re.findall(r'name="document_id" value="([^"]+)"', offered.text)
    assert len(use) == 3, "what was sent once is offered again"


async def test_an_agent_asks_is_answered_and_decides(town: Town) -> None:
    parent, _ = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    address = await sent(parent)
    path = f"{AGENTS}/{address.rpartition('/')[2]}"
    listed = await agent.get(AGENTS)
    assert f'href="{path}"' in listed.text
    page = await agent.get(path)
    assert "février 2027" in words(page)
    taken = await agent.submit(f"{path}/prise")
    assert "Vous suivez cette demande" in words(taken)
    nothing = await agent.submit(f"{path}/decision", {"move": "ask", "words": ""})
    assert "Écrivez ce que la famille doit préciser" in words(nothing)
    await agent.get(path)
    await agent.done(f"{path}/decision", {"move": "ask", "words": "Quels jours exactement ?"})
    asked = await parent.get(address)
    assert "Le service attend votre réponse" in words(asked)
    assert "Quels jours exactement ?" in words(asked).replace("\u00a0", " ")
    form = {"idempotency_key": hidden(asked, "idempotency_key"), "words": "Lundi et mardi."}
    answered = await parent.submit(f"{address}/messages", form)
    assert "Votre message est envoyé" in words(answered)
    assert "En cours d’examen" in words(answered)
    unsaid = await agent.submit(f"{path}/decision", {"move": "refuse", "words": "Désolé."})
    assert "Choisissez un motif" in words(unsaid)
    assert "Désolé." in unsaid.text
    await agent.get(path)
    await agent.done(f"{path}/decision", {"move": "refuse", "ground": "pas_de_place"})
    final = words(await parent.get(address))
    assert "La commission n’a pas de place" in final
    assert "prochaine commission" in final
    assert "tribunal administratif" in final


async def test_the_second_step_says_what_is_missing_from_the_first(town: Town) -> None:
    parent, household = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    missing = words(await parent.get(f"{PATH}/nouvelle/creche_dossier"))
    assert "Il manque « Liste attente Crèche »" in missing.replace("\u00a0", " ")
    address = await sent(parent)
    waiting = words(await parent.get(f"{PATH}/nouvelle/creche_dossier"))
    assert "attend la réponse du service" in waiting
    path = f"{AGENTS}/{address.rpartition('/')[2]}"
    await agent.get(path)
    await agent.done(f"{path}/decision", {"move": "accept"})
    opened = await begin(parent, "creche_dossier", str(household.children[0].child_id))
    assert opened.startswith(PATH)


async def test_an_agent_publishes_a_version_after_seeing_what_it_changes(town: Town) -> None:
    director, parent = await town.agent(Role.DIRECTOR), (await town.parent())[0]
    address = await begin(parent, "attestation_paiement")
    path = "/agents/procedures/version/attestation_paiement"
    page = await director.get(path)
    text = page.text.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].strip().replace("&#34;", '"')
    broken = text.replace('kind = "month"', 'kind = "moon"', 1)
    flawed = await director.submit(path, {"text": broken, "after_version": "1", "step": "check"})
    assert re.search(r"Ligne \d+ : cette valeur ne convient pas", words(flawed).replace("\u00a0", " ")), words(flawed)
    better = text.replace("Du mois de", "Depuis le mois de")
    checked = await director.submit(path, {"text": better, "after_version": "1", "step": "check"})
    assert "+ label = &#34;Depuis le mois de&#34;" in checked.text
    assert "Aperçu des pages" in words(checked)
    published = await director.submit(path, {"text": better, "after_version": "1", "step": "publish"})
    assert "La version est publiée" in words(published), words(published)
    late = await director.submit(path, {"text": text, "after_version": "1", "step": "publish"})
    assert "Un autre agent a publié une version" in words(late)
    assert "Du mois de" in words(await parent.get(f"{address}/etape/1")), "what was begun keeps its version"
    other = (await town.parent())[0]
    assert "Depuis le mois de" in words(await other.get(f"{await begin(other, 'attestation_paiement')}/etape/1"))
    desk = await town.agent(Role.FRONT_DESK)
    assert "<textarea" not in (await desk.get(path)).text


async def test_everybody_sees_the_catalogue_and_what_needs_a_space(town: Town) -> None:
    anybody = town.browser()
    page = await anybody.get("/nouvelle-demarche")
    assert "Connexion nécessaire" in words(page)
    assert f'href="{PATH}/nouvelle/creche_liste_attente"' in page.text
    led = await anybody.landing(await anybody.get(f"{PATH}/nouvelle/creche_liste_attente"))
    assert "La connexion à votre espace personnel est nécessaire" in words(led)


async def test_another_family_and_an_agent_without_the_permission_find_nothing(town: Town) -> None:
    parent, _ = await town.parent()
    stranger, _ = await town.parent()
    address = await sent(parent)
    for path in (address, f"{address}/envoi", f"{address}/pieces", f"{address}/etape/1"):
        assert (await stranger.get(path)).status_code == 404, path
    agent = await town.agent(Role.FINANCE)
    assert (await agent.get(AGENTS)).status_code == 403
    assert AGENTS not in (await agent.get("/agents")).text


async def test_the_number_of_a_request_opens_it_for_whoever_may_read_it(town: Town) -> None:
    parent, _ = await town.parent()
    address = await sent(parent)
    (number,) = set(re.findall(r"D-20\d\d-\d{6}", (await parent.get(address)).text))
    clerk, accountant = await town.agent(Role.FRONT_DESK), await town.agent(Role.FINANCE)
    opened = await clerk.landing(await clerk.get("/agents/familles", params={"recherche": f" {number.lower()} "}))
    assert str(opened.url).endswith(f"{AGENTS}/{address.rpartition('/')[2]}")
    for somebody, typed in ((clerk, "D-2026-999999"), (accountant, number)):
        page = await somebody.get("/agents/familles", params={"recherche": typed})
        assert page.status_code == 200, "a search that finds nothing"
