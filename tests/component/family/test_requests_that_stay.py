"""Who sees a request and is told of it, day by day; and what becomes of requests when files are merged."""

from datetime import date, timedelta

import pytest

from contracts.family.request_events import RequestAnswered
from services.family.erasure.commands import erase_household
from tests.component.family.delegating import OTHERS, opened
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter
from tests.component.family.protecting import Guard
from tests.component.family.request_forms import CHANGE, SCHOOL, RequestForms
from tests.component.family.test_documents_that_stay import parents_of
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def requests(service: RunningService, desk: Desk) -> RequestForms:
    return RequestForms(await opened(service, desk))


async def mailed(requests: RequestForms) -> list[str]:
    return [event.answer for event in await requests.home.events(RequestAnswered)]


async def test_another_family_and_an_agent_of_a_site_find_nothing(requests: RequestForms, desk: Desk) -> None:
    request_id = (await requests.sent())["request_id"]
    other = await desk.open(**OTHERS)
    stranger = requests.service.as_parent(other.adults[0].adult_id)
    site = requests.service.as_agent(Role.FRONT_DESK, sites=frozenset({"maison"}))
    for headers in (stranger, site):
        assert (await requests.read(request_id, headers)).status_code == 404
    assert (await requests.write(request_id, "Bonjour", stranger)).status_code == 404
    assert (await requests.begin("creche_modification", stranger, requests.child())).status_code == 404
    assert await requests.own(stranger) == []


async def test_an_adult_without_authority_sees_nothing_and_gets_no_mail(requests: RequestForms) -> None:
    """A grandmother of the household, say: no line, no count, no mail; also where an answer of the household's names the child."""
    lea = requests.child()
    await requests.home.answers_for(str(lea), requests.home.mother_id, "none")
    change = await requests.sent("creche_modification", person_id=lea)
    named = await requests.begun("creche_liste_attente")
    await requests.fill(
        named,
        (
            {"est_ne": "yes", "enfant": str(lea)},
            {"debut": "2027-09", "jours": ["lundi"], "heures": "30"},
            {"situation": "activite"},
        ),
    )
    assert (await requests.send(named)).status_code == 200
    for request_id in (change["request_id"], named):
        assert (await requests.read(request_id, requests.mother)).status_code == 404
        await requests.decide(request_id, "accept", task_on="2026-10-01")
    assert await requests.own(requests.mother) == []
    assert await mailed(requests) == ["received", "received", "accepted", "accepted"], "the father alone is told"


async def test_authority_lost_and_gained_between_sending_and_decision_follows_the_day(requests: RequestForms) -> None:
    """Who lost it is not told and reads nothing, though they sent it; who gained it reads all as if from the start."""
    lea = str(requests.child())
    await requests.home.answers_for(lea, requests.home.mother_id, "none")
    request = await requests.sent("creche_modification", person_id=requests.child(), pages=CHANGE)
    request_id = request["request_id"]
    await requests.write(request_id, "Merci.")
    requests.service.advance(days=3)
    lost, gained = date(2026, 9, 4), date(2026, 9, 5)
    await requests.home.answers_for(lea, requests.home.father_id, "none", starts_on=str(lost))
    requests.service.advance(days=1)
    await requests.home.answers_for(lea, requests.home.mother_id, "sole", starts_on=str(gained))
    requests.service.advance(days=2)
    decided = await requests.decide(request_id, "accept", task_on=str(gained + timedelta(days=30)))
    assert decided.status_code == 200, decided.text
    assert (await requests.read(request_id)).status_code == 404
    assert await requests.own() == []
    read = (await requests.read(request_id, requests.mother)).json()
    assert (read["status"], [message["words"] for message in read["messages"]]) == ("accepted", ["Merci."])
    assert await mailed(requests) == ["received", "accepted"], "one of the two was told of the decision"


