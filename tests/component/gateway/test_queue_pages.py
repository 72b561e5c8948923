"""The agents' queue: what waits in each service as one list, the decision beside it, who looks after what, and what is said when somebody was faster."""

import re
from base64 import b64encode
from uuid import UUID, uuid4

import pytest

from contracts.family.models import Household
from tests.component.family.papers import jpeg
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import Town, family_of
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/agents/a-traiter"


async def document(town: Town, household: Household, kind: str = "livret_famille") -> str:
    """A document that a household sent."""
    family = town.services["family"]
    parent = family.as_parent(household.adults[0].adult_id)
    begun = await family.client.post("/documents", json={"kind": kind}, headers=parent | family.key())
    path = f"/documents/{begun.json()['document_id']}"
    page = {"content": b64encode(jpeg()).decode()}
    assert (await family.client.put(f"{path}/pages/{uuid4()}", json=page, headers=parent)).status_code == 204
    assert (await family.client.post(f"{path}/sending", json={}, headers=parent)).status_code == 200
    return str(begun.json()["document_id"])


async def enrollment(town: Town, household: Household, activity_id: UUID | None = None) -> str:
    """A request of a household for its first child."""
    answer = await town.booking.request_enrollment(family_of(household), activity_id or await town.booking.activity())
    return str(answer.json()["enrollment_id"])


async def listed(agent: Browser, query: str = "") -> list[str]:
    """The ids of the whole queue, page by page."""
    ids: list[str] = []
    address = f"{PATH}{query}"
    for _ in range(40):
        page = await agent.get(address)
        ids += re.findall(rf'<a href="{PATH}/[a-z]+/([0-9a-f-]{{36}})[^>]*>[^<]+</a><br>', page.text)
        following = re.search(r'href="([^"]+)" rel="next"><span>Page', page.text)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    return ids


