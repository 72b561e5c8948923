"""Custody at the counter, and what a parent reads of it beside the calendar."""

import re
from datetime import timedelta

import pytest

from contracts.family.models import Household
from tests.component.billing.families import publish_tariff
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

EVIDENCE = "RG 26/00815"


@pytest.fixture
async def homes(town: Town) -> tuple[Browser, Household, Household]:
    """A parent of a child, and the child's other home."""
    parent, first = await town.parent()
    family = town.services["family"]
    body = household_body() | {"children": [], "known_child_ids": [str(first.children[0].child_id)]}
    body["address"] = {"street": "99 rue de l’Autre Maison", "postal_code": "14000", "city": "Valmont-sur-Orne"}
    answer = await family.client.post("/households", json=body, headers=family.as_agent(Role.FRONT_DESK) | family.key())
    assert answer.status_code == 201, answer.text
    await town.settle()
    return parent, first, Household.model_validate_json(answer.content)


def residence(first: Household, second: Household, **fields: str) -> dict[str, str]:
    """The form of weeks in turn from a Friday to the next."""
    return {
        "pattern": "week_parity",
        "household_ids.0": str(first.household_id),
        "household_ids.1": str(second.household_id),
        "change_weekday": "5",
        "change_hour": "16:30",
        "evidence_kind": "judgment",
        "evidence": EVIDENCE,
        **fields,
    }


async def test_an_agent_enters_turns_and_both_see_them(town: Town, homes: tuple[Browser, Household, Household]) -> None:
    """From the family's file to the child's page: the form, the preview, and the words on the parent's calendar."""
    parent, first, second = homes
    child, agent = first.children[0], await town.agent(Role.FRONT_DESK)
    url = f"/agents/enfants/{child.child_id}/garde"
    assert url in (await agent.get(f"/agents/familles/{first.household_id}/personnes")).text
    today = await town.services["family"].db.today()
    await agent.get(f"{url}/residence")
    await agent.done(
        f"{url}/residence",
        residence(first, second, starts_on=str(today), holidays_even_first_id=str(second.household_id)),
    )
    await town.settle()
    page = words(await agent.get(url))
    for sentence in (
        "Semaines paires et impaires",
        "Changement le vendredi, 16:30",
        f"Jugement {EVIDENCE}",
        "première moitié les années paires chez B",
        first.reference,
        second.reference,
    ):
        assert sentence in page
    calendar = (await agent.get(url)).text
    assert calendar.count("<tr") > 8, "a row for each week"

    activity_id = await town.booking.activity(cutoff=UNTIL_MIDNIGHT)
    await town.booking.enroll(family_of(first), activity_id)
    await town.settle()
    seen = await parent.get("/calendrier")
    calendar_words = words(seen)
    assert f"Domiciles de {child.first_name}" in calendar_words
    assert ("est chez vous, jusqu’au" in calendar_words) != ("est à son autre domicile, jusqu’au" in calendar_words)
    assert "à 16 h 30" in calendar_words
    for secret in ("Autre Maison", second.reference, str(second.household_id), second.adults[0].last_name, EVIDENCE):
        assert secret not in seen.text
    # A day by hand, and the pattern again.
    swap = {"household_id": str(first.household_id), "starts_on": str(today), "ends_on": str(today + timedelta(days=1))}
    await agent.get(f"{url}/jours")
    await agent.done(f"{url}/jours", swap)
    assert "Jours saisis à la main" in words(await agent.get(url))
    assert "est chez vous, jusqu’au" in words(await parent.get("/calendrier"))
    await agent.get(f"{url}/jours")
    await agent.done(f"{url}/jours", swap | {"household_id": ""})
    assert "Jours saisis à la main" not in words(await agent.get(url))


async def test_a_refused_form_says_why_and_keeps_what_was_typed(
    town: Town, homes: tuple[Browser, Household, Household]
) -> None:
    _, first, second = homes
    agent = await town.agent(Role.FRONT_DESK)
    url = f"/agents/enfants/{first.children[0].child_id}/garde/residence"
    today = str(await town.services["family"].db.today())
    await agent.get(url)
    fields = residence(
        first, second, starts_on=today, pattern="fortnight", anchor_on="2026-12-01", second_home_days="4"
    )
    page = await agent.submit(url, fields | {"change_weekday": "", "change_hour": ""})
    assert is_refused(page)
    assert "Une quinzaine commence un lundi" in words(page), words(page)[600:2500]
    assert EVIDENCE in page.text
    page = await agent.submit(url, residence(first, first, starts_on=today))
    assert "autre nombre de foyers" in words(page)