async def test_a_procedure_of_a_service_is_hidden_without_its_key(service: RunningService, desk: Desk) -> None:
    requests = RequestForms(await opened(service, desk))
    text = (
        'code = "aide"\nlabel = "Aide"\nsummary = ""\nsubject = "household"\nservice = "CCAS"\nservice_key = "social"\n'
        '[[steps]]\ntitle = "T"\n[[steps.fields]]\ncode = "f"\nkind = "line"\nlabel = "F"\n'
    )
    await service.db.execute(
        "insert into procedure_versions (code, version, text, published_at) values ('aide', 1, $1, now())", text
    )
    assert "aide" not in await requests.catalogue()
    assert (await requests.begin("aide")).status_code == 404
    public = await requests.client.get("/public-procedures")
    assert "aide" not in {item["code"] for item in public.json()["items"]}
    holder = requests.holding("social")
    assert "aide" in await requests.catalogue(holder)
    assert (await requests.begin("aide", holder)).status_code == 201


async def test_old_requests_keep_their_version_and_a_bad_text_is_refused_with_its_line(requests: RequestForms) -> None:
    director = requests.agent(requests.director)
    request_id = await requests.begun("attestation_paiement")
    published = (await requests.client.get("/procedures/attestation_paiement", headers=director)).json()
    text = published["text"].replace("Du mois de", "Depuis le mois de")
    bad = {"text": text.replace('kind = "month"', 'kind = "moon"', 1)}
    (flaw,) = (await requests.client.post("/procedure-checks", json=bad, headers=director)).json()["flaws"]
    assert (flaw["flaw"], flaw["word"]) == ("bad_value", "kind")
    assert "moon" in bad["text"].splitlines()[flaw["line"] - 1]
    for _ in range(2):
        answer = await requests.client.post("/procedures", json={"text": text, "after_version": 1}, headers=director)
        assert (answer.status_code, answer.json()["version"]) == (200, 2), answer.text
    late = await requests.client.post(
        "/procedures", json={"text": published["text"], "after_version": 1}, headers=director
    )
    assert late.json()["code"] == "procedure_outdated"
    await requests.keep(request_id, 1, {"du": "2026-01", "au": "2026-06"})
    draft = (await requests.read(request_id)).json()
    assert (draft["version"], draft["newest_version"]) == (1, 2)
    for _ in range(2):
        renewed = (await requests.post(request_id, "renewal")).json()
        assert (renewed["version"], renewed["newest_version"]) == (2, None)
    assert renewed["answers"] == {"du": "2026-01", "au": "2026-06"}, "the same questions"
    labels = [item["label"] for item in renewed["procedure"]["steps"][0]["fields"]]
    assert "Depuis le mois de" in labels
    sent = (await requests.send(request_id)).json()
    assert (sent["version"], sent["newest_version"]) == (2, None)


async def test_a_file_that_becomes_part_of_another_is_read_with_it(
    service: RunningService, counter: Counter, desk: Desk
) -> None:
    kept, former = await parents_of(service, desk, "Anne"), await parents_of(service, desk, "Hugo")
    asking = RequestForms(former.home)
    request = await asking.sent("creche_modification", person_id=former.home.child_ids[0])
    merge = await counter.merge(kept.home.household, former.home.household)
    assert merge.status_code == 201, merge.text
    service.advance(days=1)
    reader = RequestForms(kept.home)
    (seen,) = await reader.own()
    assert (seen["request_id"], seen["person_id"]) == (request["request_id"], kept.home.child_ids[0])
    assert (await reader.read(request["request_id"])).status_code == 200
    assert (await counter.undo(merge)).status_code == 200
    assert await reader.own() == []
    async with service.db.transaction() as tx:
        await erase_household(tx, former.home.household.household_id)
    assert await service.db.fetchval("select count(*) from requests") == 0


async def test_an_address_that_is_protected_is_told_no_more_by_what_was_sent_before(
    requests: RequestForms, desk: Desk
) -> None:
    father_id = str(requests.home.father_id)
    request_id = await requests.begun("inscription_scolaire", person_id=requests.child())
    await requests.fill(request_id, SCHOOL)
    for kind, fields in (
        ("livret_famille", {}),
        ("piece_identite", {"person_id": father_id, "day": "2030-01-01"}),
        ("justificatif_domicile", {"day": "2026-08-01"}),
    ):
        await requests.give(request_id, kind, await requests.papers.sent(kind=kind, **fields))
    assert (await requests.send(request_id)).json()["answers"]["adresse"].startswith("12 rue")
    protected = await Guard(requests.service, desk).protect(requests.home.household.household_id)
    assert protected.status_code == 200, protected.text
    for headers in (requests.agent(), requests.mother):
        assert (await requests.read(request_id, headers)).json()["answers"]["adresse"] == "*"
