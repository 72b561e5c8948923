"""Agents merge two files of one household on pages: pairs that look alike, both side by side, the merge, what is left at the former reference, and separation."""

import re
from datetime import date
from typing import Any

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.town import Town, household_body, paying_since
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LIST = "/agents/dossiers-en-double"


async def twins(town: Town) -> tuple[Household, Household]:
    """Two files of one adult, who gave two addresses, and of one child, whose name is typed in two ways."""
    family, name, files = town.services["family"], household_body()["guardian"]["last_name"], []
    for first_name, child, place in (("Maëlle", "Loïc", "famille"), ("Maelle", "Loic", "travail")):
        body = household_body(first_name=first_name, last_name=name, email=f"{name}@{place}.example")
        body["children"] = [{"first_name": child, "last_name": name, "birth_on": "2019-03-04"}]
        body["twin_reason"] = "Le premier dossier n’a pas été trouvé."
        headers = family.as_agent(Role.FRONT_DESK) | family.key()
        answer = await family.client.post("/households", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        files.append(Household.model_validate_json(answer.content))
    await town.settle()
    await family.run_job("compare_people")
    return files[0], files[1]


def chosen(page: httpx2.Response) -> dict[str, Any]:
    """What the form of a preview sends when nobody changes it."""
    fields = dict(re.findall(r'<input type="hidden" name="(matches[^"]+)" value="([^"]+)"', page.text))
    for select, options in re.findall(r'<select[^>]*name="(matches[^"]+)"[^>]*>(.*?)</select>', page.text, re.S):
        fields[select] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return {**fields, "fingerprint": hidden(page, "fingerprint"), "is_address_taken": "0", "is_quotient_taken": "0"}


@pytest.fixture
async def agent(town: Town) -> Browser:
    return await town.agent(*Role)


async def test_a_pair_is_found_compared_merged_and_separated(town: Town, agent: Browser) -> None:
    one, two = await twins(town)
    path = f"/agents/familles/{one.household_id}/reunir/{two.household_id}"
    listed = await agent.get(LIST)
    assert f"{one.reference} et {two.reference}" in words(listed)
    assert f'href="{path}"' in listed.text
    preview = await agent.get(path)
    for sentence in (f"Réunir {two.reference} à {one.reference}", "pendant 30 jours", "Qui est qui", "Est Maëlle"):
        assert sentence in words(preview), sentence
    form = chosen(preview)
    assert {str(one.adults[0].adult_id), str(one.children[0].child_id)} <= set(form.values())
    done = await agent.landing(await agent.done(path, form))
    assert "Les deux dossiers sont réunis" in words(done)
    assert f"{two.reference} a été réuni à {one.reference}" in words(done)

    former = words(await agent.get(f"/agents/familles/{two.household_id}"))
    assert f"{two.reference} a été réuni à {one.reference}" in former
    people = await agent.get(f"/agents/familles/{one.household_id}/personnes")
    assert f"Le dossier {two.reference} lui a été réuni." in words(people)
    kept = await agent.get(f"/agents/familles/{one.household_id}/historique")
    assert "Dossier réuni à un autre du même foyer" in words(kept)
    answer = await agent.get("/agents/familles", params={"recherche": two.reference})
    assert answer.headers["location"] == f"/agents/familles/{one.household_id}", "either reference opens the file"
    assert f"{one.reference} et {two.reference}" not in words(await agent.get(LIST))

    late = await agent.landing(await agent.get(path))
    assert "déjà réuni à un autre" in words(late)
    (undo,) = set(re.findall(r'action="(/agents/familles/[^"]+/separation)"', done.text))
    again = await agent.landing(await agent.done(undo))
    assert "séparés de nouveau" in words(again)
    assert f"{one.reference} et {two.reference}" in words(await agent.get(LIST))


async def test_what_was_chosen_is_shown_again_when_the_files_changed(town: Town, agent: Browser) -> None:
    """Nothing is merged, and each choice stands; so does a refusal at the person whom it is about."""
    one, two = await twins(town)
    path = f"/agents/familles/{one.household_id}/reunir/{two.household_id}"
    form = chosen(await agent.get(path))
    family = town.services["family"]
    version = (await family.client.get(f"/adults/{two.adults[0].adult_id}/contact", headers=family.as_system())).json()
    changed = {"version": version["version"], "phone": "06 11 11 11 11", "email": two.adults[0].email}
    put = await family.client.put(
        f"/adults/{two.adults[0].adult_id}/contact", json=changed, headers=family.as_agent(Role.FRONT_DESK)
    )
    assert put.status_code == 200, put.text
    separate = {name: "" if name.endswith("kept_person_id") else value for name, value in form.items()}
    refused = await agent.submit(path, separate)
    assert is_refused(refused)
    assert "a changé depuis que vous avez ouvert la page" in words(refused)
    assert chosen(refused)["matches.0.kept_person_id"] == ""
    fresh = chosen(await agent.get(path))
    wrong = {**fresh, "matches.1.kept_person_id": fresh["matches.0.kept_person_id"]}
    refused = await agent.submit(path, wrong)
    assert "une seule fois" in words(refused)
    assert 'href="#champ-matches-1-kept_person_id"' in refused.text


async def test_two_files_are_compared_by_their_references(town: Town, agent: Browser) -> None:
    one, two = await twins(town)
    path = f"{LIST}/comparer"
    shown = await agent.landing(await agent.get(path, params={"dossier": two.reference, "autre": one.reference}))
    assert f"Réunir {one.reference} à {two.reference}" in words(shown)
    for typed in ({"dossier": two.reference, "autre": "F-999999"}, {"dossier": two.reference, "autre": two.reference}):
        refused = await agent.landing(await agent.get(path, params=typed))
        assert two.reference in refused.text
        assert 'aria-invalid="true"' in refused.text


async def test_two_households_are_kept_apart_with_a_reason(town: Town, agent: Browser) -> None:
    one, two = await twins(town)
    path = f"/agents/familles/{one.household_id}/doublon/{two.household_id}"
    field = f"reason.{one.household_id}.{two.household_id}"
    await agent.get(LIST)
    assert is_refused(await agent.submit(path, {field: ""}))
    page = await agent.landing(await agent.done(path, {field: "Mère et fille, pièces vérifiées"}))
    assert f"{one.reference} et {two.reference}" not in words(page)
    apart = words(await agent.get(LIST, params={"vue": "ecartes"}))
    assert "Mère et fille, pièces vérifiées" in apart
    await agent.done(path, {"decision": "again"})
    assert f"{one.reference} et {two.reference}" in words(await agent.get(LIST))


async def test_whoever_may_not_merge_sees_none_of_it(town: Town) -> None:
    one, two = await twins(town)
    finance = await town.agent(Role.FINANCE)
    assert (await finance.get(LIST)).status_code in (403, 404)
    assert (await finance.get(f"/agents/familles/{one.household_id}/reunir/{two.household_id}")).status_code in (
        403,
        404,
    )
    assert LIST not in (await finance.get("/agents/familles")).text


async def test_a_family_reads_its_former_number_and_what_is_open_under_it(town: Town, agent: Browser) -> None:
    """On "Ma famille", and with the invoices, which they find among the others."""
    parent, one = await town.parent(children=1)
    adult, child = one.adults[0], one.children[0]
    family, billing = town.services["family"], town.services["billing"]
    body = household_body(first_name=adult.first_name, last_name=adult.last_name, email="autre@travail.example")
    body["children"] = [{"first_name": child.first_name, "last_name": child.last_name, "birth_on": str(child.birth_on)}]
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    answer = await family.client.post("/households", json=body | {"twin_reason": "Homonymes"}, headers=headers)
    two = Household.model_validate_json(answer.content)
    await town.settle()
    await paying_since(town, two, "2018-01-01")
    known = Family(two.household_id, two.adults[0].adult_id, two.children[0].child_id)
    await publish_tariff(billing, "of_2018", effective_on="2018-01-01")
    day = Booked(known, known.child_id, date(2018, 9, 5))
    await billing.deliver(activity(known.child_id, "of_2018"), day.confirmed(), day.attended())
    await town.give_up_drafts()
    await invoice_month(billing, Month.FORMER_NUMBER)
    await town.settle()
    assert "ancien numéro" not in words(await parent.get("/ma-famille"))
    path = f"/agents/familles/{one.household_id}/reunir/{two.household_id}"
    done = await agent.landing(await agent.done(path, chosen(await agent.get(path))))
    assert "Les deux dossiers sont réunis" in words(done), words(done)
    await town.settle()
    text = words(await parent.get("/ma-famille"))
    assert f"Dossier {one.reference}. Votre ancien numéro, {two.reference}, mène aussi à ce dossier." in text
    text = words(await parent.get("/factures"))
    assert f"Sous votre ancien numéro de dossier, {two.reference}, il reste" in text
