"""The life of a file at the counter: split, put aside, taken up again, and the lists of what files lack; and what whoever left reads."""

from datetime import date, timedelta

import pytest

from contracts.family.models import Household
from tests.component.authorization.lifecycle import since_long
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.town import Town, paying_since
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

ADDRESS = {
    "address.street": "8 quai des Forges",
    "address.postal_code": "14000",
    "address.city": "Valmont-sur-Orne",
}


async def with_partner(town: Town, household: Household) -> Household:
    """The same household with a second adult, who answers for its children too."""
    family = town.services["family"]
    other, _ = await town.household(children=1)
    partner = other.adults[0].adult_id
    headers, today = family.as_agent(Role.FRONT_DESK), str(await family.db.today())
    joined = await family.client.put(
        f"/households/{household.household_id}/members/{partner}", json={"starts_on": today}, headers=headers
    )
    assert joined.status_code == 200, joined.text
    for child in household.children:
        role = {"role": "guardian", "authority": "joint", "starts_on": today}
        url = f"/children/{child.child_id}/responsibilities/{partner}"
        assert (await family.client.put(url, json=role, headers=headers)).status_code == 200
    await town.settle()
    return Household.model_validate(joined.json())


def wish(household: Household, leaver: int, **changes: str) -> dict[str, str | list[str]]:
    """The form of a split in which one adult goes with the first child."""
    adult = str(household.adults[leaver].adult_id)
    stays = str(household.adults[1 - leaver].adult_id)
    places = {f"place.{child.child_id}": "former" for child in household.children}
    places[f"place.{household.children[0].child_id}"] = "new"
    return {"adult_ids": [adult], "payer_adult_id": adult, "former_payer_id": stays, **places, **ADDRESS, **changes}