async def test_roles_and_parts_are_entered_and_ended(town: Town, homes: tuple[Browser, Household, Household]) -> None:
    """A grandmother who may fetch the child until a day; two payers by halves, and a sum that is not a whole."""
    _, first, second = homes
    agent = await town.agent(Role.FRONT_DESK, Role.FINANCE)
    child_id, adult = first.children[0].child_id, second.adults[0]
    url = f"/agents/enfants/{child_id}/garde"
    today = str(await town.services["family"].db.today())
    await agent.get(f"{url}/responsables")
    role = {"adult_id": str(adult.adult_id), "role": "pickup", "authority": "joint", "starts_on": today}
    await agent.done(f"{url}/responsables", role)
    assert "Peut venir chercher" in words(await agent.get(url))
    await agent.get(f"{url}/responsables")
    page = await agent.submit(f"{url}/responsables/fin", {"tie": f"pickup:{adult.adult_id}", "ends_on": ""})
    assert is_refused(page)
    await agent.done(f"{url}/responsables/fin", {"tie": f"pickup:{adult.adult_id}", "ends_on": today})
    payers = (await agent.get(f"{url}/parts")).text
    parts = sorted({part for part in payers.split('"') if part.startswith("part.")})
    assert len(parts) == 2
    page = await agent.submit(f"{url}/parts", {parts[0]: "50", parts[1]: "40", "starts_on": today})
    assert is_refused(page)
    await agent.done(f"{url}/parts", {parts[0]: "60", parts[1]: "40", "starts_on": today})
    assert "60 %" in words(await agent.get(url))


async def test_finance_sees_no_link_and_no_page(town: Town, homes: tuple[Browser, Household, Household]) -> None:
    _, first, _ = homes
    finance = await town.agent(Role.FINANCE)
    url = f"/agents/enfants/{first.children[0].child_id}/garde"
    assert url not in (await finance.get(f"/agents/familles/{first.household_id}/personnes")).text
    assert (await finance.get(url)).status_code == 403


async def test_days_of_a_child_who_changes_files_go_along_and_are_paid_there(town: Town) -> None:
    """From the end of the membership to the price by the quotient of the new home, through the agents' page."""
    parent, first = await town.parent()
    child, family = first.children[0], town.services["family"]
    headers = family.as_agent(Role.FRONT_DESK)
    today = await family.db.today()
    await publish_tariff(town.services["billing"], "leisure", effective_on="2023-01-01")
    activity_id = await town.booking.activity(tariff_code="leisure")
    await town.booking.enroll(family_of(first), activity_id)
    (slot_id,) = await town.booking.open(activity_id, 30)
    assert (await town.booking.book(family_of(first), slot_id)).status_code == 201
    body = household_body() | {"children": [], "known_child_ids": [str(child.child_id)]}
    body["quotient"] = {"value_cents": 150_000, "effective_on": "2026-01-01"}
    answer = await family.client.post("/households", json=body, headers=headers | family.key())
    assert answer.status_code == 201, answer.text
    second = Household.model_validate_json(answer.content)
    last = str(today + timedelta(days=20))
    left = await family.client.post(
        f"/households/{first.household_id}/members/{child.child_id}/end", json={"ends_on": last}, headers=headers
    )
    assert left.status_code == 200, left.text
    await town.settle()
    agent = await town.agent(Role.FRONT_DESK)
    page = await agent.get("/agents/journees-a-reprendre")
    assert second.reference in words(page)
    enrollment_id = re.findall(r"/agents/journees-a-reprendre/([0-9a-f-]{36})", page.text)[-1]
    url = f"/agents/journees-a-reprendre/{enrollment_id}"
    typed = {
        f"household_id.{enrollment_id}": str(second.household_id),
        f"from_on.{enrollment_id}": str(today + timedelta(days=21)),
        "decision": "along",
    }
    assert is_refused(await agent.submit(url, {**typed, f"reason.{enrollment_id}": ""}))
    await agent.done(url, {**typed, f"reason.{enrollment_id}": "L’enfant change de foyer."})
    assert enrollment_id not in (await agent.get("/agents/journees-a-reprendre")).text
    await town.settle()
    await town.services["billing"].run_job("price_charges")
    query = f"from_on={today}&to_on={today + timedelta(days=60)}"
    billing = town.services["billing"]
    for own, amounts in ((first, []), (second, [1480])):
        charges = await billing.client.get(f"/charges?{query}", headers=billing.as_parent(own.adults[0].adult_id))
        due = [item["amount_cents"] for item in charges.json()["items"] if item["status"] != "void"]
        assert due == amounts
    assert second.reference not in (await parent.get("/historique")).text
