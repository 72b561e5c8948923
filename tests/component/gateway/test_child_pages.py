"""A child's file on the pages of its family and of agents: said by a parent, seen on the sheet of the day, and by whom."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.family.child_files import rows_of
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.town import (
    UNTIL_MIDNIGHT,
    Town,
    accept_terms,
    choose_credentials,
    family_of,
    household_body,
)
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

CANARY = "quetzalcanari"
SAID = {
    "allergens": ["peanuts", "milk"],
    "other_allergies": f"{CANARY} kiwi",
    "has_pai": "1",
    "conduct": f"{CANARY} appeler le 15\r\npuis la mère",
    "treatments": f"{CANARY} sirop",
    "diet": "vegetarian",
    "has_own_lunch": "1",
    "doctor_name": f"Dr {CANARY}",
}


@dataclass
class Home:
    """Two parents of a child who is expected today; the first one is signed in."""

    town: Town
    parent: Browser
    household: Household
    slot_id: UUID

    @property
    def path(self) -> str:
        return f"/mes-enfants/{self.household.children[0].child_id}"

    async def say(self, **fields: Any) -> httpx2.Response:
        """The page after a parent sent the form of the child's health."""
        page = await self.parent.get(f"{self.path}/sante/modifier")
        return await self.parent.submit(f"{self.path}/sante/modifier", shown(page) | fields)

    async def said_by_other(self, **fields: Any) -> None:
        """The other parent says something meanwhile."""
        family = self.town.services["family"]
        headers = family.as_parent(self.household.adults[1].adult_id)
        answer = await family.client.put(
            f"/children/{self.household.children[0].child_id}/health", json=fields, headers=headers
        )
        assert answer.status_code == 200, answer.text

    async def settle(self) -> None:
        await self.town.services["booking"].run_job("care_keys")
        await self.town.settle()