async def previewed(agent: Browser, url: str, fields: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The preview of a split, and the form that confirms it."""
    await agent.get(url)
    page = await agent.submit(url, fields)
    assert "Avant de confirmer" in words(page), words(page)
    return {**fields, "fingerprint": hidden(page, "fingerprint")}


async def test_an_agent_splits_a_file_as_it_was_shown(town: Town) -> None:
    _, household = await town.parent(children=2)
    household = await with_partner(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    assert f"{file}/partage" in (await agent.get(file)).text
    today = await town.services["family"].db.today()
    fields = wish(household, 1, from_on=str(today))
    await agent.get(f"{file}/partage")
    page = await agent.submit(f"{file}/partage", {**fields, "address.street": "", "payer_adult_id": ""})
    assert is_refused(page)
    assert "Choisissez qui paie dans le nouveau dossier" in words(page)
    assert "Valmont-sur-Orne" in page.text, "what was typed is there"
    confirmed = await previewed(agent, f"{file}/partage", fields)
    edited = await agent.submit(f"{file}/partage", {**fields, "step": "edit"})
    assert 'value="8 quai des Forges"' in edited.text
    done = await agent.submit(f"{file}/partage/confirmation", confirmed)
    assert "Le dossier est partagé" in words(done)
    assert "Forges" in words(done)
    assert household.children[0].first_name in words(done)
    # What was shown once is carried out once.
    again = await agent.submit(f"{file}/partage/confirmation", confirmed)
    assert is_refused(again)
    assert (await agent.get(f"{file}/partage/apercu")).headers["location"] == f"{file}/partage", "nothing was typed"


async def test_who_left_keeps_their_receipts_and_nothing_else(town: Town) -> None:
    """A payer leaves for a file of their own: what they paid is theirs, by page and as a file, and of the former home nothing else is, not what is paid there since."""
    family, billing = town.services["family"], town.services["billing"]
    parent, household = await town.parent(children=2)
    household = await with_partner(town, household)
    await paying_since(town, household, "2018-01-01")
    own = Family(household.household_id, household.adults[0].adult_id, household.children[1].child_id)
    await publish_tariff(billing, "of_2018", effective_on="2018-01-01")
    day = Booked(own, own.child_id, date(2018, 12, 5))
    await billing.deliver(activity(own.child_id, "of_2018"), day.confirmed(), day.attended())
    await town.give_up_drafts()
    await invoice_month(billing, Month.LEFT)
    await town.settle()
    today = await family.db.today()
    agent = await town.agent(Role.FRONT_DESK)
    url = f"/agents/familles/{household.household_id}/partage"
    await agent.done(f"{url}/confirmation", await previewed(agent, url, wish(household, 0, from_on=str(today))))
    await town.settle()

    stayed = Family(household.household_id, household.adults[1].adult_id, own.child_id)
    later = Booked(stayed, own.child_id, today + timedelta(days=1))
    await billing.deliver(activity(own.child_id, "of_2018"), later.confirmed(), later.attended())
    await town.bill()
    token = {"Authorization": f"Bearer {parent.session_token}"}
    former = household.household_id
    gone = (
        f"/households/{former}",
        f"/invoices?household_id={former}",
        f"/charges?household_id={former}&from_on={today}&to_on={today + timedelta(days=9)}",
        f"/account?household_id={former}",
    )
    for path in gone:
        answer = await parent.http.get(f"/api/v1{path}", headers=token)
        assert answer.status_code == 404, f"{path}: {answer.status_code} {answer.text}"
    days = await parent.http.get(
        f"/api/v1/calendar?child_id={own.child_id}&from_on={today}&to_on={today}", headers=token
    )
    assert days.json()["rows"] == [], "the child who stays is on no day of the new file"
    (invoice,) = (await parent.http.get("/api/v1/invoices", headers=token)).json()["items"]
    page = await parent.get(f"/factures/{invoice['invoice_id']}")
    assert page.status_code == 200
    paper = await parent.get(f"/factures/{invoice['invoice_id']}/pdf")
    assert paper.content.startswith(b"%PDF"), paper.status_code
    home = words(await parent.get("/mon-accueil"))
    assert "Forges" in home
    assert household.children[0].first_name in home
    assert household.children[1].first_name not in home


async def test_a_file_is_put_aside_and_its_adult_asks_for_it(town: Town) -> None:
    parent, household = await town.parent()
    await since_long(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    assert "Rien n’est effacé" in words(await agent.get(f"{file}/archive"))
    page = await agent.submit(f"{file}/archive", {"reason": ""})
    assert is_refused(page)
    done = await agent.submit(f"{file}/archive", {"reason": "Partis de la ville."})
    assert "Partis de la ville." in words(done)
    await town.settle()
    name = household.adults[0].last_name
    assert household.reference not in words(await agent.get(f"/agents/familles?recherche={name}"))
    assert household.reference in words(await agent.get(f"/agents/familles?recherche={name}&archives=1"))
    assert "Ce dossier est archivé depuis" in words(await agent.get(file))
    home = await parent.get("/mon-accueil")
    assert home.status_code == 200
    assert f"Dossier {household.reference}" in words(home)
    assert "Vous n’appartenez à aucun dossier" in words(home)
    assert (await parent.get("/factures")).status_code == 200
    await parent.done(f"/dossiers-archives/{household.household_id}", {})
    assert "La réouverture est demandée" in words(await parent.get("/mon-accueil"))
    listed = await agent.get("/agents/dossiers-a-completer/reouvertures")
    assert household.reference in words(listed)
    assert f"{file}/archive" in listed.text
    await agent.get(f"{file}/archive")
    opened = await agent.submit(f"{file}/archive/reouverture", {})
    assert "Le dossier est rouvert" in words(opened)
    await town.settle()
    assert "Vous n’appartenez à aucun dossier" not in words(await parent.get("/mon-accueil"))


async def test_idle_files_are_put_aside_together(town: Town) -> None:
    household, _ = await town.household()
    await since_long(town, household)
    agent = await town.agent(Role.FRONT_DESK)
    tomorrow = await town.services["family"].db.today() + timedelta(days=1)
    assert "Aucun dossier sans activité" in words(await agent.get("/agents/familles/sans-activite?depuis=2001-01-01"))
    url = f"/agents/familles/sans-activite?depuis={tomorrow}"
    assert (await agent.get(url)).status_code == 200
    fields: dict[str, str | list[str]] = {"depuis": str(tomorrow), "household_ids": [str(household.household_id)]}
    page = await agent.submit("/agents/familles/sans-activite", {**fields, "reason": ""})
    assert is_refused(page)
    done = await agent.submit("/agents/familles/sans-activite", {**fields, "reason": "Sans nouvelles."})
    assert "1 dossier est archivé." in words(done)
    assert "Ce dossier est archivé" in words(await agent.get(f"/agents/familles/{household.household_id}"))


async def test_what_files_lack_is_counted_listed_and_taken_away(town: Town) -> None:
    """A name that a spreadsheet would take for a formula is none in the file."""
    family = town.services["family"]
    body = {
        "guardian": {"civility": "none", "first_name": "@Zoé", "last_name": "Injoignable"},
        "address": {"street": "1 rue", "postal_code": "14000", "city": "Valmont"},
        "children": [{"first_name": "Ana", "last_name": "Injoignable", "birth_on": "2019-01-01"}],
    }
    opened = await family.client.post("/households", json=body, headers=family.as_agent(Role.FRONT_DESK) | family.key())
    reference = opened.json()["reference"]
    agent = await town.agent(Role.FRONT_DESK)
    page = await agent.get("/agents/dossiers-a-completer")
    assert "Dossiers sans moyen de les joindre" in words(page)
    assert "Journées réservées là où l’enfant n’est plus" in words(page)
    listed = await agent.get("/agents/dossiers-a-completer/injoignables")
    assert reference in words(listed)
    assert (await agent.get("/agents/dossiers-a-completer/rien-de-tel")).status_code == 404
    director = await town.agent(Role.DIRECTOR)
    paper = await director.get("/agents/dossiers-a-completer/injoignables/tableau")
    assert paper.headers["content-type"].startswith("text/csv")
    assert reference in paper.text
    assert "'@Zoé" in paper.text or "\t@Zoé" in paper.text, paper.text
    finance = await town.agent(Role.FINANCE)
    assert (await finance.get("/agents/dossiers-a-completer")).status_code == 403
