"""Who belongs to a file and who pays for it, at the counter: somebody joins from another file, leaves on a day, and another adult pays."""

import re

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def files(town: Town) -> tuple[Browser, Household, Household]:
    """An agent, a file of two adults, and another one."""
    family, body = town.services["family"], household_body()
    body["co_guardian"] = body["guardian"] | {"first_name": "Ana", "email": None, "phone": None}
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    first = Household.model_validate((await family.client.post("/households", json=body, headers=headers)).json())
    second, _ = await town.household()
    await town.settle()
    return await town.agent(Role.FRONT_DESK), first, second


def path_of(household: Household, path: str) -> str:
    return f"/agents/familles/{household.household_id}/{path}"


async def test_somebody_of_another_file_joins_and_leaves(
    town: Town, files: tuple[Browser, Household, Household]
) -> None:
    """Found by the reference of their file; a child of two homes belongs to both, until a day."""
    desk, first, second = files
    child = second.children[0]
    path = path_of(first, "membres/nouveau")
    assert f'href="{path}"' in (await desk.get(path_of(first, "personnes"))).text
    assert "Personne à rattacher" in words(await desk.get(f"{path}?dossier=F-999999"))
    assert "Personne à rattacher" in words(await desk.get(f"{path}?dossier={first.reference}"))
    form = await desk.get(f"{path}?dossier={second.reference.lower()}")
    assert len(re.findall('type="radio"', form.text)) == len(second.adults) + len(second.children)
    assert f'value="{child.child_id}"' in form.text
    today = str(await town.services["family"].db.today())
    typed = {"dossier": second.reference, "starts_on": today}
    refused = await desk.submit(path, typed)
    assert set(field_errors(refused)) == {"person_id"}
    assert second.reference in refused.text, "the file that was looked for is there still"
    refused = await desk.submit(path, typed | {"person_id": str(child.child_id), "ends_on": "2020-01-01"})
    assert set(field_errors(refused)) == {"ends_on"}
    page = await desk.landing(await desk.done(path, typed | {"person_id": str(child.child_id)}))
    assert "Cette personne appartient aussi à ce dossier" in words(page)
    leaving = path_of(first, f"membres/{child.child_id}/depart")
    assert f'href="{leaving}"' in page.text
    await desk.get(leaving)
    assert set(field_errors(await desk.submit(leaving, {"ends_on": "31/02/2026"}))) == {"ends_on"}
    page = await desk.landing(await desk.done(leaving, {"ends_on": today}))
    assert "quitte le foyer" in words(page)
    read = await town.services["family"].client.get(
        f"/households/{first.household_id}", headers=town.services["family"].as_system()
    )
    (member,) = [one for one in read.json()["children"] if one["child_id"] == str(child.child_id)]
    assert member["ends_on"] == today
    assert (await desk.get(path_of(second, f"membres/{first.adults[0].adult_id}/depart"))).status_code == 404


async def test_another_adult_pays_from_a_day_on(town: Town, files: tuple[Browser, Household, Household]) -> None:
    desk, first, _ = files
    path, today = path_of(first, "payeur"), str(await town.services["family"].db.today())
    await desk.get(path)
    assert set(field_errors(await desk.submit(path, {"starts_on": today}))) == {"adult_id"}
    refused = await desk.submit(path, {"adult_id": str(first.adults[1].adult_id), "starts_on": "2001-01-01"})
    assert "il ne peut pas en être le payeur" in words(refused)
    page = await desk.landing(await desk.done(path, {"adult_id": str(first.adults[1].adult_id), "starts_on": today}))
    assert "Le payeur est enregistré" in words(page)
    assert re.search(r"Ana [^<]*</h\d>\s*<[^>]*badge[^>]*>.*?Payeur", page.text, re.S)


async def test_an_adult_is_added(files: tuple[Browser, Household, Household]) -> None:
    """From the file, for the children who are ticked; what was typed stays when it is refused."""
    desk, first, _ = files
    path = path_of(first, "nouvel-adulte")
    assert f'href="{path}"' in (await desk.get(path_of(first, "personnes"))).text
    assert f'value="{first.children[0].child_id}" checked' in (await desk.get(path)).text
    adult = {"adult.civility": "madame", "adult.first_name": "Zelda", "adult.last_name": "Quetzal"}
    refused = await desk.submit(path, adult | {"adult.phone": "12"})
    assert set(field_errors(refused)) == {"adult-phone"}
    assert 'value="Zelda"' in refused.text
    page = await desk.landing(await desk.done(path, adult | {"child_ids": str(first.children[0].child_id)}))
    assert "Madame Zelda QUETZAL" in words(page)


async def test_who_may_not_keep_files_is_offered_none_of_it(
    town: Town, files: tuple[Browser, Household, Household]
) -> None:
    _, first, _ = files
    finance = await town.agent(Role.FINANCE)
    people = (await finance.get(path_of(first, "personnes"))).text
    for path in ("membres/nouveau", "payeur", "nouvel-adulte", f"membres/{first.adults[0].adult_id}/depart"):
        assert path_of(first, path) not in people
        assert (await finance.get(path_of(first, path))).status_code == 403