def shown(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of the form, and what a browser would send of its choices that nobody changed."""
    names = ["revision", *re.findall(r'name="(shown\.[a-z_]+)"', page.text)]
    return {name: hidden(page, name) for name in names} | {"has_pai": "0", "diet": "everything"}


@pytest.fixture
async def home(town: Town) -> Home:
    family = town.services["family"]
    body = household_body()
    body["co_guardian"] = {**household_body()["guardian"], "email": None, "first_name": "Claude"}
    answer = await family.client.post("/households", json=body, headers=family.as_agent(Role.FRONT_DESK) | family.key())
    assert answer.status_code == 201, answer.text
    household = Household.model_validate_json(answer.content)
    await town.settle()
    mailed = await town.credential()
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    parent = await town.signed_in(mailed.username, mailed.temporary_password)
    await choose_credentials(parent)
    await accept_terms(parent)
    booking, family_ids = town.booking, family_of(household)
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0)
    await booking.enroll(family_ids, activity_id)
    await booking.book(family_ids, slot_id)
    return Home(town, parent, household, slot_id)


async def test_from_what_a_parent_says_to_the_sheet_of_the_day_and_back_to_the_parents(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """S0-54: it is on the sheet of its site, in no database, event, mail, log or address in clear, and finance has no page of it."""
    town, sheet = home.town, f"/agents/pointage/{home.slot_id}"
    page = await home.parent.get("/mes-enfants")
    assert f'href="{home.path}"' in page.text
    page = await home.say(**SAID)
    assert not is_refused(page), words(page)
    assert "Lait, Arachide" in words(page) or "Arachide, Lait" in words(page)
    assert "puis la mère" in words(page)
    assert CANARY not in str(page.url)
    await home.settle()

    site = await town.agent(Role.SITE)
    page = await site.get(sheet)
    text = words(page)
    for expected in (f"{CANARY} kiwi", f"{CANARY} appeler le 15", f"Dr {CANARY}", "Végétarien", "Panier repas", "PAI"):
        assert expected in text
    assert f"{CANARY} sirop" not in text, "treatments are not for the site"
    assert (await site.get(f"/agents/enfants/{home.household.children[0].child_id}/sante")).status_code in (403, 404)
    finance = await town.agent(Role.FINANCE)
    tables = ("/agents/paiements/tableau", "/agents/familles/tableau")
    for path in (sheet, f"/agents/enfants/{home.household.children[0].child_id}/sante", *tables):
        assert CANARY not in (await finance.get(path)).text
    page = await finance.get(f"/agents/familles/{home.household.household_id}/personnes")
    assert page.status_code == 200
    assert "sante" not in page.text
    looks = words(await home.parent.get(f"{home.path}/consultations"))
    assert "Besoins du jour vus sur la feuille de présence" in looks
    assert "Informations santé modifiées" in looks
    assert CANARY not in looks
    await town.services["notifications"].run_job("send_messages")
    for service in town.services.values():
        rows = await rows_of(service.db)
        assert CANARY not in rows
        assert CANARY.encode().hex() not in rows
    assert CANARY not in capsys.readouterr().out


async def test_what_was_typed_is_kept_beside_what_the_other_parent_said(home: Home) -> None:
    page = await home.parent.get(f"{home.path}/sante/modifier")
    old = shown(page)
    await home.said_by_other(revision=0, conduct="Appeler sa mère", allergens=["eggs"])
    page = await home.parent.submit(
        f"{home.path}/sante/modifier", old | {"conduct": "Appeler le 15", "diet": "no_meat"}
    )
    assert is_refused(page)
    assert "a changé depuis que vous l’avez ouverte" in words(page)
    assert re.search("Enregistré en ce moment.: Appeler sa mère", words(page))
    assert "Appeler le 15" in page.text
    assert re.search(r'value="eggs" checked', page.text), "what was not touched is as the other parent said it"
    assert re.search(r'value="no_meat" checked', page.text)
    kept = shown(page) | {"conduct": "Appeler le 15", "diet": "no_meat", "allergens": "eggs"}
    page = await home.parent.submit(f"{home.path}/sante/modifier", kept)
    assert not is_refused(page), words(page)
    for expected in ("Appeler le 15", "Sans viande", "Œufs"):
        assert expected in words(page)


async def test_a_form_that_cannot_be_is_shown_again_with_the_reason(home: Home) -> None:
    page = await home.say(has_pai="1", conduct="", other_allergies="guêpes")
    assert is_refused(page)
    assert "Avec un PAI, dites quoi faire en cas d’urgence" in words(page)
    assert 'value="guêpes"' in page.text


async def test_authorizations_are_answered_and_carried_over_by_one_press(home: Home) -> None:
    page = await home.parent.get(home.path)
    (path,) = re.findall(rf'href="({home.path}/autorisations/\d+)"', page.text)[:1]
    page = await home.parent.submit(path, {"image": "given", "leaving_alone": "given", "outings": ""})
    assert is_refused(page)
    assert "à partir de quelle heure" in words(page)
    answers = {"image": "given", "swimming": "refused", "leaving_alone": "given", "leaves_from": "16:30"}
    page = await home.parent.submit(path, answers)
    text = words(page)
    assert "Accord de l’autre parent attendu" in text
    assert re.search("Rentrer seul Autorisé à partir de 16.h.30", text)
    (path,) = re.findall(rf'href="({home.path}/rien-na-change/\d+)"', page.text)[:1]
    page = await home.parent.get(path)
    assert "Il n’y a encore rien à confirmer" in words(page), "nobody ever said anything of its health"
    assert 'name="revision"' not in page.text
    await home.said_by_other(revision=0, conduct="Appeler son père")
    page = await home.parent.get(path)
    assert re.search("Baignade et piscine, sous surveillance.: Je refuse", words(page))
    revision = hidden(page, "revision")
    await home.said_by_other(revision=1, conduct="Appeler sa mère")
    page = await home.parent.submit(path, {"revision": revision})
    assert "a changé depuis que vous l’avez ouverte" in words(page)
    page = await home.parent.submit(path, {"revision": hidden(page, "revision")})
    assert "Fiche confirmée par vous le" in words(page)


async def test_the_direction_reads_notes_a_proof_and_the_family_sees_both(home: Home) -> None:
    director, child_id = await home.town.agent(Role.DIRECTOR), home.household.children[0].child_id
    page = await director.get(f"/agents/familles/{home.household.household_id}/personnes")
    path = f"/agents/enfants/{child_id}/sante"
    assert f'href="{path}"' in page.text
    await director.get(path)
    page = await director.submit(path, {"status": "missing", "valid_until_on": "2090-01-01"})
    assert is_refused(page)
    page = await director.submit(path, {"status": "missing"})
    assert "accueilli provisoirement jusqu’au" in words(page)
    form = await director.get(f"{path}/modifier")
    page = await director.submit(f"{path}/modifier", shown(form) | {"other_allergies": "kiwi"})
    assert "kiwi" in words(page)
    looks = words(await home.parent.get(f"{home.path}/consultations"))
    for act in ("Informations santé vues par un agent", "Justificatif de vaccination noté", "autre allergie"):
        assert act in looks
    assert "accueilli provisoirement" in words(await home.parent.get(f"{home.path}/sante"))


async def test_a_family_has_no_page_of_another_s_child(home: Home, town: Town) -> None:
    stranger, _ = await town.newcomer()
    await choose_credentials(stranger)
    await accept_terms(stranger)
    for path in ("", "/sante", "/sante/modifier", "/autorisations/2026", "/rien-na-change/2026", "/consultations"):
        assert (await stranger.get(f"{home.path}{path}")).status_code == 404, path


async def test_a_sheet_says_what_did_not_arrive(home: Home) -> None:
    site = await home.town.agent(Role.SITE)
    text = words(await site.get(f"/agents/pointage/{home.slot_id}"))
    assert "Fiche santé pas encore reçue" in text
    await home.settle()
    text = words(await site.get(f"/agents/pointage/{home.slot_id}"))
    assert "Fiche santé non remplie par la famille" in text


async def test_an_agent_enters_what_a_parent_signed_on_paper(home: Home) -> None:
    """Whose paper it is, then what it says; what was mistyped comes back with what was typed, and the parent reads it as theirs."""
    agent = await home.town.agent(Role.FRONT_DESK)
    child_id = home.household.children[0].child_id
    people = await agent.get(f"/agents/familles/{home.household.household_id}/personnes")
    (path,) = re.findall(rf'href="(/agents/enfants/{child_id}/autorisations/\d+)"', people.text)
    page = await agent.get(path)
    first = str(home.household.adults[0].adult_id)
    assert f"{path}?parent={first}" in page.text
    assert 'name="image"' not in page.text, "nobody's paper yet"
    await agent.get(path, params={"parent": first})
    typed = {"parent": first, "image": "refused", "leaving_alone": "given", "leaves_from": ""}
    refused = await agent.submit(path, typed)
    assert is_refused(refused)
    assert "à partir de quelle heure" in words(refused)
    assert re.search(r'name="image" value="refused"[^>]* checked', refused.text)
    done = await agent.submit(path, {**typed, "leaves_from": "16:45"})
    assert "La fiche est enregistrée" in words(done)
    own = await home.parent.get(f"/mes-enfants/{child_id}{path[path.index('/autorisations') :]}")
    assert 'value="16:45"' in own.text