async def test_what_waits_in_two_services_is_one_list_by_age(town: Town) -> None:
    _, household = await town.parent()
    first, second = await document(town, household), await enrollment(town, household)
    third = await document(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    own = {first, second, third}
    assert [item for item in await listed(agent) if item in own] == [first, second, third]
    assert [item for item in await listed(agent, "?nature=documents") if item in own] == [first, third]
    assert [item for item in await listed(agent, "?nature=inscriptions") if item in own] == [second]
    page = await agent.get(f"{PATH}/inscriptions/{second}")
    assert household.reference in words(page)
    async with town.without("booking"):
        alone = await agent.get(f"{PATH}?nature=documents")
        assert alone.status_code == 200
        whole = await agent.get(PATH)
    assert "Inscriptions : indisponible" in words(whole).replace("\u00a0", " ")
    assert "Livret de famille" in words(whole), "what the other service has is shown"


async def test_a_decision_beside_the_queue_leads_to_the_next_and_the_second_agent_reads_who_was_faster(
    town: Town,
) -> None:
    _, household = await town.parent()
    first, second = await document(town, household), await enrollment(town, household)
    one, other = await town.agent(Role.FRONT_DESK), await town.agent(Role.FRONT_DESK)
    path, following = f"{PATH}/documents/{first}", f"inscriptions/{second}"
    for agent in (one, other):
        assert (await agent.get(path)).text.count("<img") == 1
    refused = await one.submit(f"{path}/decision", {"decision": "refuse", "words": "Flou", "suivant": following})
    assert is_refused(refused)
    assert "Flou" in refused.text, "what was typed is kept"
    await one.get(path)
    posted = {"decision": "accept", "ends_on": "", "suivant": following, "retour": "age=retard&suivi=x"}
    landed = await one.landing(await one.done(f"{path}/decision", posted))
    assert (landed.url.path, landed.url.query) == (f"{PATH}/{following}", b"age=retard")
    assert "Le document est validé" in words(landed)
    late = await other.landing(await other.done(f"{path}/decision", {"decision": "refuse", "reason": "unreadable"}))
    assert re.search(r"Validée le .* par Camille Marchand", words(late))
    await one.get(f"{PATH}/{following}")
    answer = await one.done(f"{PATH}/{following}/decision", {"decision": "refuse", "reason": "Complet"})
    assert "L’inscription est refusée" in words(await one.landing(answer))
    assert (await one.get(f"{PATH}/autres/{first}")).status_code == 404


async def test_an_owner_is_one_at_a_time_and_seen_by_the_others(town: Town) -> None:
    _, household = await town.parent()
    path = f"{PATH}/inscriptions/{await enrollment(town, household)}"
    one, other = await town.agent(Role.FRONT_DESK), await town.agent(Role.SITE)
    await town.settle()
    page = await one.get(path)
    assert "Personne ne suit cette demande" in words(page)
    own_id = re.search(r'name="owner_id" value="([0-9a-f-]{36})"', page.text)
    assert own_id
    await other.get(path)
    await one.done(f"{path}/suivi", {"owner_id": own_id[1]})
    assert "Suivie par vous" in words(await one.get(path))
    assert "Suivie par Camille Marchand" in words(await other.get(path))
    colleague = re.search(r'<option value="([0-9a-f-]{36})"', page.text)
    assert colleague
    late = await other.landing(await other.done(f"{path}/suivi", {"owner_id": colleague[1]}))
    assert "Rien n’est changé" in words(late), "it was read as nobody's"
    await other.get(path)
    taken = {"owner_id": colleague[1], "known_owner_id": own_id[1]}
    assert "C’est noté" in words(await other.landing(await other.done(f"{path}/suivi", taken)))
    made_up = {"owner_id": str(uuid4()), "known_owner_id": colleague[1]}
    assert "n’a pas de compte ouvert" in words(await other.landing(await other.done(f"{path}/suivi", made_up)))


async def test_many_are_decided_after_a_preview_once_and_taken_back(town: Town) -> None:
    _, household = await town.parent()
    own, request = await document(town, household), await enrollment(town, household)
    settled = await document(town, household)
    agent, other = await town.agent(Role.FRONT_DESK), await town.agent(Role.FRONT_DESK)
    await other.get(f"{PATH}/documents/{settled}")
    await other.done(f"{PATH}/documents/{settled}/decision", {"decision": "accept", "ends_on": ""})
    choices = [f"documents/{own}", f"inscriptions/{request}", f"documents/{settled}"]
    asked = [*(("choix", choice) for choice in choices), ("decision", "accepter")]
    preview = await agent.get(f"{PATH}/lot", params=asked)
    text = words(preview)
    assert "2 décisions seront prises" in text
    assert "Ce document n’attendait plus. Décision de Camille Marchand." in text
    done = await agent.done(f"{PATH}/lot", {"choix": choices, "decision": "accepter"})
    report = await agent.landing(done)
    assert "1 demande acceptée" in words(report)
    batches = re.findall(rf'action="({PATH}/lot/[a-z]+/[0-9a-f-]{{36}}/annulation)"', report.text)
    assert len(batches) == 2
    back = await agent.landing(await agent.done(batches[1], {"retour": str(report.url.query, "ascii")}))
    assert "C’est annulé" in words(back)
    assert "Suivie par" not in words(await agent.get(f"{PATH}/inscriptions/{request}"))
    again = await agent.landing(await agent.done(batches[0]))
    assert "C’est annulé" in words(again)
    assert "Valider et passer" in words(await agent.get(f"{PATH}/documents/{own}"))
    await town.settle()
    refused = {"choix": f"documents/{own}", "decision": "refuser", "words": "Flou"}
    await agent.get(f"{PATH}/lot", params=[("choix", f"documents/{own}"), ("decision", "refuser")])
    page = await agent.submit(f"{PATH}/lot", refused)
    assert is_refused(page)
    assert "Flou" in page.text
    mixed = await agent.landing(await agent.get(f"{PATH}/lot", params=[*asked[:-1], ("decision", "refuser")]))
    assert "Un refus dit son motif" in words(mixed)
    assert f'value="inscriptions/{request}" checked' in mixed.text, "what was ticked stays"
    nothing = await agent.get(f"{PATH}/lot", params={"decision": "refuser", "retour": "nature=inscriptions"})
    assert nothing.headers["location"] == f"{PATH}?nature=inscriptions", "and so does the filter"


async def test_a_document_of_a_whole_family_is_called_by_who_sent_it_and_the_keyboard_stays_with_it(town: Town) -> None:
    _, household = await town.parent()
    own = await document(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    page = await agent.get(f"{PATH}/documents/{own}")
    sender = household.adults[0]
    (heading,) = re.findall(r'<h2 id="a-traiter" tabindex="-1" data-opened>(.*?)</h2>', page.text)
    assert f"{sender.first_name} {sender.last_name}" in heading
    assert '<kbd data-key="r" data-field="champ-reason"' in page.text
    assert "data-opened" not in (await agent.get(PATH)).text, "the list comes first where nothing was opened"
    refused = await agent.submit(f"{PATH}/documents/{own}/decision", {"decision": "refuse", "words": "Flou"})
    assert "Choisissez le motif du refus dans la liste" in words(refused)
    assert "data-opened" not in refused.text, "what is to correct has the focus"
