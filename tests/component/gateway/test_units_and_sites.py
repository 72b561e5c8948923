"""Activities of several units, sites and groups, on the pages of families and agents; and a child who came unbooked."""

import re

import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, shown_on, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, family_of
from tests.factories.booking import PARTS
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def agent(town: Town) -> Browser:
    """An agent with every role."""
    return await town.agent(*Role)


async def test_each_unit_of_a_day_has_a_row_of_its_own(town: Town) -> None:
    """The whole day is shown as taken up by the morning, with where the child is."""
    parent, household = await town.parent()
    booking, family = town.booking, family_of(household)
    activity_id = await booking.activity(units=PARTS)
    slots = await booking.open_units(activity_id, 7)
    await booking.enroll(family, activity_id)
    assert (await booking.book(family, slots["matin"])).status_code == 201
    page = await parent.get(f"/calendrier?semaine={await booking.day(7)}")
    labels = re.findall(r'aria-label="([^"]+)"', page.text)
    for name in ("Matin", "Repas", "Apres-midi", "Journée"):
        assert any(f"Centre de loisirs – {name}, " in label for label in labels), (name, labels)
    (whole,) = [label for label in labels if "– Journée, " in label]
    assert "déjà attendu aux mêmes heures pour Centre de loisirs (Matin)" in whole
    control = f"{family.child_id}:{slots['repas']}"
    quoted = await parent.submit("/calendrier", {"week": str(await booking.day(7)), "slot": control, "step": "quote"})
    assert re.search(rf'name="slot" value="{control}"[^>]* checked', quoted.text)


async def test_a_family_chooses_an_activity_with_its_site(town: Town) -> None:
    parent, household = await town.parent()
    for site in ({"code": "nord", "label": "École Nord"}, {"code": "sud", "label": "École Sud"}):
        await town.booking.site(site)
    activity_id = await town.booking.activity(site_codes=["nord", "sud"])
    page = await parent.get("/inscriptions/nouvelle")
    (chosen,) = re.findall(rf'<option value="({activity_id}:[^"]+)">Centre de loisirs – École Sud', page.text)
    form = {name: hidden(page, name) for name in ("household_id", "idempotency_key")}
    wish = {"child_id": str(family_of(household).child_id), "activity_id": chosen}
    page = await parent.submit("/inscriptions/nouvelle", {**form, **wish})
    assert not is_refused(page), words(page)
    agent = town.services["booking"].as_agent(Role.FRONT_DESK)
    query = {"household_id": str(household.household_id)}
    (enrollment,) = (await town.booking.client.get("/enrollments", params=query, headers=agent)).json()["items"]
    assert [placement["site_code"] for placement in enrollment["placements"]] == ["sud"]


async def test_a_child_who_came_unbooked_is_added_with_the_hours_of_others(agent: Browser, town: Town) -> None:
    booking = town.booking
    family, stranger = await booking.family("Lina Martin"), await booking.family("Ada Nouvelle")
    activity_id = await booking.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await booking.open(activity_id, 0, capacity=1)
    for household in (family, stranger):
        await booking.enroll(household, activity_id)
    await booking.book(family, slot_id)
    path = f"/agents/pointage/{slot_id}"
    page = await agent.get(path)
    assert "Un enfant est venu sans réservation" in words(page)
    (choice,) = re.findall(rf'<option value="({stranger.child_id}:[^"]+)">Ada NOUVELLE</option>', page.text)
    nobody = await agent.submit(path, {"step": "add", "child": ""})
    assert (is_refused(nobody), field_errors(nobody)) == (True, {"child"})
    page = await agent.submit(path, {"step": "add", "child": choice})
    assert "L’enfant est ajouté à la feuille" in words(page)
    assert "Il y a 1 enfant de plus que de places" in words(page)
    assert re.search(rf'name="mark.{stranger.child_id}" value="unbooked" checked', page.text)
    assert "Ada NOUVELLE</option>" not in page.text

    arrival = {f"arrived.{family.child_id}": "00:01", f"left.{family.child_id}": ""}
    page = await agent.submit(path, shown_on(page) | {"step": "all_present", **arrival})
    assert re.search(rf'name="arrived.{family.child_id}" value="00:01"', page.text)
    assert "plus rien à pointer" in words(page)
    wrong = await agent.submit(path, {"step": "save", f"arrived.{family.child_id}": "midi"})
    assert is_refused(wrong)
    assert "La feuille est close" in words(await agent.submit(path, {"step": "close"}))


async def test_the_sheet_of_the_morning_shows_who_is_there_for_the_whole_day(agent: Browser, town: Town) -> None:
    """They are marked once, on their own sheet, and are no children who came unbooked."""
    booking = town.booking
    family = await booking.family("Lina Martin")
    activity_id = await booking.activity(units=PARTS, cutoff=UNTIL_MIDNIGHT)
    units = await booking.open_units(activity_id, 0)
    await booking.enroll(family, activity_id)
    await booking.book(family, units["journee"])
    page = await agent.get(f"/agents/pointage/{units['matin']}")
    assert "sans réservation" not in words(page)
    assert "Là aussi, pour une autre période d’accueil" in words(page)
    assert "Lina MARTIN Période d’accueil Journée Pointage À pointer" in words(page)
    assert f'href="/agents/pointage/{units["journee"]}"' in page.text
    assert f"mark.{family.child_id}" not in page.text
    whole_day = f"/agents/pointage/{units['journee']}"
    await agent.submit(whole_day, shown_on(await agent.get(whole_day)) | {"step": "all_present"})
    page = await agent.get(f"/agents/pointage/{units['matin']}")
    assert "Lina MARTIN Période d’accueil Journée Pointage Présent" in words(page)


async def test_days_are_opened_for_one_group_of_several(agent: Browser, town: Town) -> None:
    booking = town.booking
    for site in ({"code": "nord", "label": "École Nord"}, {"code": "sud", "label": "École Sud"}):
        await booking.site(site)
    activity_id = await booking.activity(site_codes=["nord", "sud"], label="Garderie à deux lieux")
    page = await agent.get("/agents/ouvertures")
    for label in ("École Nord, École Sud", "École Nord", "École Sud"):
        assert f"Garderie à deux lieux – {label}</option>" in page.text
    groups = await booking.groups(activity_id)
    day = await booking.day(3)
    form = {"from_on": str(day), "to_on": str(day), "capacity": "10", "weekday": str(day.weekday())}
    chosen = f"{activity_id}:{groups['sud', 'default']}"
    assert "Les jours sont ouverts" in words(await agent.submit("/agents/ouvertures", form | {"activity_id": chosen}))
    page = await agent.get(f"/agents/pointage?semaine={day}")
    assert "Garderie à deux lieux – École Sud" in words(page)
    assert "Garderie à deux lieux – École Nord" not in words(page)
