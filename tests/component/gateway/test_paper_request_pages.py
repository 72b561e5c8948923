"""A request on paper with plain forms: chosen from the file, typed on one page, sent, and read by its family."""

import pytest

from tests.component.gateway.browser import hidden, words
from tests.component.gateway.test_school_pages import plain
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

CODE = "autorisations_piscine"


async def test_an_agent_types_a_paper_and_its_family_follows_it(town: Town) -> None:
    parent, household = await town.parent()
    desk = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    assert f"{file}/demarche" in (await desk.get(file)).text, "the file leads there"
    first = await desk.get(f"{file}/demarche")
    assert "Autorisations piscine et sorties" in words(first)
    asked = {"demarche": CODE, "adulte": str(household.adults[0].adult_id)}
    without = await desk.get(f"{file}/demarche", params=asked)
    assert "Choisissez qui demande" in words(without)
    asked["enfant"] = str(household.children[0].child_id)
    page = await desk.get(f"{file}/demarche", params=asked)
    form = {**asked, "idempotency_key": hidden(page, "idempotency_key"), "answers.piscine": "yes"}
    more = await desk.landing(await desk.post(f"{file}/demarche", {**form, "step": "check"}))
    assert "Votre enfant sait-il nager" in plain(more)
    form |= {"answers.sait_nager": "oui", "answers.sorties": "no"}
    missing = await desk.landing(await desk.post(f"{file}/demarche", {**form, "step": "send"}))
    assert 'value="oui" checked' in missing.text.replace("\n", " "), "what was typed stays"
    assert "Pouvez-vous accompagner une sortie" in plain(missing)
    form |= {"answers.accompagner": "no", "answers.lu": "yes"}
    sent = await desk.landing(await desk.post(f"{file}/demarche", {**form, "step": "send"}))
    assert "La demande est envoyée" in words(sent), words(sent)
    assert "Saisie au guichet par" in words(sent)
    request_id = str(sent.url.path).rpartition("/")[2]
    read = await parent.get(f"/mes-demarches/{request_id}")
    assert "Saisie au guichet par un agent" in words(read)
    assert "D-20" in words(read)


async def test_pieces_are_ticked_and_what_may_not_be_asked_is_said(town: Town) -> None:
    _, household = await town.parent()
    desk = await town.agent(Role.FRONT_DESK)
    path = f"/agents/familles/{household.household_id}/demarche"
    asked = {"demarche": "inscription_scolaire", "adulte": str(household.adults[0].adult_id)}
    asked["enfant"] = str(household.children[0].child_id)
    page = await desk.get(path, params=asked)
    assert "Documents vus au guichet" in words(page)
    assert 'value="livret_famille"' in page.text
    waits = await desk.get(path, params=asked | {"demarche": "creche_dossier"})
    assert "doit d’abord l’accepter" in words(waits)


async def test_who_decides_no_request_types_none(town: Town) -> None:
    _, household = await town.parent()
    finance = await town.agent(Role.FINANCE)
    answer = await finance.get(f"/agents/familles/{household.household_id}/demarche")
    assert answer.status_code in (403, 404)
